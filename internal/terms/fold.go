package terms

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// class is what a character does to the word it stands in.
type class uint8

const (
	gap     class = iota // ends a word
	letter               // is part of a word
	single               // is a word by itself: Han, kana, Hangul, Thai and their like, emoji
	skip                 // is not there: joiners, variation selectors, points that nobody types
	joiner               // joins what stands around it to one word: an apostrophe
	combine              // a mark that composes with the letter before it
	hash                 // may begin a hashtag
	at                   // may begin a handle
)

// Properties of a character beside its class.
const (
	upper  uint8 = 1 << iota // a capital, where a hashtag in camel case is cut
	hebrew                   // takes prefixes
	wide                     // of a script without spaces, so neighbours in a query must be neighbours in the text
	many                     // bare and marked are indexes into expansions, not characters
)

// cell says everything about one character of the Basic Multilingual Plane.
type cell struct {
	class  class
	props  uint8
	bare   uint16 // lower case without diacritics
	marked uint16 // lower case with them
}

// folding is the table for the Basic Multilingual Plane (384 kB) and what does not fit into it.
type folding struct {
	cells      [1 << 16]cell
	expansions [][]rune
	maths      [mathsTo - mathsFrom]cell // 𝐛𝐨𝐥𝐝 and 𝕕𝕠𝕦𝕓𝕝𝕖 letters, with which words are hidden from filters
}

const mathsFrom, mathsTo = 0x1D400, 0x1D800

// foldings is made once, in about 20 ms.
var foldings = sync.OnceValue(makeFolding)

func makeFolding() *folding {
	f := &folding{}
	for r := rune(0); r < 1<<16; r++ {
		switch {
		case r >= 0xD800 && r < 0xF900: // surrogates and private use
		case r >= 0x3400 && r < 0xA000 || r >= 0xAC00 && r < 0xD7A4: // Han and Hangul fold to themselves
			f.cells[r] = cell{class: single, props: wide, bare: uint16(r), marked: uint16(r)}
		default:
			f.cells[r] = f.cellOf(r)
		}
	}
	for r := rune(mathsFrom); r < mathsTo; r++ {
		f.maths[r-mathsFrom] = f.cellOf(r)
	}
	return f
}

// spaceless are the scripts that are written without spaces, or whose particles hang on the word.
var spaceless = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo,
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

// explicit are the characters whose category says the wrong thing.
var explicit = func() map[rune]class {
	m := map[rune]class{'#': hash, '＃': hash, '@': at, '＠': at, '©': gap, '®': gap, '™': gap, '℠': gap, 'ー': single}
	for _, r := range "'’‘ʼ＇׳״" {
		m[r] = joiner
	}
	return m
}()

// skipped are ranges of characters that are not there: format controls, Hebrew points, Arabic vowel signs and tatweel.
var skipped = [][2]rune{
	{0xAD, 0xAD}, {0x34F, 0x34F}, {0x591, 0x5BD}, {0x5BF, 0x5BF}, {0x5C1, 0x5C2}, {0x5C4, 0x5C5}, {0x5C7, 0x5C7},
	{0x610, 0x61A}, {0x61C, 0x61C}, {0x640, 0x640}, {0x64B, 0x65F}, {0x670, 0x670}, {0x6D6, 0x6ED}, {0x180B, 0x180F},
	{0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x206F}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF},
}

func (f *folding) cellOf(r rune) cell {
	if c, ok := explicit[r]; ok {
		return f.fill(cell{class: c}, []rune{r}, []rune{r})
	}
	for _, s := range skipped {
		if r >= s[0] && r <= s[1] {
			return cell{class: skip}
		}
	}
	if r >= 0x300 && r <= 0x36F || r == 0x3099 || r == 0x309A || r >= 0x1100 && r < 0x1200 {
		return f.fill(cell{class: combine}, nil, []rune{r})
	}
	marked := foldMarked(r)
	c := cell{class: classOf(marked)}
	if unicode.IsUpper(r) {
		c.props |= upper
	}
	if marked[0] >= 0x5D0 && marked[0] <= 0x5EA {
		c.props |= hebrew
	}
	if c.class == single && !unicode.Is(unicode.So, marked[0]) {
		c.props |= wide
	}
	return f.fill(c, foldBare(marked), marked)
}

func (f *folding) fill(c cell, bare, marked []rune) cell {
	if len(bare) == 1 && len(marked) == 1 && bare[0] < 1<<16 && marked[0] < 1<<16 {
		c.bare, c.marked = uint16(bare[0]), uint16(marked[0])
		return c
	}
	c.props |= many
	c.bare, c.marked = uint16(len(f.expansions)), uint16(len(f.expansions)+1)
	f.expansions = append(f.expansions, bare, marked)
	return c
}

func classOf(folded []rune) class {
	if unicode.In(folded[0], spaceless...) && !unicode.Is(unicode.P, folded[0]) {
		return single
	}
	if folded[0] >= 0x2190 && unicode.Is(unicode.So, folded[0]) {
		return single
	}
	for _, r := range folded {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) {
			return gap
		}
	}
	return letter
}

// foldMarked is compatibility composition in lower case, without the skipped.
func foldMarked(r rune) []rune {
	var out []rune
	for _, c := range norm.NFKC.String(strings.ToLower(norm.NFKC.String(string(r)))) {
		if f, ok := alike[c]; ok {
			c = f
		}
		if c == 'ß' {
			out = append(out, 's', 's')
			continue
		}
		if !isSkipped(c) {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return []rune{r}
	}
	return out
}

func isSkipped(r rune) bool {
	for _, s := range skipped {
		if r >= s[0] && r <= s[1] {
			return true
		}
	}
	return false
}

// alike are letters that writers use for one another; they fold together also in words typed with their marks.
var alike = map[rune]rune{'ς': 'σ', 'ё': 'е', 'أ': 'ا', 'إ': 'ا', 'آ': 'ا', 'ٱ': 'ا', 'ى': 'ي', 'ک': 'ك', 'ی': 'ي'}

// plain are letters with a stroke or a ligature, which do not decompose.
var plain = map[rune]string{
	'ł': "l", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th", 'æ': "ae", 'œ': "oe", 'ı': "i", 'ħ': "h", 'ŧ': "t", 'ŋ': "n", 'ĸ': "k", 'ə': "e",
}

// foldBare takes the diacritics off Latin and Greek letters. In other scripts a mark makes another letter (й, が, ñ is Latin).
func foldBare(marked []rune) []rune {
	var out []rune
	for _, r := range marked {
		if p, ok := plain[r]; ok {
			out = append(out, []rune(p)...)
			continue
		}
		if r < 0x80 || !unicode.In(r, unicode.Latin, unicode.Greek) {
			out = append(out, r)
			continue
		}
		for _, d := range norm.NFD.String(string(r)) {
			if !unicode.Is(unicode.Mn, d) {
				out = append(out, d)
			}
		}
	}
	return out
}

// of is the cell of any character.
func (f *folding) of(r rune) cell {
	switch {
	case r < 1<<16:
		return f.cells[r]
	case r >= mathsFrom && r < mathsTo:
		return f.maths[r-mathsFrom]
	case r >= 0x1F3FB && r <= 0x1F3FF, r >= 0xE0000 && r < 0xE0200: // skin tones; tags and variation selectors
		return cell{class: skip}
	case r >= 0x1F000 && r < 0x1FB00:
		return cell{class: single}
	case r >= 0x20000 && r < 0x40000:
		return cell{class: single, props: wide}
	case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
		return cell{class: letter}
	}
	return cell{class: gap}
}
