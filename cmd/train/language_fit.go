package main

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"breakwater/internal/tongue"
)

// languageSample is a text as training sees it.
type languageSample struct {
	group    tongue.Group
	label    int
	weight   float32
	features []uint64 // hashes
	rows     []int32  // their places in the table
}

// languageTrainer fits softmax regressions, one a group, by AdaGrad over a shared table.
type languageTrainer struct {
	languageFit
	rnd     *rand.Rand
	reader  *tongue.Reader
	samples []languageSample
	seen    map[tongue.Group]map[int]int
	table   *tongue.Table
	weights []float32 // Lanes a place
	bias    map[tongue.Group]*[tongue.Lanes]float64
}

func newLanguageTrainer(fit languageFit) *languageTrainer {
	return &languageTrainer{
		languageFit: fit, rnd: rand.New(rand.NewPCG(fit.seed, 7)), reader: tongue.NewReader(),
		bias: map[tongue.Group]*[tongue.Lanes]float64{},
	}
}

// usualTexts is how many texts a language should have; of one that has fewer each counts more, by the root.
const usualTexts = 8000

// read makes samples of the texts that are not held out: each whole, and shortened.
func (t *languageTrainer) read(texts map[string][]string) {
	for _, g := range []tongue.Group{tongue.Latin, tongue.Hebrew, tongue.Cyrillic, tongue.Han} {
		t.bias[g] = new([tongue.Lanes]float64)
		for label, lang := range languageGroups[g] {
			weight := math.Sqrt(usualTexts / float64(max(1, len(texts[lang]))))
			if f, ok := languageFactor[lang]; ok {
				weight *= f
			}
			for _, line := range texts[lang] {
				if tongue.HeldOut(line) {
					continue
				}
				t.sample(g, label, weight, head(line, 400))
				clean := tongue.Clean(line)
				for i := range t.crops {
					crop := ""
					if i%2 == 0 {
						crop = tongue.Crop(clean, 20, t.rnd)
					} else {
						crop = cropWords(clean, t.rnd)
					}
					if tongue.Telling(crop) {
						t.sample(g, label, weight*0.5, crop)
					}
				}
			}
			fmt.Printf("%-8s %6d texts\n", lang, len(texts[lang]))
		}
	}
}

// cropWords is two to four words of a text; of one without spaces six to twelve characters.
func cropWords(text string, rnd *rand.Rand) string {
	words := strings.Fields(text)
	if len(words) < 5 {
		return tongue.Crop(text, 6+rnd.IntN(7), rnd)
	}
	n := 2 + rnd.IntN(3)
	at := rnd.IntN(len(words) - n + 1)
	return strings.Join(words[at:at+n], " ")
}

func (t *languageTrainer) sample(g tongue.Group, label int, weight float64, text string) {
	got, features := t.reader.Read(text)
	if got != g || len(features) == 0 {
		return
	}
	t.samples = append(t.samples, languageSample{group: g, label: label, weight: float32(weight), features: slices.Clone(features)})
}

// head is the beginning of a text, at most n bytes.
func head(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n], "")
}

// leastTexts is how often a feature must have been seen to be learned.
const leastTexts = 3

// pick finds the features worth a place: those with the largest weights in a model of all of them, folded roughly.
func (t *languageTrainer) pick() {
	rough, countBits := make([]float32, tongue.Lanes<<t.rough), t.rough+6
	roughly := func(h uint64) int { return int(h * 0xFF51AFD7ED558CCD >> (64 - t.rough)) }
	for i := range t.samples {
		s := &t.samples[i]
		s.rows = make([]int32, len(s.features))
		for k, h := range s.features {
			s.rows[k] = int32(roughly(h))
		}
	}
	t.descend("all features", rough, 2)
	count := make([]uint16, 1<<countBits)
	type candidate struct {
		hash  uint64
		worth float64
	}
	var all []candidate
	for i := range t.samples {
		for _, h := range t.samples[i].features {
			if c := &count[h>>(64-countBits)]; *c < math.MaxUint16 {
				if *c++; *c == leastTexts {
					all = append(all, candidate{hash: h})
				}
			}
		}
	}
	for i := range all {
		h := all[i].hash
		at := roughly(h) * tongue.Lanes
		all[i].worth = spread(rough[at:at+tongue.Lanes]) * math.Pow(float64(count[h>>(64-countBits)]), 0.3)
	}
	slices.SortFunc(all, func(a, b candidate) int { return cmp.Or(cmp.Compare(b.worth, a.worth), cmp.Compare(a.hash, b.hash)) })
	t.table = tongue.NewTable(t.buckets)
	for _, c := range all {
		if t.table.Full() {
			break
		}
		t.table.Put(c.hash)
	}
	fmt.Printf("%d features seen, %d places\n", len(all), t.table.Rows())
}

