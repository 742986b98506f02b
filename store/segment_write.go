package store

import (
	"bytes"
	"errors"
	"fmt"
)

// level is a level of the index's segments: its first `merging` ones are being merged.
type level struct {
	merging  uint64
	segments []segmentEntry
}

// segmentEntry is a segment as FTS5 lists it: its number, its first and last page, the first and last transaction that it comes
// from, pages of deleted mentions, deleted mentions, mentions.
type segmentEntry [8]uint64

// Places in a segmentEntry.
const (
	segmentID       = 0
	segmentFirst    = 1 // page
	segmentLast     = 2
	segmentFrom     = 3 // the first transaction
	segmentOrigin   = 4 // the last one
	segmentTombs    = 5 // pages
	segmentDeleted  = 6
	segmentMentions = 7
)

// segments is FTS5's list of what the index consists of (its "structure").
type segments struct {
	head    []byte // a number that belongs to the settings
	written uint64 // pages
	levels  []level
}

// Rows of FTS5's table of pages that are no pages, and how a page's row is numbered.
const (
	totalsRow   = 1
	segmentsRow = 10
	segmentBits = 37
)

// secondForm marks a list that knows of deletions, as all of ours do.
const secondForm = "\xff\x00\x00\x01"

// mostSegments is how many an index may have; from crowded on in one level, they are merged.
const mostSegments, crowded = 2000, 64

var errSegments = errors.New("the list of the search index's segments cannot be read")

func readSegments(b []byte) (*segments, error) {
	if len(b) < 8 || string(b[4:8]) != secondForm {
		return nil, errSegments
	}
	s := &segments{head: bytes.Clone(b[:8])}
	b = b[8:]
	bad := false
	next := func() uint64 {
		v, n := varint(b)
		bad = bad || n == 0
		b = b[n:]
		return v
	}
	levels, total := next(), next()
	s.written = next()
	for ; levels > 0 && !bad; levels-- {
		l := level{merging: next()}
		for n := next(); n > 0 && !bad; n-- {
			var e segmentEntry
			for i := range e {
				e[i] = next()
			}
			l.segments = append(l.segments, e)
		}
		total -= uint64(len(l.segments))
		s.levels = append(s.levels, l)
	}
	if bad || total != 0 {
		return nil, errSegments
	}
	return s, nil
}

func (s *segments) bytes() []byte {
	total := 0
	for _, l := range s.levels {
		total += len(l.segments)
	}
	b := appendVarint(appendVarint(bytes.Clone(s.head), uint64(len(s.levels))), uint64(total))
	b = appendVarint(b, s.written)
	for _, l := range s.levels {
		b = appendVarint(appendVarint(b, l.merging), uint64(len(l.segments)))
		for _, e := range l.segments {
			for _, v := range e {
				b = appendVarint(b, v)
			}
		}
	}
	return b
}

// free is a number that no segment has, and the number of the next transaction.
func (s *segments) free() (id, origin uint64, err error) {
	var used [mostSegments + 1]bool
	for _, l := range s.levels {
		for _, e := range l.segments {
			used[min(e[segmentID], mostSegments)] = true
			origin = max(origin, e[segmentOrigin])
		}
	}
	for id = 1; used[id]; id++ {
		if id == mostSegments {
			return 0, 0, errors.New("the search index has too many segments")
		}
	}
	return id, origin + 1, nil
}

// add lists a new segment.
func (s *segments) add(id, origin uint64, pages, mentions int) {
	if len(s.levels) == 0 {
		s.levels = append(s.levels, level{})
	}
	l := &s.levels[0]
	l.segments = append(l.segments, segmentEntry{id, 1, uint64(pages), origin, origin, 0, 0, uint64(mentions)})
	s.written += uint64(pages)
}

// due is what is to be merged: the oldest segments of the first level by us, or else so many pages by FTS5, which does all the rest.
type due struct {
	oldest bool
	pages  int
}

// due tells what is to be merged now that so many pages have come, as FTS5's own automerge reckons.
func (s *segments) due(pages int) (d due) {
	for i, l := range s.levels {
		if l.merging > 0 || len(l.segments) >= crowded {
			d.oldest = d.oldest || i == 0 && l.merging == 0
			d.pages = pages * len(s.levels)
		}
	}
	return d
}

var insertSizes = newBulk("INSERT INTO search_docsize (id, sz, origin) VALUES", 3, "")

// block is a row of FTS5's table of pages.
func block(t *tx, row int64) ([]byte, error) {
	return selectOne(t, value[[]byte], "SELECT block FROM search_data WHERE id = ?", row)
}

func setBlock(t *tx, row int64, b []byte) error {
	return t.exec("UPDATE search_data SET block = ? WHERE id = ?", b, row)
}

// writePages writes what fill gives as the pages of segment id, and tells how many there are.
func writePages(t *tx, id uint64, fill func(*leaves) error) (int, error) {
	l := newLeaves(func(row int64, block []byte) error {
		return t.exec("INSERT INTO search_data (id, block) VALUES (?, ?)", int64(id)<<segmentBits+row, block)
	}, func(begins []byte, page int64) error {
		return t.exec("INSERT INTO search_idx (segid, term, pgno) VALUES (?, ?, ?)", int64(id), begins, page)
	})
	if err := fill(l); err != nil {
		return 0, err
	}
	l.finish()
	return l.number - 1, l.err
}

// listed reads what the index consists of.
func listed(t *tx) (*segments, error) {
	b, err := block(t, segmentsRow)
	if err != nil {
		return nil, err
	}
	return readSegments(b)
}

// write adds the segment to the index and answers what is to be merged now, see due. FTS5 sees it from its next transaction on,
// if that is another connection's.
func (s *segment) write(t *tx) (due, error) {
	list, err := listed(t)
	if err != nil {
		return due{}, err
	}
	id, origin, err := list.free()
	if err != nil {
		return due{}, err
	}
	s.sort()
	pages, err := writePages(t, id, s.fill)
	if err != nil {
		return due{}, err
	}
	if pages > 0 { // none without a token
		list.add(id, origin, pages, len(s.ids))
	}
	b, err := block(t, totalsRow)
	if err != nil {
		return due{}, err
	}
	if err := setBlock(t, totalsRow, s.totals(b)); err != nil {
		return due{}, err
	}
	if err := setBlock(t, segmentsRow, list.bytes()); err != nil {
		return due{}, err
	}
	args := make([]any, 0, 3*len(s.ids))
	for i, mention := range s.ids {
		args = append(args, mention, appendVarint(nil, uint64(s.sizes[i])), int64(origin))
	}
	if err := insertSizes.run(t, args); err != nil {
		return due{}, fmt.Errorf("a mention is in the search index already: %w", err)
	}
	return list.due(pages), nil
}

// totals adds the segment to how many mentions and tokens there are.
func (s *segment) totals(b []byte) []byte {
	mentions, n := varint(b)
	tokens, _ := varint(b[n:])
	return appendVarint(appendVarint(nil, mentions+uint64(len(s.ids))), tokens+uint64(len(s.said)))
}
