package store

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"hash/maphash"
	"slices"
	"strings"
)

// segment gathers the tokens of many new mentions and sorts them as FTS5 keeps them: by token, mention and place. Left to FTS5,
// which finds, compares and lengthens a list in memory for every single token, this is the dearest part of keeping a mention.
//
// It is scratch space: what one turn needed is kept for the next.
type segment struct {
	seed    maphash.Seed
	slots   []slot // open addressing by hash; a power of two
	terms   []term
	text    []byte   // of the terms, one behind the other
	said    []uint32 // all tokens in the order of the texts, as indexes of terms
	order   []place  // the same, by term
	ids     []int64
	sizes   []int // of each of ids: how many tokens
	keys    []sortKey
	fetched uint64
}

// slot is a token that was met. Tokens with the same hash are taken for the same: among a hundred thousand, that happens once in
// 10^9 segments.
type slot struct {
	hash  uint64 // 0: empty
	term  uint32
	count uint32
}

// term is a distinct token.
type term struct {
	from, to uint32 // in text
	end      uint32 // in order: behind its places
}

// place is where a token stands: in which of ids, and how many tokens stand before it.
type place struct{ in, at uint32 }

// sortKey brings terms into order; nearly all differ in their first eight bytes.
type sortKey struct {
	begins      uint64
	term, count uint32
}

func newSegment() *segment { return &segment{seed: maphash.MakeSeed(), slots: make([]slot, 1<<12)} }

func (s *segment) reset() {
	clear(s.slots)
	s.terms, s.text, s.said, s.ids, s.sizes = s.terms[:0], s.text[:0], s.said[:0], s.ids[:0], s.sizes[:0]
}

// together is how many tokens are looked up at a time: memory answers their slots together.
const together = 16

// add takes a mention's tokens, separated by spaces. Ids ascend.
func (s *segment) add(id int64, tokens string) {
	var words [together]string
	var hashes [together]uint64
	size := 0
	for tokens != "" {
		n := 0
		for n < together && tokens != "" {
			var word string
			if word, tokens, _ = strings.Cut(tokens, " "); word == "" {
				continue
			}
			words[n], hashes[n] = word, maphash.String(s.seed, word)|1
			s.fetched ^= s.slots[s.slotOf(hashes[n])].hash
			n++
		}
		for i, h := range hashes[:n] {
			e := s.find(h)
			if e.hash == 0 {
				if len(s.terms) >= len(s.slots)/4*3 {
					s.grow()
					e = s.find(h)
				}
				from := uint32(len(s.text))
				s.text = append(s.text, words[i]...)
				*e = slot{hash: h, term: uint32(len(s.terms))}
				s.terms = append(s.terms, term{from: from, to: uint32(len(s.text))})
			}
			e.count++
			s.said = append(s.said, e.term)
			size++
		}
	}
	s.ids, s.sizes = append(s.ids, id), append(s.sizes, size)
}

func (s *segment) slotOf(h uint64) uint64 { return h >> 1 & uint64(len(s.slots)-1) }

// find is the slot of a hash, or the empty one that is for it.
func (s *segment) find(h uint64) *slot {
	for k := s.slotOf(h); ; k = (k + 1) & uint64(len(s.slots)-1) {
		if e := &s.slots[k]; e.hash == h || e.hash == 0 {
			return e
		}
	}
}

func (s *segment) grow() {
	old := s.slots
	s.slots = make([]slot, 2*len(old))
	for _, e := range old {
		if e.hash != 0 {
			*s.find(e.hash) = e
		}
	}
}

// sort fills order and keys: terms ascend by their bytes, and the places of each as they came.
func (s *segment) sort() {
	s.keys = s.keys[:0]
	for _, e := range s.slots {
		if e.hash != 0 {
			s.keys = append(s.keys, sortKey{s.begins(e.term), e.term, e.count})
		}
	}
	slices.SortFunc(s.keys, func(a, b sortKey) int {
		if a.begins != b.begins {
			return cmp.Compare(a.begins, b.begins)
		}
		return bytes.Compare(s.bytes(a.term), s.bytes(b.term))
	})
	at := uint32(0)
	for _, k := range s.keys {
		s.terms[k.term].end = at
		at += k.count
	}
	s.order = slices.Grow(s.order[:0], len(s.said))[:len(s.said)]
	from := 0
	for doc, size := range s.sizes {
		for at, term := range s.said[from : from+size] {
			t := &s.terms[term]
			s.order[t.end] = place{uint32(doc), uint32(at)}
			t.end++
		}
		from += size
	}
}

func (s *segment) bytes(term uint32) []byte { return s.text[s.terms[term].from:s.terms[term].to] }

// begins is a term's first eight bytes as a number.
func (s *segment) begins(term uint32) uint64 {
	var b [8]byte
	copy(b[:], s.bytes(term))
	return binary.BigEndian.Uint64(b[:])
}

// fill lays the terms out in pages.
func (s *segment) fill(l *leaves) error {
	var places, word []byte
	from := 0
	for _, k := range s.keys {
		word = append(append(word[:0], mainIndex), s.bytes(k.term)...)
		l.term(word)
		last := int64(0)
		for to := from + int(k.count); from < to; {
			doc, at := s.order[from].in, uint32(0)
			places = places[:0]
			for ; from < to && s.order[from].in == doc; from++ {
				places = appendVarint(places, uint64(s.order[from].at-at)+2)
				at = s.order[from].at
			}
			l.entry(s.ids[doc], last, places)
			last = s.ids[doc]
		}
	}
	return nil
}
