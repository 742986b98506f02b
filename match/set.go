package match

import (
	"cmp"
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"breakwater/desk"
	"breakwater/internal/terms"
)

// Set is many monitors made ready to be asked at once. It does not change after NewSet and may be used concurrently, each
// goroutine with a Scratch of its own. Ten thousand Boolean monitors of four terms take about 11 MB.
//
// All terms of all queries are looked up in one pass over a post. Each query hangs on the terms of which one must occur
// (its cover); only the queries that have one in the post are evaluated, and evaluating reads bits.
type Set struct {
	ids    []int64 // of the monitors, ascending
	roots  []int32 // of each, where its code begins
	code   []instr
	conds  []*node
	dict   *terms.Dict
	covers [][]int32 // by term: monitors (as index in ids) that hang on it
}

// instr is a node of a query, followed by its kids.
type instr struct {
	op   op
	term int32 // of a phrase or name; in conds of a condition; distance of a NEAR
	end  int32 // where the next sibling begins
}

// Scratch is what matching needs beside the Set; reuse it from post to post. The zero value is ready.
type Scratch struct {
	text   terms.Text
	hits   []terms.Hit
	seen   []uint64 // terms that occur, as bits
	asked  []uint64 // monitors worth evaluating, as bits
	as, bs []place
}

// Text is the mention that Match looked at last, folded, until it looks at another.
func (x *Scratch) Text() *terms.Text { return &x.text }

// NewSet compiles the monitors that are not paused. The error joins what is wrong with single queries, each with its
// monitor's id; the Set answers for all others and is never nil.
func NewSet(monitors []desk.Monitor) (*Set, error) {
	monitors = slices.Clone(monitors)
	slices.SortFunc(monitors, func(a, b desk.Monitor) int { return cmp.Compare(a.ID, b.ID) })
	c := compiler{byKey: map[string]int32{}}
	var errs []error
	for _, m := range monitors {
		if m.Paused {
			continue
		}
		q, err := parseSaved(m.Query)
		if err != nil {
			errs = append(errs, fmt.Errorf("monitor %d: %w", m.ID, err))
			continue
		}
		c.set.ids = append(c.set.ids, m.ID)
		c.set.roots = append(c.set.roots, int32(len(c.set.code)))
		c.add(q.root)
	}
	return c.finish(), errors.Join(errs...)
}

// Len is the number of monitors that are asked.
func (s *Set) Len() int { return len(s.ids) }

// compiler gathers terms that many queries share.
type compiler struct {
	set     Set
	byKey   map[string]int32
	phrases []terms.Phrase
	uses    []int // of each term: how many leaves are it
}

func (c *compiler) add(n *node) {
	at := len(c.set.code)
	in := instr{op: n.op}
	switch n.op {
	case opPhrase, opName:
		in.term = c.term(n.phrase)
	case opLang, opKind, opFollowers:
		in.term = int32(len(c.set.conds))
		c.set.conds = append(c.set.conds, n)
	case opNear:
		in.term = int32(n.n)
	}
	c.set.code = append(c.set.code, in)
	for _, k := range n.kids {
		c.add(k)
	}
	c.set.code[at].end = int32(len(c.set.code))
}

func (c *compiler) term(p terms.Phrase) int32 {
	key := p.String()
	n, known := c.byKey[key]
	if !known {
		n = int32(len(c.phrases))
		c.byKey[key] = n
		c.phrases = append(c.phrases, p)
		c.uses = append(c.uses, 0)
	}
	c.uses[n]++
	return n
}

func (c *compiler) finish() *Set {
	s := &c.set
	s.dict = terms.NewDict(c.phrases)
	s.covers = make([][]int32, len(c.phrases))
	for i, root := range s.roots {
		cover, _ := c.cover(root, false)
		slices.Sort(cover)
		for _, t := range slices.Compact(cover) {
			s.covers[t] = append(s.covers[t], int32(i))
		}
	}
	return s
}

// never is the cost of a node of which no term must occur.
const never = 1 << 40

// cover gives the cheapest terms of which one must occur for the node to be true, and what they cost. Parse saw to it that
// every query has one.
func (c *compiler) cover(at int32, not bool) ([]int32, int) {
	in := c.set.code[at]
	switch in.op {
	case opPhrase, opName:
		if not {
			return nil, never
		}
		return []int32{in.term}, c.cost(in.term)
	case opNot:
		return c.cover(at+1, !not)
	case opLang, opKind, opFollowers:
		return nil, never
	case opNear:
		if not {
			return nil, never
		}
		return c.one(at, in.end, false)
	}
	if (in.op == opAnd) != not {
		return c.one(at, in.end, not)
	}
	var all []int32
	sum := 0
	for k := at + 1; k < in.end; k = c.set.code[k].end {
		terms, cost := c.cover(k, not)
		if cost >= never {
			return nil, never
		}
		all, sum = append(all, terms...), sum+cost
	}
	return all, sum
}

