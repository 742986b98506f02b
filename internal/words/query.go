package words

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Phrase is tokens that follow each other. With Prefix the last one may go on.
type Phrase struct {
	Tokens []string
	Prefix bool
}

// Term is one thing asked for: one of Any, and every token of Also somewhere in the same text. Not excludes it.
type Term struct {
	Not  bool
	Any  []Phrase
	Also []string
}

// minPrefix is the least letters of a prefix: shorter ones would join half the index.
const minPrefix = 3

// maxTerms is the most terms of one question; what follows is not looked at.
const maxTerms = 32

// Ask reads what people type: words and "phrases", all of which must occur; a trailing * is a prefix, a leading - excludes.
// A word is found with and without its marks, whichever way it is typed; in quotation marks it is found as it is written.
func Ask(q string) []Term {
	var terms []Term
	for q = strings.TrimSpace(q); q != "" && len(terms) < maxTerms; q = strings.TrimSpace(q) {
		not := false
		for strings.HasPrefix(q, "-") {
			q, not = q[1:], true
		}
		var word string
		var quoted bool
		word, quoted, q = next(q)
		if t, ok := term(word, quoted); ok {
			t.Not = not
			terms = append(terms, t)
		}
	}
	return terms
}

// next cuts the first word or phrase off q.
func next(q string) (word string, quoted bool, rest string) {
	if open, n := utf8.DecodeRuneInString(q); strings.ContainsRune(`"“”„«`, open) {
		q = q[n:]
		if end := strings.IndexAny(q, `"”“»`); end >= 0 {
			_, n = utf8.DecodeRuneInString(q[end:])
			return q[:end], true, q[end+n:]
		}
		return q, true, ""
	}
	end := strings.IndexFunc(q, unicode.IsSpace)
	if end < 0 {
		return q, false, ""
	}
	return q[:end], false, q[end:]
}

func term(word string, quoted bool) (Term, bool) {
	star := !quoted && strings.HasSuffix(word, "*")
	var x indexer
	x.text(word)
	p := Phrase{Tokens: strings.Fields(string(x.seq))}
	if len(p.Tokens) == 0 {
		return Term{}, false
	}
	p = openEnd(p, star)
	t := Term{Any: []Phrase{p}}
	if first, _ := utf8.DecodeRuneInString(p.Tokens[0]); len(p.Tokens) > 1 && first >= 0x05D0 && first <= 0x05EA {
		for _, b := range before {
			t.Any = append(t.Any, Phrase{Tokens: append([]string{b + p.Tokens[0]}, p.Tokens[1:]...), Prefix: p.Prefix})
		}
	}
	if quoted {
		t.Also = written(word)
	}
	return t, true
}

// openEnd makes the phrase end as the text may go on: a run of Han goes on with any character, a word only after a star.
func openEnd(p Phrase, star bool) Phrase {
	n := len(p.Tokens)
	last := p.Tokens[n-1]
	if r, size := utf8.DecodeRuneInString(last); isHan(r) && size == len(last) {
		if n > 1 && strings.HasSuffix(p.Tokens[n-2], last) {
			p.Tokens = p.Tokens[:n-1]
			return p
		}
		p.Prefix = true
		return p
	}
	p.Prefix = star && utf8.RuneCountInString(last) >= minPrefix
	return p
}

// written are the tokens of the marked words of s as they are written.
func written(s string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(s, unicode.IsSpace) {
		var x indexer
		x.noStems = true
		x.text(w)
		out = append(out, strings.Fields(string(x.extra))...)
	}
	return out
}
