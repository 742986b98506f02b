package grams

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// kind is what a character is to the token that it stands in.
type kind uint8

const (
	gap     kind = iota // ends a token
	letter              // is part of a word
	digit               // is part of a number, or of a word that began with a letter
	han                 // is part of a run of a script without spaces
	emoji               // is a token by itself
	punct               // is part of a run of punctuation
	alone               // is a token by itself: # [ ]
	at                  // may begin a handle
	join                // joins letters to one word: an apostrophe, gershayim
	skip                // is not there: joiners, variation selectors, skin tones, Hebrew points
	combine             // composes with the letter before it
)

// cell says everything about one character: its folded form or, with many set, where its expansion lies.
type cell uint32

const (
	cellRune = 1<<21 - 1
	cellKind = 21
	cellMany = 1 << 26
)

func (c cell) kind() kind { return kind(c >> cellKind & 31) }
func (c cell) fold() rune { return rune(c & cellRune) }

// folding is one cell for each character of the Basic Multilingual Plane (256 kB), and what does not fit into it.
type folding struct {
	cells      [1 << 16]cell
	expansions [][]rune
	maths      [mathsTo - mathsFrom]cell // 𝐛𝐨𝐥𝐝 and 𝕕𝕠𝕦𝕓𝕝𝕖 letters
	astral     map[rune]rune             // Han beyond the plane that folds to another character
}

const mathsFrom, mathsTo = 0x1D400, 0x1D800

// baseFolding is made once, in some milliseconds.
var baseFolding = sync.OnceValue(func() *folding {
	f := &folding{}
	for r := rune(0); r < 1<<16; r++ {
		switch {
		case r >= 0xD800 && r < 0xF900: // surrogates and private use
		case r >= 0x3400 && r < 0xA000:
			f.cells[r] = cell(han)<<cellKind | cell(r)
		case r >= 0xAC00 && r < 0xD7A4:
			f.cells[r] = cell(letter)<<cellKind | cell(r)
		default:
			f.cells[r] = f.cellOf(r)
		}
	}
	for r := rune(mathsFrom); r < mathsTo; r++ {
		f.maths[r-mathsFrom] = f.cellOf(r)
	}
	return f
})

// newFolding is the base with Han characters folded by pairs of two characters each: the first becomes the second.
func newFolding(pairs string) *folding {
	f := *baseFolding()
	f.astral = map[rune]rune{}
	from := rune(0)
	for _, r := range pairs {
		switch {
		case from == 0:
			from = r
			continue
		case from < 1<<16:
			f.cells[from] = cell(han)<<cellKind | cell(r)
		default:
			f.astral[from] = r
		}
		from = 0
	}
	return &f
}

// explicit are the characters whose category says the wrong thing.
var explicit = map[rune]kind{
	'#': alone, '＃': alone, '[': alone, ']': alone, '@': at, '＠': at, '\'': join, '’': join, 'ʼ': join, '׳': join, '״': join, '"': join,
	'©': punct, '®': punct, '™': punct, '℠': punct, 'ー': han,
}

// sames are marks that people use for one another.
var sames = map[rune]rune{'’': '\'', 'ʼ': '\'', '׳': '\'', '‘': '\'', '״': '"', '“': '"', '”': '"', '„': '"', '«': '"', '»': '"', '＃': '#', '–': '-', '—': '-', '。': '.'}

func (f *folding) cellOf(r rune) cell {
	switch {
	case r < ' ' || unicode.IsSpace(r):
		return 0
	case r == 0xAD || r == 0x34F || r >= 0x591 && r <= 0x5BD || r == 0x5BF || r == 0x5C1 || r == 0x5C2 || r == 0x5C4 || r == 0x5C5 || r == 0x5C7 ||
		r == 0x640 || r >= 0x64B && r <= 0x65F || r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2060 && r <= 0x206F ||
		r == 0x20E3 || r >= 0xFE00 && r <= 0xFE0F || r == 0xFEFF:
		return cell(skip) << cellKind
	case r >= 0x300 && r <= 0x36F || r == 0x3099 || r == 0x309A:
		return cell(combine)<<cellKind | cell(r)
	}
	k, known := explicit[r]
	if s, ok := sames[r]; ok {
		if !known {
			k = punct
		}
		return cell(k)<<cellKind | cell(s)
	}
	if known {
		return cell(k)<<cellKind | cell(r)
	}
	folded := []rune(norm.NFKC.String(strings.ToLower(norm.NFKC.String(string(r)))))
	if len(folded) > 1 {
		if folded[0] == ' ' { // ´ and its like are a space and a mark
			return cell(punct)<<cellKind | cell(r)
		}
		f.expansions = append(f.expansions, folded)
		return cellMany | cell(len(f.expansions)-1)
	}
	return cell(kindOf(folded[0]))<<cellKind | cell(folded[0])
}

func kindOf(r rune) kind {
	switch {
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo) && unicode.IsLetter(r):
		return han
	case unicode.IsLetter(r) || unicode.IsMark(r):
		return letter
	case unicode.IsNumber(r):
		return digit
	case r >= 0x2190 && unicode.Is(unicode.So, r):
		return emoji
	case unicode.IsPunct(r) || unicode.IsSymbol(r):
		return punct
	}
	return gap
}

// of is the cell of any character beyond ASCII.
func (f *folding) of(r rune) cell {
	switch {
	case r < 1<<16:
		return f.cells[r]
	case r >= mathsFrom && r < mathsTo:
		return f.maths[r-mathsFrom]
	case r >= 0x1F3FB && r <= 0x1F3FF, r >= 0xE0000 && r < 0xE0200: // skin tones; tags and variation selectors
		return cell(skip) << cellKind
	case r >= 0x1F000 && r < 0x1FB00:
		return cell(emoji)<<cellKind | cell(r)
	case r >= 0x20000 && r < 0x40000:
		if s, ok := f.astral[r]; ok {
			r = s
		}
		return cell(han)<<cellKind | cell(r)
	}
	return cell(kindOf(r))<<cellKind | cell(r)
}
