package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"unicode/utf8"

	"breakwater/enrich"
	"breakwater/internal/confusion"
	"breakwater/internal/grams"
	"breakwater/internal/packed"
	"breakwater/internal/svm"
)

// spoken are the languages that have weights, with the cost of an error in training, chosen by trying.
var spoken = []struct {
	lang string
	c    float64
}{{"en", 0.3}, {"he", 0.3}, {"pl", 1}, {"id", 0.3}, {"zh-Hans", 0.3}, {"zh-Hant", 0.3}, {"sv", 1}}

// open are the sources that everybody may use for everything (docs/model.md has their licences).
var open = map[string]bool{
	"semeval13-16": true, "fb-rivlin": true, "talkbacks-hebert": true, "polemo-sent": true, "polemo-text": true,
	"smsa": true, "nusax": true, "tweets-emot": true, "openrice-senti": true, "forum-absabank": true,
}

// Files and sizes of the two models.
var models = map[string]struct {
	file string
	log2 int // buckets of 64 bytes
}{"all": {"moods.model", 16}, "open": {"moods.open.model", 15}}

const folds = 4 // parts in which a language is cut to see how weights do on texts that they were not learned from

// trained is one language's weights with what is known about them.
type trained struct {
	vocabulary *vocabulary
	weights    *svm.Weights
	head       enrich.MoodWeights
}

func trainSentiment(o options) error {
	pairs, err := os.ReadFile(filepath.Join(o.Data, "t2s.txt"))
	if err != nil {
		return err
	}
	may := func(source string) bool { return o.Licence == "all" || open[source] }
	texts := map[string][]text{}
	for _, s := range spoken {
		if texts[s.lang], err = readTexts(o.Data, s.lang, "train", may); err != nil {
			return err
		}
	}
	head := enrich.MoodHead{Licence: o.Licence, Seed: o.Seed, Folds: string(pairs), Emoji: emojiMoods(texts)}
	reader := grams.NewReader(head.Folds, runes(head.Emoji))
	var entries []packed.Entry
	for _, s := range spoken {
		if len(texts[s.lang]) == 0 {
			fmt.Printf("%-8s has no texts under this licence\n", s.lang)
			continue
		}
		t := trainLanguage(o, reader, s.lang, s.c, texts[s.lang])
		head.Weights = append(head.Weights, t.head)
		entries = append(entries, t.entries()...)
	}
	m := models[o.Licence]
	table, kept := packed.Pack(entries, m.log2)
	name := filepath.Join(o.Out, m.file)
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := enrich.WriteMoods(f, head, table); err != nil {
		f.Close()
		return err
	}
	fmt.Printf("%s: %d of %d features\n", name, kept, len(entries))
	return f.Close()
}

// trainLanguage learns a language: from parts, to see how sure it may be, and then from all of it.
func trainLanguage(o options, reader *grams.Reader, lang string, c float64, texts []text) *trained {
	features := read(reader, texts)
	t := &trained{vocabulary: newVocabulary(features)}
	p := t.vocabulary.rows(texts, features)
	t.head = enrich.MoodWeights{Lang: lang, Sources: map[string]int{}}
	for _, x := range texts {
		t.head.Sources[x.source]++
	}
	const passes = 40
	bar := progress(lang, (folds+1)*passes)
	settings := svm.Options{C: c, Passes: passes, Stop: 0.1, Seed: o.Seed, Pass: func() { bar.Add(1) }}
	scores := make([][3]float64, len(texts)) // by weights that did not see the text
	for fold := range folds {
		var learn []int
		for i := range texts {
			if i%folds != fold {
				learn = append(learn, i)
			}
		}
		p.Cost = balanced(p.Class, learn)
		w := svm.Train(p, learn, settings)
		for i := fold; i < len(texts); i += folds {
			scores[i] = w.Scores(p.Row(i))
		}
		bar.Set((fold + 1) * passes)
	}
	p.Cost = balanced(p.Class, nil)
	t.weights = svm.Train(p, nil, settings)
	bar.Finish()

	a, b, f1 := chooseBias(scores, p.Class)
	t.head.Bias = [2]float64{t.weights.Bias[negative] - t.weights.Bias[neutral] + a, t.weights.Bias[positive] - t.weights.Bias[neutral] + b}
	t.head.Sure = reliability(scores, p.Class, a, b)
	for n := range t.vocabulary.features {
		neg, pos := t.against(n)
		t.head.Negative = max(t.head.Negative, math.Abs(neg))
		t.head.Positive = max(t.head.Positive, math.Abs(pos))
	}
	fmt.Printf("%-8s %6d texts %7d features, macro-F1 on its own texts by parts %.1f\n", lang, len(texts), len(t.vocabulary.features), 100*f1)
	return t
}

