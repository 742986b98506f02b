package scene

import (
	"math"
	"math/rand/v2"
)

// dice draws from the laws that the scenes are made of.
type dice struct{ *rand.Rand }

// between draws evenly from [lo, hi).
func (d dice) between(lo, hi float64) float64 { return lo + (hi-lo)*d.Float64() }

// across draws from [lo, hi) so that every doubling is as likely as every other.
func (d dice) across(lo, hi float64) float64 {
	return math.Exp(d.between(math.Log(lo), math.Log(hi)))
}

// poisson draws a count with this mean.
func (d dice) poisson(mean float64) int {
	switch {
	case mean <= 0:
		return 0
	case mean > 60:
		return max(0, int(math.Round(mean+math.Sqrt(mean)*d.NormFloat64())))
	}
	limit, n := math.Exp(-mean), 0
	for p := d.Float64(); p > limit; p *= d.Float64() {
		n++
	}
	return n
}

// beta draws a share from the beta law.
func (d dice) beta(a, b float64) float64 {
	x := d.gamma(a)
	return x / (x + d.gamma(b))
}

// gamma draws from the gamma law of scale 1 (Marsaglia and Tsang, ACM Transactions on Mathematical Software 26, 2000).
func (d dice) gamma(shape float64) float64 {
	if shape < 1 {
		return d.gamma(shape+1) * math.Pow(1-d.Float64(), 1/shape)
	}
	a := shape - 1.0/3
	c := 1 / math.Sqrt(9*a)
	for {
		x := d.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v *= v * v
		if math.Log(1-d.Float64()) < x*x/2+a-a*v+a*math.Log(v) {
			return a * v
		}
	}
}

// The memory of cascades: even for s0 minutes, then falling as s^-(1+theta), cut after three days. Measured on Twitter by Zhao
// and others (SEISMIC, KDD 2015) and used again by Kobayashi and Lambiotte (TiDeH, ICWSM 2016).
const (
	s0    = 5.0
	theta = 0.242
	cut   = 3 * 1440.0
	tauM  = 2 * 1440.0 // minutes in which a cascade loses e-fold of its drive
)

// tailMass is the weight of the falling part of the kernel beside its even part, which weighs 1.
var tailMass = (1 - math.Pow(cut/s0, -theta)) / theta

// delay draws after how many minutes a post is answered.
func (d dice) delay() float64 {
	u := d.Float64() * (1 + tailMass)
	if u <= 1 {
		return u * s0
	}
	return s0 * math.Pow(1-theta*(u-1), -1/theta)
}

// omori draws minutes after a piece of news: as many again come in each later stretch, ever longer.
func (d dice) omori() float64 { return 20 * (math.Pow(1-d.Float64(), -1.2) - 1) }
