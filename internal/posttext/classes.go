package posttext

import (
	"slices"
	"strings"
	"unicode"
)

// The classes of characters that X's rules are written in (twitter-text 3, read November 2026).

// isSpace is what X takes for a space: Unicode's White_Space, and the Mongolian vowel separator, which was one once.
func isSpace(r rune) bool {
	return unicode.Is(unicode.White_Space, r) || r == 0x180E
}

// isDirection are marks that only say in which direction to read.
func isDirection(r rune) bool {
	return r == 0x061C || r == 0x200E || r == 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

// isForbidden are the characters that X refuses in a post: byte order marks and a code point that is none.
func isForbidden(r rune) bool { return r == 0xFFFE || r == 0xFEFF || r == 0xFFFF }

func isPunct(r rune) bool {
	return r < 0x80 && strings.ContainsRune("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", r)
}

// accents are Latin letters beyond ASCII, without × and ÷, and the marks that combine with them.
var accents = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x00c0, 0x00d6, 1}, {0x00d8, 0x00f6, 1}, {0x00f8, 0x024f, 1}, {0x0253, 0x0254, 1}, {0x0256, 0x0257, 1},
		{0x0259, 0x025b, 2}, {0x0263, 0x0268, 5}, {0x026f, 0x0272, 3}, {0x0289, 0x028b, 2}, {0x02bb, 0x02bb, 1},
		{0x0300, 0x036f, 1}, {0x1e00, 0x1eff, 1},
	},
	LatinOffset: 2,
}

func isAccent(r rune) bool { return r >= 0xc0 && unicode.Is(accents, r) }

// inDomain are the characters that a host's name may be made of beside - and _: nearly everything beyond ASCII.
func inDomain(r rune) bool {
	if r < 0x80 {
		return isAlnum(r)
	}
	return !isDirection(r) && !isForbidden(r) && !isSpace(r)
}

// tagLetters are the letters and marks of private use and of scripts that X counts beside Unicode's own.
var tagLetters = &unicode.RangeTable{
	R16: []unicode.Range16{{0xf870, 0xf87f, 1}, {0xf882, 0xf882, 1}, {0xf884, 0xf89f, 1}, {0xf8b8, 0xf8b8, 1}, {0xf8c1, 0xf8d6, 1}},
}

func isTagLetter(r rune) bool { return unicode.In(r, unicode.L, unicode.M, tagLetters) }

// tagSpecials may stand in a hashtag, but do not make one: joiners, the Hebrew maqaf, geresh and gershayim, middle dots, wave dashes,
// voiced sound marks, the ditto mark, Tibetan tshegs.
var tagSpecials = []rune("_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\u00b7")

func inTag(r rune) bool {
	if r < 0x80 {
		return isAlnum(r) || r == '_'
	}
	return isTagLetter(r) || unicode.Is(unicode.Nd, r) || slices.Contains(tagSpecials, r)
}

// isWord is a character of a word as Ruby has it: letters, marks, decimal digits, connecting punctuation.
func isWord(r rune) bool {
	if r < 0x80 {
		return isAlnum(r) || r == '_'
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Pc)
}