// balanced is what an error costs so that each class costs as much.
func balanced(class []uint8, rows []int) []float32 {
	n, all := [3]float64{}, 0.0
	count := func(i int) { n[class[i]]++; all++ }
	if rows == nil {
		for i := range class {
			count(i)
		}
	}
	for _, i := range rows {
		count(i)
	}
	cost := make([]float32, len(class))
	for i, c := range class {
		cost[i] = float32(all / (3 * n[c]))
	}
	return cost
}

// against are a feature's weights for negative and positive against neutral, for a text that has it once.
func (t *trained) against(n int) (neg, pos float64) {
	idf, w := t.vocabulary.idf(int32(n)), t.weights.Of[n]
	return idf * float64(w[negative]-w[neutral]), idf * float64(w[positive]-w[neutral])
}

// entries are all features as the packed table wants them. One matters by how far its weights lie apart and how many texts
// have it.
func (t *trained) entries() []packed.Entry {
	salt := enrich.MoodSalt(t.head.Lang)
	all := make([]packed.Entry, 0, len(t.vocabulary.features))
	for n, f := range t.vocabulary.features {
		neg, pos := t.against(n)
		mean := (neg + pos) / 3
		far := math.Sqrt((neg-mean)*(neg-mean) + (pos-mean)*(pos-mean) + mean*mean)
		all = append(all, packed.Entry{Feature: f ^ salt, A: compand(neg, t.head.Negative), B: compand(pos, t.head.Positive),
			Rank: float32(far * math.Pow(float64(t.vocabulary.texts[n]), 0.3))})
	}
	return all
}

// compand is the byte for a weight: the square root of its share of the greatest.
func compand(w, most float64) int8 {
	if most == 0 {
		return 0
	}
	return int8(math.Round(math.Copysign(127*math.Sqrt(math.Abs(w)/most), w)))
}

// chooseBias finds what to add to the scores of negative and positive for the best macro-F1, a little rather than much.
func chooseBias(scores [][3]float64, class []uint8) (neg, pos, f1 float64) {
	best := -1.0
	for a := -10; a <= 10; a++ {
		for b := -10; b <= 10; b++ {
			x, y := float64(a)/20, float64(b)/20
			var t confusion.Table
			for i, s := range scores {
				t.Add(class[i], winner(s, x, y), 1)
			}
			f := t.MacroF1()
			if v := f - 0.02*(x*x+y*y); v > best {
				best, neg, pos, f1 = v, x, y, f
			}
		}
	}
	return neg, pos, f1
}

func winner(s [3]float64, neg, pos float64) uint8 {
	switch n, p := s[negative]+neg, s[positive]+pos; {
	case s[neutral] >= n && s[neutral] >= p:
		return neutral
	case p >= n:
		return positive
	}
	return negative
}

// emojiMoods is how the posts with each emoji felt, on average and drawn towards 0 where there are few.
func emojiMoods(texts map[string][]text) map[string]enrich.Mean {
	sum, n := map[rune]float64{}, map[rune]float64{}
	for _, s := range spoken {
		for _, t := range texts[s.lang] {
			had := map[rune]bool{}
			for _, r := range t.say {
				if r < 0x2190 || r >= 0x2E80 && r < 0x1F000 || r >= 0x1F3FB && r <= 0x1F3FF || r == 0xFE0F || had[r] {
					continue
				}
				had[r] = true
				n[r]++
				sum[r] += float64(t.class) - neutral
			}
		}
	}
	moods := map[string]enrich.Mean{}
	for r := range n {
		if n[r] >= 5 {
			moods[string(r)] = enrich.Mean(math.Round(1000*sum[r]/(n[r]+2)) / 1000)
		}
	}
	return moods
}

func runes(moods map[string]enrich.Mean) map[rune]float64 {
	m := map[rune]float64{}
	for s, mean := range moods {
		r, _ := utf8.DecodeRuneInString(s)
		m[r] = float64(mean)
	}
	return m
}
