// Package terms finds which of many words, phrases and word beginnings occur in a text, in one pass and in every script.
//
// A Text is read once: folded and cut into words with positions. A Dict of thousands of phrases then looks up each word of
// the text instead of each phrase, and words' boundaries come for free. Ten thousand Boolean queries take some 10 MB; the
// match bench of cmd/bench shows the speed beside an automaton over the characters.
package terms

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Kind of a name: what stands for itself and is not a word of the text.
type Kind uint8

// The kinds of name.
const (
	Word Kind = iota // no name: a word of the text
	Tag
	Handle
	Author
	Source
)

// unit is one reading of the word at a position; a position may have several (McDonald's: mcdonalds, mcdonald).
type unit struct {
	b0, b1, m0, m1 uint32 // where its forms lie in Text.bare and Text.marked
	hb, hm         uint64 // their hashes
	pos            int32
	end            int32  // names only: the position after their last word
	from, to       uint32 // bytes of the part that it was read from
	kind           Kind
	props          uint8
	glued          bool // nothing stands between it and the word before
	stop           bool // a clause begins with it
}

// Text is a folded text. It is scratch space: Read forgets what was there and allocates only to grow. Not for concurrent use.
type Text struct {
	bare, marked []rune
	units        []unit
	first        []int32 // of each position, its first unit
	names        []unit

	table *folding
	word  struct { // being read
		b, m     uint32
		hb, hm   uint64
		joins    bool
		bj, mj   uint32 // where the joiner stood
		props    uint8
		lastProp uint8
		from, to uint32
	}
	name struct { // being read
		on   bool
		kind Kind
		b, m uint32
		pos  int32
	}
	glued      bool // nothing but letters since the last word
	stop       bool // a clause ended since the last word
	composed   bool // the text being read went through NFC
	plainUntil int  // inside a link up to here
}

// Len is the number of positions.
func (t *Text) Len() int { return len(t.first) - 1 }

// Span is which bytes of the part the positions [from, to) stand for; false when that cannot be told: nothing stands there, or
// the text had to be composed before it was read.
func (t *Text) Span(from, to int32) (lo, hi int, ok bool) {
	if from < 0 || to <= from || int(to) > t.Len() || t.composed || t.first[from] == t.first[from+1] || t.first[to-1] == t.first[to] {
		return 0, 0, false
	}
	lo, hi = int(t.units[t.first[from]].from), int(t.units[t.first[to-1]].to)
	return lo, hi, lo < hi
}

// Starts reports whether a clause begins at the position: a comma, a full stop or their like stand before it.
func (t *Text) Starts(pos int32) bool {
	return int(pos) < t.Len() && t.first[pos] < t.first[pos+1] && t.units[t.first[pos]].stop
}

// Read folds the parts (a title, a text) and cuts them into words. No phrase reaches from one part into the next.
func (t *Text) Read(parts ...string) {
	t.table = foldings()
	t.bare, t.marked, t.units, t.first, t.names = t.bare[:0], t.marked[:0], t.units[:0], t.first[:0], t.names[:0]
	for i, p := range parts {
		if i > 0 {
			t.first = append(t.first, int32(len(t.units))) // a position with nothing in it
		}
		t.composed = false
		t.read(p)
	}
	t.first = append(t.first, int32(len(t.units)))
}

func (t *Text) read(s string) {
	units, names, positions, bare, marked := len(t.units), len(t.names), len(t.first), len(t.bare), len(t.marked)
	t.begin()
	t.glued, t.stop, t.name.on, t.plainUntil = false, true, false, 0
	inWord := false
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		c := t.table.of(r)
		switch c.class {
		case letter:
			if t.name.on && c.props&upper != 0 && inWord && t.word.lastProp&upper == 0 && t.name.kind == Tag {
				t.endWord()
				t.glued, inWord = true, false
			}
			if !inWord {
				t.word.from = uint32(i)
			}
			t.add(r, c)
			i = t.rest(s, i+size)
			t.word.to = uint32(i)
			inWord = true
			continue
		case skip:
		case single:
			if inWord {
				t.endWord()
				t.glued = true
			}
			t.word.from, t.word.to = uint32(i), uint32(i+size)
			t.add(r, c)
			t.endWord()
			t.glued, inWord = true, false
		case combine:
			if !t.composed { // decomposed text is rare: start again with the composed one
				t.units, t.names, t.first = t.units[:units], t.names[:names], t.first[:positions]
				t.bare, t.marked = t.bare[:bare], t.marked[:marked]
				t.composed = true
				t.read(norm.NFC.String(s))
				return
			}
			if inWord {
				t.add(r, c)
				t.word.to = uint32(i + size)
			}
		default:
			if inWord && t.joins(r, c, s[i+size:]) {
				i += size
				continue
			}
			if inWord {
				t.endWord()
				inWord = false
			}
			t.between(s, i, size, r, c)
		}
		i += size
	}
	if inWord {
		t.endWord()
	}
	t.endName()
}

