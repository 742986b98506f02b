package tongue

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// script is what a letter is written in.
type script uint8

const (
	none script = iota // no letter
	latin
	hebrew
	han
	kana
	bopomofo
	hangul
	arabic
	cyrillic
	greek
	thai
	indic
	foreign // a letter of some other script
	scripts
)

// letters tells what a character is: its lower case and its script.
type letters struct {
	lower  [0x3200]uint16
	script [0x3200]script
	pointy map[rune]rune // Hebrew letters that carry their points with them
}

func newLetters() *letters {
	l := &letters{pointy: map[rune]rune{}}
	for r := range rune(len(l.lower)) {
		s := scriptOf(r)
		l.script[r] = s
		if s != none {
			l.lower[r] = uint16(min(unicode.ToLower(r), 0xFFFF))
		}
	}
	for r := rune(0xFB1D); r < 0xFB50; r++ {
		plain, _ := utf8.DecodeRuneInString(norm.NFKD.String(string(r)))
		l.pointy[r] = plain
	}
	return l
}

// of is a character's lower case and script.
func (l *letters) of(r rune) (rune, script) {
	if int(r) < len(l.lower) {
		return rune(l.lower[r]), l.script[r]
	}
	switch {
	case r < 0x4E00 && r >= 0x3400, r >= 0x4E00 && r < 0xA000, r >= 0xF900 && r < 0xFB00, r >= 0x20000 && r < 0x32000:
		return r, han
	case r >= 0xAC00 && r < 0xD7A4:
		return r, hangul
	case r >= 0xFB1D && r < 0xFB50:
		return l.pointy[r], hebrew
	case r >= 0xFB50 && r < 0xFE00, r >= 0xFE70 && r < 0xFEFF:
		return r, arabic
	case r >= 0xFF21 && r <= 0xFF5A && unicode.IsLetter(r): // full width
		return unicode.ToLower(r) - 0xFEE0, latin
	case r >= 0xFF66 && r < 0xFFA0:
		return r, kana
	case unicode.IsLetter(r):
		return unicode.ToLower(r), foreign
	}
	return 0, none
}

func scriptOf(r rune) script {
	switch {
	case r == 'ª' || r == 'º' || r == 'ー' || !unicode.IsLetter(r):
		return none
	case r < 0x250, r >= 0x1E00 && r < 0x1F00:
		return latin
	case r >= 0x370 && r < 0x400, r >= 0x1F00 && r < 0x2000:
		return greek
	case r >= 0x400 && r < 0x530:
		return cyrillic
	case r >= 0x590 && r < 0x600:
		return hebrew
	case r >= 0x600 && r < 0x780:
		return arabic
	case r >= 0x900 && r < 0x980:
		return indic
	case r >= 0xE00 && r < 0xE80:
		return thai
	case r >= 0x1100 && r < 0x1200, r >= 0x3130 && r < 0x3190:
		return hangul
	case r >= 0x3040 && r < 0x3100, r >= 0x31F0 && r < 0x3200:
		return kana
	case r >= 0x3100 && r < 0x3130:
		return bopomofo
	}
	return foreign
}

// reading is a text as the model sees it: words of lower-case letters, without links, handles, digits and signs.
type reading struct {
	words []rune // 0 stands before, between and after words
	count [scripts]int
	own   [ownLetters]int // letters that only few languages have
}

// read reads a text. Latin hashtags count only with tags: in posts of every language they are English.
func (x *reading) read(l *letters, text string, tags bool) {
	x.words = append(x.words[:0], 0)
	x.count = [scripts]int{}
	x.own = [ownLetters]int{}
	text = strings.TrimPrefix(text, "RT ")
	before, skip, upper := none, false, false // the script of the character before; within a tag that does not count
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[i:])
		}
		if before == none {
			if n := dressed(text[i:]); n > 0 {
				i += n
				x.gap()
				continue
			}
			if r == '#' || r == '＃' {
				skip = !tags
				i += size
				continue
			}
		}
		low, s := l.of(r)
		switch {
		case s == none && r >= 0x300 && r < 0x370 && before == latin && !norm.NFC.IsNormalString(text):
			x.read(l, norm.NFC.String(text), tags)
			return
		case s == none && (r >= 0x591 && r < 0x5C8 || r == 0x200D || r == 0x200C || r == 0xAD || r == 'ー'):
			// points and joiners within a word
		case s == none && (r == '\'' || r == '’') && before == latin && follows(text[i+size:]):
			if !skip {
				x.words = append(x.words, '\'')
			}
		case s == none:
			skip = skip && (r == '_' || r >= '0' && r <= '9')
			before = none
			x.gap()
		case s == latin && skip:
			before = s
		default:
			if s != before || tags && r != low && !upper {
				x.gap()
			}
			before, upper = s, r != low
			x.letter(low, s)
		}
		i += size
	}
	x.gap()
}

// letter adds a letter to the word being read.
func (x *reading) letter(r rune, s script) {
	x.count[s]++
	if r >= 0x80 && s != han {
		x.mark(r)
	}
	switch r { // Yiddish ligatures
	case 'װ':
		x.words = append(x.words, 'ו', 'ו')
	case 'ױ':
		x.words = append(x.words, 'ו', 'י')
	case 'ײ':
		x.words = append(x.words, 'י', 'י')
	default:
		x.words = append(x.words, r)
	}
}

// gap ends the word being read.
func (x *reading) gap() {
	if x.words[len(x.words)-1] != 0 {
		x.words = append(x.words, 0)
	}
}

// total is the number of letters.
func (x *reading) total() int {
	n := 0
	for _, c := range x.count[latin:] {
		n += c
	}
	return n
}

// follows reports whether a Latin letter comes next.
func follows(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return unicode.IsLetter(r)
}

// dressed is the length of the link or handle that s begins with, 0 for none.
func dressed(s string) int {
	switch s[0] {
	case '@':
	case 'h', 'H':
		if !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "https://") {
			return 0
		}
	case 'w', 'W':
		if !strings.HasPrefix(s, "www.") {
			return 0
		}
	default:
		return 0
	}
	for i, r := range s {
		if r <= ' ' || r >= 0x2E80 { // Chinese goes on after a link without a space
			return i
		}
	}
	return len(s)
}
