package enrich

import (
	"encoding/binary"
	"math/bits"

	"breakwater/desk"
	"breakwater/internal/terms"
)

// A sketch is a MinHash of one permutation: the shingles of a text are dealt into bins and each bin keeps its smallest.
// Empty bins borrow from others ("optimal densification", Shrivastava, ICML 2017), so that short texts compare as well.
const (
	bands = 20
	rows  = 3 // two texts meet in a band when all its rows agree: 0.93 of pairs with half of their shingles in common meet
	bins  = bands * rows
)

type sketch [bins]uint16

// read makes the sketch of a text's letters and answers with a hash of all of them. A shingle is four letters, of a script
// without spaces two.
//
// A letter goes into the window as 16 bits, so a step costs one multiplication for the shingle and one for the whole.
func (s *sketch) read(text []rune) (whole uint64) {
	var least [bins]uint32 // of the complement, so that 0 is an empty bin
	whole = uint64(len(text))
	window := uint64(0)
	for i, r := range text {
		whole = (whole ^ uint64(r)) * 0x9E3779B97F4A7C15
		whole ^= whole >> 32
		window = window<<16 | uint64(uint16(r^r>>16))
		shingle := window
		switch {
		case r >= 0x0E00 && terms.Wide(r):
			if i == 0 {
				continue
			}
			shingle = window & 0xFFFFFFFF
		case i < 3:
			continue
		}
		h := mix(shingle * 0x9E3779B97F4A7C15)
		bin, low := bits.Mul64(h, bins)
		least[bin] = max(least[bin], uint32(low>>32)|1)
	}
	s.fill(&least)
	return whole
}

// fill takes what the bins kept; empty ones borrow.
func (s *sketch) fill(least *[bins]uint32) {
	for b := range s {
		from := b
		for try := uint64(1); least[from] == 0 && try < 64*bins; try++ {
			hi, _ := bits.Mul64(mix(uint64(b)<<32|try), bins)
			from = int(hi)
		}
		s[b] = uint16(least[from] >> 8)
	}
}

// alike estimates the Jaccard index of the two texts' shingles.
func (s *sketch) alike(o *sketch) float64 {
	same := 0
	for i := range s {
		if s[i] == o[i] {
			same++
		}
	}
	return float64(same) / bins
}

// band is a hash of the b-th group of rows.
func (s *sketch) band(b int) uint64 {
	r := s[b*rows:]
	return mix(uint64(b)<<48 | uint64(r[0])<<32 | uint64(r[1])<<16 | uint64(r[2]))
}

func hashString(s string) uint64 {
	h := uint64(len(s))
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 0x9E3779B97F4A7C15
		h ^= h >> 32
	}
	return mix(h) | 1
}

// hashFold is a hash of s in which capitals of ASCII do not count; handles have no others.
func hashFold(s string) uint64 {
	h := uint64(len(s))
	for i := range len(s) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		h = (h ^ uint64(c)) * 0x9E3779B97F4A7C15
		h ^= h >> 32
	}
	return mix(h) | 1
}

func mix(h uint64) uint64 {
	h = (h ^ h>>33) * 0xFF51AFD7ED558CCD
	return h ^ h>>29
}

func keyHash(k desk.Key) uint64 { return mix(binary.LittleEndian.Uint64(k[8:])) }
