package publish

import (
	"breakwater/desk"
	"breakwater/internal/terms"
)

// Collides is the first of the words that the post says, empty when it says none. Words are compared as monitors compare them:
// whole words and phrases in any script, without case and diacritics, Hebrew behind its prefixes, Chinese without spaces.
func Collides(words []string, p *desk.Post) string {
	var phrases []terms.Phrase
	var of []string
	for _, w := range words {
		if ph, err := terms.ParsePhrase(w, false); err == nil {
			phrases, of = append(phrases, ph), append(of, w)
		}
	}
	if len(phrases) == 0 {
		return ""
	}
	parts := []string{p.Title, p.Text}
	for _, m := range p.Media {
		parts = append(parts, m.Alt)
	}
	var t terms.Text
	t.Read(parts...)
	hits := terms.NewDict(phrases).Find(nil, &t)
	if len(hits) == 0 {
		return ""
	}
	first := hits[0].Phrase
	for _, h := range hits {
		first = min(first, h.Phrase)
	}
	return of[first]
}
