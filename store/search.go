package store

import (
	"encoding/hex"
	"hash/fnv"
	"strconv"
	"strings"
	"unicode/utf8"

	"breakwater/desk"
	"breakwater/internal/words"
)

// Facets are tokens in the search index beside the words, so that a filter is one more list to intersect instead of one more
// B-tree to maintain (measured: DESIGN.md 3). Each begins with a character of the private use area, which no word has.
const (
	facetMonitor = 'm'
	facetBrand   = 'b'
	facetNetwork = 'n'
	facetLang    = 'l'
	facetMood    = 'o'
	facetKind    = 'k'
	facetSource  = 's'
	facetHandle  = 'h' // of the author, on any network
	facetAuthor  = 'a' // network and native id
	facetFold    = 'f'
	facetCue     = 'c'
	facetReach   = 'r' // decimal digits of the followers, and of everything below: reach is at least
	facetListed  = 'i' // neither repost nor copy
)

// privateUse is where facets begin; escapes of signs inside their values lie behind.
const privateUse, privateSigns = 0xE000, 0xE100

// maxFacet is the most bytes of a facet's value; a longer one is known by its hash.
const maxFacet = 64

// facet appends a facet token and a space. The value becomes one token whatever it is.
func facet(dst []byte, kind rune, value string) []byte {
	if len(value) > maxFacet {
		h := fnv.New128a()
		h.Write([]byte(value))
		value = hex.EncodeToString(h.Sum(nil))
	}
	dst = utf8.AppendRune(dst, privateUse+kind)
	for _, r := range value {
		switch {
		case r >= utf8.RuneSelf, '0' <= r && r <= '9', 'a' <= r && r <= 'z':
			dst = utf8.AppendRune(dst, r)
		case 'A' <= r && r <= 'Z':
			dst = append(dst, byte(r)+'a'-'A')
		default:
			dst = utf8.AppendRune(dst, privateSigns+r)
		}
	}
	return append(dst, ' ')
}

func facetID(dst []byte, kind rune, id int64) []byte {
	dst = utf8.AppendRune(dst, privateUse+kind)
	return append(strconv.AppendInt(dst, id, 36), ' ')
}

// authorHash names an author: 0 for none, else a hash of network and native id, or of the handle where there is no id.
func authorHash(network string, a *desk.Author) int64 {
	id := a.NativeID
	if id == "" {
		id = a.Handle
	}
	if id == "" {
		return 0
	}
	h := fnv.New64a()
	h.Write([]byte(network))
	h.Write([]byte{0})
	h.Write([]byte(id))
	return int64(h.Sum64()&(1<<62-1)) + 1
}

// handle is an author's handle as it is compared.
func handle(s string) string { return strings.ToLower(strings.TrimPrefix(strings.TrimSpace(s), "@")) }

// tokens appends everything that a mention is found by.
func tokens(dst []byte, m *desk.Mention, scopes []int64) []byte {
	for _, s := range scopes {
		if s > 0 {
			dst = facetID(dst, facetMonitor, s)
		} else {
			dst = facetID(dst, facetBrand, -s)
		}
	}
	dst = facet(dst, facetNetwork, m.Network)
	dst = facet(dst, facetLang, m.Lang)
	dst = facetID(dst, facetMood, int64(m.Mood)+1)
	dst = facet(dst, facetKind, m.Kind)
	dst = facetID(dst, facetSource, m.SourceID)
	if m.Author.Handle != "" {
		dst = facet(dst, facetHandle, handle(m.Author.Handle))
	}
	if a := authorHash(m.Network, &m.Author); a != 0 {
		dst = facetID(dst, facetAuthor, a)
	}
	dst = facetID(dst, facetFold, m.Fold)
	for _, c := range m.Cues {
		dst = facet(dst, facetCue, c)
	}
	for d := digits(m.Author.Followers); d > 3; d-- {
		dst = facetID(dst, facetReach, int64(d))
	}
	if !m.IsCopy() && m.Kind != desk.KindRepost {
		dst = facet(dst, facetListed, "")
	}
	return words.Index(dst, m.Title, m.Text)
}

// digits is how many decimal digits n has; 0 for what is not above 0.
func digits(n int) (d int) {
	for ; n > 0; n /= 10 {
		d++
	}
	return d
}

// searchAsk is a question to the index: every group of all has one of its phrases in the text, none of none is true of it.
type searchAsk struct {
	all  [][]words.Phrase
	none []searchAsk
}

func (q *searchAsk) empty() bool { return len(q.all) == 0 && len(q.none) == 0 }

// facets asks for one of the values.
func (q *searchAsk) facets(kind rune, values ...string) {
	var any []words.Phrase
	for _, v := range values {
		any = append(any, onePhrase(facet(nil, kind, v)))
	}
	if any != nil {
		q.all = append(q.all, any)
	}
}

func (q *searchAsk) facetIDs(kind rune, ids ...int64) {
	var any []words.Phrase
	for _, id := range ids {
		any = append(any, onePhrase(facetID(nil, kind, id)))
	}
	if any != nil {
		q.all = append(q.all, any)
	}
}

func onePhrase(token []byte) words.Phrase {
	return words.Phrase{Tokens: []string{strings.TrimSuffix(string(token), " ")}}
}

// text asks for what people typed.
func (q *searchAsk) text(s string) {
	for _, t := range words.Ask(s) {
		all := [][]words.Phrase{t.Any}
		for _, w := range t.Also {
			all = append(all, []words.Phrase{{Tokens: []string{w}}})
		}
		if t.Not {
			q.none = append(q.none, searchAsk{all: all})
		} else {
			q.all = append(q.all, all...)
		}
	}
}

// ask is the part of a filter that the index answers.
func ask(f *desk.Filter) searchAsk {
	var q searchAsk
	q.text(f.Text)
	q.facetIDs(facetMonitor, f.Monitors...)
	q.facets(facetNetwork, f.Networks...)
	q.facets(facetLang, f.Langs...)
	q.facets(facetKind, f.Kinds...)
	for _, one := range []struct {
		kind rune
		id   int64
	}{{facetBrand, f.BrandID}, {facetSource, f.SourceID}, {facetFold, f.Fold}} {
		if one.id != 0 {
			q.facetIDs(one.kind, one.id)
		}
	}
	var moods []int64
	for _, m := range f.Moods {
		moods = append(moods, int64(m)+1)
	}
	q.facetIDs(facetMood, moods...)
	if f.Author != "" {
		q.facets(facetHandle, handle(f.Author))
	}
	if f.Cue != "" {
		q.facets(facetCue, f.Cue)
	}
	if d := digits(f.MinReach); d > 3 {
		q.facetIDs(facetReach, int64(d))
	}
	if f.Listed {
		q.facets(facetListed, "")
	}
	if len(q.all) == 0 && len(q.none) > 0 {
		q.facetIDs(facetMood, 0, 1, 2) // every mention has one of them: everything, but for …
	}
	return q
}

// render writes the question with an engine's signs.
func (q *searchAsk) render(and, or, not string, phrase func(words.Phrase) string) string {
	var b strings.Builder
	for i, group := range q.all {
		if i > 0 {
			b.WriteString(and)
		}
		b.WriteByte('(')
		for j, p := range group {
			if j > 0 {
				b.WriteString(or)
			}
			b.WriteString(phrase(p))
		}
		b.WriteByte(')')
	}
	out := b.String()
	for _, n := range q.none {
		out = "(" + out + ")" + not + "(" + n.render(and, or, not, phrase) + ")"
	}
	return out
}
