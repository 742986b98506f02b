package detect

import "math"

// extremes tells how rare a score is for a monitor, from its own highest scores: the highest of every six hours follow a Gumbel
// law, whatever the law of the scores. Bursts are no accident of counting, so this beats every tail of a count distribution
// (5 to 10 points on NAB, DETECTION.md 1).
type extremes struct {
	mean, variance float64
	blocks         int
	prior          float64 // standard deviation that is assumed, and never wholly given up
}

const (
	blockLen   = 72                 // five-minute steps in six hours
	minBlocks  = 2                  // before that nothing is called rare
	halfLife   = 60.0               // blocks, 15 days
	priorN     = 8.0                // blocks that the prior is worth
	cap3       = 3.0                // standard deviations: no single crisis may lift the bar further
	shrink     = 0.5                // of the variance towards the prior
	gumbelBeta = 0.7797             // √6/π
	euler      = 0.5772156649015329 // mean of the standard Gumbel law
	ln10       = 2.302585092994046
)

// learn takes the highest score of one more block.
func (e *extremes) learn(highest float64) {
	e.blocks++
	if e.blocks == 1 {
		e.mean, e.variance = highest, e.prior*e.prior
		return
	}
	a := 1 - math.Pow(0.5, 1/halfLife)
	n := float64(e.blocks)
	d := min(highest, e.mean+cap3*math.Sqrt(e.variance)) - e.mean
	e.mean += max(a, 1/n) * d
	e.variance += max(a, 1/(n+priorN)) * (d*d - e.variance)
}

// rarity is log10 of how many six-hour blocks lie between two such scores; -9 while nothing is known.
func (e extremes) rarity(z float64) float64 {
	if e.blocks < minBlocks {
		return -9
	}
	beta := gumbelBeta * math.Sqrt((1-shrink)*e.variance+shrink*e.prior*e.prior)
	return (z - (e.mean - euler*beta)) / beta / ln10
}
