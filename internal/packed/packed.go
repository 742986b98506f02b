// Package packed keeps two small weights for each of a million features in a table that is read where it lies: embedded in the
// program, without parsing.
//
// The table is an array of buckets of 64 bytes, a line of the processor's cache: sixteen fingerprints of two bytes, then sixteen
// pairs of weights of one byte each. A feature has one bucket, so that finding it, or not, costs one access to memory. What does
// not fit is left out, the least important first. A stranger is taken for one of the sixteen once in 4,000 times at the most.
package packed

import (
	"cmp"
	"encoding/binary"
	"errors"
	"math/bits"
	"slices"
)

const (
	line  = 64 // bytes of a bucket
	slots = 16 // features in a bucket
)

// Table finds features. It may be used concurrently.
type Table struct {
	bytes []byte
	shift uint
}

// ErrSize is a table whose length is no power of two of buckets.
var ErrSize = errors.New("packed: a table has a power of two of buckets of 64 bytes")

// Open takes a table as Pack made it; the bytes are kept, not copied.
func Open(table []byte) (*Table, error) {
	n := len(table) / line
	if len(table)%line != 0 || n < 2 || n&(n-1) != 0 {
		return nil, ErrSize
	}
	return &Table{bytes: table, shift: uint(64 - bits.TrailingZeros(uint(n)))}, nil
}

// spread makes a bucket (the upper bits) and a fingerprint (the lower 16, never 0) of a feature.
func spread(feature uint64) uint64 {
	h := feature * 0xFF51AFD7ED558CCD
	h ^= h >> 32
	if h&0xFFFF == 0 {
		h |= 1
	}
	return h
}

const (
	ones  = 0x0001000100010001
	highs = 0x8000800080008000
)

// Find gives a feature's two weights, -127 … 127 each. ok is false when the table has it not.
func (t *Table) Find(feature uint64) (a, b int8, ok bool) {
	h := spread(feature)
	at := h >> t.shift * line
	bucket := (*[line]byte)(t.bytes[at : at+line])
	want := h & 0xFFFF * ones
	for i := 0; i < 2*slots; i += 8 {
		x := binary.LittleEndian.Uint64(bucket[i:]) ^ want
		if same := (x - ones) &^ x & highs; same != 0 { // the lowest bit set is that of a slot that is the same
			k := i + bits.TrailingZeros64(same)/16*2
			return int8(bucket[2*slots+k]), int8(bucket[2*slots+k+1]), true
		}
	}
	return 0, 0, false
}

// ahead is how many buckets Sum fetches before it looks into the first: memory answers them together.
const ahead = 16

// Sum adds up what the weights of the features, each changed by exclusive or with salt, stand for: as and bs give the values of
// the two bytes. found is how many the table has.
func (t *Table) Sum(features []uint64, salt uint64, as, bs *[256]float32) (a, b float32, found int32) {
	var hashes, first [ahead]uint64
	for len(features) > 0 {
		n := min(ahead, len(features))
		for i, f := range features[:n] {
			h := spread(f ^ salt)
			hashes[i], first[i] = h, binary.LittleEndian.Uint64(t.bytes[h>>t.shift*line:])
		}
		for i, h := range hashes[:n] {
			x := first[i] ^ h&0xFFFF*ones
			same := (x - ones) &^ x & highs
			k := 0
			bucket := (*[line]byte)(t.bytes[h>>t.shift*line:])
			for same == 0 {
				if k += 8; k == 2*slots {
					break
				}
				x = binary.LittleEndian.Uint64(bucket[k:]) ^ h&0xFFFF*ones
				same = (x - ones) &^ x & highs
			}
			if same != 0 {
				k += 2*slots + bits.TrailingZeros64(same)/16*2
				a, b, found = a+as[bucket[k]], b+bs[bucket[k+1]], found+1
			}
		}
		features = features[n:]
	}
	return a, b, found
}

// Entry is a feature with its weights. Of those that share a bucket the sixteen of the greatest Rank are kept.
type Entry struct {
	Feature uint64
	A, B    int8
	Rank    float32
}

// Pack makes a table of 2^bits buckets (bits at least 1) and tells how many of the entries it holds. The order of entries does
// not change the table.
func Pack(entries []Entry, log2 int) (table []byte, kept int) {
	table = make([]byte, line<<log2)
	shift := uint(64 - log2)
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(spread(a.Feature)>>shift, spread(b.Feature)>>shift), cmp.Compare(b.Rank, a.Rank), cmp.Compare(a.Feature, b.Feature))
	})
	filled, last := 0, ^uint64(0)
	for _, e := range entries {
		h := spread(e.Feature)
		if h>>shift != last {
			filled, last = 0, h>>shift
		}
		bucket := table[h>>shift*line:][:line]
		if filled == slots || holds(bucket, uint16(h)) { // two features with one fingerprint: the more important one stays
			continue
		}
		binary.LittleEndian.PutUint16(bucket[2*filled:], uint16(h))
		bucket[2*slots+2*filled], bucket[2*slots+2*filled+1] = byte(e.A), byte(e.B)
		filled++
		kept++
	}
	return table, kept
}

func holds(bucket []byte, fingerprint uint16) bool {
	for i := range slots {
		if binary.LittleEndian.Uint16(bucket[2*i:]) == fingerprint {
			return true
		}
	}
	return false
}
