// Package svm trains linear support vector machines on sparse rows: three or so classes, each against the rest, with squared
// hinge loss, by dual coordinate descent (Hsieh, Chang, Lin, Keerthi, Sundararajan, ICML 2008).
package svm

import (
	"math"
	"math/rand/v2"
)

// Classes is how many classes a problem has. It is fixed so that the weights of a feature lie together in memory: reading them
// is what training waits for.
const Classes = 3

// Problem is what to learn from. Rows are sparse: row i has the features Index[Start[i]:Start[i+1]], each once, with Value.
type Problem struct {
	Start    []int
	Index    []int32
	Value    []float32
	Class    []uint8   // of each row, 0 … Classes-1
	Cost     []float32 // of each row: what an error on it costs, beside Options.C; nil is 1 for all
	Features int
}

// Options say how to train.
type Options struct {
	C      float64 // cost of an error against length of the weights
	Passes int     // over the rows, at the most
	Stop   float64 // when the projected gradients of a pass differ by no more
	Seed   uint64  // of the order of rows: the same seed gives the same weights to the bit
	Pass   func()  // told after each pass; may be nil
}

// Weights are those of each class for each feature, and each class's bias.
type Weights struct {
	Of   [][Classes]float32
	Bias [Classes]float64
}

// Row is row i's features and values.
func (p *Problem) Row(i int) ([]int32, []float32) {
	return p.Index[p.Start[i]:p.Start[i+1]], p.Value[p.Start[i]:p.Start[i+1]]
}

// Scores are the classes' scores of a row.
func (w *Weights) Scores(index []int32, value []float32) [Classes]float64 {
	var s [Classes]float64
	for k, f := range index {
		v := float64(value[k])
		of := &w.Of[f]
		s[0] += v * float64(of[0])
		s[1] += v * float64(of[1])
		s[2] += v * float64(of[2])
	}
	for c := range Classes {
		s[c] += w.Bias[c]
	}
	return s
}

// Train learns from the rows listed (nil: all). A bias counts as one more feature of value 1.
func Train(p *Problem, rows []int, o Options) *Weights {
	rows = listed(p, rows)
	t := &training{Problem: p, w: Weights{Of: make([][Classes]float32, p.Features)}}
	t.rows = append(t.rows, rows...)
	t.alpha = make([][Classes]float32, len(p.Class))
	t.length = make([]float64, len(p.Class))
	t.slack = make([]float64, len(p.Class))
	for _, i := range rows {
		t.slack[i] = 1 / (2 * o.C * p.cost(i))
		_, value := p.Row(i)
		t.length[i] = 1
		for _, v := range value {
			t.length[i] += float64(v) * float64(v)
		}
	}
	t.run(o)
	return &t.w
}

// listed are the rows, all of them for nil.
func listed(p *Problem, rows []int) []int {
	if rows != nil {
		return rows
	}
	rows = make([]int, len(p.Class))
	for i := range rows {
		rows[i] = i
	}
	return rows
}

func (p *Problem) cost(i int) float64 {
	if p.Cost == nil {
		return 1
	}
	return float64(p.Cost[i])
}

// training is the state of one run.
type training struct {
	*Problem
	w      Weights
	rows   []int
	alpha  [][Classes]float32
	length []float64 // squared, of each row with its bias
	slack  []float64
	top    [Classes]float64 // greatest projected gradient of the pass before
}

func (t *training) run(o Options) {
	random := rand.New(rand.NewPCG(o.Seed, 0x5EED))
	open := math.Inf(1)
	t.top = [Classes]float64{open, open, open}
	active := len(t.rows)
	for range o.Passes {
		random.Shuffle(active, func(a, b int) { t.rows[a], t.rows[b] = t.rows[b], t.rows[a] })
		var most, least [Classes]float64
		for k := 0; k < active; {
			if t.step(t.rows[k], &most, &least) {
				k++
				continue
			}
			active--
			t.rows[k], t.rows[active] = t.rows[active], t.rows[k]
		}
		if o.Pass != nil {
			o.Pass()
		}
		done := true
		for c := range Classes {
			done = done && most[c]-least[c] <= o.Stop
			if t.top[c] = most[c]; t.top[c] <= 0 {
				t.top[c] = open
			}
		}
		if !done {
			continue
		}
		if active == len(t.rows) {
			return
		}
		active = len(t.rows) // look once more at the rows that were set aside
		t.top = [Classes]float64{open, open, open}
	}
}

// step moves the weights by one row. It reports whether the row may still matter.
func (t *training) step(i int, most, least *[Classes]float64) bool {
	index, value := t.Row(i)
	s := t.w.Scores(index, value)
	var move [Classes]float32
	matters, moves := false, false
	for c := range Classes {
		y := -1.0
		if int(t.Class[i]) == c {
			y = 1
		}
		alpha := float64(t.alpha[i][c])
		gradient := y*s[c] - 1 + alpha*t.slack[i]
		if alpha == 0 && gradient >= 0 {
			matters = matters || gradient <= t.top[c]
			continue
		}
		matters = true
		most[c], least[c] = max(most[c], gradient), min(least[c], gradient)
		if math.Abs(gradient) < 1e-12 {
			continue
		}
		next := max(0, alpha-gradient/(t.length[i]+t.slack[i]))
		t.alpha[i][c] = float32(next)
		d := (float64(t.alpha[i][c]) - alpha) * y
		move[c], moves = float32(d), true
		t.w.Bias[c] += d
	}
	if !moves {
		return matters
	}
	for k, f := range index {
		v := value[k]
		of := &t.w.Of[f]
		of[0] += v * move[0]
		of[1] += v * move[1]
		of[2] += v * move[2]
	}
	return true
}
