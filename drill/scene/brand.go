package scene

import (
	"math"
)

// Brand is what an invented brand is like on ordinary days.
type Brand struct {
	Daily    float64 // mentions a day
	Negative float64 // share of negatives among ordinary mentions, as people mean them
	Topic    float64 // share of ordinary mentions that carry the tracked tag

	ratio, peak, weekend float64 // of day to night, hour of the daily peak, of Saturdays and Sundays
	ouSD, ouTau          float64 // of the level's wandering; minutes
	branching            float64 // mentions that one ordinary mention sets off
	positive             float64 // share of positives among what is not negative
	burstsWeek           float64 // natural bursts
	hit, miss            float64 // of the sentiment model: share of negatives that it sees, and of others that it takes for negative
	week                 []float32
}

// newBrand draws a brand of so many mentions a day.
func newBrand(d dice, daily float64) *Brand {
	b := &Brand{Daily: daily}
	b.ratio = d.across(2.5, 8)
	b.peak = d.between(13, 21)
	b.weekend = d.between(.5, 1.1)
	b.ouSD, b.ouTau = d.between(.15, .35), d.between(120, 360)
	b.branching = d.between(.25, .65)
	b.Negative = d.between(.08, .28)
	b.Topic = d.between(0, .04)
	b.positive = d.between(.15, .35)
	b.burstsWeek = d.across(2, 10)
	b.hit, b.miss = d.between(.70, .85), d.between(.05, .12)
	b.rhythm()
	return b
}

// rhythm fills in the week, minute by minute, as multiples of the average day.
func (b *Brand) rhythm() {
	day := make([]float64, 1440)
	a, mean := math.Log(b.ratio)/2, 0.0
	for m := range day {
		h := float64(m)/60 - b.peak
		day[m] = math.Exp(a*math.Cos(2*math.Pi*h/24) + .2*a*math.Cos(4*math.Pi*(h-2)/24))
		mean += day[m] / 1440
	}
	b.week = make([]float32, 7*1440)
	for i := range b.week {
		f := day[i%1440] / mean
		if i/1440 >= 5 {
			f *= b.weekend
		}
		b.week[i] = float32(f)
	}
}

// season is how busy minute t is, as a multiple of the average.
func (b *Brand) season(t float64) float64 { return float64(b.week[int(t)%len(b.week)]) }
