package enrich

import (
	"slices"
	"strings"
	"unicode/utf8"

	"breakwater/desk"
	"breakwater/internal/terms"
)

// cueScratch is what a look at one text needs beside the lists.
type cueScratch struct {
	text   terms.Text
	hits   []terms.Hit
	base   []cueHit // by the program's lists
	mine   []cueHit // and a brand's
	roles  []roleHit
	scoped bool // roles are of this text
	less   int  // what the whole text takes from a type's weight
	louder bool // and whether it asks to be spread
	total  [maxCueTypes]uint8
}

// cueHit is an expression at a place.
type cueHit struct {
	from, to int32
	id       int32
	typ      uint8
	weight   uint8 // 0: negated
	own      bool
}

// roleHit is a word with a role at a place.
type roleHit struct {
	from, to, reach int32
	role            byte
}

// accept turns hits into cue hits in the order of the text: what has a second part must have it near, and what lies within a
// longer expression of the same type is not counted twice.
func (s *cueSet) accept(dst []cueHit, hits []terms.Hit, t *terms.Text) []cueHit {
	start := len(dst)
	for _, h := range hits {
		u := &s.cues[h.Phrase]
		end, ok := u.rests(h.To, t)
		if !ok {
			continue
		}
		dst = append(dst, cueHit{from: h.From, to: end, id: u.id, typ: u.typ, weight: u.weight})
	}
	found := dst[start:]
	if len(found) < 2 {
		return dst
	}
	slices.SortFunc(found, func(a, b cueHit) int {
		if a.from != b.from {
			return int(a.from - b.from)
		}
		if a.to != b.to {
			return int(b.to - a.to)
		}
		return int(b.weight) - int(a.weight)
	})
	return dst[:start+len(withoutInner(found))]
}

// withoutInner drops what lies within a kept one of the same type.
func withoutInner(found []cueHit) []cueHit {
	kept := found[:0]
	for _, h := range found {
		inner := false
		for i := len(kept) - 1; i >= 0 && !inner; i-- {
			k := &kept[i]
			if inner = k.typ == h.typ && h.to <= k.to && h.from >= k.from; inner {
				k.weight = max(k.weight, h.weight)
			}
		}
		if !inner {
			kept = append(kept, h)
		}
	}
	return kept
}

// rests finds the further parts of an expression behind its first, each within the gap and the clause, and answers where the
// last one ends.
func (u *cue) rests(end int32, t *terms.Text) (int32, bool) {
	for _, p := range u.rest {
		found := false
		for at := end; at <= end+u.gap && int(at) < t.Len(); at++ {
			if t.Starts(at) {
				break
			}
			if p.At(t, int(at)) {
				end, found = at+int32(len(p)), true
				break
			}
		}
		if !found {
			return 0, false
		}
	}
	return end, true
}

// look finds the words with a role, once a text.
func (x *cueScratch) look(set *cueSet, t *terms.Text) {
	x.scoped, x.less, x.louder = true, 0, false
	x.roles = x.roles[:0]
	x.hits = set.scopes.Find(x.hits[:0], t)
	for _, h := range x.hits {
		r := &set.roles[h.Phrase]
		switch r.role {
		case scopeLighter:
			x.less = max(x.less, 1)
		case scopeFiction:
			x.less = 2
		case scopeLouder:
			x.louder = true
		default:
			x.roles = append(x.roles, roleHit{h.From, h.To, r.reach, r.role})
		}
	}
}

// weigh is what a hit counts where it stands.
func (x *cueScratch) weigh(h *cueHit, t *terms.Text) uint8 {
	weight := h.weight
	for i := range x.roles {
		r := &x.roles[i]
		switch {
		case r.role == scopeReally || r.from >= h.from && r.to <= h.to || x.unreal(r):
			continue
		case r.role == scopeAfter:
			if r.from >= h.to && r.from-h.to < r.reach {
				return 0
			}
			continue
		case r.to > h.from || h.from-r.to >= r.reach || parted(t, r.to, h.from):
			continue
		case r.role == scopeNot:
			return 0
		}
		if weight > 0 {
			weight--
		}
	}
	return weight
}

// unreal reports whether a role's word belongs to a phrase that only looks like it: "can't believe".
func (x *cueScratch) unreal(r *roleHit) bool {
	for i := range x.roles {
		o := &x.roles[i]
		if o.role == scopeReally && o.from <= r.from && o.to >= r.to {
			return true
		}
	}
	return false
}

// parted reports whether a clause begins between two positions, the second included.
func parted(t *terms.Text, from, to int32) bool {
	for at := from; at <= to; at++ {
		if t.Starts(at) {
			return true
		}
	}
	return false
}

// judge adds up what was found and tells the types that have enough. own and off are a brand's; nil for none.
func (x *cueScratch) judge(c *CueList, set *cueSet, own *brandList, m *desk.Mention, text string, t *terms.Text, brand int64, out []desk.Cue) []desk.Cue {
	hits := x.base
	if own != nil {
		hits = x.with(own, t, m.Lang)
	}
	if !x.enough(hits) {
		return out
	}
	if !x.scoped {
		x.look(set, t)
	}
	clear(x.total[:])
	most := 0
	for i := range hits {
		h := &hits[i]
		h.weight = x.weigh(h, t)
		if h.weight > 0 && !repeats(hits[:i], h) {
			x.total[h.typ] = min(x.total[h.typ]+h.weight, 5)
		}
		most = max(most, int(h.typ))
	}
	for typ := 0; typ <= most; typ++ {
		n := int(x.total[typ]) - x.less
		if n < 2 {
			continue
		}
		if x.louder {
			n++
		}
		q := desk.Cue{Type: c.typeName(own, typ), Strength: min(n, 5), BrandID: brand}
		for i := range hits {
			if h := &hits[i]; int(h.typ) == typ && h.weight > 0 {
				q.Words = append(q.Words, span(m, text, t, h))
			}
		}
		out = append(out, q)
	}
	return out
}

// enough reports whether any type could be found: most posts with one supporting cue are done here.
func (x *cueScratch) enough(hits []cueHit) bool {
	for i := range hits {
		if hits[i].weight == 2 {
			return true
		}
		for j := range hits[:i] {
			if hits[j].typ == hits[i].typ {
				return true
			}
		}
	}
	return false
}

// repeats reports whether the same expression was counted before.
func repeats(before []cueHit, h *cueHit) bool {
	for i := range before {
		if b := &before[i]; b.id == h.id && b.own == h.own && b.weight > 0 {
			return true
		}
	}
	return false
}

// span is the words of a hit as they were written, a hashtag with its sign.
func span(m *desk.Mention, text string, t *terms.Text, h *cueHit) desk.Span {
	from, to, ok := t.Span(h.from, h.to)
	if !ok || to > len(text) {
		return desk.Span{}
	}
	if r, size := utf8.DecodeLastRuneInString(text[:from]); r == '#' || r == '＃' {
		from -= size
	}
	s := desk.Span{Words: text[from:to], From: from, To: to}
	if len(text) == len(m.Text) {
		return s
	}
	if before := len(text) - len(m.Text); from >= before && strings.HasSuffix(text, m.Text) {
		s.From, s.To = from-before, to-before
	} else {
		s.From, s.To = 0, 0
	}
	return s
}
