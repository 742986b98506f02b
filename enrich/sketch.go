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

// sketchOf is the sketch of the text's shingles: four letters, of a script without spaces two.
func sketchOf(text []rune) sketch {
	var least [bins]uint32
	var filled [bins]bool
	for i := range text {
		n := 4
		if terms.Wide(text[i]) {
			n = 2
		}
		if i+n > len(text) {
			break
		}
		h := mix(hashRunes(text[i : i+n]))
		bin, _ := bits.Mul64(h, bins)
		if v := uint32(h); !filled[bin] || v < least[bin] {
			least[bin], filled[bin] = v, true
		}
	}
	var s sketch
	for b := range s {
		from := b
		for try := uint64(1); !filled[from] && try < 64*bins; try++ {
			hi, _ := bits.Mul64(mix(uint64(b)<<32|try), bins)
			from = int(hi)
		}
		s[b] = uint16(least[from])
	}
	return s
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

func hashRunes(text []rune) uint64 {
	h := uint64(len(text))
	for _, r := range text {
		h = (h ^ uint64(r)) * 0x9E3779B97F4A7C15
		h ^= h >> 32
	}
	return h
}

func hashString(s string) uint64 {
	h := uint64(len(s))
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 0x9E3779B97F4A7C15
		h ^= h >> 32
	}
	return mix(h) | 1
}

func mix(h uint64) uint64 {
	h = (h ^ h>>33) * 0xFF51AFD7ED558CCD
	return h ^ h>>29
}

func keyHash(k desk.Key) uint64 { return mix(binary.LittleEndian.Uint64(k[8:])) }
