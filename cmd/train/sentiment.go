package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"unicode/utf8"

	"breakwater/enrich"
	"breakwater/internal/grams"
	"breakwater/internal/packed"
	"breakwater/internal/svm"
)

// spoken are the languages that have weights. What c and even are was chosen by parts of the training texts.
var spoken = []struct {
	lang, files string
	c           float64 // cost of an error of the support vector machine
	even        float64 // power of how much more an error costs in a class of fewer texts: 1 makes all classes cost the same
}{
	{"en", "en", 0.3, 1}, {"he", "he", 0.3, 0.6}, {"pl", "pl", 1, 1}, {"id", "id", 0.5, 1},
	{"zh-Hans", "zh-Hans", 0.3, 1}, {"yue", "zh-Hant", 0.3, 1}, {"sv", "sv", 0.5, 1},
}

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
	tells      []float64
	weights    *svm.Weights
	parts, dev scored
	head       enrich.MoodWeights
}

// scored are texts with their scores by weights that were not learned from them.
type scored struct {
	texts  []text
	scores [][3]float64
}

func trainSentiment(o options) error {
	pairs, err := os.ReadFile(filepath.Join(o.Data, "t2s.txt"))
	if err != nil {
		return err
	}
	may := func(source string) bool { return o.Licence == "all" || open[source] }
	texts, dev := map[string][]text{}, map[string][]text{}
	for _, s := range spoken {
		if texts[s.lang], err = readTexts(o.Data, s.files, "train", may); err != nil {
			return err
		}
		if dev[s.lang], err = readTexts(o.Data, s.files, "dev", may); err != nil {
			return err
		}
	}
	head := enrich.MoodHead{Licence: o.Licence, Seed: o.Seed, Folds: string(pairs), Emoji: emojiMoods(texts)}
	reader := grams.NewReader(head.Folds, runes(head.Emoji))
	all := map[string]*trained{}
	var entries []packed.Entry
	for _, s := range spoken {
		if len(texts[s.lang]) == 0 {
			fmt.Printf("%-8s has no texts under this licence\n", s.lang)
			continue
		}
		t := learner{reader: reader, seed: o.Seed, c: s.c, even: s.even}.train(s.lang, texts[s.lang])
		t.dev = scored{texts: dev[s.lang]}
		for _, features := range read(reader, t.dev.texts) {
			t.dev.scores = append(t.dev.scores, t.scores(features))
		}
		all[s.lang] = t
		head.Weights = append(head.Weights, t.head)
		entries = append(entries, t.entries()...)
	}
	head.Readings = readings(reader, all)
	m := models[o.Licence]
	table, kept := packed.Pack(entries, m.log2)
	if err := settle(&head, table, dev); err != nil {
		return err
	}
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

// learner is how a language is learned.
type learner struct {
	reader  *grams.Reader
	seed    uint64
	c, even float64
	pass    func()
}

const passes = 40 // over the texts, at the most

// fit learns from the rows listed (nil: all).
func (l learner) fit(p *svm.Problem, rows []int) *svm.Weights {
	p.Cost = balanced(p.Class, rows, l.even)
	return svm.Train(p, rows, svm.Options{C: l.c, Passes: passes, Stop: 0.1, Seed: l.seed, Pass: l.pass})
}

// train learns a language: from parts, to see how sure it may be, and then from all of it.
func (l learner) train(lang string, texts []text) *trained {
	features := read(l.reader, texts)
	t := &trained{vocabulary: newVocabulary(features), parts: scored{texts, make([][3]float64, len(texts))}}
	t.head = enrich.MoodWeights{Lang: lang, Sources: map[string]int{}}
	for _, x := range texts {
		t.head.Sources[x.source]++
	}
	p := t.vocabulary.rows(texts, features)
	bar := progress(lang, (folds+1)*passes)
	l.pass = func() { _ = bar.Add(1) }
	for fold := range folds {
		var learn []int
		for i := range texts {
			if i%folds != fold {
				learn = append(learn, i)
			}
		}
		q := told(p, tell(p, learn))
		w := l.fit(q, learn)
		for i := fold; i < len(texts); i += folds {
			t.parts.scores[i] = against(w.Scores(q.Row(i)))
		}
		_ = bar.Set((fold + 1) * passes)
	}
	t.tells = tell(p, nil)
	t.weights = l.fit(told(p, t.tells), nil)
	_ = bar.Finish()
	bias := against(t.weights.Bias)
	t.head.Bias = [2]float64{bias[negative], bias[positive]}
	for n := range t.vocabulary.features {
		w := t.weight(n)
		t.head.Negative = max(t.head.Negative, math.Abs(w[negative]))
		t.head.Positive = max(t.head.Positive, math.Abs(w[positive]))
	}
	return t
}

// against are scores with that of neutral taken off, which the winner does not mind.
func against(s [3]float64) [3]float64 {
	return [3]float64{s[negative] - s[neutral], 0, s[positive] - s[neutral]}
}

// balanced is what an error costs by its class: more in those of fewer texts, by a power of how many fewer.
func balanced(class []uint8, rows []int, power float64) []float32 {
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
		cost[i] = float32(math.Pow(all/(3*n[c]), power))
	}
	return cost
}

// weight is what a feature adds to the scores of a text that has it once, before the text's length is divided by.
func (t *trained) weight(n int) [3]float64 {
	v := t.vocabulary.idf(int32(n)) * t.tells[n]
	w := t.weights.Of[n]
	return against([3]float64{v * float64(w[negative]), v * float64(w[neutral]), v * float64(w[positive])})
}

// scores of a text that the weights were not learned from.
func (t *trained) scores(features []uint64) (s [3]float64) {
	found := 0
	for _, f := range features {
		n, ok := t.vocabulary.number[f]
		if !ok {
			continue
		}
		found++
		w := t.weight(int(n))
		s[negative] += w[negative]
		s[positive] += w[positive]
	}
	k := enrich.MoodScale(found)
	return [3]float64{s[negative]*k + t.head.Bias[0], 0, s[positive]*k + t.head.Bias[1]}
}

// entries are all features as the packed table wants them. One matters by how far its weights lie apart and how many texts
// have it.
func (t *trained) entries() []packed.Entry {
	salt := enrich.MoodSalt(t.head.Lang)
	all := make([]packed.Entry, 0, len(t.vocabulary.features))
	for n, f := range t.vocabulary.features {
		w := t.weight(n)
		mean := (w[negative] + w[positive]) / 3
		far := math.Hypot(math.Hypot(w[negative]-mean, w[positive]-mean), mean)
		all = append(all, packed.Entry{Feature: f ^ salt, A: compand(w[negative], t.head.Negative), B: compand(w[positive], t.head.Positive),
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
