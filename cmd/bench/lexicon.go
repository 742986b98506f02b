package main

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"breakwater/internal/terms"
)

//go:embed lexicon/*.txt
var lexiconData embed.FS

// lexicon scores sentiment by word lists, as the product did before its model: for English, Hebrew, Polish, Indonesian, Chinese
// and Swedish, and by emoji in every language. It knows negation, words that strengthen and weaken, what a "but" turns, letters
// drawn out (sooo) and exclamation marks.
type lexicon struct {
	lists map[string]*moodList
	x     moodScratch
}

// moodList is one language's words, with the emoji among them.
type moodList struct {
	dict    *terms.Dict
	entries []moodEntry
}

// moodEntry is one word or phrase.
type moodEntry struct {
	role   byte // 'w' for a weight, 'n'ot, 'm'ore, 'l'ess, 'b'ut
	weight float64
}

type moodScratch struct {
	text  terms.Text
	hits  []terms.Hit
	drawn strings.Builder
}

func newLexicon() *lexicon {
	s := &lexicon{lists: map[string]*moodList{}}
	emoji := mustRead("lexicon/emoji.txt")
	files, err := fs.Glob(lexiconData, "lexicon/*.txt")
	if err != nil {
		panic(err) // the pattern is right
	}
	for _, f := range files {
		lang := strings.TrimSuffix(path.Base(f), ".txt")
		own := ""
		if lang != "emoji" {
			own = mustRead(f)
		}
		list, err := readMoods(own + emoji)
		if err != nil {
			panic("bench: " + f + ": " + err.Error())
		}
		s.lists[lang] = list
	}
	return s
}

func mustRead(name string) string {
	b, err := lexiconData.ReadFile(name)
	if err != nil {
		panic(err) // it is embedded
	}
	return string(b)
}

var moodRoles = map[string]byte{"not": 'n', "more": 'm', "less": 'l', "but": 'b'}

func readMoods(data string) (*moodList, error) {
	l := &moodList{}
	var phrases []terms.Phrase
	for line := range strings.Lines(data) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		key, list, _ := strings.Cut(line, ":")
		e := moodEntry{role: moodRoles[key]}
		if e.role == 0 {
			w, err := strconv.Atoi(key)
			if err != nil {
				return nil, fmt.Errorf("%q is neither a weight nor not, more, less, but", key)
			}
			e = moodEntry{'w', float64(w)}
		}
		for _, word := range strings.Split(list, ",") {
			p, err := terms.ParsePhrase(strings.Trim(strings.TrimSpace(word), `"`), false)
			if err != nil {
				return nil, fmt.Errorf("%q: %w", word, err)
			}
			phrases = append(phrases, p)
			l.entries = append(l.entries, e)
		}
	}
	l.dict = terms.NewDict(phrases)
	return l, nil
}

// class is a text's class, as an index: between -0.1 and +0.1 a text says too little to count as either.
func (s *lexicon) class(lang, text string) uint8 {
	base, _, _ := strings.Cut(lang, "-")
	list := s.lists[base]
	if list == nil {
		list = s.lists["emoji"]
	}
	x := &s.x
	drawn := x.read(text)
	x.hits = list.dict.Find(x.hits[:0], &x.text)
	sum, size := list.weigh(x)
	if size == 0 {
		return 1
	}
	if drawn || strings.Contains(text, "!") {
		sum *= 1.2
	}
	switch score := sum / math.Sqrt(sum*sum+12); {
	case score <= -0.1:
		return 0
	case score >= 0.1:
		return 2
	}
	return 1
}

// read folds the text; words with letters drawn out follow once more with single letters. It reports whether there were any.
func (x *moodScratch) read(text string) bool {
	run, last, any := 0, rune(0), false
	for _, r := range text {
		if r == last && unicode.IsLetter(r) {
			run++
			any = any || run == 3
			continue
		}
		run, last = 1, r
	}
	if any {
		x.text.Read(text, x.undrawn(text))
	} else {
		x.text.Read(text)
	}
	return any
}

// undrawn are the words that have a letter three times or more in a row, with that letter once and with it twice.
func (x *moodScratch) undrawn(text string) string {
	x.drawn.Reset()
	for w := range strings.FieldsSeq(text) {
		for most := 1; most <= 2; most++ {
			run, last, long := 0, rune(0), false
			from := x.drawn.Len()
			for _, r := range w {
				if r == last {
					run++
				} else {
					run, last = 1, r
				}
				long = long || run == 3 && unicode.IsLetter(r)
			}
			if !long {
				break
			}
			run, last = 0, 0
			for _, r := range w {
				if r == last {
					run++
				} else {
					run, last = 1, r
				}
				if run <= most {
					x.drawn.WriteRune(r)
				}
			}
			if x.drawn.Len() > from {
				x.drawn.WriteByte(' ')
			}
		}
	}
	return x.drawn.String()
}

// Reach of the words that change others, in words.
const (
	notReach  = 3
	moreReach = 2
	notTurns  = -0.7 // "not good" is a little less bad than "bad"
)

// weigh adds up what the hits say, in the order of the text. size is how many of them spoke.
func (l *moodList) weigh(x *moodScratch) (sum float64, size int) {
	slices.SortFunc(x.hits, func(a, b terms.Hit) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(b.To, a.To))
	})
	not, more := int32(-100), int32(-100)
	factor, end := 1.0, int32(-1)
	for _, h := range x.hits {
		e := l.entries[h.Phrase]
		if h.To <= end && e.role == 'w' || h.From < end && e.role == 'w' {
			continue // lies within a longer phrase that was counted
		}
		switch e.role {
		case 'n':
			if h.From >= end {
				not = h.To
			}
		case 'm', 'l':
			if h.From >= end {
				more, factor = h.To, 1.35
				if e.role == 'l' {
					factor = 0.6
				}
			}
		case 'b':
			sum *= 0.6 // what follows is what is meant
		default:
			w := e.weight
			if h.From-more < moreReach {
				w *= factor
			}
			if h.From-not < notReach && h.From >= not {
				w *= notTurns
			}
			sum, size, end = sum+w, size+1, h.To
		}
	}
	return sum, size
}
