package main

import (
	"math"
	"slices"

	"breakwater/enrich"
	"breakwater/internal/grams"
	"breakwater/internal/svm"
)

// vocabulary numbers the features that at least two texts have.
type vocabulary struct {
	features []uint64 // by number
	texts    []int32  // how many texts have it
	number   map[uint64]int32
	all      int // texts
}

// idf is how telling a feature is by how few texts have it.
func (v *vocabulary) idf(n int32) float64 {
	return math.Log(float64(v.all+1)/float64(v.texts[n]+1)) + 1
}

// read is what a reader finds in each text: features, in order, some of them several times.
func read(r *grams.Reader, texts []text) [][]uint64 {
	var x grams.Scratch
	all := make([][]uint64, len(texts))
	var features []uint64
	for i, t := range texts {
		begin, end := enrich.Ends(t.say)
		r.Read(&x, begin, end)
		features = x.Features(features[:0])
		slices.Sort(features)
		all[i] = slices.Clone(features)
	}
	return all
}

// newVocabulary numbers the features of texts.
func newVocabulary(texts [][]uint64) *vocabulary {
	v := &vocabulary{number: map[uint64]int32{}, all: len(texts)}
	size := 0
	for _, t := range texts {
		size += len(t)
	}
	every := make([]uint64, 0, size)
	for _, t := range texts {
		for i, f := range t {
			if i == 0 || f != t[i-1] {
				every = append(every, f)
			}
		}
	}
	slices.Sort(every)
	for i := 0; i < len(every); {
		k := i + 1
		for k < len(every) && every[k] == every[i] {
			k++
		}
		if k-i >= 2 {
			v.number[every[i]] = int32(len(v.features))
			v.features = append(v.features, every[i])
			v.texts = append(v.texts, int32(k-i))
		}
		i = k
	}
	return v
}

// rows are texts as the solver wants them: the value of a feature is its idf, as often as the text has it, over the root of the
// text's length.
func (v *vocabulary) rows(texts []text, features [][]uint64) *svm.Problem {
	p := &svm.Problem{Features: len(v.features)}
	for i, t := range texts {
		p.Start = append(p.Start, len(p.Index))
		p.Class = append(p.Class, t.class)
		found, last := 0, int32(-1)
		for _, f := range features[i] {
			n, ok := v.number[f]
			if !ok {
				continue
			}
			found++
			if n == last {
				p.Value[len(p.Value)-1] += float32(v.idf(n))
				continue
			}
			last = n
			p.Index = append(p.Index, n)
			p.Value = append(p.Value, float32(v.idf(n)))
		}
		k := float32(enrich.MoodScale(found))
		for j := p.Start[i]; j < len(p.Value); j++ {
			p.Value[j] *= k
		}
	}
	p.Start = append(p.Start, len(p.Index))
	return p
}

// leastTell is added to what every feature tells. Anything from 0.2 to 2 does much the same.
const leastTell = 0.7

// tell gives for each feature how much it tells of the class in the rows listed (nil: all): leastTell and the mean, over the classes,
// of how far the logarithm of its odds in the class lies from 0, all over their root mean square. Values multiplied by it let
// telling features learn faster and others be held back, as naive Bayes features do for two classes (Wang, Manning, ACL 2012).
func tell(p *svm.Problem, rows []int) []float64 {
	if rows == nil {
		rows = make([]int, len(p.Class))
		for i := range rows {
			rows[i] = i
		}
	}
	count := make([][3]float64, p.Features)
	var all [3]float64
	for _, i := range rows {
		index, _ := p.Row(i)
		for _, f := range index {
			count[f][p.Class[i]]++
		}
		all[p.Class[i]]++
	}
	tells := make([]float64, p.Features)
	for f, n := range count {
		for c := range 3 {
			in := (n[c] + 1) / (all[c] + 2)
			out := (n[0] + n[1] + n[2] - n[c] + 1) / (all[0] + all[1] + all[2] - all[c] + 2)
			tells[f] += math.Abs(math.Log(in/out)) / 3
		}
		tells[f] += leastTell
	}
	squares, n := 0.0, 0.0
	for _, i := range rows {
		index, value := p.Row(i)
		for k, f := range index {
			v := float64(value[k]) * float64(value[k])
			squares, n = squares+v*tells[f]*tells[f], n+v
		}
	}
	for f := range tells {
		tells[f] /= math.Sqrt(squares / n)
	}
	return tells
}

// told is the problem with values multiplied by tells.
func told(p *svm.Problem, tells []float64) *svm.Problem {
	q := *p
	q.Value = make([]float32, len(p.Value))
	for k, f := range p.Index {
		q.Value[k] = p.Value[k] * float32(tells[f])
	}
	return &q
}
