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
	han     [hanTo - hanFrom]int8 // 1 Traditional only, -1 Simplified only
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

// hanFrom and hanTo are where Han characters lie that posts are written in.
const hanFrom, hanTo = 0x3400, 0xA000

const magic = "tongue 1\n"

type scratch struct {
	reading
	hashes []uint64
	sum    [Lanes]int32
}

// Load reads a model file.
func Load(file []byte) (*Model, error) {
	rest, ok := bytes.CutPrefix(file, []byte(magic))
	if !ok {
		return nil, errors.New("not a model of languages")
	}
	head, rest, _ := bytes.Cut(rest, []byte("\n"))
	m := &Model{letters: newLetters()}
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
	for r := range m.sides(m.head.Trad) {
		m.han[r] = 1
	}
	for r := range m.sides(m.head.Simp) {
		m.han[r] = -1
	}
	m.pool.New = func() any { return new(scratch) }
	return m, nil
}

// sides are the places in Model.han of the characters that have one.
func (m *Model) sides(characters string) func(func(int) bool) {
	return func(yield func(int) bool) {
		for _, r := range characters {
			if r >= hanFrom && r < hanTo && !yield(int(r-hanFrom)) {
				return
			}
		}
	}
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
	var rows [readAtOnce]int32
	for len(hashes) > 0 {
		// First where all are, then what is there: the processor does not wait for one to look for the next.
		n := 0
		for _, h := range hashes[:min(readAtOnce, len(hashes))] {
			b, key := place(h, len(m.keys))
			if s := slot(m.keys[b], key); s >= 0 {
				rows[n] = int32(b*Slots + s)
				n++
			}
		}
		hashes = hashes[min(readAtOnce, len(hashes)):]
		for _, row := range rows[:n] {
			r := m.rows[row*3 : row*3+3 : row*3+3]
			e0, o0 = e0+r[0]&even, o0+r[0]>>8&even
			e1, o1 = e1+r[1]&even, o1+r[1]>>8&even
			e2, o2 = e2+r[2]&even, o2+r[2]>>8&even
			if in++; in == flushAt {
				flush()
			}
		}
		found += n
	}
	flush()
	return found
}

// Reading stops where the best language leads by so many logits: half of a long post tells as much as all of it.
const (
	clearLead  = 7
	readAtOnce = 64 // features
)

// choose is the group's most probable language and its probability.
func (m *Model) choose(x *scratch, g Group) (lang string, p float64) {
	langs, bias := m.head.Languages[g], m.head.Bias[g]
	var prior, z [Lanes]float64
	lean := 0.0
	if g == Han {
		lean = m.lean(x)
	}
	for i := range langs {
		prior[i] = bias[i] + m.owns(x, g, langs[i], lean)
	}
	x.sum = [Lanes]int32{}
	x.hashes = x.features(x.hashes[:0], m.letters, g)
	found, best := 0, 0
	for rest := x.hashes; ; {
		n := min(readAtOnce, len(rest))
		found += m.add(&x.sum, rest[:n])
		rest = rest[n:]
		scale := m.head.Step / math.Sqrt(float64(found+1))
		most, next := math.Inf(-1), math.Inf(-1)
		for i := range langs {
			z[i] = prior[i] + scale*float64(x.sum[i])
			if z[i] > most {
				best, most, next = i, z[i], most
			} else if z[i] > next {
				next = z[i]
			}
		}
		if len(rest) == 0 || most-next > clearLead {
			break
		}
	}
	all := 0.0
	for i := range langs {
		all += math.Exp(z[i] - z[best])
	}
	return langs[best], 1 / all
}
