package detect

import (
	"math"
	"time"

	"breakwater/desk"
)

const (
	// enough is the history without which nothing is called usual.
	enough = 48 * time.Hour
	// unlearned is the end of history that backgrounds are not learned from: what happens now must not be its own measure.
	unlearned = 6 * time.Hour
	// fiveDays is the half-life of level and share, in hours.
	fiveDays = 120.0
)

// history is what a monitor's past looks like, gaps and all.
type history struct {
	zone  *time.Location
	start time.Time // of hours[0], on the hour
	hours []step    // closed hours, without holes
}

// step is what was published in one step of the past.
type step struct {
	count, negative, copies float64
	deaf                    bool // a source did not hear, and less came than usual or nothing is known of it
}

// learn makes what is usual of a history, or nil when it is too short.
func learn(h history) *Usual {
	first := firstHeard(h.hours)
	if first < 0 || time.Duration(len(h.hours)-first)*time.Hour < enough {
		return nil
	}
	h.start = h.start.Add(time.Duration(first) * time.Hour)
	h.hours = h.hours[first:]
	u := &Usual{zone: h.zone, Since: h.start, Days: [7]float64{1, 1, 1, 1, 1, 1, 1}}
	for i := range u.Hours {
		u.Hours[i] = 1
	}
	u.Level = mean(h.hours)
	for range 3 { // clipping needs the season and the season needs clipping: three rounds settle it
		u.season(h)
	}
	u.level(h)
	u.spread(h)
	u.share(h)
	return u
}

func firstHeard(hours []step) int {
	for i, s := range hours {
		if s.count > 0 {
			return i
		}
	}
	return -1
}

func mean(hours []step) float64 {
	s, n := 0.0, 0.0
	for _, x := range hours {
		if !x.deaf {
			s, n = s+x.count, n+1
		}
	}
	if n == 0 {
		return 0
	}
	return s / n
}

// usualAt is the usual count of the hour that begins at t, in whole hours.
func (u *Usual) usualAt(t time.Time) float64 {
	t = t.In(u.zone)
	return u.Level * u.Hours[t.Hour()] * u.Days[t.Weekday()]
}

// clipped is a count as it is learned from: a burst teaches no more than e times what is usual.
func clipped(count, usual float64) float64 {
	return min(count, math.E*usual+2*math.Sqrt(usual+1)+1)
}

// season learns the factors of hours and days. Few mentions say little: each factor is drawn to 1 by the weight of a few.
func (u *Usual) season(h history) {
	const drawn = 5.0 // mentions
	var hy, hm [24]float64
	var dy, dm [7]float64
	for i, s := range h.hours {
		if s.deaf {
			continue
		}
		t := h.start.Add(time.Duration(i) * time.Hour).In(u.zone)
		usual := u.usualAt(t)
		y := clipped(s.count, usual)
		hy[t.Hour()] += y
		hm[t.Hour()] += usual
		dy[t.Weekday()] += y
		dm[t.Weekday()] += usual
	}
	for i := range hy {
		u.Hours[i] *= (hy[i] + drawn) / (hm[i] + drawn)
	}
	if len(h.hours) >= 14*24 { // a day of the week was seen twice
		for i := range dy {
			u.Days[i] *= (dy[i] + 4*drawn) / (dm[i] + 4*drawn)
		}
	}
}

// level learns how much there is at present: recent days weigh more.
func (u *Usual) level(h history) {
	a := 1 - math.Pow(0.5, 1/fiveDays)
	l, n := u.Level, 0.0
	for i, s := range h.hours {
		if s.deaf {
			continue
		}
		n++
		factor := u.usualAt(h.start.Add(time.Duration(i)*time.Hour)) / (u.Level + 1e-9)
		l += max(a, 1/(n+24)) * (clipped(s.count, l*factor)/(factor+1e-9) - l)
	}
	u.Level = max(l, 0.001)
}

// spread learns by how much more than counting noise the hours differ. It begins at a tenth, which few mentions do not move; the
// hours that come differ from what was learned by a third more than those it was learned from (measured on invented brands).
func (u *Usual) spread(h history) {
	over, squares := 1.0, 10.0
	for i, s := range h.hours {
		if s.deaf {
			continue
		}
		m := u.usualAt(h.start.Add(time.Duration(i) * time.Hour))
		d := clipped(s.count, m) - m
		over += d*d - m
		squares += m * m
	}
	u.Spread = min(4, max(0.01, 1.33*over/squares))
}

// share learns how many are usually negative. It begins at three in twenty, worth twenty mentions.
func (u *Usual) share(h history) {
	keep := math.Pow(0.5, 1/fiveDays)
	negative, total := 3.0, 20.0
	for _, s := range h.hours {
		m := negative / total * s.count
		negative = (negative + min(s.negative, 2*m+2*math.Sqrt(m+1)+1)) * keep
		total = (total + s.count) * keep
		if total < 20 {
			negative, total = negative*20/total, 20
		}
	}
	u.Share = negative / total
}

// tally gives the sum of the last few of what was added.
type tally []float64 // running sums

func (t *tally) add(x float64) {
	if n := len(*t); n > 0 {
		x += (*t)[n-1]
	}
	*t = append(*t, x)
}

func (t tally) last(n int) float64 {
	if len(t) <= n {
		return t[len(t)-1]
	}
	return t[len(t)-1] - t[len(t)-1-n]
}

const fiveMinutes = 5 * time.Minute

// shared is the share of negatives that several monitors usually have together.
func shared(all []*Usual) (float64, bool) {
	negative, total := 0.0, 0.0
	for _, u := range all {
		negative, total = negative+u.Share*u.Level, total+u.Level
	}
	if total <= 0 {
		return 0, false
	}
	return negative / total, true
}

// together adds up what is usual for several monitors, as if they moved apart from each other.
func together(all []*Usual, from, to time.Time) desk.Band {
	mean, variance := 0.0, 0.0
	for _, u := range all {
		m := u.Expected(from, to)
		mean, variance = mean+m, variance+u.variance(m, to.Sub(from))
	}
	return band(from, mean, variance)
}
