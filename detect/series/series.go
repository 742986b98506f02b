// Package series is the arithmetic of detection: streaming scores of one brand's, monitor's or topic's counts, one Step a bucket,
// constant state, no input or output. The same code runs in the desk, in its replays and in the benches.
//
// HourZ, Surge, Volume, Share and Crisis are the detectors that DETECTION.md specifies; the order of every sum is kept as
// measured there, because alert rows must be the same to the row.
package series

import "math"

const (
	// Bucket is the length of one bucket in seconds.
	Bucket = 300
	day    = 86400 / Bucket // buckets a day
	hour   = 3600 / Bucket
)

// unknown is the score while too little is known to tell.
const unknown = -9.0

// halving is the weight of one step in an average that forgets half within n steps.
func halving(n float64) float64 { return 1 - math.Pow(0.5, 1/n) }

// ring keeps the last values of a series and their sums over the last so many of them, for each of its windows.
type ring struct {
	values []float64
	sums   []float64
	i      int // where the next value goes
}

// newRing makes a ring for windows, the longest last.
func newRing(windows []int) ring {
	return ring{values: make([]float64, windows[len(windows)-1]), sums: make([]float64, len(windows))}
}

// push adds x to every sum and takes out what leaves its window.
func (r *ring) push(windows []int, x float64) {
	n := len(r.values)
	for k, w := range windows {
		j := r.i - w
		if j < 0 {
			j += n
		}
		r.sums[k] += x - r.values[j]
	}
	r.values[r.i] = x
	if r.i++; r.i == n {
		r.i = 0
	}
}

// sum is that of window k. Rounding can leave less than nothing.
func (r *ring) sum(k int) float64 { return max(r.sums[k], 0) }