// rest goes on with the word being read as long as letters come that fold to one each, small as they should be, as nearly all
// do, and answers where it stopped.
func (t *Text) rest(s string, i int) int {
	w, cells, bare, marked := &t.word, &t.table.cells, t.bare, t.marked
	hb, hm, props, last := w.hb, w.hm, w.props, w.lastProp
	for i < len(s) {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		if r >= 1<<16 {
			break
		}
		c := cells[r]
		if c.class != letter || c.props&(many|upper) != 0 {
			break
		}
		b, m := rune(c.bare), rune(c.marked)
		bare, marked = append(bare, b), append(marked, m)
		hb, hm = step(hb, b), step(hm, m)
		props, last = props|c.props, c.props
		i += size
	}
	w.hb, w.hm, w.props, w.lastProp = hb, hm, props, last
	t.bare, t.marked = bare, marked
	return i
}

// between handles a character that stands between words.
func (t *Text) between(s string, i, size int, r rune, c cell) {
	t.glued, t.stop = false, t.stop || stops(r)
	if t.name.on && t.inName(s, i, size, r) {
		t.bare, t.marked = append(t.bare, r), append(t.marked, r)
		t.begin()
		return
	}
	t.endName()
	if r == ':' && strings.HasPrefix(s[i:], "://") {
		t.plainUntil = i + strings.IndexAny(s[i:]+" ", " \t\n\r")
	}
	if (c.class == hash || c.class == at) && i >= t.plainUntil && !followsLatin(s[:i]) && t.startsName(s[i+size:]) {
		t.name.on, t.name.kind = true, Tag
		if c.class == at {
			t.name.kind = Handle
		}
		t.name.b, t.name.m, t.name.pos = uint32(len(t.bare)), uint32(len(t.marked)), int32(len(t.first))
	}
}

// stops reports whether a clause ends with r. What lists single things (the ideographic comma) does not end one.
func stops(r rune) bool {
	switch r {
	case '.', ',', ';', ':', '!', '?', '\n', '(', ')', '…', '–', '—', '。', '，', '；', '：', '！', '？', '（', '）', '|':
		return true
	}
	return false
}

// inName reports whether r goes on with the hashtag or handle being read.
func (t *Text) inName(s string, i, size int, r rune) bool {
	if r == '_' {
		return true
	}
	if t.name.kind != Handle || r != '.' && r != '-' && r != '@' {
		return false
	}
	return t.startsName(s[i+size:])
}

// startsName reports whether the rest begins with what a name may consist of.
func (t *Text) startsName(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	if r == '_' {
		return true
	}
	c := t.table.of(r)
	return c.class == letter || c.class == single && c.props&wide != 0
}

// followsLatin reports whether before ends in an ASCII letter or digit: then @ is an e-mail address and # a fragment.
func followsLatin(before string) bool {
	if before == "" {
		return false
	}
	b := before[len(before)-1] | 0x20
	return b >= 'a' && b <= 'z' || b >= '0'|0x20 && b <= '9'|0x20
}

// joins reports whether r, inside a word, joins it with what follows: McDonald's, צה"ל, IKEA:s.
func (t *Text) joins(r rune, c cell, rest string) bool {
	if c.class != joiner && r != '"' && r != ':' || t.name.on {
		return false
	}
	next, _ := utf8.DecodeRuneInString(rest)
	n := t.table.of(next)
	if n.class != letter {
		return false
	}
	if t.word.lastProp&hebrew != 0 {
		return r != ':' && n.props&hebrew != 0
	}
	if r == '"' || r == ':' && !shortEnding(rest) {
		return false
	}
	if !t.word.joins {
		t.word.joins, t.word.bj, t.word.mj = true, uint32(len(t.bare)), uint32(len(t.marked))
	}
	return true
}

// shortEnding reports whether rest begins with one to three lower-case ASCII letters and then something else: the Swedish
// genitive and inflection of abbreviations (SVT:s, vd:n).
func shortEnding(rest string) bool {
	n := 0
	for n < len(rest) && rest[n] >= 'a' && rest[n] <= 'z' {
		n++
	}
	return n >= 1 && n <= 3 && (n == len(rest) || rest[n] < utf8.RuneSelf)
}

func (t *Text) begin() {
	w := &t.word
	w.b, w.m, w.hb, w.hm = uint32(len(t.bare)), uint32(len(t.marked)), 0, 0
	w.joins, w.props, w.lastProp = false, 0, 0
}

// step adds one character to a hash of characters.
func step(h uint64, r rune) uint64 {
	h = (h ^ uint64(r)) * 0x9E3779B97F4A7C15
	return h ^ h>>29
}

