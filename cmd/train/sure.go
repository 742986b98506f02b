package main

import (
	"math"
	"slices"
)

// curve is how many points a curve of reliability has, from a softmax of 1/3 to 1.
const curve = 21

// reliability is how often the winner was right by how high its softmax was: isotonic regression (pool adjacent violators) on
// texts that the weights had not seen, read at equally spaced points.
func reliability(scores [][3]float64, class []uint8, neg, pos float64) []float64 {
	type seen struct{ p, right, n float64 }
	all := make([]seen, 0, len(scores))
	for i, s := range scores {
		s[negative] += neg
		s[positive] += pos
		best := max(s[0], s[1], s[2])
		sum := math.Exp(2*(s[0]-best)) + math.Exp(2*(s[1]-best)) + math.Exp(2*(s[2]-best))
		one := seen{p: 1 / sum, n: 1}
		if winner(s, 0, 0) == class[i] {
			one.right = 1
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b seen) int {
		switch {
		case a.p < b.p:
			return -1
		case a.p > b.p:
			return 1
		}
		return 0
	})
	// Pools of at least some texts, then merged until they rise.
	least := max(20, len(all)/200)
	var pools []seen
	for i := 0; i < len(all); i += least {
		var b seen
		for _, s := range all[i:min(i+least, len(all))] {
			b.p, b.right, b.n = b.p+s.p, b.right+s.right, b.n+1
		}
		pools = append(pools, b)
		for k := len(pools) - 1; k > 0 && pools[k-1].right/pools[k-1].n >= pools[k].right/pools[k].n; k-- {
			pools[k-1].p, pools[k-1].right, pools[k-1].n = pools[k-1].p+pools[k].p, pools[k-1].right+pools[k].right, pools[k-1].n+pools[k].n
			pools = pools[:k]
		}
	}
	points := make([]float64, curve)
	for i := range points {
		points[i] = math.Round(1000*onPools(1.0/3+2.0/3*float64(i)/(curve-1), len(pools), func(k int) (float64, float64) {
			return pools[k].p / pools[k].n, pools[k].right / pools[k].n
		})) / 1000
	}
	return points
}

// onPools reads a line through n points at x.
func onPools(x float64, n int, point func(int) (x, y float64)) float64 {
	x0, y0 := point(0)
	if x <= x0 {
		return y0
	}
	for k := 1; k < n; k++ {
		x1, y1 := point(k)
		if x <= x1 {
			return y0 + (x-x0)/(x1-x0)*(y1-y0)
		}
		x0, y0 = x1, y1
	}
	return y0
}
