package main

import (
	"math"

	"breakwater/detect/series"
	"breakwater/drill/scene"
)

// rival is a detector that ours is measured against. It is shown bucket after bucket and scores each; its threshold was set
// beforehand, on the tuning seeds, for the budget of false alerts that all share.
type rival struct {
	name      string
	threshold float64
	start     func() func(i int, r scene.Row) float64
}

// of makes a rival that looks at one count.
func of(count func(scene.Row) int32, start func() func(i int, y float64) float64) func() func(int, scene.Row) float64 {
	return func() func(int, scene.Row) float64 {
		step := start()
		return func(i int, r scene.Row) float64 { return step(i, float64(count(r))) }
	}
}

func mentionsOf(r scene.Row) int32  { return r.Total }
func negativesOf(r scene.Row) int32 { return r.Negative }

// The buckets of a scene.
const (
	bucketsHour = 12
	bucketsDay  = 24 * bucketsHour
	bucketsWeek = 7 * bucketsDay
)

// ring sums the last len values.
type ring struct {
	values []float64
	i, n   int
	sum    float64
}

func newRing(n int) *ring { return &ring{values: make([]float64, n)} }

// push adds a value and gives the one that leaves.
func (r *ring) push(x float64) float64 {
	old := r.values[r.i]
	r.values[r.i] = x
	r.i = (r.i + 1) % len(r.values)
	r.n = min(r.n+1, len(r.values))
	r.sum += x - old
	return old
}

// sigmas is the vendors' rule: the last hour against mean and standard deviation of the hours of seven days.
func sigmas() func(int, float64) float64 {
	hour, week := newRing(bucketsHour), newRing(7*24)
	squares := 0.0
	return func(i int, y float64) float64 {
		hour.push(y)
		z := 0.0
		if week.n >= 48 {
			n := float64(week.n)
			mean := week.sum / n
			z = (hour.sum - mean) / math.Sqrt(max(squares/n-mean*mean, 0)+0.25)
		}
		if (i+1)%bucketsHour == 0 {
			old := week.push(hour.sum)
			squares += hour.sum*hour.sum - old*old
		}
		return z
	}
}

// hourOverDay is the logarithm of the last hour over the mean of the twelve before.
func hourOverDay() func(int, float64) float64 {
	short, long := newRing(bucketsHour), newRing(12*bucketsHour)
	return func(_ int, y float64) float64 {
		long.push(short.push(y))
		return math.Log((short.sum + 4) / (max(long.sum, 0)/12 + 4))
	}
}

// likelihood is the tail of the last quarter of an hour under a normal law whose mean and variance are averages that forget, as
// in Numenta's likelihood.
func likelihood() func(int, float64) float64 {
	last := newRing(3)
	mean, variance, n := 0.0, 1.0, 0
	const gain = 1.0 / (3 * bucketsDay)
	return func(_ int, y float64) float64 {
		last.push(y)
		x := math.Sqrt(last.sum)
		n++
		z := (x - mean) / math.Sqrt(variance+1e-3)
		a := max(gain, 1/float64(n))
		d := x - mean
		mean += a * d
		variance += a * (d*d - variance)
		if n < bucketsDay {
			return 0
		}
		return -math.Log10(math.Erfc(min(z, 35)/math.Sqrt2)/2 + 1e-300)
	}
}

// hourOfWeek is the tail of the last hour under a negative binomial law about what this hour of the week brought before.
func hourOfWeek() func(int, float64) float64 {
	hour := newRing(bucketsHour)
	var usual [168]float64
	var seen [168]int
	level, levels, spread := 0.0, 0, 0.2
	return func(i int, y float64) float64 {
		hour.push(y)
		at := i / bucketsHour % 168
		mean := level
		if seen[at] > 0 {
			mean = usual[at]*0.7 + level*0.3
		}
		score := 0.0
		if levels >= 48 {
			score = nbTail(hour.sum, mean+0.3, spread)
		}
		if (i+1)%bucketsHour == 0 {
			x := min(hour.sum, 3*mean+5)
			d := x - mean
			spread += 0.01 * (max(0, (d*d-mean)/(mean*mean+1)) - spread)
			seen[at]++
			usual[at] += (x - usual[at]) * max(0.3, 1/float64(seen[at]))
			levels++
			level += (x - level) * max(1.0/168, 1/float64(levels))
		}
		return score
	}
}

// nbTail is -log10 of how likely y or more are under a negative binomial law: the first term of the tail and the geometric series
// above it, which is close where it matters.
func nbTail(y, mean, spread float64) float64 {
	if y <= mean {
		return 0
	}
	r := 1 / max(spread, 1e-3)
	p := mean / (mean + r)
	a, _ := math.Lgamma(y + r)
	b, _ := math.Lgamma(r)
	c, _ := math.Lgamma(y + 1)
	first := a - b - c + r*math.Log1p(-p) + y*math.Log(p)
	return -(first - math.Log(1-p*(y+r)/(y+1))) / math.Ln10
}

// reference is tools/surge_ref.py: negatives given volume, and one topic known beforehand.
func reference() func(int, scene.Row) float64 {
	crisis := series.NewCrisis()
	return func(i int, r scene.Row) float64 { return crisis.Step(sceneStart+int64(i)*series.Bucket, counts(r)) }
}

// sceneStart is the Monday on which scenes begin, in Unix seconds.
const sceneStart = 1704067200

func counts(r scene.Row) series.Counts {
	return series.Counts{
		Total: float64(r.Total), Negative: float64(r.Negative), Late: float64(r.Late),
		Topic: float64(r.Topic), TopicNegative: float64(r.TopicNegative),
	}
}
