// Package tongue tells in which language a short text is: scripts decide what they can, a trained linear model over letters
// and words the rest. `go run ./cmd/train language` makes the model.
package tongue

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"sync"
)

// Slots is how many features a bucket of the table holds.
const Slots = 4

// Model is a trained model. It may be used concurrently.
//
// The features lie in buckets of four, each with 16 bits of its hash; a row is a byte for each language of the group, 128 for
// none. Features that did not fit when the model was made are not in it, so one bucket is all that a look-up reads.
type Model struct {
	head    header
	keys    []uint64 // a bucket each: four times 16 bits
	rows    []uint64 // three for each slot
	letters *letters
	han     map[rune]int8
	pool    sync.Pool
}

// header is what the model file begins with, as JSON.
type header struct {
	Languages map[Group][]string  `json:"languages"`
	Bias      map[Group][]float64 `json:"bias"`
	Step      float64             `json:"step"` // weight of one unit of a byte
	Buckets   int                 `json:"buckets"`
	Trad      string              `json:"traditional"` // characters that only one of the two scripts has
	Simp      string              `json:"simplified"`
}

const magic = "tongue 1\n"

type scratch struct {
	reading
	hashes []uint64
	sum    [Lanes]int32
	score  [Lanes]float32
}

// Load reads a model file.
func Load(file []byte) (*Model, error) {
	rest, ok := bytes.CutPrefix(file, []byte(magic))
	if !ok {
		return nil, errors.New("not a model of languages")
	}
	head, rest, _ := bytes.Cut(rest, []byte("\n"))
	m := &Model{letters: newLetters(), han: map[rune]int8{}}
	if err := json.Unmarshal(head, &m.head); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	if want := m.head.Buckets * 8 * (1 + 3*Slots); m.head.Buckets <= 0 || len(rest) != want {
		return nil, fmt.Errorf("%d bytes of table, want %d", len(rest), want)
	}
	for g, all := range m.head.Languages {
		if g >= groups || len(all) > Lanes || len(m.head.Bias[g]) != len(all) {
			return nil, fmt.Errorf("group %d has %d languages", g, len(all))
		}
	}
	m.keys, rest = words64(rest, m.head.Buckets)
	m.rows, _ = words64(rest, m.head.Buckets*Slots*3)
	for _, r := range m.head.Trad {
		m.han[r] = 1
	}
	for _, r := range m.head.Simp {
		m.han[r] = -1
	}
	m.pool.New = func() any { return new(scratch) }
	return m, nil
}

func words64(b []byte, n int) ([]uint64, []byte) {
	out := make([]uint64, n)
	for i := range out {
		out[i] = binary.LittleEndian.Uint64(b[i*8:])
	}
	return out, b[n*8:]
}

// place is the bucket of a feature and its 16 bits, which are never 0.
func place(h uint64, buckets int) (bucket int, key uint64) {
	hi, lo := bits.Mul64(h*hashStep, uint64(buckets))
	return int(hi), lo>>48 | 1
}

const (
	ones = 0x0001000100010001
	tops = 0x8000800080008000
	even = 0x00FF00FF00FF00FF
)

// slot is where a feature lies in its bucket, -1 when it is not there.
func slot(bucket, key uint64) int {
	x := bucket ^ key*ones
	zero := (x - ones) &^ x & tops
	if zero == 0 {
		return -1
	}
	return bits.TrailingZeros64(zero) / 16
}

// flushAt is how many rows the 16-bit sums hold.
const flushAt = 256

// add adds up the rows of the features, and how many there were.
func (m *Model) add(sum *[Lanes]int32, hashes []uint64) int {
	found := 0
	var e0, o0, e1, o1, e2, o2 uint64
	in := 0
	flush := func() {
		for i := range 4 {
			shift := 16 * i
			for k, v := range [6]uint64{e0, o0, e1, o1, e2, o2} {
				sum[k/2*8+2*i+k%2] += int32(v>>shift&0xFFFF) - 128*int32(in)
			}
		}
		e0, o0, e1, o1, e2, o2, in = 0, 0, 0, 0, 0, 0, 0
	}
	for _, h := range hashes {
		b, key := place(h, len(m.keys))
		s := slot(m.keys[b], key)
		if s < 0 {
			continue
		}
		at := (b*Slots + s) * 3
		r := m.rows[at : at+3 : at+3]
		e0, o0 = e0+r[0]&even, o0+r[0]>>8&even
		e1, o1 = e1+r[1]&even, o1+r[1]>>8&even
		e2, o2 = e2+r[2]&even, o2+r[2]>>8&even
		found++
		if in++; in == flushAt {
			flush()
		}
	}
	flush()
	return found
}

// choose is the group's most probable language and its probability.
func (m *Model) choose(x *scratch, g Group) (lang string, p float64) {
	langs := m.head.Languages[g]
	x.sum = [Lanes]int32{}
	x.hashes = x.features(x.hashes[:0], m.letters, g)
	found := m.add(&x.sum, x.hashes)
	scale := m.head.Step / math.Sqrt(float64(found+1))
	best, most, all := 0, math.Inf(-1), 0.0
	var z [Lanes]float64
	for i := range langs {
		z[i] = m.head.Bias[g][i] + scale*float64(x.sum[i]) + m.owns(x, g, langs[i])
		if z[i] > most {
			best, most = i, z[i]
		}
	}
	for i := range langs {
		all += math.Exp(z[i] - most)
	}
	return langs[best], 1 / all
}
