package svm

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// toy has rows of three words of their own class and some of all classes.
func toy(n int) *Problem {
	r := rand.New(rand.NewPCG(7, 7))
	p := &Problem{Features: 60}
	for i := range n {
		class := i % 3
		p.Start = append(p.Start, len(p.Index))
		p.Class = append(p.Class, uint8(class))
		words := map[int32]bool{}
		for range 3 {
			words[int32(10*class+r.IntN(10))] = true
			words[int32(30+r.IntN(30))] = true
		}
		for f := range int32(60) {
			if words[f] {
				p.Index, p.Value = append(p.Index, f), append(p.Value, 0.5)
			}
		}
	}
	p.Start = append(p.Start, len(p.Index))
	return p
}

func right(p *Problem, w *Weights, from int) (share float64) {
	n := 0
	for i := from; i < len(p.Class); i++ {
		s := w.Scores(p.Row(i))
		if slices.Index(s[:], max(s[0], s[1], s[2])) == int(p.Class[i]) {
			n++
		}
	}
	return float64(n) / float64(len(p.Class)-from)
}

func TestLearnsWhatItHasNotSeen(t *testing.T) {
	t.Parallel()
	p := toy(400)
	rows := make([]int, 300)
	for i := range rows {
		rows[i] = i
	}
	w := Train(p, rows, Options{C: 1, Passes: 40, Stop: 0.1, Seed: 1})
	if got := right(p, w, 300); got < 0.97 {
		t.Errorf("%.2f right of rows that were not learned from, want nearly all", got)
	}
}

func TestTheSameSeedGivesTheSameWeights(t *testing.T) {
	t.Parallel()
	p := toy(120)
	o := Options{C: 0.5, Passes: 5, Stop: 0.01, Seed: 3}
	if !slices.Equal(Train(p, nil, o).Of, Train(p, nil, o).Of) {
		t.Error("two runs of one seed differ")
	}
}

func TestCostsMoveTheBoundary(t *testing.T) {
	t.Parallel()
	p := &Problem{Features: 1, Start: []int{0, 1, 2, 3, 4}, Index: []int32{0, 0, 0, 0}, Value: []float32{1, 1, 1, 1}, Class: []uint8{0, 0, 0, 2}}
	score := func() [Classes]float64 {
		w := Train(p, nil, Options{C: 1, Passes: 100, Stop: 0.001, Seed: 1})
		return w.Scores([]int32{0}, []float32{1})
	}
	if s := score(); s[0] < s[2] {
		t.Errorf("three against one say %v, want class 0", s)
	}
	p.Cost = []float32{1, 1, 1, 30}
	if s := score(); s[0] > s[2] {
		t.Errorf("one that costs thirty times as much says %v, want class 2", s)
	}
}
