package desk

import (
	"testing"
	"time"
)

func TestGrowth(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		counts   []float64
		doubling int
		phase    string
	}{
		{"nothing", nil, 0, Steady},
		{"calm", []float64{10, 12, 9, 11, 10, 12}, 0, Steady},
		{"few", []float64{0, 1, 0, 0, 1, 2}, 0, Steady},
		{"doubles every ten minutes", []float64{50, 50, 100, 100, 200, 200}, 10, Rising},
		{"a flood", []float64{0, 0, 0, 0, 500, 500}, 1, Rising},
		{"halves", []float64{200, 200, 100, 100, 50, 50}, -10, Falling},
		{"high and flat", []float64{10, 10, 100, 100, 101, 99}, 0, Peaking},
	} {
		doubling, phase := Growth(tt.counts, 5*time.Minute)
		if phase != tt.phase || doubling < tt.doubling-1 || doubling > tt.doubling+1 {
			t.Errorf("%s: Growth = %d, %s; want about %d, %s", tt.name, doubling, phase, tt.doubling, tt.phase)
		}
	}
}
