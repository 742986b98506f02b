// Package series is the arithmetic of detection: streaming scores of one monitor's, brand's or topic's counts, one Step a
// bucket, constant state, no input or output. The same code runs in the desk, in its replays and in the benches.
//
// HourZ, Surge, Volume, Share and Crisis are the detectors that DETECTION.md specifies; the order of every sum is kept as
// measured there, because alert rows must be the same to the row.
//
// Every series is a plain value: a copy of it goes on apart from the original. That is how an open bucket is judged: a copy
// takes what came so far, the original waits for the bucket to close.
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

// push puts x into the ring values at place i, and into the sums over the last so many values of each window.
func push(values []float64, i int, windows []int, sums []float64, x float64) {
	for k, w := range windows {
		j := i - w
		if j < 0 {
			j += len(values)
		}
		sums[k] += x - values[j]
	}
	values[i] = x
}
