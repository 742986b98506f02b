package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// mergedAtOnce is how many segments become one: few enough that the turns after them do not wait long, some 0.4 s in a flood.
const mergedAtOnce = 16

// tombs is added to the number of a segment for the rows that say which of its mentions were deleted.
const tombs = 1 << 16

// mergeOldest makes one segment of the oldest ones of the first level. FTS5 would do the same, one mention of one token at a time
// through all that it can do: three times the work.
func mergeOldest(t *tx) error {
	s, err := listed(t)
	if err != nil {
		return err
	}
	id, _, err := s.free()
	if err != nil {
		return err
	}
	if len(s.levels) == 1 {
		s.levels = append(s.levels, level{})
	}
	from, to := &s.levels[0], &s.levels[1]
	old := from.segments[:mergedAtOnce]
	m := merger{}
	mentions := uint64(0)
	for _, e := range old {
		mentions += e[segmentMentions] - e[segmentDeleted]
		if err := m.add(t, e); err != nil {
			return err
		}
	}
	pages, err := writePages(t, id, m.run)
	if err != nil {
		return err
	}
	for _, e := range old {
		if err := removeSegment(t, e); err != nil {
			return err
		}
	}
	if pages > 0 {
		to.segments = append(to.segments, segmentEntry{id, 1, uint64(pages), old[0][segmentFrom], old[mergedAtOnce-1][segmentOrigin], 0, 0, mentions})
	}
	from.segments = from.segments[mergedAtOnce:]
	return setBlock(t, segmentsRow, s.bytes())
}

func removeSegment(t *tx, e segmentEntry) error {
	const remove = "DELETE FROM search_data WHERE id BETWEEN ? AND ?"
	id := int64(e[segmentID])
	if err := t.exec(remove, id<<segmentBits, (id+1)<<segmentBits-1); err != nil {
		return err
	}
	if e[segmentTombs] > 0 {
		if err := t.exec(remove, (id+tombs)<<segmentBits, (id+tombs)<<segmentBits+int64(e[segmentTombs])-1); err != nil {
			return err
		}
	}
	return t.exec("DELETE FROM search_idx WHERE segid = ?", id)
}

// merger gives the mentions of several segments in the order of one: by term, then by mention. It is a heap of them.
type merger []*segmentReader

func (m *merger) add(t *tx, e segmentEntry) error {
	r := &segmentReader{page: int64(e[segmentFirst]) - 1, last: int64(e[segmentLast])}
	r.fetch = func(page int64) ([]byte, error) { return block(t, int64(e[segmentID])<<segmentBits+page) }
	if e[segmentTombs] > 0 {
		r.gone = map[int64]bool{}
	}
	for n := range int64(e[segmentTombs]) {
		b, err := block(t, (int64(e[segmentID])+tombs)<<segmentBits+n)
		if err != nil {
			return err
		}
		if err := buried(r.gone, b); err != nil {
			return err
		}
	}
	more, err := r.next()
	if more {
		*m = append(*m, r)
	}
	return err
}

// buried reads a page of deleted mentions: a hash table of ids of four or eight bytes behind a header of eight.
func buried(ids map[int64]bool, b []byte) error {
	if len(b) < 8 {
		return errSegments
	}
	wide := b[0] != 4
	for b = b[8:]; len(b) >= 4; {
		var id int64
		if !wide {
			id, b = int64(binary.BigEndian.Uint32(b)), b[4:]
		} else if len(b) >= 8 {
			id, b = int64(binary.BigEndian.Uint64(b)), b[8:]
		} else {
			return errSegments
		}
		if id != 0 {
			ids[id] = true
		}
	}
	return nil
}

// run writes everything to l.
func (m merger) run(l *leaves) error {
	for i := len(m)/2 - 1; i >= 0; i-- {
		m.sift(i)
	}
	var word []byte
	last := int64(0)
	for len(m) > 0 && l.err == nil {
		r := m[0]
		if !bytes.Equal(r.term, word) {
			word, last = append(word[:0], r.term...), 0
			l.term(word)
		} else if r.id <= last {
			return errSegments
		}
		l.entry(r.id, last, r.places)
		last = r.id
		more, err := r.next()
		if err != nil {
			return err
		}
		if !more {
			m[0] = m[len(m)-1]
			m = m[:len(m)-1]
		}
		m.sift(0)
	}
	return nil
}

