package terms

import (
	"strings"
	"unicode/utf8"
)

// Letters appends what a text says without how it is dressed: its letters and digits in lower case without diacritics, one
// space between words; without links, handles, punctuation, emoji and a leading RT. Two posts that differ in nothing else
// have the same letters.
func Letters(dst []rune, s string) []rune {
	f := foldings()
	s = strings.TrimPrefix(s, "RT ")
	start := len(dst)
	spaced := true
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		if spaced && (r == 'h' || r == 'H' || r == 'w' || r == '@') {
			if n := dressed(s[i:]); n > 0 {
				i += n
				continue
			}
		}
		i += size
		c := f.of(r)
		switch {
		case c.class == letter || c.class == single && c.props&wide != 0:
			dst, i = f.appendWord(f.appendBare(dst, r, c), s, i)
			spaced = false
		case c.class != skip && c.class != combine && c.class != joiner && !spaced:
			dst = append(dst, ' ')
			spaced = true
		}
	}
	if len(dst) > start && dst[len(dst)-1] == ' ' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

// dressed is the length of the link or handle that s begins with, 0 for none.
func dressed(s string) int {
	if !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "www.") && s[0] != '@' {
		return 0
	}
	for i, r := range s {
		if r <= ' ' || r >= 0x2E80 { // Chinese goes on after a link without a space
			return i
		}
	}
	return len(s)
}

// appendWord appends the letters from s[i] on as long as each folds to one, and answers where it stopped.
func (f *folding) appendWord(dst []rune, s string, i int) ([]rune, int) {
	for i < len(s) {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		if r >= 1<<16 {
			break
		}
		c := f.cells[r]
		if c.class != letter || c.props&many != 0 {
			break
		}
		dst = append(dst, rune(c.bare))
		i += size
	}
	return dst, i
}

func (f *folding) appendBare(dst []rune, r rune, c cell) []rune {
	switch {
	case c.props&many != 0:
		return append(dst, f.expansions[c.bare]...)
	case c.bare == 0:
		return append(dst, r)
	}
	return append(dst, rune(c.bare))
}

// Wide reports whether r is of a script without spaces, where two characters say what four letters say elsewhere.
func Wide(r rune) bool { return r >= 0x0E00 && foldings().of(r).props&wide != 0 }