// one is the cheapest cover of any kid.
func (c *compiler) one(at, end int32, not bool) (best []int32, least int) {
	least = never
	for k := at + 1; k < end; k = c.set.code[k].end {
		if terms, cost := c.cover(k, not); cost < least {
			best, least = terms, cost
		}
	}
	return best, least
}

// cost guesses how often a term leads to a query in vain: terms of many queries are words like boycott, short words are
// common, a source is in every post.
func (c *compiler) cost(term int32) int {
	p := c.phrases[term]
	letters := 0
	for _, w := range p {
		letters += len(w.Form)
	}
	cost := 4*c.uses[term] + max(1, 12-letters)
	if p[0].Kind == terms.Source {
		cost += 100_000
	}
	return cost
}

// Match appends the ids of the monitors that the mention answers to dst, ascending. It allocates nothing once x and dst have
// grown to what posts need. m.Lang must be known before, for lang:.
func (s *Set) Match(dst []int64, m *desk.Mention, x *Scratch) []int64 {
	read(&x.text, m)
	x.grow(s)
	x.hits = s.dict.Find(x.hits[:0], &x.text)
	for _, h := range x.hits {
		word, bit := h.Phrase>>6, uint64(1)<<(h.Phrase&63)
		if x.seen[word]&bit != 0 {
			continue
		}
		x.seen[word] |= bit
		for _, q := range s.covers[h.Phrase] {
			x.asked[q>>6] |= 1 << (q & 63)
		}
	}
	for w, set := range x.asked {
		for ; set != 0; set &= set - 1 {
			q := w<<6 + bits.TrailingZeros64(set)
			if s.holds(s.roots[q], m, x) {
				dst = append(dst, s.ids[q])
			}
		}
		x.asked[w] = 0
	}
	for _, h := range x.hits {
		x.seen[h.Phrase>>6] = 0
	}
	return dst
}

func (x *Scratch) grow(s *Set) {
	if n := len(s.covers)/64 + 1; len(x.seen) < n {
		x.seen = make([]uint64, n)
	}
	if n := len(s.ids)/64 + 1; len(x.asked) < n {
		x.asked = make([]uint64, n)
	}
}

func (x *Scratch) has(term int32) bool { return x.seen[term>>6]&(1<<(term&63)) != 0 }

func (s *Set) holds(at int32, m *desk.Mention, x *Scratch) bool {
	in := &s.code[at]
	switch in.op {
	case opPhrase, opName:
		return x.has(in.term)
	case opAnd:
		for k := at + 1; k < in.end; k = s.code[k].end {
			if !s.holds(k, m, x) {
				return false
			}
		}
		return true
	case opOr:
		for k := at + 1; k < in.end; k = s.code[k].end {
			if s.holds(k, m, x) {
				return true
			}
		}
		return false
	case opNot:
		return !s.holds(at+1, m, x)
	case opNear:
		return s.near(at, in, x)
	}
	return s.conds[in.term].condition(m)
}

// near evaluates NEAR from the hits.
func (s *Set) near(at int32, in *instr, x *Scratch) bool {
	left, right := at+1, s.code[at+1].end
	x.as, x.bs = s.places(x.as[:0], left, right, x), s.places(x.bs[:0], right, in.end, x)
	return follows(x.as, x.bs, int(in.term)) || follows(x.bs, x.as, int(in.term))
}

func (s *Set) places(dst []place, from, to int32, x *Scratch) []place {
	for _, in := range s.code[from:to] {
		if in.op == opOr || !x.has(in.term) {
			continue
		}
		for _, h := range x.hits {
			if h.Phrase == in.term && h.From >= 0 {
				dst = append(dst, place{int(h.From), int(h.To)})
			}
		}
	}
	return dst
}

// follows reports whether one of bs begins within n words after the end of one of as.
func follows(as, bs []place, n int) bool {
	slices.SortFunc(as, func(a, b place) int { return a.to - b.to })
	slices.SortFunc(bs, func(a, b place) int { return a.from - b.from })
	i := 0
	for _, b := range bs {
		for i < len(as) && as[i].to <= b.from {
			i++
		}
		if i > 0 && b.from-as[i-1].to < n {
			return true
		}
	}
	return false
}
