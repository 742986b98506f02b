package series

import "math"

const (
	hoursKept = 14 * 24
	hoursMin  = 2 * 24 // closed hours without which nothing is told
)

// HourZ is the standard score of the open hour's count among the closed hours of the last 14 days (DETECTION.md 2.1).
//
// Plain counts, mean and deviation on purpose: a burst raises the bar for two weeks, and the bar is in mentions, so that quiet
// hours cannot page. Hours begin with the stream, not with the clock.
type HourZ struct {
	closed       [hoursKept]float32 // whole mentions up to 16 million an hour are kept exactly
	n            int                // hours closed so far
	sum, squares float64            // of those that are kept
	open         float64
	i            int   // buckets in the open hour
	last         Score // of the last step
}

// Step takes the count of the next bucket.
func (h *HourZ) Step(y float64) float64 {
	h.open += y
	z := unknown
	if m := min(h.n, hoursKept); m >= hoursMin {
		mu := h.sum / float64(m)
		z = (h.open - mu) / math.Sqrt(max(h.squares/float64(m)-mu*mu, 0)+1e-9)
		h.last = Score{Value: z, Buckets: h.i + 1, Observed: h.open, Expected: mu}
	}
	if h.i++; h.i == hour {
		h.close()
	}
	return z
}

func (h *HourZ) close() {
	j := h.n % hoursKept
	old := float64(h.closed[j])
	h.closed[j] = float32(h.open)
	x := float64(h.closed[j])
	h.sum += x - old
	h.squares += x*x - old*old
	h.n++
	h.open, h.i = 0, 0
}

func (h *HourZ) walk(b *blob) {
	b.float32s(h.closed[:])
	b.int(&h.n, &h.i)
	b.float(&h.sum, &h.squares, &h.open)
}

// possible reports whether places that were read point into the series.
func (h *HourZ) possible() bool { return h.n >= 0 && h.i >= 0 && h.i < hour }
