package desk

import (
	"math"
	"time"
)

// Phases of a conversation.
const (
	Steady  = "steady"
	Rising  = "rising"
	Peaking = "peaking"
	Falling = "falling"
)

// Growth tells where a conversation stands from the counts of even steps, oldest first: in how many minutes its volume doubles
// (negative: halves; 0: no clear change), and its phase. It compares the last third with the one before: what does not stand
// out from the noise of counting (two standard deviations) is no change.
func Growth(counts []float64, step time.Duration) (doubling int, phase string) {
	third := len(counts) / 3
	if third == 0 {
		return 0, Steady
	}
	n := len(counts)
	before, last, first := sum(counts[n-2*third:n-third]), sum(counts[n-third:]), sum(counts[n-3*third:n-2*third])
	if math.Abs(last-before) > 2*math.Sqrt(last+before+1) {
		g := math.Log2((last + 1) / (before + 1))
		minutes := float64(third) * step.Minutes() / g
		doubling = int(math.Round(math.Copysign(math.Max(1, math.Abs(minutes)), minutes)))
	}
	switch {
	case doubling > 0:
		return doubling, Rising
	case doubling < 0:
		return doubling, Falling
	case last > 1.5*first && last-first > 2*math.Sqrt(last+first+1):
		return 0, Peaking
	}
	return 0, Steady
}

func sum(xs []float64) float64 {
	s := 0.0
	for _, x := range xs {
		s += x
	}
	return s
}
