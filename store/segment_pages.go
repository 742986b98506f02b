package store

import (
	"encoding/binary"
	"math/bits"
)

// The format of FTS5's pages, as its source describes it (fts5_index.c, "FTS5 on-disk format"). It is part of SQLite's file
// format and does not change; a test compares the pages with those that FTS5 writes itself.
const (
	mainIndex  = '0'  // stands before every term
	pageSize   = 4050 // from where on a page is full
	pageHeader = 4    // where the first mention lies that no term on the page stands before; where the index of terms lies
)

// skipRow is added to the number of a page in whose last term readers may skip pages, for the row that says where to.
const skipRow = 1 << 36

// skippable is from how many pages without a term of their own on a term gets such a row.
const skippable = 4

// leaves lays sorted terms and their mentions out in pages.
type leaves struct {
	write  func(row int64, block []byte) error
	divide func(begins []byte, page int64) error // the page has terms from begins on; doubled, and 1 more when readers may skip

	skips  []byte // of the last term: the first page after it, and the first mention on each
	skipTo int64  // the mention in it last
	termIn int    // the page of the last term
	empty  int    // pages since

	page   []byte
	terms  []byte // where the page's terms lie, each as the distance from the one before
	termAt int
	last   []byte // the term written last
	number int    // of the page
	begins []byte // what leads to the page leads, 0 for none
	leads  int

	noTerm, noEntry bool // the page has none of its own yet
	err             error
}

func newLeaves(write func(int64, []byte) error, divide func([]byte, int64) error) *leaves {
	return &leaves{write: write, divide: divide, page: make([]byte, pageHeader, 2*pageSize), number: 1, begins: []byte{}, leads: 1, noTerm: true}
}

// term begins a term. Terms ascend.
func (l *leaves) term(word []byte) {
	if len(l.page)+len(l.terms)+len(word)+2 >= pageSize && len(l.page) > pageHeader {
		l.flush()
	}
	l.terms = appendVarint(l.terms, uint64(len(l.page)-l.termAt))
	l.termAt = len(l.page)
	same := 0
	for same < len(word) && same < len(l.last) && word[same] == l.last[same] {
		same++
	}
	switch {
	case !l.noTerm:
		l.page = appendVarint(l.page, uint64(same))
	case l.number > 1: // the shortest beginning that lies behind the last term
		l.lead()
		l.begins, l.leads = append(l.begins[:0], word[:min(same+1, len(word))]...), l.number
		same = 0
	default:
		same = 0
	}
	l.page = appendVarint(l.page, uint64(len(word)-same))
	l.page = append(l.page, word[same:]...)
	l.last = append(l.last[:0], word...)
	l.noTerm, l.noEntry, l.termIn = false, false, l.number
}

// entry adds a mention to the term begun last, with the term's places in it. before is the term's last mention, 0 for none.
func (l *leaves) entry(id, before int64, places []byte) {
	if l.noEntry {
		binary.BigEndian.PutUint16(l.page, uint16(len(l.page)))
		l.noEntry, before = false, 0
		if len(l.skips) == 0 {
			l.skips, l.skipTo = appendVarint(append(l.skips, 0), uint64(l.number)), 0
		}
		l.skips, l.skipTo = appendVarint(l.skips, uint64(id-l.skipTo)), id
	}
	l.page = appendVarint(l.page, uint64(id-before))
	var room [9]byte
	size := appendVarint(room[:0], uint64(len(places))*2)
	if len(l.page)+len(l.terms)+len(size)+len(places) <= pageSize {
		l.page = append(append(l.page, size...), places...)
		return
	}
	// It does not fit: as much of it as does, but no number is torn.
	rest := append(size, places...)
	for len(rest) > 0 {
		n := len(rest)
		if space := pageSize - len(l.page) - len(l.terms); n > space {
			n = whole(rest, space)
		}
		l.page = append(l.page, rest[:n]...)
		rest = rest[n:]
		if len(l.page)+len(l.terms) >= pageSize {
			l.flush()
		}
	}
}

// whole is how many bytes the first numbers in b have that fit in space: those of one at least.
func whole(b []byte, space int) (n int) {
	for n < len(b) {
		size := 1
		for b[n+size-1] >= 0x80 && size < 9 {
			size++
		}
		if n > 0 && n+size > space {
			break
		}
		n += size
	}
	return n
}

// flush writes the page.
func (l *leaves) flush() {
	binary.BigEndian.PutUint16(l.page[2:], uint16(len(l.page)))
	if !l.noTerm {
		l.page = append(l.page, l.terms...)
	} else {
		if l.noEntry && len(l.skips) > 0 {
			l.skips = append(l.skips, 0)
		}
		l.empty++
	}
	if l.err == nil {
		l.err = l.write(int64(l.number), l.page)
	}
	l.page, l.terms, l.termAt = append(l.page[:0], 0, 0, 0, 0), l.terms[:0], 0
	l.number++
	l.noTerm, l.noEntry = true, true
}

// lead writes down what leads to the last page that began with a term.
func (l *leaves) lead() {
	skip := int64(0)
	// Skips of more than a page would need a tree; readers do without.
	if l.empty >= skippable && len(l.skips) > 0 && len(l.skips) < pageSize {
		skip = 1
		if l.err == nil {
			l.err = l.write(skipRow+int64(l.termIn), l.skips)
		}
	}
	l.skips, l.empty = l.skips[:0], 0
	if l.leads != 0 && l.err == nil {
		l.err = l.divide(l.begins, int64(l.leads)<<1|skip)
	}
	l.leads = 0
}

func (l *leaves) finish() {
	if len(l.page) > pageHeader {
		l.flush()
	}
	if l.number > 1 {
		l.lead()
	}
}

// appendVarint appends a number as SQLite writes it: seven bits a byte, the highest first; a ninth byte has eight.
func appendVarint(b []byte, v uint64) []byte {
	if v < 0x80 {
		return append(b, byte(v))
	}
	if v >= 1<<56 {
		for shift := 57; shift >= 8; shift -= 7 {
			b = append(b, byte(v>>shift)|0x80)
		}
		return append(b, byte(v))
	}
	for n := (bits.Len64(v) - 1) / 7; n > 0; n-- {
		b = append(b, byte(v>>(7*n))|0x80)
	}
	return append(b, byte(v)&0x7F)
}

// varint reads a number; n is how many bytes it has, 0 when b ends before it does.
func varint(b []byte) (v uint64, n int) {
	for n < len(b) {
		c := b[n]
		if n++; n == 9 {
			return v<<8 | uint64(c), n
		}
		if v = v<<7 | uint64(c&0x7F); c < 0x80 {
			return v, n
		}
	}
	return 0, 0
}
