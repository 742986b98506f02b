package tongue

import (
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"unicode"
)

// HeldOut reports whether a line of the training texts is kept for measuring: one in ten, by its hash, so that the same lines
// stay out whatever is added.
func HeldOut(line string) bool {
	h := fnv.New64a()
	_, _ = h.Write([]byte(line)) // never fails
	return h.Sum64()%10 == 0
}

// Clean is a text without links, handles and the signs of hashtags, as systems that know nothing of posts want it.
func Clean(text string) string {
	var b strings.Builder
	text = strings.TrimPrefix(text, "RT ")
	spaced := true
	for i := 0; i < len(text); {
		if spaced {
			if n := dressed(text[i:]); n > 0 {
				i += n
				continue
			}
		}
		c := text[i]
		i++
		space := c == ' ' || c == '\n' || c == '\t' || c == '\r'
		switch {
		case c == '#', space && spaced:
			continue
		case space:
			c = ' '
		}
		b.WriteByte(c)
		spaced = space || c == ':' || c == '('
	}
	return strings.TrimSpace(b.String())
}

// Crop is size characters of a text from the beginning of a word on that rnd picks; in scripts without spaces from anywhere.
// A text that is not longer stays whole.
func Crop(text string, size int, rnd *rand.Rand) string {
	all := []rune(text)
	if len(all) <= size {
		return text
	}
	starts := []int{0}
	for i := 1; i+size <= len(all); i++ {
		if all[i-1] == ' ' || all[i] >= 0x3040 && unicode.IsLetter(all[i]) && !unicode.Is(unicode.Hangul, all[i]) {
			starts = append(starts, i)
		}
	}
	at := starts[rnd.IntN(len(starts))]
	return strings.TrimSpace(string(all[at : at+size]))
}

// Telling reports whether a text says enough to be asked for its language: eight letters, or four of a script that has one for
// a syllable.
func Telling(text string) bool {
	n := 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			if n++; r >= 0x3040 {
				n++
			}
		}
	}
	return n >= 8
}
