package preflight

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"breakwater/desk"
	"breakwater/internal/terms"
)

//go:embed data/sensitive.txt
var sensitiveText string

//go:embed data/personal.txt
var personalText string

// entry is one expression of a list.
type entry struct{ topic, lang, text string }

// readList reads a list of words: [topic language], then expressions between commas.
func readList(text string) (all []entry, err error) {
	topic, lang := "", ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if inner, ok := strings.CutPrefix(line, "["); ok {
			topic, lang, ok = strings.Cut(strings.TrimSuffix(inner, "]"), " ")
			if !ok {
				return nil, fmt.Errorf("%q is no heading", line)
			}
			continue
		}
		for word := range strings.SplitSeq(line, ",") {
			if word = strings.TrimSpace(word); word != "" {
				all = append(all, entry{topic, lang, word})
			}
		}
	}
	return all, nil
}

// finder finds the expressions of a list in a text.
type finder struct {
	entries []entry
	dict    *terms.Dict
}

func newFinder(entries []entry) (*finder, error) {
	f := &finder{}
	var phrases []terms.Phrase
	for _, e := range entries {
		p, err := terms.ParsePhrase(e.text, false)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", e.text, err)
		}
		f.entries, phrases = append(f.entries, e), append(phrases, p)
	}
	f.dict = terms.NewDict(phrases)
	return f, nil
}

// sighting is an expression in a text.
type sighting struct {
	entry
	from, to int // bytes; both 0 where that cannot be told
}

// find gives what occurs, in the order of the text; each place and topic once.
func (f *finder) find(text string) (all []sighting) {
	var t terms.Text
	t.Read(text)
	seen := map[sighting]bool{}
	for _, h := range f.dict.Find(nil, &t) {
		s := sighting{entry: f.entries[h.Phrase]}
		if from, to, ok := t.Span(h.From, h.To); ok {
			s.from, s.to = from, to
		}
		place := sighting{entry: entry{topic: s.topic}, from: s.from}
		if !seen[place] {
			seen[place], all = true, append(all, s)
		}
	}
	slices.SortStableFunc(all, func(a, b sighting) int { return a.from - b.from })
	return all
}

// list reads a list that comes with the program; a test reads them all, so a mistake is ours.
func list(text, lang string, quiet []string) []entry {
	all, err := readList(text)
	if err != nil {
		panic("preflight: " + err.Error())
	}
	return slices.DeleteFunc(all, func(e entry) bool { return !speaks(e.lang, lang) || slices.Contains(quiet, e.text) })
}

// speaks reports whether an expression of one language counts in a text of another: the two Chinese scripts share words, and
// English words are understood everywhere.
func speaks(of, in string) bool {
	return of == in || of == "en" || strings.HasPrefix(of, "zh") && strings.HasPrefix(in, "zh")
}

// guarded are the sensitive expressions of a language and brand.
func guarded(lang string, g desk.Guard) (*finder, error) {
	all := list(sensitiveText, lang, g.Quiet)
	for _, w := range g.Words {
		topic := w.Topic
		if topic == "" {
			topic = "sensitive"
		}
		all = append(all, entry{topic, lang, w.Text})
	}
	return newFinder(all)
}

// personal are the words of private speech by language.
var personal = sync.OnceValue(func() map[string]*finder {
	byLang := map[string]*finder{}
	for _, lang := range []string{"en", "he", "pl", "id", "sv", "zh-Hant", "zh-Hans"} {
		all, err := readList(personalText)
		if err == nil {
			all = slices.DeleteFunc(all, func(e entry) bool { return e.lang != lang })
			byLang[lang], err = newFinder(all)
		}
		if err != nil {
			panic("preflight: " + err.Error())
		}
	}
	return byLang
})
