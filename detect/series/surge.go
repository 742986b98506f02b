package series

import "math"

const (
	surgeKappa = 0.6  // share of the comparison with this hour's usual; the rest is with the overall level
	surgeRho   = 0.15 // how far today's own pace counts as usual
	hourGain   = 0.1
	dayGain    = 0.05
	ratioPart  = 0.7 // of the log-ratio channel; the rest is the standardised one
	surgeSD    = 0.35
	shortest   = 4 // buckets of the standardised channel
	levelFloor = 0.02
)

var (
	surgeWindows = []int{1, 3, 12, 36} // buckets: 5 and 15 minutes, 1 and 3 hours
	levelGain    = halving(5 * day)
	fastGain     = halving(12 * hour)
	normGain     = halving(10 * day)
)

// Surge is log10 of how many six-hour blocks lie between two rises like this one over the season (DETECTION.md 2.2): the fast
// path, for low volume and nights.
type Surge struct {
	c     float64 // mentions added to every count: less makes small counts weigh more
	t     int
	best  int     // the window that stood out most at the last step
	level float64 // mentions a bucket
	fast  float64 // how many times the season today is

	hourOf, dayOf   int // that are open; -1 none
	hours           [24]float64
	hoursSeen       [24]int32
	days            [7]float64
	hourY, hourBase float64
	dayY, dayBase   float64

	counts, expects, levels [36]float64 // rings of the longest window
	sums                    [3][4]float64
	ratios                  [4]gumbel

	mean, variance float64 // of the single bucket's log ratio
	last           [shortest]float64
	lastSum        float64
	stands         gumbel
}

// NewSurge makes a series that knows nothing. c is how many mentions are added to each count: 4 for all mentions, 3 for the
// negatives of a topic.
func NewSurge(c float64) Surge {
	s := Surge{c: c, fast: 1, hourOf: -1, dayOf: -1, variance: 0.25, stands: newGumbel(surgeSD)}
	for i := range s.hours {
		s.hours[i] = 1
	}
	for i := range s.days {
		s.days[i] = 1
	}
	for k := range s.ratios {
		s.ratios[k] = newGumbel(surgeSD)
	}
	return s
}

// Step takes the count of the bucket that begins at the Unix time at.
func (s *Surge) Step(at int64, y float64) float64 {
	if s.t == 0 {
		s.level = y + 1
	}
	s.turn(at)
	season := s.hours[s.hourOf] * s.days[s.dayOf]
	base := s.level * season
	mu := base * math.Pow(s.fast, surgeRho)
	ratio := s.ratio(y, mu)
	surprise := ratioPart*ratio + (1-ratioPart)*s.standard(y, mu)
	s.learn(y, mu, base, season)
	return surprise
}

// Expected is how many mentions the bucket that begins at the Unix time at usually has, by what is known now.
func (s *Surge) Expected(at int64) float64 {
	return s.level * s.hours[at/3600%24] * s.days[(at/86400+3)%7]
}

// turn closes the hour and the day that are over. Hours and days are those of UTC; days begin with Monday.
func (s *Surge) turn(at int64) {
	if h := int(at / 3600 % 24); h != s.hourOf {
		if s.hourOf >= 0 {
			s.hoursSeen[s.hourOf]++
			g := max(hourGain, 1/float64(s.hoursSeen[s.hourOf]+1))
			s.hours[s.hourOf] *= math.Exp(g * math.Log((s.hourY+.5)/(s.hourBase+.5)))
		}
		s.hourOf, s.hourY, s.hourBase = h, 0, 0
	}
	if d := int((at/86400 + 3) % 7); d != s.dayOf {
		if s.dayOf >= 0 && s.dayBase > 0 {
			s.days[s.dayOf] *= math.Exp(dayGain * math.Log((s.dayY+5)/(s.dayBase+5)))
		}
		s.dayOf, s.dayY, s.dayBase = d, 0, 0
	}
}

// ratio is the rarest of the log ratios of all windows.
func (s *Surge) ratio(y, mu float64) float64 {
	i := s.t % len(s.counts)
	push(s.counts[:], i, surgeWindows, s.sums[0][:], y)
	push(s.expects[:], i, surgeWindows, s.sums[1][:], mu)
	push(s.levels[:], i, surgeWindows, s.sums[2][:], s.level)
	out := -99.0
	for k, w := range surgeWindows {
		c := s.c * math.Sqrt(float64(w))
		n := max(s.sums[0][k], 0) + c
		z := math.Log(n) - surgeKappa*math.Log(max(s.sums[1][k], 0)+c) - (1-surgeKappa)*math.Log(max(s.sums[2][k], 0)+c) - 1/math.Sqrt(n)
		if rare := s.ratios[k].step(z, surgeSD); rare > out {
			out, s.best = rare, k
		}
	}
	return out
}

// rise tells of the window that stood out most at the last step.
func (s *Surge) rise() (buckets int, observed, expected float64) {
	return surgeWindows[s.best], max(s.sums[0][s.best], 0), max(s.sums[1][s.best], 0)
}

// standard is how rare the mean log ratio of the last twenty minutes is in deviations of its own.
func (s *Surge) standard(y, mu float64) float64 {
	x := math.Log(y+s.c) - surgeKappa*math.Log(mu+s.c) - (1-surgeKappa)*math.Log(s.level+s.c)
	i := s.t % shortest
	s.lastSum += x - s.last[i]
	s.last[i] = x
	s.t++
	v, d := 0.0, x-s.mean
	if s.t > 50 {
		q := (s.lastSum/shortest - s.mean) / math.Sqrt(s.variance/shortest+1e-6)
		if q > 0 {
			v = math.Log(1 + q*q/4.6 + 0.3*q)
		}
		s4 := 4 * math.Sqrt(s.variance)
		d = max(-s4, min(s4, d))
	}
	a := max(normGain, 1/float64(s.t+1))
	s.mean += a * d
	s.variance += a * (d*d - s.variance)
	return s.stands.step(v, surgeSD)
}

// learn takes the bucket into what is usual, clipped: a burst teaches no more than e times what is usual.
func (s *Surge) learn(y, mu, base, season float64) {
	y = min(y, mu*math.E+2*math.Sqrt(mu+1)+1)
	s.level += max(levelGain, 1/float64(s.t+1)) * (y/(season+1e-9) - s.level)
	s.level = max(s.level, levelFloor)
	s.fast += fastGain * ((y+s.c)/(base+s.c) - s.fast)
	s.hourY += y
	s.hourBase += base
	s.dayY += y
	s.dayBase += base
}

func (s *Surge) walk(b *blob) {
	b.float(&s.c, &s.level, &s.fast, &s.hourY, &s.hourBase, &s.dayY, &s.dayBase, &s.mean, &s.variance, &s.lastSum)
	b.int(&s.t, &s.best, &s.hourOf, &s.dayOf)
	b.int32s(s.hoursSeen[:])
	for _, xs := range [][]float64{s.hours[:], s.days[:], s.counts[:], s.expects[:], s.levels[:], s.sums[0][:], s.sums[1][:], s.sums[2][:], s.last[:]} {
		b.floats(xs)
	}
	for k := range s.ratios {
		s.ratios[k].walk(b)
	}
	s.stands.walk(b)
}

// possible reports whether places that were read point into the series.
func (s *Surge) possible() bool {
	return s.t >= 0 && s.best >= 0 && s.best < len(s.ratios) && s.hourOf >= -1 && s.hourOf < len(s.hours) && s.dayOf >= -1 && s.dayOf < len(s.days)
}