// sift moves the i-th reader down to where both below it come later.
func (m merger) sift(i int) {
	for {
		k := 2*i + 1
		if k >= len(m) {
			return
		}
		if k+1 < len(m) && m[k+1].before(m[k]) {
			k++
		}
		if !m[k].before(m[i]) {
			return
		}
		m[i], m[k] = m[k], m[i]
		i = k
	}
}

// segmentReader reads the mentions of a segment, term by term. Its pages are as leaves writes them.
type segmentReader struct {
	fetch      func(page int64) ([]byte, error)
	page, last int64
	gone       map[int64]bool // deleted mentions

	b      []byte // the page without its index of terms
	terms  []byte // the rest of that index
	at     int    // in b
	termAt int    // where the next term begins, 0 for none on this page
	first  bool   // the next term is the page's first
	whole  bool   // the next id is written whole, not as the distance from the one before

	term   []byte
	id     int64
	places []byte // valid until next
	room   []byte // for places that reach over several pages
}

func (r *segmentReader) before(o *segmentReader) bool {
	c := bytes.Compare(r.term, o.term)
	return c < 0 || c == 0 && r.id < o.id
}

// next goes to the next mention that was not deleted; it reports false behind the last one.
func (r *segmentReader) next() (bool, error) {
	for {
		if r.at == len(r.b) {
			if more, err := r.turn(); !more {
				return false, err
			}
		}
		if r.at == r.termAt {
			if err := r.readTerm(); err != nil {
				return false, err
			}
			continue // its first mention may be on the next page
		}
		if err := r.readMention(); err != nil {
			return false, err
		}
		if !r.gone[r.id] {
			return true, nil
		}
	}
}

// turn goes to the next page.
func (r *segmentReader) turn() (bool, error) {
	if r.page == r.last {
		return false, nil
	}
	r.page++
	b, err := r.fetch(r.page)
	if err != nil {
		return false, fmt.Errorf("page %d: %w", r.page, err)
	}
	if len(b) < pageHeader {
		return false, errSegments
	}
	end := int(binary.BigEndian.Uint16(b[2:]))
	if end <= pageHeader || end > len(b) {
		return false, errSegments
	}
	r.b, r.terms, r.at, r.termAt, r.first, r.whole = b[:end], b[end:], pageHeader, 0, true, true
	r.aim()
	return true, nil
}

// aim finds where the next term begins.
func (r *segmentReader) aim() {
	v, n := varint(r.terms)
	r.terms = r.terms[n:]
	if n == 0 {
		r.termAt = 0
		return
	}
	r.termAt += int(v)
}

// number reads one that lies on this page.
func (r *segmentReader) number() (uint64, error) {
	v, n := varint(r.b[r.at:])
	if n == 0 {
		return 0, errSegments
	}
	r.at += n
	return v, nil
}

func (r *segmentReader) readTerm() (err error) {
	same := uint64(0) // with the term before
	if !r.first {
		if same, err = r.number(); err != nil {
			return err
		}
	}
	size, err := r.number()
	if err != nil {
		return err
	}
	if same > uint64(len(r.term)) || size > uint64(len(r.b)-r.at) {
		return errSegments
	}
	r.term = append(r.term[:same], r.b[r.at:r.at+int(size)]...)
	r.at += int(size)
	r.first, r.whole = false, true
	r.aim()
	return nil
}

func (r *segmentReader) readMention() error {
	id, err := r.number()
	if err != nil {
		return err
	}
	if !r.whole {
		id += uint64(r.id)
	}
	size, err := r.number()
	if err != nil {
		return err
	}
	if size%2 != 0 { // marks a deletion, of a kind that this index does not have
		return errSegments
	}
	r.id, r.whole = int64(id), false
	n := int(size / 2)
	if n <= len(r.b)-r.at {
		r.places = r.b[r.at : r.at+n]
		r.at += n
		return nil
	}
	for r.room = r.room[:0]; ; {
		part := min(n-len(r.room), len(r.b)-r.at)
		r.room = append(r.room, r.b[r.at:r.at+part]...)
		r.at += part
		if len(r.room) == n {
			r.places = r.room
			return nil
		}
		if more, err := r.turn(); err != nil {
			return err
		} else if !more {
			return errSegments
		}
	}
}
