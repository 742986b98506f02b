package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"
)

// nabProfile is what the Numenta Anomaly Benchmark pays for a window found and charges for a false row and a window missed.
type nabProfile struct {
	name                 string
	found, wrong, missed float64
}

var nabProfiles = []nabProfile{
	{"standard", 1, 0.11, 1},
	{"low_fp", 1, 0.22, 1},
	{"low_fn", 1, 0.11, 2},
}

// nabRow is one scored row of a file: its score, the number of the labelled window that it is in (-1 none), and what an alert
// there is worth before it is multiplied by what the profile pays or charges.
type nabRow struct {
	score, worth float64
	window       int
}

// nabFile is a file as the benchmark sees it.
type nabFile struct {
	rows    []nabRow
	windows int
}

// nabWeight is what an alert is worth by its place: nearly 1 at a window's start, 0 at its end, -1 far behind it.
func nabWeight(y float64) float64 {
	if y > 3 {
		return -1
	}
	return 2/(1+math.Exp(5*y)) - 1
}

// newNABFile places rows against their windows by the rules of NAB 1.1 (Lavin and Ahmad, arXiv:1510.03336): the first 15 %, at
// most 750 rows, are not scored.
func newNABFile(at []time.Time, scores []float64, labels [][2]time.Time) (f nabFile, err error) {
	spans, err := nabSpans(at, labels)
	if err != nil {
		return f, err
	}
	skip := int(min(math.Floor(0.15*float64(len(at))), 750))
	w, seen := 0, -1
	for i, score := range scores {
		for w < len(spans) && i > spans[w][1] {
			w++
		}
		if i < skip {
			continue
		}
		row := nabRow{score: score, window: -1, worth: -1}
		switch {
		case w < len(spans) && spans[w][0] <= i:
			first, last := spans[w][0], spans[w][1]
			row.window = w
			row.worth = nabWeight(-float64(last-i+1)/float64(last-first+1)) / nabWeight(-1)
			if w != seen {
				f.windows, seen = f.windows+1, w
			}
		case w > 0:
			first, last := spans[w-1][0], spans[w-1][1]
			row.worth = nabWeight(float64(i-last) / float64(last-first))
		}
		f.rows = append(f.rows, row)
	}
	return f, nil
}

// nabSpans are the first and last rows of the windows, in order.
func nabSpans(at []time.Time, labels [][2]time.Time) ([][2]int, error) {
	spans := make([][2]int, len(labels))
	for k, l := range labels {
		for side, edge := range l {
			if spans[k][side] = slices.IndexFunc(at, edge.Equal); spans[k][side] < 0 {
				return nil, fmt.Errorf("a window's edge, %s, is no row of the file", edge)
			}
		}
	}
	slices.SortFunc(spans, func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) })
	return spans, nil
}

// nabResult is how a detector did on all files: 0 is one that never speaks, 100 a perfect one.
type nabResult struct {
	score                 float64
	found, windows, wrong int // windows found, of how many; rows that alerted outside of them
}

// nabScore scores rows of at least threshold as alerts. A window pays once, by its best row; every row outside is charged.
func nabScore(files []nabFile, threshold float64, p nabProfile) nabResult {
	var r nabResult
	raw := 0.0
	for _, f := range files {
		best := map[int]float64{}
		for _, row := range f.rows {
			switch was, ok := best[row.window]; {
			case row.score < threshold:
			case row.window < 0:
				raw += p.wrong * row.worth
				r.wrong++
			case !ok || row.worth > was:
				best[row.window] = row.worth
			}
		}
		for _, worth := range best {
			raw += p.found * worth
		}
		raw -= p.missed * float64(f.windows-len(best))
		r.found += len(best)
		r.windows += f.windows
	}
	silent := -p.missed * float64(r.windows)
	r.score = 100 * (raw - silent) / (p.found*float64(r.windows) - silent)
	return r
}
