package series

import (
	"encoding/binary"
	"errors"
	"math"
)

// errBlob says that a saved state is none of this version's: what was learned is learned again.
var errBlob = errors.New("the saved state of a series is not of this version")

// blob writes states as bytes, or reads them back: the same walk over a state's figures does both, so that they cannot differ.
type blob struct {
	bytes   []byte
	reading bool
	short   bool // more was read than there is
}

func (b *blob) float(xs ...*float64) {
	for _, x := range xs {
		if v, ok := b.uint64(math.Float64bits(*x)); ok {
			*x = math.Float64frombits(v)
		}
	}
}

func (b *blob) floats(xs []float64) {
	for i := range xs {
		b.float(&xs[i])
	}
}

func (b *blob) int(xs ...*int) {
	for _, x := range xs {
		if v, ok := b.uint64(uint64(*x)); ok {
			*x = int(v)
		}
	}
}

// uint64 writes v, or reads what was written in its place.
func (b *blob) uint64(v uint64) (got uint64, read bool) {
	switch {
	case !b.reading:
		b.bytes = binary.LittleEndian.AppendUint64(b.bytes, v)
		return 0, false
	case len(b.bytes) < 8:
		b.short = true
		return 0, false
	}
	got, b.bytes = binary.LittleEndian.Uint64(b.bytes), b.bytes[8:]
	return got, true
}

// half is a float32 or int32 by its bits.
func (b *blob) half(v uint32) (got uint32, read bool) {
	switch {
	case !b.reading:
		b.bytes = binary.LittleEndian.AppendUint32(b.bytes, v)
		return 0, false
	case len(b.bytes) < 4:
		b.short = true
		return 0, false
	}
	got, b.bytes = binary.LittleEndian.Uint32(b.bytes), b.bytes[4:]
	return got, true
}

func (b *blob) int32s(xs []int32) {
	for i := range xs {
		if v, ok := b.half(uint32(xs[i])); ok {
			xs[i] = int32(v)
		}
	}
}

func (b *blob) float32s(xs []float32) {
	for i := range xs {
		if v, ok := b.half(math.Float32bits(xs[i])); ok {
			xs[i] = math.Float32frombits(v)
		}
	}
}

// uvarint and take read what Monitor appends by itself.
func (b *blob) uvarint() uint64 {
	v, n := binary.Uvarint(b.bytes)
	if n <= 0 {
		b.short = true
		return 0
	}
	b.bytes = b.bytes[n:]
	return v
}

func (b *blob) take(n uint64) []byte {
	if n > uint64(len(b.bytes)) {
		b.short = true
		return nil
	}
	p := b.bytes[:n]
	b.bytes = b.bytes[n:]
	return p
}
