package terms

import (
	"strings"
	"unicode/utf8"
)

// SaidKind is what a piece of a text is to who asks what is talked about.
type SaidKind uint8

// The kinds of piece.
const (
	SaidWord SaidKind = iota // a word of a script with spaces, also one that a hashtag was split into
	SaidWide                 // one character of a script without spaces
	SaidTag                  // a whole hashtag, without its sign
	SaidLink                 // an address
)

// Said is a piece of a text as topics count it: handles, punctuation, emoji and single marks are left out.
type Said struct {
	Hash     uint64 // of its form in lower case without diacritics
	Rest     uint64 // of a Hebrew word without its first letter, where that may be a prefix; 0 elsewhere
	From, To int32  // bytes of the text
	Letters  uint16 // how many characters
	Kind     SaidKind
	Number   bool // nothing but digits
	Joined   bool // nothing but a space, for wide characters nothing at all, stands between it and the piece before
}

// Say appends the pieces of a text, in order. It allocates only to grow dst.
func Say(dst []Said, s string) []Said {
	x := sayer{f: foldings(), s: s, out: dst}
	x.run()
	return x.out
}

// sayer cuts one text.
type sayer struct {
	f      *folding
	s      string
	out    []Said
	word   Said
	open   bool
	joined bool
	first  uint64 // hash of the open word's characters after its first
	hebrew bool
	prefix bool // the open word's first letter may be a prefix
	mixed  bool // it has letters beside digits
	lastUp bool
	inTag  bool
	tag    Said
}

func (x *sayer) run() {
	for i := 0; i < len(x.s); {
		r, size := rune(x.s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(x.s[i:])
		}
		c := x.f.of(r)
		if !x.open && !x.inTag {
			if n := x.dressed(r, i); n > 0 {
				i += n
				x.joined = false
				continue
			}
		}
		if x.inTag && c.class != letter && c.class != skip && c.class != combine && !(c.class == single && c.props&wide != 0) && r != '_' {
			x.end(i)
			x.endTag(i)
		}
		switch c.class {
		case letter:
			if x.inTag && x.open && c.props&upper != 0 && !x.lastUp {
				x.end(i)
			}
			x.letter(r, c, i)
			x.lastUp = c.props&upper != 0
		case single:
			x.end(i)
			x.single(r, c, i, size)
		case skip, combine:
		case hash:
			x.end(i)
			x.joined = false
			if x.startsTag(i + size) {
				x.inTag, x.lastUp = true, true
				x.tag = Said{Kind: SaidTag, From: int32(i + size)}
			}
		default:
			if x.open && !x.inTag && x.joins(r, c, i+size) {
				break
			}
			x.end(i)
			if r > ' ' && r != '_' && r != '-' {
				x.joined = false
			}
		}
		i += size
	}
	x.end(len(x.s))
	if x.inTag {
		x.endTag(len(x.s))
	}
}

// dressed steps over a link, which it keeps, or a handle, and answers with its length; 0 for neither.
func (x *sayer) dressed(r rune, i int) int {
	if r != 'h' && r != 'H' && r != 'w' && r != 'W' && r != '@' {
		return 0
	}
	if i > 0 && r != '@' {
		if b := x.s[i-1] | 0x20; b >= 'a' && b <= 'z' {
			return 0
		}
	}
	rest := x.s[i:]
	if r == '@' {
		n := 1
		for n < len(rest) && (rest[n] == '_' || rest[n] == '.' || rest[n] == '-' || rest[n] == '@' || isWordByte(rest[n])) {
			n++
		}
		return n
	}
	if !strings.HasPrefix(rest, "http://") && !strings.HasPrefix(rest, "https://") && !strings.HasPrefix(rest, "www.") {
		return 0
	}
	n := dressed(rest)
	x.out = append(x.out, Said{Kind: SaidLink, From: int32(i), To: int32(i + n)})
	return n
}

func isWordByte(b byte) bool {
	return b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z'
}

func (x *sayer) startsTag(i int) bool {
	r, _ := utf8.DecodeRuneInString(x.s[i:])
	c := x.f.of(r)
	return c.class == letter || c.class == single && c.props&wide != 0
}

// joins reports whether a sign inside a word belongs to it: don't, צה"ל. A possessive 's ends the word.
func (x *sayer) joins(r rune, c cell, next int) bool {
	if c.class != joiner && r != '"' {
		return false
	}
	n, size := utf8.DecodeRuneInString(x.s[next:])
	nc := x.f.of(n)
	if nc.class != letter || r == '"' && (!x.hebrew || nc.props&hebrew == 0) {
		return false
	}
	if n == 's' || n == 'S' {
		after, _ := utf8.DecodeRuneInString(x.s[next+size:])
		return x.f.of(after).class == letter
	}
	return true
}

func (x *sayer) letter(r rune, c cell, at int) {
	if !x.open {
		x.open = true
		x.word = Said{Kind: SaidWord, From: int32(at), Joined: x.joined}
		x.first, x.mixed = 0, false
		x.hebrew = c.props&hebrew != 0
		x.prefix = x.hebrew && prefix(r)
	}
	x.word.Letters++
	x.mixed = x.mixed || r > '9'
	if c.props&many != 0 {
		for _, b := range x.f.expansions[c.bare] {
			x.step(b)
		}
		return
	}
	b := rune(c.bare)
	if b == 0 {
		b = r
	}
	x.step(b)
}

func (x *sayer) step(b rune) {
	x.word.Hash = step(x.word.Hash, b)
	if x.word.Letters > 1 {
		x.first = step(x.first, b)
	}
	if x.inTag {
		x.tag.Hash = step(x.tag.Hash, b)
		x.tag.Letters++
	}
}

// end closes the open word.
func (x *sayer) end(at int) {
	if !x.open {
		return
	}
	x.open, x.joined = false, true
	x.word.To, x.word.Number = int32(at), !x.mixed
	if x.prefix && x.word.Letters >= 3 {
		x.word.Rest = x.first
	}
	x.out = append(x.out, x.word)
}

func (x *sayer) single(r rune, c cell, at, size int) {
	if c.props&wide == 0 { // an emoji
		x.joined = false
		return
	}
	glued := len(x.out) > 0 && x.out[len(x.out)-1].Kind == SaidWide && x.out[len(x.out)-1].To == int32(at)
	h := step(0, r)
	if c.bare != 0 && c.props&many == 0 {
		h = step(0, rune(c.bare))
	}
	x.out = append(x.out, Said{Hash: h, Kind: SaidWide, From: int32(at), To: int32(at + size), Letters: 1, Joined: glued})
	x.joined = true
	if x.inTag {
		x.tag.Hash = step(x.tag.Hash, r)
		x.tag.Letters++
	}
}

// endTag keeps the whole hashtag behind its parts.
func (x *sayer) endTag(at int) {
	x.inTag, x.joined = false, false
	x.tag.To = int32(at)
	if x.tag.Letters >= 2 {
		x.out = append(x.out, x.tag)
	}
}

// HashName is the Hash that a hashtag has in Say when it comes as a field of its own.
func HashName(name string) uint64 {
	f := foldings()
	var h uint64
	for _, r := range name {
		c := f.of(r)
		switch {
		case c.class != letter && c.class != single:
		case c.class == single: // as Say hashes characters of a tag
			h = step(h, r)
		case c.props&many != 0:
			for _, b := range f.expansions[c.bare] {
				h = step(h, b)
			}
		case c.bare == 0:
			h = step(h, r)
		default:
			h = step(h, rune(c.bare))
		}
	}
	return h
}
