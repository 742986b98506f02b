package svm

import (
	"math"
	"math/rand/v2"
)

// Softmax learns from the rows listed (nil: all) by softmax regression, whose errors weigh less the more there are: added to the
// weights that Train finds it steadies classes of few rows. It is AdaGrad (Duchi, Hazan, Singer, JMLR 2011) with a step of o.C
// for exactly o.Passes; the same seed gives the same weights to the bit.
func Softmax(p *Problem, rows []int, o Options) *Weights {
	s := &softmax{Problem: p, w: Weights{Of: make([][Classes]float32, p.Features)}, squares: make([][Classes]float32, p.Features), step: o.C}
	rows = append([]int(nil), listed(p, rows)...)
	random := rand.New(rand.NewPCG(o.Seed, 0x50F7))
	for range o.Passes {
		random.Shuffle(len(rows), func(a, b int) { rows[a], rows[b] = rows[b], rows[a] })
		for _, i := range rows {
			s.learn(i)
		}
		if o.Pass != nil {
			o.Pass()
		}
	}
	return &s.w
}

type softmax struct {
	*Problem
	w       Weights
	squares [][Classes]float32 // sums of squared gradients
	bias    [Classes]float64   // the same, of the biases
	step    float64
}

const tiny = 1e-6

func (s *softmax) learn(i int) {
	index, value := s.Row(i)
	d := s.w.Scores(index, value)
	top, sum := max(d[0], d[1], d[2]), 0.0
	for c := range d {
		d[c] = math.Exp(d[c] - top)
		sum += d[c]
	}
	for c := range d {
		d[c] /= sum
		if int(s.Class[i]) == c {
			d[c]--
		}
		d[c] *= s.cost(i)
		s.bias[c] += d[c] * d[c]
		s.w.Bias[c] -= s.step * d[c] / math.Sqrt(s.bias[c]+tiny)
	}
	for k, f := range index {
		v := float64(value[k])
		of, squares := &s.w.Of[f], &s.squares[f]
		for c := range d {
			g := d[c] * v
			squares[c] += float32(g * g)
			of[c] -= float32(s.step * g / math.Sqrt(float64(squares[c])+tiny))
		}
	}
}

// Add adds share times other weights.
func (w *Weights) Add(o *Weights, share float64) {
	for f := range w.Of {
		for c := range Classes {
			w.Of[f][c] += float32(share) * o.Of[f][c]
		}
	}
	for c := range Classes {
		w.Bias[c] += share * o.Bias[c]
	}
}
