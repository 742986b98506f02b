package grams

import (
	"math"
	"math/bits"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Read fills x with what is in the text, which may come in parts: no word reaches from one into the next.
func (r *Reader) Read(x *Scratch, parts ...string) {
	x.reset()
	for _, p := range parts {
		if !r.read(x, p) {
			x.reset() // decomposed text is rare: all of it again, composed
			for _, p := range parts {
				r.read(x, norm.NFC.String(p))
			}
			break
		}
	}
	x.close()
}

// read takes one part; it gives up when that is not composed.
func (r *Reader) read(x *Scratch, text string) (composed bool) {
	f := r.fold
	for i := 0; i < len(text); {
		c, size, char := cell(0), 1, rune(text[i])
		if char < utf8.RuneSelf {
			c = f.cells[char]
		} else {
			char, size = utf8.DecodeRuneInString(text[i:])
			c = f.of(char)
		}
		k := c.kind()
		if k == letter && c&cellMany == 0 { // most of a text
			if x.open != letter {
				x.end(r)
				if n := link(text[i:]); n > 0 {
					x.token(mark(aLink, 0))
					i += n
					continue
				}
				x.begin(letter, wordSeed)
			}
			x.letter(c.fold())
			i += size
			continue
		}
		switch {
		case c&cellMany != 0:
			for _, e := range f.expansions[c.fold()] {
				x.char(r, f.of(e), e)
			}
		case k == combine:
			if !norm.NFC.IsNormalString(text) {
				return false
			}
		case k == at:
			if n := handle(text[i+size:]); n > 0 && x.open != letter {
				x.end(r)
				x.token(mark(aHandle, 0))
				size += n
				break
			}
			x.char(r, c&^(31<<cellKind)|cell(punct)<<cellKind, char)
		case k == join && x.open == letter && r.joins(text[i+size:], c.fold(), x):
			x.letter(c.fold())
		default:
			x.char(r, c, char)
		}
		i += size
	}
	x.end(r)
	return true
}

// char takes a character of any kind but those that need to see what follows.
func (x *Scratch) char(r *Reader, c cell, char rune) {
	k := c.kind()
	switch k {
	case skip, combine:
		return
	case gap:
		x.end(r)
		return
	case join, at:
		k = punct
	case digit:
		if x.open == letter {
			x.letter(c.fold())
			return
		}
	}
	switch k {
	case letter:
		if x.open != letter {
			x.end(r)
			x.begin(letter, wordSeed)
		}
		x.letter(c.fold())
	case digit:
		if x.open != digit {
			x.end(r)
			x.begin(digit, 0)
		}
	case han:
		if x.open != han {
			x.end(r)
			x.begin(han, 0)
		}
		x.letter(c.fold())
	case emoji:
		x.end(r)
		x.emoji(r, c.fold())
	case punct:
		if x.open != punct {
			x.end(r)
			x.begin(punct, punSeed)
		}
		if x.size < 3 {
			x.size++
			x.hash = (x.hash ^ uint64(c.fold())) * prime
		}
	case alone:
		x.end(r)
		x.token(mix((punSeed ^ uint64(c.fold())) * prime))
	}
}

// joins reports whether an apostrophe or gershayim joins the word being read with rest. Only Hebrew joins with a double one.
func (r *Reader) joins(rest string, c rune, x *Scratch) bool {
	next, _ := utf8.DecodeRuneInString(rest)
	n := r.fold.of(next)
	return n.kind() == letter && n&cellMany == 0 && (c != '"' || x.last >= 0x5D0 && x.last <= 0x5EA)
}

// link is the length of the link that s begins with, 0 for none.
func link(s string) int {
	if s[0]|0x20 != 'h' && s[0]|0x20 != 'w' || !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "www.") &&
		!strings.HasPrefix(s, "HTTP") {
		return 0
	}
	for i, r := range s {
		if r <= ' ' || r >= 0x2E80 { // Chinese goes on after a link without a space
			return i
		}
	}
	return len(s)
}

// handle is the length of the name after an @, 0 for none.
func handle(s string) int {
	n := 0
	for n < len(s) && (s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z' || s[n] >= '0' && s[n] <= '9' || s[n] == '_') {
		n++
	}
	return n
}

func (x *Scratch) reset() {
	x.Words, x.Loose, x.letters = x.Words[:0], x.Loose[:0], x.letters[:0]
	if x.round++; x.round == 0 {
		clear(x.stamp[:])
		x.round = 1
	}
	x.full, x.open, x.before, x.before2, x.tokens, x.negated = 0, gap, 0, 0, 0, 0
	x.moods, x.sum, x.lastOne = 0, 0, 0
}

func (x *Scratch) begin(k kind, seed uint64) {
	x.open, x.from, x.hash, x.size, x.last, x.last2 = k, int32(len(x.letters)), seed, 0, 0, 0
}

