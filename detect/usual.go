package detect

import (
	"math"
	"time"

	"breakwater/desk"
)

// Usual is what the course of a monitor's hours is usually like: the band of charts. It does not change once it was learned.
type Usual struct {
	Level  float64            // mentions an hour, at an hour like any other
	Hours  [24]float64        // factor of the hour of the day, in the brand's time zone
	Days   [7]float64         // factor of the day of the week, Sunday first
	Spread float64            // over-dispersion of hourly counts: variance = mean + Spread mean²
	Share  float64            // of negatives, 0 … 1
	Cues   map[string]float64 // share of mentions that carry each type of cue
	Looked int                // mentions that Cues was learned from
	Voice  int                // followers above which a negative voice is news here; 0: the sensitivity's own
	Since  time.Time          // first of what it was learned from

	zone *time.Location
}

// rate is how many mentions a minute are usual at t. It goes from one hour to the next without steps.
func (u *Usual) rate(t time.Time) float64 {
	t = t.In(u.zone)
	here := u.Hours[t.Hour()] * u.Days[t.Weekday()]
	f := (float64(t.Minute()) + float64(t.Second())/60) / 60
	near := t.Add(time.Hour)
	if f < 0.5 {
		near = t.Add(-time.Hour)
	}
	there := u.Hours[near.Hour()] * u.Days[near.Weekday()]
	mix := math.Abs(f - 0.5)
	return u.Level / 60 * ((1-mix)*here + mix*there)
}

// Expected is how many mentions are usual in [from, to).
func (u *Usual) Expected(from, to time.Time) float64 {
	step := 5 * time.Minute
	if to.Sub(from) > 6*time.Hour {
		step = 30 * time.Minute
	}
	sum := 0.0
	for t := from; t.Before(to); t = t.Add(step) {
		d := min(step, to.Sub(t))
		sum += u.rate(t.Add(d/2)) * d.Minutes()
	}
	return sum
}

// Band is what is usual in [from, to): nine times in ten it is between Low and High.
func (u *Usual) Band(from, to time.Time) desk.Band {
	mean := u.Expected(from, to)
	return band(from, mean, u.variance(mean, to.Sub(from)))
}

// variance is that of a count with this mean over d. Neighbouring hours move together, so that the spread shrinks only with
// the fourth root of the number of hours.
func (u *Usual) variance(mean float64, d time.Duration) float64 {
	s := u.Spread / math.Sqrt(max(1, d.Hours()))
	return mean + s*mean*mean
}

// stands is by how many standard deviations a count stands out of what is usual. Roots are compared (Anscombe), because counts of
// few are skewed.
func (u *Usual) stands(n, usual float64) float64 {
	return noise(n, usual) / math.Sqrt(1+u.Spread*usual)
}

// noise is the same for counts that differ by nothing but chance.
func noise(n, usual float64) float64 {
	return 2 * (math.Sqrt(n+3.0/8) - math.Sqrt(usual+3.0/8))
}

// tail is the standard score that one in twenty exceeds.
const tail = 1.645

// band fits a lognormal law to mean and variance: counts are skewed, and it is never below zero.
func band(at time.Time, mean, variance float64) desk.Band {
	b := desk.Band{At: at, Expected: mean}
	if mean <= 0 {
		return b
	}
	s2 := math.Log1p(variance / (mean * mean))
	s := math.Sqrt(s2)
	b.Low = mean * math.Exp(-tail*s-s2/2)
	b.High = max(mean*math.Exp(tail*s-s2/2), mean+tail*math.Sqrt(variance))
	if mean < 3 { // none at all is then usual
		b.Low = 0
	}
	return b
}
