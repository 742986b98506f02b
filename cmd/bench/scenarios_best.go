package main

import (
	"fmt"
	"math"
	"slices"

	"breakwater/drill/scene"
)

// hindsight is the first minute of the first five minutes in which a test that knows when a crisis began, and that looks at
// nothing since but the count that shows it best, can tell it from that brand's own quiet weeks: more than in every stretch as long
// in which nothing happened. The counts are negatives, negatives above their usual share, and negatives of the tracked topic; it
// may choose the count and the stretch afterwards. Minutes from the onset; NaN: not before its end. No detector knows as much: it
// must hear every brand all the time, and pays for each stretch and count that it looks at.
func hindsight(s *scene.Scene, rows []scene.Row) float64 {
	e := s.Events[0]
	end := min(e.To, float64(s.Minutes-5))
	if !s.Kind.Long() {
		end = min(end, e.From+24*60)
	}
	quiet := make([]bool, len(rows)+1)
	for i := range rows {
		t := float64(i * 5)
		quiet[i] = t >= 24*60 && (t+5 <= e.From || t >= e.To+12*60)
	}
	first, counts := int(e.From)/5, countsOf(rows, quiet)
	for n := 1; float64((first+n-1)*5) <= end; n++ {
		for _, sums := range counts {
			if sums[first+n]-sums[first] > most(sums, quiet, n) {
				return max(0, float64((first+n-1)*5)-e.From)
			}
		}
	}
	return math.NaN()
}

// countsOf are the running sums of the counts that hindsight looks at, each one longer than rows.
func countsOf(rows []scene.Row, quiet []bool) (all [3][]float64) {
	negative, total := 0.0, 1.0
	for i, r := range rows {
		if quiet[i] {
			negative, total = negative+float64(r.Negative), total+float64(r.Total)
		}
	}
	for k := range all {
		all[k] = make([]float64, len(rows)+1)
	}
	for i, r := range rows {
		all[0][i+1] = all[0][i] + float64(r.Negative)
		all[1][i+1] = all[1][i] + float64(r.Negative) - negative/total*float64(r.Total)
		all[2][i+1] = all[2][i] + float64(r.TopicNegative)
	}
	return all
}

// most is the largest sum of n rows in a row that are all quiet.
func most(sums []float64, quiet []bool, n int) float64 {
	best, run := math.Inf(-1), 0
	for i := 1; i < len(sums); i++ {
		if run++; !quiet[i-1] {
			run = 0
		}
		if run >= n {
			best = max(best, sums[i]-sums[i-n])
		}
	}
	return best
}

// byChance is the share of look-alikes that an alarm would page that rings at this rate a week and hears nothing.
func byChance(acts []*act, rate float64) float64 {
	sum, n := 0.0, 0.0
	for _, a := range acts {
		if a.scene.Kind.Crisis() || len(a.scene.Events) == 0 {
			continue
		}
		inside := 0.0
		for t := 7 * 1440.0; t < float64(a.scene.Minutes); t += 5 {
			if slices.ContainsFunc(a.scene.Events, func(e scene.Span) bool { return t >= e.From-30 && t <= e.To+12*60 }) {
				inside += 5
			}
		}
		sum, n = sum+1-math.Exp(-rate*inside/(7*1440)), n+1
	}
	return sum / max(n, 1)
}

// possible is what hindsight makes of the crises.
type possible struct {
	recall, low, median, slow float64
}

func possibleOf(acts []*act) (p possible) {
	var all, slow []float64
	n, lows, low := 0.0, 0.0, 0.0
	for _, a := range acts {
		if !a.scene.Kind.Crisis() {
			continue
		}
		n++
		found := !math.IsNaN(a.best)
		if found {
			all = append(all, a.best)
		}
		switch a.scene.Kind {
		case "slow_burn":
			if found {
				slow = append(slow, a.best)
			}
		case "low_volume":
			if lows++; found {
				low++
			}
		}
	}
	return possible{float64(len(all)) / max(n, 1), low / max(lows, 1), median(all), median(slow)}
}

func median(x []float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	slices.Sort(x)
	return x[len(x)/2]
}

// showPossible tells how much of what is not reached could be.
func showPossible(acts []*act, ours *scene.Tally) possible {
	p := possibleOf(acts)
	fmt.Printf("\nHow much could be reached: a test that knows when each crisis began, chooses the best stretch and count afterwards and needs no more\nthan to exceed that brand's own quiet weeks finds %.2f of all in %.0f minutes (median), %.2f of the small brands, slow burns after %.0f.\nAn alarm that rings %.2f times a week and hears nothing pages %.3f of the look-alikes, because they are long.\n",
		p.recall, p.median, p.low, p.slow, ours.FalseWeek(), byChance(acts, ours.FalseWeek()))
	return p
}