// spread is how far weights are from their mean.
func spread(w []float32) float64 {
	sum, squares := 0.0, 0.0
	for _, v := range w {
		sum += float64(v)
		squares += float64(v) * float64(v)
	}
	return math.Sqrt(max(0, squares-sum*sum/float64(len(w))))
}

// fit learns the weights of the features that have a place.
func (t *languageTrainer) fit() {
	for i := range t.samples {
		s := &t.samples[i]
		s.rows = s.rows[:0]
		for _, h := range s.features {
			if row := t.table.Find(h); row >= 0 {
				s.rows = append(s.rows, int32(row))
			}
		}
	}
	for _, b := range t.bias {
		*b = [tongue.Lanes]float64{}
	}
	t.weights = make([]float32, t.table.Rows()*tongue.Lanes)
	t.descend("kept features", t.weights, t.passes)
}

// descend runs AdaGrad over the samples in an order that rnd draws.
func (t *languageTrainer) descend(name string, w []float32, passes int) {
	square := make([]float32, len(w))
	biasSquare := map[tongue.Group]*[tongue.Lanes]float64{}
	for g := range t.bias {
		biasSquare[g] = new([tongue.Lanes]float64)
	}
	order := t.rnd.Perm(len(t.samples))
	bar := progress(name, passes*len(order))
	for pass := range passes {
		t.rnd.Shuffle(len(order), func(i, k int) { order[i], order[k] = order[k], order[i] })
		rate := t.rate * (1 - 0.8*float64(pass)/float64(passes))
		loss := 0.0
		for n, i := range order {
			loss += t.step(&t.samples[i], w, square, biasSquare[t.samples[i].group], float32(rate))
			if n%1000 == 999 || n == len(order)-1 {
				_ = bar.Set(pass*len(order) + n + 1) // a terminal that is gone stops nothing
			}
		}
		fmt.Printf("%s: pass %d, loss %.4f\n", name, pass+1, loss/float64(len(order)))
	}
}

// step learns from one sample and answers with its loss.
func (t *languageTrainer) step(s *languageSample, w, square []float32, biasSquare *[tongue.Lanes]float64, rate float32) float64 {
	n := len(languageGroups[s.group])
	scale := float32(1 / math.Sqrt(float64(len(s.rows)+1)))
	var z [tongue.Lanes]float32
	for _, row := range s.rows {
		r := w[int(row)*tongue.Lanes:][:tongue.Lanes]
		for i := range n {
			z[i] += r[i]
		}
	}
	bias := t.bias[s.group]
	most := float32(math.Inf(-1))
	for i := range n {
		z[i] = z[i]*scale + float32(bias[i])
		most = max(most, z[i])
	}
	all := float32(0)
	for i := range n {
		z[i] = float32(math.Exp(float64(z[i] - most)))
		all += z[i]
	}
	loss := -math.Log(float64(z[s.label]/all) + 1e-30)
	for i := range n {
		g := z[i] / all
		if i == s.label {
			g--
		}
		z[i] = g * s.weight
		biasSquare[i] += float64(z[i]) * float64(z[i])
		bias[i] -= float64(rate) * 0.3 * float64(z[i]) / math.Sqrt(biasSquare[i]+1)
		z[i] *= scale
	}
	for _, row := range s.rows {
		at := int(row) * tongue.Lanes
		r, q := w[at:at+tongue.Lanes], square[at:at+tongue.Lanes]
		for i := range n {
			g := z[i]
			q[i] += g * g
			r[i] -= rate * (g/float32(math.Sqrt(float64(q[i]+1e-4))) + float32(t.decay)*r[i])
		}
	}
	return loss
}

// expected is by how much, in logits, a language of the product is likelier than another before a word is read.
const expected = 0.5

// parts are the groups as the file has them.
func (t *languageTrainer) parts() map[tongue.Group]tongue.Part {
	parts := map[tongue.Group]tongue.Part{}
	for g, b := range t.bias {
		langs := languageGroups[g]
		bias := slices.Clone(b[:len(langs)])
		for i, lang := range langs {
			if g == tongue.Latin && slices.Contains(productLanguages, lang) {
				bias[i] += expected
			}
		}
		parts[g] = tongue.Part{Languages: langs, Bias: bias}
	}
	return parts
}
