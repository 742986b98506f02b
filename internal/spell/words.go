package spell

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// words cuts a text into the words that are worth looking up: no addresses, hashtags, names, {blanks}, numbers or abbreviations.
func words(text string) (all []Miss) {
	begins := true // of a sentence
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if unicode.IsSpace(r) {
			begins = begins || r == '\n'
			i += size
			continue
		}
		end := len(text)
		if n := strings.IndexFunc(text[i:], unicode.IsSpace); n >= 0 {
			end = i + n
		}
		if piece := text[i:end]; strings.Contains(piece, "://") || strings.IndexByte(piece, '@') > 0 || address(piece) {
			begins = false
		} else {
			all, begins = pieceWords(text, i, end, begins, all)
		}
		i = end
	}
	return all
}

// pieceWords adds the words of what stands between two spaces.
func pieceWords(text string, i, end int, begins bool, all []Miss) ([]Miss, bool) {
	for i < end {
		if n := passed(text[i:end]); n > 0 {
			i, begins = i+n, false
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsLetter(r) {
			if strings.ContainsRune(".!?:", r) {
				begins = true
			} else if !unicode.IsPunct(r) {
				begins = false
			}
			i += size
			continue
		}
		to := wordEnd(text[:end], i)
		w := Miss{Word: text[i:to], From: i, To: to, LikeName: unicode.IsUpper(r) && !begins}
		if plain(w.Word) {
			all = append(all, w)
		}
		i, begins = to, false
	}
	return all, begins
}

// passed is how many bytes are to be passed over where a piece goes on with rest: a hashtag, a name, a {blank}.
func passed(rest string) int {
	r, size := utf8.DecodeRuneInString(rest)
	switch r {
	case '{':
		if n := strings.IndexByte(rest[:min(len(rest), 200)], '}'); n > 0 {
			return n + 1
		}
	case '#', '@', '＃', '＠':
		n := strings.IndexFunc(rest[size:], func(r rune) bool { return !inName(r) })
		if n < 0 {
			return len(rest)
		}
		return size + n
	}
	return 0
}

func inName(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune("_-.@·・", r)
}

// address reports whether a piece looks like a host: a dot between small letters, as no sentence has it.
func address(piece string) bool {
	dot := strings.IndexByte(piece, '.')
	if dot <= 0 || dot+2 >= len(piece) {
		return false
	}
	a, b := rune(piece[dot-1]), rune(piece[dot+1])
	return a < 0x80 && b < 0x80 && (unicode.IsLetter(a) || unicode.IsDigit(a)) && unicode.IsLower(b)
}

// joiners hold a word together between letters.
const joiners = "'’-׳״ʼ"

func wordEnd(text string, i int) int {
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		if strings.ContainsRune(joiners, r) {
			next, _ := utf8.DecodeRuneInString(text[i+size:])
			if !unicode.IsLetter(next) {
				return i
			}
		} else if !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) {
			return i
		}
		i += size
	}
	return i
}

// maxWord is the longest word, in bytes, that a dictionary can know.
const maxWord = 100

// plain reports whether a word can be looked up: no digits in it, no abbreviation in capitals, no single letter, and no script that
// the dictionaries do not write.
func plain(w string) bool {
	letters, capitals := 0, 0
	for _, r := range w {
		switch {
		case unicode.IsDigit(r), unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
			return false
		case unicode.IsUpper(r):
			capitals++
			letters++
		case unicode.IsLetter(r):
			letters++
		}
	}
	return letters > 1 && capitals < letters && len(w) <= maxWord
}