// hashOf is step over all of them.
func hashOf(form []rune) uint64 {
	var h uint64
	for _, r := range form {
		h = step(h, r)
	}
	return h
}

func (t *Text) add(r rune, c cell) {
	w := &t.word
	w.props |= c.props
	w.lastProp = c.props
	if c.props&many == 0 {
		b, m := rune(c.bare), rune(c.marked)
		if r >= 1<<16 && c.bare == 0 {
			b = unicode.ToLower(r)
			m = b
		}
		t.bare, t.marked = append(t.bare, b), append(t.marked, m)
		w.hb, w.hm = step(w.hb, b), step(w.hm, m)
		return
	}
	for _, b := range t.table.expansions[c.bare] {
		t.bare = append(t.bare, b)
		w.hb = step(w.hb, b)
	}
	for _, m := range t.table.expansions[c.marked] {
		t.marked = append(t.marked, m)
		w.hm = step(w.hm, m)
	}
}

// endWord makes a position of the word being read and begins the next.
func (t *Text) endWord() {
	w := &t.word
	if int(w.b) == len(t.bare) { // marks alone
		t.begin()
		return
	}
	t.first = append(t.first, int32(len(t.units)))
	t.units = append(t.units, unit{})
	u := &t.units[len(t.units)-1] // filled where it lies: copying what was just written makes the processor wait
	u.b0, u.b1, u.m0, u.m1, u.hb, u.hm = w.b, uint32(len(t.bare)), w.m, uint32(len(t.marked)), w.hb, w.hm
	u.from, u.to, u.pos, u.props, u.glued, u.stop = w.from, w.to, int32(len(t.first)-1), w.props, t.glued, t.stop
	if w.joins {
		whole := *u
		t.part(whole, whole.b0, w.bj, whole.m0, w.mj)
		t.part(whole, w.bj, whole.b1, w.mj, whole.m1)
	}
	t.begin()
	t.glued, t.stop = false, false
}

// part adds what stands on one side of a joiner as another reading of the word. Single letters say nothing.
func (t *Text) part(u unit, b0, b1, m0, m1 uint32) {
	if b1-b0 < 2 {
		return
	}
	u.b0, u.b1, u.m0, u.m1 = b0, b1, m0, m1
	u.hb, u.hm = hashOf(t.bare[b0:b1]), hashOf(t.marked[m0:m1])
	t.units = append(t.units, u)
}

// endName keeps the hashtag or handle being read.
func (t *Text) endName() {
	if !t.name.on {
		return
	}
	t.name.on = false
	t.push(t.name.kind, t.name.b, t.name.m, t.name.pos, int32(len(t.first)))
}

// push adds the name that lies at the end of the buffers, and for handles the short forms that people use for it.
func (t *Text) push(kind Kind, b, m uint32, pos, end int32) {
	u := unit{kind: kind, pos: pos, end: end, b0: b, b1: uint32(len(t.bare)), m0: m, m1: uint32(len(t.marked))}
	t.pushUnit(u)
	if kind != Handle && kind != Author {
		return
	}
	if n := shortHandle(t.marked[u.m0:u.m1]); n > 0 && u.b1-u.b0 == u.m1-u.m0 {
		u.b1, u.m1 = u.b0+uint32(n), u.m0+uint32(n)
		t.pushUnit(u)
	}
}

func (t *Text) pushUnit(u unit) {
	u.hb, u.hm = hashOf(t.bare[u.b0:u.b1]), hashOf(t.marked[u.m0:u.m1])
	t.names = append(t.names, u)
}

// shortHandle is the length of the handle without its server (ana@social.example) or Bluesky's default domain; 0 when it
// has neither.
func shortHandle(h []rune) int {
	for i, r := range h {
		if r == '@' {
			return i
		}
	}
	const domain = ".bsky.social"
	at := len(h) - len(domain)
	if at <= 0 {
		return 0
	}
	for i, r := range domain {
		if h[at+i] != r {
			return 0
		}
	}
	return at
}

// AddName adds a name that does not stand in the text: a tag or the author that came as a field of its own.
func (t *Text) AddName(kind Kind, name string) {
	b, m := uint32(len(t.bare)), uint32(len(t.marked))
	t.appendFolded(name)
	if int(b) < len(t.bare) {
		t.push(kind, b, m, -1, -1)
	}
}

func (t *Text) appendFolded(s string) {
	t.begin()
	for _, r := range s {
		switch c := t.table.of(r); c.class {
		case skip:
		case letter, single:
			t.add(r, c)
		case combine:
			t.marked = append(t.marked, r)
		default:
			t.bare, t.marked = append(t.bare, r), append(t.marked, r)
		}
	}
	t.begin()
}