// letter adds a letter to the word or run being read, the third and later of the same in a row not.
func (x *Scratch) letter(c rune) {
	if c == x.last && c == x.last2 {
		return
	}
	x.last2, x.last = x.last, c
	x.letters = append(x.letters, c)
	x.size++
	x.hash = (x.hash ^ uint64(c)) * prime
}

// end closes the token being read.
func (x *Scratch) end(r *Reader) {
	k := x.open
	x.open = gap
	switch k {
	case letter:
		x.word(r)
	case digit:
		x.token(mark(aNumber, 0))
	case han:
		x.run()
	case punct:
		x.negated = 0
		x.token(mix(x.hash))
	}
}

func (x *Scratch) word(r *Reader) {
	turns := r.turns(x.hash)
	h := mix(x.hash)
	if x.negated > 0 && !turns {
		x.negated--
		x.once(mix(h ^ notSeed))
	}
	if turns {
		x.negated = 3
	}
	if x.fresh(h) {
		x.Words = append(x.Words, Word{Hash: h, from: x.from, to: int32(len(x.letters))})
	}
	x.neighbour(h, h)
}

// run adds the n-grams of a run of Han or kana.
func (x *Scratch) run() {
	s := x.letters[x.from:]
	for i := range s {
		h := hanSeed
		for _, c := range s[i:min(i+4, len(s))] {
			h = (h ^ uint64(c)) * prime
			x.once(mix(h))
		}
	}
	x.tokens += len(s) - 1
	x.neighbour(mix(hanSeed^uint64(s[0])), mix(hanSeed^uint64(s[len(s)-1])))
}

func (x *Scratch) emoji(r *Reader, c rune) {
	if m, ok := r.moods[c]; ok {
		x.moods++
		x.sum, x.lastOne = x.sum+m, m
	}
	x.token(mix((emoSeed ^ uint64(c)) * prime))
}

// token adds a token that is a feature by itself.
func (x *Scratch) token(h uint64) {
	x.once(h)
	x.neighbour(h, h)
}

// neighbour adds the pairs of a token with the two before it, which see it from the left. Those after see it from the right.
func (x *Scratch) neighbour(left, right uint64) {
	if x.before != 0 {
		x.once(mix((x.before+pairSeed)*prime ^ left))
	}
	if x.before2 != 0 {
		x.once(mix((x.before2+skipSeed)*prime ^ left))
	}
	x.before2, x.before = x.before, right
	x.tokens++
}

// close adds what is known at the end of a text.
func (x *Scratch) close() {
	x.Loose = append(x.Loose, mark(markSize, bits.Len(uint(x.tokens))))
	if x.moods == 0 {
		return
	}
	mean := int(math.Round(4 * x.sum / float64(x.moods)))
	x.Loose = append(x.Loose, mark(markSum, int(math.Round(2*max(-4, min(4, x.sum))))), mark(markLast, int(math.Round(4*x.lastOne))),
		mark(markMean, mean), mark(markMean+1, mean), mark(markMean+2, mean))
}

// once adds a feature that the text has not had.
func (x *Scratch) once(h uint64) {
	if x.fresh(h) {
		x.Loose = append(x.Loose, h)
	}
}

// fresh reports whether the text has not had h, and remembers it while there is room.
func (x *Scratch) fresh(h uint64) bool {
	for i := h; ; i++ {
		k := i & (seenSize - 1)
		if x.stamp[k] != x.round {
			if x.full < seenSize*3/4 {
				x.full++
				x.seen[k], x.stamp[k] = h, x.round
			}
			return true
		}
		if x.seen[k] == h {
			return false
		}
	}
}

// longest is how many letters of a word have n-grams.
const longest = 40

// Grams appends the features of a word: itself and its two to five neighbouring letters, its ends among them.
func (x *Scratch) Grams(dst []uint64, w Word) []uint64 {
	var padded [longest + 2]rune
	s := padded[:1+copy(padded[1:longest+1], x.letters[w.from:w.to])+1]
	dst = append(dst, w.Hash)
	for i := range s {
		h := (gramSeed ^ uint64(s[i])) * prime
		for _, c := range s[i+1 : min(i+5, len(s))] {
			h = (h ^ uint64(c)) * prime
			dst = append(dst, mix(h))
		}
	}
	return dst
}

// Features appends all features of the text that was read last: Loose and the Grams of all Words. A letter n-gram that several
// words share occurs several times.
func (x *Scratch) Features(dst []uint64) []uint64 {
	dst = append(dst, x.Loose...)
	for _, w := range x.Words {
		dst = x.Grams(dst, w)
	}
	return dst
}

// Emoji is the mean mood of the emoji of the text that was read last, and how many of them have one.
func (x *Scratch) Emoji() (mean float64, n int) {
	if x.moods == 0 {
		return 0, 0
	}
	return x.sum / float64(x.moods), x.moods
}

// Wordless reports whether the text that was read last has neither words nor Han.
func (x *Scratch) Wordless() bool { return len(x.letters) == 0 }
