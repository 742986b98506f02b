package main

import (
	"math"
	"testing"
	"time"
)

// The figures are those of an independent scorer that reproduces the benchmark's published results.
func TestNABScore(t *testing.T) {
	t.Parallel()
	at := make([]time.Time, 100)
	scores := make([]float64, 100)
	for i := range at {
		at[i] = time.Date(2026, 1, 1, 0, 5*i, 0, 0, time.UTC)
		scores[i] = 0.1
	}
	for i, x := range map[int]float64{5: 0.9, 30: 0.9, 45: 0.6, 47: 0.9, 65: 0.5, 95: 0.7} {
		scores[i] = x
	}
	f, err := newNABFile(at, scores, [][2]time.Time{{at[70], at[79]}, {at[40], at[59]}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{41.86568097678683, 34.556634758572145, 44.577120651191215} {
		got := nabScore([]nabFile{f}, 0.5, nabProfiles[i])
		if math.Abs(got.score-want) > 1e-6 || got.found != 1 || got.windows != 2 || got.wrong != 3 {
			t.Errorf("%s: %+v, want a score of %v, 1 of 2 windows, 3 false rows", nabProfiles[i].name, got, want)
		}
	}
	if _, err := newNABFile(at, scores, [][2]time.Time{{at[0], at[99].Add(time.Minute)}}); err == nil {
		t.Error("a window that ends outside of the file is taken")
	}
}
