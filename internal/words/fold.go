package words

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// latinEnd is the end of the blocks that have their own table: Latin-1 to Latin Extended-B.
const latinEnd = 0x0250

// folded is what becomes of one letter of the Latin blocks.
type folded struct {
	low  rune // lower case; 0: not part of a word
	fold [2]byte
	n    uint8 // bytes of fold; 0: stays as low is
}

var (
	ascii  = asciiTable()
	latin  = latinTable()
	stable = stableTable()
)

// letters that do not come apart in Unicode, as people type them who lack the key.
var apart = map[rune]string{
	'ł': "l", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th", 'ß': "ss", 'æ': "ae", 'œ': "oe", 'ħ': "h", 'ı': "i", 'ŋ': "n",
	'ŧ': "t", 'ĸ': "k", 'ſ': "s",
}

func asciiTable() (t [utf8.RuneSelf]byte) {
	for c := range t {
		switch {
		case '0' <= c && c <= '9' || 'a' <= c && c <= 'z':
			t[c] = byte(c)
		case 'A' <= c && c <= 'Z':
			t[c] = byte(c) + 'a' - 'A'
		}
	}
	return t
}

func latinTable() (t [latinEnd - utf8.RuneSelf]folded) {
	for i := range t {
		r := rune(i) + utf8.RuneSelf
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			continue
		}
		f := folded{low: unicode.ToLower(r)}
		if to, ok := apart[f.low]; ok {
			f.n = uint8(copy(f.fold[:], to))
		} else if base := norm.NFD.String(string(f.low))[0]; base < utf8.RuneSelf {
			f.fold[0], f.n = base, 1
		}
		t[i] = f
	}
	return t
}

// stableEnd is the end of the blocks whose letters are looked up one by one: Latin, Greek, Cyrillic, Hebrew.
const stableEnd = 0x0600

func stableTable() (t [stableEnd]bool) {
	for r := range t {
		s := string(rune(r))
		t[r] = norm.NFKC.IsNormalString(s) && norm.NFKC.PropertiesString(s).BoundaryBefore()
	}
	return t
}

// settled reports characters that normalising leaves alone whatever stands beside them. Most texts have no others, and
// looking at each costs a fifth of asking the norm package.
func settled(r rune) bool {
	switch {
	case r < stableEnd:
		return stable[r]
	case 0x4E00 <= r && r <= 0x9FFF, 0x3041 <= r && r <= 0x3096, 0x30A1 <= r && r <= 0x30FA, 0xFF01 <= r && r <= 0xFF5E,
		0x1F300 <= r && r <= 0x1F64F, 0x2018 <= r && r <= 0x201E, r == 0x2013, r == 0x2014, r == 0x2022, r == 0x3001, r == 0x3002,
		0x300A <= r && r <= 0x3011:
		return true
	}
	return false
}

// narrow makes full-width ASCII, which Chinese and Japanese texts are punctuated with, ordinary.
func narrow(r rune) rune {
	if 0xFF01 <= r && r <= 0xFF5E {
		return r - 0xFEE0
	}
	return r
}

// plain takes the marks off a lower-case letter beyond the Latin blocks: Vietnamese, Greek accents, Russian ё.
func plain(r rune) rune {
	switch {
	case 0x1E00 <= r && r <= 0x1FFF:
		b, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r)))
		return b
	case 0x0370 <= r && r <= 0x03FF:
		if r == 'ς' {
			return 'σ'
		}
		b, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r)))
		return b
	case r == 'ё':
		return 'е'
	}
	return r
}

// ignored reports characters that are dropped without ending a word: loose accents, Hebrew points, Arabic vowel signs,
// everything invisible (joiners, direction marks, soft hyphens, variation selectors), and the private use area, which
// tokens of other meaning use.
func ignored(r rune) bool {
	switch {
	case r < 0x0300:
		return r == 0xAD
	case r <= 0x036F, 0x0591 <= r && r <= 0x05BD, r == 0x05BF, r == 0x05C1, r == 0x05C2, r == 0x05C4, r == 0x05C5, r == 0x05C7,
		0x0610 <= r && r <= 0x061C, r == 0x0640, 0x064B <= r && r <= 0x065F, r == 0x0670:
		return true
	case r < 0x200B:
		return r == 0x180E || 0x06D6 <= r && r <= 0x06ED && unicode.Is(unicode.Mn, r)
	case r <= 0x200F, 0x202A <= r && r <= 0x202E, 0x2060 <= r && r <= 0x206F, r == 0x20E3, 0xE000 <= r && r <= 0xF8FF,
		0xFE00 <= r && r <= 0xFE0F, r == 0xFEFF, 0x1F3FB <= r && r <= 0x1F3FF, 0xE0000 <= r:
		return true
	}
	return false
}

// isHan reports characters of scripts that are written without spaces: Han, and Japanese kana.
func isHan(r rune) bool {
	return 0x4E00 <= r && r <= 0x9FFF || 0x3400 <= r && r <= 0x4DBF || 0x3041 <= r && r <= 0x3096 ||
		0x30A1 <= r && r <= 0x30FA || r == 0x30FC || r == 0x3005 || 0x20000 <= r && r <= 0x3FFFF || 0xF900 <= r && r <= 0xFAFF
}

// isEmoji reports pictures, each of which is a word.
func isEmoji(r rune) bool { return 0x1F000 <= r && r <= 0x1FAFF || 0x2600 <= r && r <= 0x27BF }

// prefixes of Hebrew words that are written without a space: and, the, in, as, to, from, that.
func isPrefix(r rune) bool {
	switch r {
	case 'ו', 'ה', 'ב', 'כ', 'ל', 'מ', 'ש':
		return true
	}
	return false
}

// stems appends a Hebrew word without its first one, two and three letters, as long as these can be prefixes. What is left
// of it has at least two letters, after more than one prefix three: shorter rests are hardly ever words.
func stems(dst, word []byte) []byte {
	const letter = 2 // bytes
	for i := 1; i <= 3 && len(word) >= (i+2+min(i-1, 1))*letter; i++ {
		r, n := utf8.DecodeRune(word[(i-1)*letter:])
		if n != letter || !isPrefix(r) {
			break
		}
		dst = append(append(dst, word[i*letter:]...), ' ')
	}
	return dst
}

// before are the prefixes that a phrase's first Hebrew word is also looked for behind.
var before = []string{
	"ה", "ו", "ב", "כ", "ל", "מ", "ש", "וה", "וב", "ול", "ומ", "וש", "וכ", "שה", "שב", "של", "מה", "כש", "לכש", "וכש",
}
