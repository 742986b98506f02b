package topic

import (
	"strings"

	"breakwater/desk"
	"breakwater/internal/terms"
)

// kind is what a term is.
type kind uint8

const (
	word    kind = iota // one word
	stem                // a Hebrew word without its first letter
	wide                // two characters of a script without spaces
	pair                // two words one after the other
	tag                 // a hashtag
	link                // an address without its query
	cluster             // near-duplicates of one text
)

// term is something that a post says and that is counted.
type term struct {
	tag      uint32
	prior    float32 // share of ordinary posts that say it
	from, to int32   // bytes of the text; both 0 for what does not stand there
	left     uint32  // of a pair: its words
	right    uint32
	kind     kind
}

const (
	maxTerms = 96      // of one post; a longer text says no more
	readUpTo = 2 << 10 // bytes of a text: what an article is about, it says at its beginning
)

// reader takes a mention apart. Its slices are valid until the next read. The zero value is ready.
type reader struct {
	text   string
	said   []terms.Said
	terms  []term
	common *common
}

func mix(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xD6E8FEB86659FD93
	h ^= h >> 32
	h *= 0xD6E8FEB86659FD93
	return h ^ h>>32
}

// fold32 makes a tag of a hash; 0 is not a tag.
func fold32(h uint64) uint32 {
	if t := uint32(mix(h) >> 32); t != 0 {
		return t
	}
	return 1
}

func wordTag(h uint64) uint32      { return fold32(h) }
func wideTag(a, b uint64) uint32   { return fold32(a*0x9E3779B97F4A7C15 + b ^ 0x77AD3) }
func pairTag(a, b uint32) uint32   { return fold32(uint64(a)<<32 | uint64(b) ^ 0xBA1) }
func tagTag(h uint64) uint32       { return fold32(h ^ 0x4A57A6) }
func authorTag(h uint64) uint32    { return fold32(h ^ 0xA0740A) }
func clusterTag(fold int64) uint32 { return fold32(uint64(fold) ^ 0xC10C7E4) }

func hashString(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// read takes m apart, which says the same as others of its fold.
func (x *reader) read(m *desk.Mention, fold int64) {
	x.readText(whole(m))
	for _, name := range m.Tags {
		if h := terms.HashName(name); h != 0 {
			x.add(term{tag: tagTag(h), prior: unheard, kind: tag})
		}
	}
	for _, l := range m.Links {
		x.link(l, 0, 0)
	}
	if fold != 0 {
		x.add(term{tag: clusterTag(fold), prior: unheardPair, kind: cluster})
	}
}

// readText takes a text apart.
func (x *reader) readText(s string) {
	if x.common == nil {
		x.common = commons()
	}
	x.text = s
	x.said = terms.Say(x.said[:0], s)
	x.terms = x.terms[:0]
	x.words()
}

// whole is what is read of a mention.
func whole(m *desk.Mention) string {
	s := m.Text
	if m.Title != "" && !strings.HasPrefix(m.Text, strings.TrimSuffix(m.Title, "…")) {
		s = m.Title + "\n" + m.Text
	}
	s = strings.TrimPrefix(s, "RT ")
	if len(s) > readUpTo {
		s = s[:readUpTo] // a character cut in two at the end is left out by who reads it
	}
	return s
}

// words goes through the pieces of the text in order.
func (x *reader) words() {
	last := term{}          // the content word before, for pairs
	wideBefore := uint64(0) // the character before
	wideFrom := int32(0)
	between := 0 // little words since last
	for i := range x.said {
		s := &x.said[i]
		if s.Kind != terms.SaidWide {
			wideBefore = 0
		}
		switch s.Kind {
		case terms.SaidLink:
			x.link(x.text[s.From:s.To], s.From, s.To)
			last = term{}
		case terms.SaidTag:
			x.add(term{tag: tagTag(s.Hash), prior: unheard, from: s.From, to: s.To, kind: tag})
			last = term{}
		case terms.SaidWide:
			if !s.Joined {
				last, wideBefore = term{}, 0
			}
			if wideBefore != 0 {
				x.wide(wideTag(wideBefore, s.Hash), wideFrom, s.To)
			}
			wideBefore, wideFrom = s.Hash, s.From
		default:
			if !s.Joined {
				last, between = term{}, 0
			}
			t, ok := x.word(s)
			if !ok {
				between++
				continue
			}
			if last.tag != 0 && between <= 1 {
				x.add(term{tag: pairTag(last.tag, t.tag), prior: unheardPair, from: last.from, to: t.to, kind: pair, left: last.tag, right: t.tag})
			}
			last, between = t, 0
		}
	}
}

// word adds a word unless it says nothing by itself.
func (x *reader) word(s *terms.Said) (term, bool) {
	if s.Number || s.Letters < 2 || s.Letters > 32 {
		return term{}, false
	}
	t := term{tag: wordTag(s.Hash), from: s.From, to: s.To}
	share := x.common.share(t.tag)
	if share >= little {
		return term{}, false
	}
	t.prior = max(share, unheard)
	x.add(t)
	if s.Rest != 0 {
		rest := term{tag: wordTag(s.Rest), from: s.From + 2, to: s.To, kind: stem}
		if share := x.common.share(rest.tag); share < little {
			rest.prior = max(share, unheard)
			x.add(rest)
		}
	}
	return t, true
}

// wide adds two neighbours of a script without spaces.
func (x *reader) wide(t uint32, from, to int32) {
	share := x.common.share(t)
	if share >= little {
		return
	}
	x.add(term{tag: t, prior: max(share, unheard), from: from, to: to, kind: wide})
}

// link adds an address by its host and path: what follows a question mark only tells who passed it on.
func (x *reader) link(s string, from, to int32) {
	if s = bareLink(s); strings.Contains(s, "/") {
		x.add(term{tag: fold32(hashString(s) ^ 0x117), prior: unheardPair, from: from, to: to, kind: link})
	}
}

func bareLink(s string) string {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "https://"), "http://")
	s = strings.TrimPrefix(s, "www.")
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		s = s[:i]
	}
	return strings.TrimRight(s, "/.,;:!)…")
}

// add counts a term once in a post.
func (x *reader) add(t term) {
	if len(x.terms) >= maxTerms {
		return
	}
	for i := range x.terms {
		if x.terms[i].tag == t.tag {
			return
		}
	}
	x.terms = append(x.terms, t)
}
