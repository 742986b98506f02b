package enrich

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
	"sync"
	"unicode"

	"breakwater/internal/terms"
)

//go:embed data/moods.*.txt
var moodData embed.FS

// Moods scores sentiment by word lists for English, Hebrew, Polish, Indonesian, Chinese and Swedish, and by emoji in every
// language. It knows negation, words that strengthen and weaken, what a "but" turns, letters drawn out (sooo) and exclamation
// marks. It knows no irony. It may be used concurrently.
type Moods struct {
	lists map[string]*moodList
	pool  sync.Pool
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

// NewMoods reads the lists that come with the program.
func NewMoods() *Moods {
	s := &Moods{lists: map[string]*moodList{}}
	s.pool.New = func() any { return new(moodScratch) }
	emoji := mustRead("data/moods.emoji.txt")
	files, _ := fs.Glob(moodData, "data/moods.*.txt")
	for _, f := range files {
		lang := strings.Split(path.Base(f), ".")[1]
		own := ""
		if lang != "emoji" {
			own = mustRead(f)
		}
		list, err := readMoods(own + emoji)
		if err != nil {
			panic("enrich: " + f + ": " + err.Error()) // a test reads it
		}
		s.lists[lang] = list
	}
	return s
}

func mustRead(name string) string {
	b, err := moodData.ReadFile(name)
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

// Score implements Sentiment.
func (s *Moods) Score(lang, text string) (score, confidence float64) {
	return s.scoreRead(lang, text, nil)
}

// scoreRead is Score for a text that was read already; nil reads it.
func (s *Moods) scoreRead(lang, text string, t *terms.Text) (score, confidence float64) {
	base, _, _ := strings.Cut(lang, "-")
	list := s.lists[base]
	if list == nil {
		list = s.lists["emoji"]
	}
	x := s.pool.Get().(*moodScratch)
	defer s.pool.Put(x)
	t, drawn := x.read(text, t)
	x.hits = list.dict.Find(x.hits[:0], t)
	sum, size := list.weigh(x)
	if size == 0 {
		return 0, sure(0)
	}
	if drawn || strings.Contains(text, "!") {
		sum *= 1.2
	}
	score = sum / math.Sqrt(sum*sum+12)
	return math.Round(score*1000) / 1000, sure(score)
}

// read folds the text unless t is it; words with letters drawn out follow once more with single letters. It reports whether
// there were any.
func (x *moodScratch) read(text string, t *terms.Text) (*terms.Text, bool) {
	run, last, any := 0, rune(0), false
	for _, r := range text {
		if r == last && unicode.IsLetter(r) {
			run++
			any = any || run == 3
			continue
		}
		run, last = 1, r
	}
	switch {
	case any:
		x.text.Read(text, x.undrawn(text))
	case t != nil:
		return t, false
	default:
		x.text.Read(text)
	}
	return &x.text, any
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

// sure is how often the mood was right at this score: on 13,000 labelled posts of seven languages a score of 0 was right on
// 0.13 (Hebrew, where few posts are neutral) to 0.55 (English) of them, 0.4 on 0.55, 0.6 on 0.73 and 0.85 on 0.90.
// The line was drawn on these same posts, so expect a little less on others.
func sure(score float64) float64 {
	return math.Round((0.35+0.65*math.Abs(score))*1000) / 1000
}
