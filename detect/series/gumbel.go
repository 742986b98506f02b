package series

import "math"

const (
	blockLen   = 6 * hour // buckets of which the highest score is one extreme
	blockHalf  = 60.0     // blocks, 15 days
	blockPrior = 8.0      // blocks that the assumed deviation is worth
	blockCap   = 3.0      // standard deviations: no single crisis may lift the bar further
	shrink     = 0.5      // of the variance towards the assumed
	sqrt6pi    = 0.7797   // √6/π
	euler      = 0.5772   // mean of the standard Gumbel law
)

// gumbel tells how rare a score is for a series from its own highest scores: the highest of each six hours follow a Gumbel law,
// whatever the law of the scores.
type gumbel struct {
	mean, variance float64
	highest        float64 // of the open block
	blocks, count  int32   // closed; buckets in the open one
}

func newGumbel(sd0 float64) gumbel { return gumbel{variance: sd0 * sd0, highest: -1e9} }

// step is log10 of how many blocks lie between two scores as high as z, by what was known before it.
func (g *gumbel) step(z, sd0 float64) float64 {
	g.highest = max(g.highest, z)
	out := g.rarity(z, sd0)
	if g.count++; g.count == blockLen {
		g.close()
	}
	return out
}

// rarity is the same without learning anything.
func (g *gumbel) rarity(z, sd0 float64) float64 {
	if g.blocks < 2 {
		return unknown
	}
	sd := math.Sqrt((1-shrink)*g.variance + shrink*(sd0*sd0))
	beta := sqrt6pi * sd
	return (z - (g.mean - euler*beta)) / beta / math.Ln10
}

// close learns from the open block and opens the next.
func (g *gumbel) close() {
	x := g.highest
	g.highest, g.count = -1e9, 0
	if g.blocks++; g.blocks == 1 {
		g.mean = x
		return
	}
	d := min(x, g.mean+blockCap*math.Sqrt(g.variance)) - g.mean
	n := float64(g.blocks)
	g.mean += max(blockGain, 1/n) * d
	g.variance += max(blockGain, 1/(n+blockPrior)) * (d*d - g.variance)
}

var blockGain = halving(blockHalf)

func (g *gumbel) walk(b *blob) {
	b.float(&g.mean, &g.variance, &g.highest)
	counts := [2]int32{g.blocks, g.count}
	b.int32s(counts[:])
	g.blocks, g.count = counts[0], counts[1]
}
