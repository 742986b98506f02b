package main

import (
	"flag"
	"fmt"
	"math"
	"slices"
	"sync"

	"breakwater/detect"
	"breakwater/detect/series"
	"breakwater/drill/scene"
)

// foreseen is one moment of a storm: how far it stood out, and for each hour ahead what is usual and what came.
type foreseen struct {
	now    detect.Standing
	last   float64 // mentions of the last hour
	latest float64 // of the last quarter, as an hour
	usual  [detect.ForecastHours]float64
	came   [detect.ForecastHours]float64
}

// storms are the kinds of scenes in which the volume moves.
var storms = []scene.Kind{"flash", "boycott", "slow_burn", "night", "weekend", "brigade", "praise", "campaign", "spam_flood", "platform_surge"}

// benchForecast scores the forecast of the next six hours against persistence ("the next hours bring what the last one brought,
// or the last quarter") at every quarter of an hour of invented storms, on seeds that it was not fitted to.
func benchForecast(args []string) error {
	fs := flag.NewFlagSet("forecast", flag.ContinueOnError)
	seed := fs.Int64("seed", 7001, "seed of the storms; the fit used 1 to 4")
	scenes := fs.Int("scenes", 6, "storms of each kind")
	fit := fs.Bool("fit", false, "fit the outlooks on seeds 1 to 4 and print them")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if *fit {
		var all []foreseen
		for s := int64(1); s <= 4; s++ {
			all = append(all, foresee(s, *scenes)...)
		}
		printFit(all)
		return nil
	}
	all := foresee(*seed, *scenes)
	fmt.Printf("%d moments of %d storms\n\n%-14s %14s %16s %16s %12s\n", len(all), len(storms)**scenes, "hour ahead", "forecast MAPE", "last hour MAPE", "last 15' MAPE", "in 80 % band")
	var sums [3]float64
	inside, n := 0, 0
	for h := range detect.ForecastHours {
		var part [3]float64
		in, k := 0, 0
		for i := range all {
			f := &all[i]
			if f.came[h] < 10 {
				continue // a few more or less of few are many per cent
			}
			b := detect.ForecastHour(f.now, h+1, f.usual[h])
			for j, guess := range []float64{b.Expected, f.last, f.latest} {
				part[j] += math.Abs(guess-f.came[h]) / f.came[h]
			}
			if f.came[h] >= b.Low && f.came[h] <= b.High {
				in++
			}
			k++
		}
		fmt.Printf("%-14d %13.0f%% %15.0f%% %15.0f%% %11.0f%%\n", h+1, 100*part[0]/float64(k), 100*part[1]/float64(k), 100*part[2]/float64(k), 100*float64(in)/float64(k))
		for j := range sums {
			sums[j] += part[j]
		}
		inside, n = inside+in, n+k
	}
	persistence := min(sums[1], sums[2])
	fmt.Printf("\nmodel: damped growth of the logarithms over the season, fitted on other storms; the reference is the better of the two persistences\n")
	fmt.Printf("mape_6h=%.3f mape_persistence=%.3f ratio_to_persistence=%.3f coverage_80=%.3f\n", sums[0]/float64(n), persistence/float64(n), sums[0]/persistence, float64(inside)/float64(n))
	return nil
}

// foresee gathers the moments of storms of a seed.
func foresee(seed int64, scenes int) []foreseen {
	var mu sync.Mutex
	var all []foreseen
	var wg sync.WaitGroup
	for _, kind := range storms {
		wg.Go(func() {
			for i := range scenes {
				moments := momentsOf(scene.Make(kind, seed, i, 28))
				mu.Lock()
				all = append(all, moments...)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return all
}

// momentsOf looks at a scene every quarter of an hour from the beginning of its event to a day later, as long as it stands out.
func momentsOf(s *scene.Scene) (all []foreseen) {
	const hour, quarter = 12, 3
	rows := s.Rows(5)
	past := series.NewSurge(4)
	usual := make([]float64, len(rows)) // of each step, by what was known before it
	began := int64(1704067200)          // a Monday
	at := func(i int) int64 { return began + int64(i)*series.Bucket }
	counts := make([]float64, len(rows))
	for i, r := range rows {
		counts[i] = float64(r.Total)
		usual[i] = past.Expected(at(i))
		if i%quarter == 0 && i >= detect.ForecastPast && i+detect.ForecastHours*hour <= len(rows) && during(s, i) {
			f := foreseen{now: detect.Stand(counts[i-detect.ForecastPast:i], usual[i-detect.ForecastPast:i]), last: sumOf(counts[i-hour : i]), latest: 4 * sumOf(counts[i-quarter:i])}
			if f.last > 2*sumOf(usual[i-hour:i])+5 {
				for h := range detect.ForecastHours {
					for k := i + h*hour; k < i+(h+1)*hour; k++ {
						f.usual[h] += past.Expected(at(k))
						f.came[h] += float64(rows[k].Total)
					}
				}
				all = append(all, f)
			}
		}
		past.Step(at(i), counts[i])
	}
	return all
}

func during(s *scene.Scene, bucket int) bool {
	t := float64(bucket * 5)
	return slices.ContainsFunc(s.Events, func(e scene.Span) bool { return t >= e.From && t < e.From+1440 })
}

func sumOf(xs []float64) (sum float64) {
	for _, x := range xs {
		sum += x
	}
	return sum
}

// printFit fits the outlooks: least absolute deviations of the logarithms by reweighted least squares, then the spread that holds
// eight of ten.
func printFit(all []foreseen) {
	const c = 4.0
	for h := range detect.ForecastHours {
		w := [4]float64{}
		weights := make([]float64, len(all))
		for i := range weights {
			weights[i] = 1
		}
		x := func(i int) [4]float64 { return [4]float64{all[i].now.Quarter, all[i].now.Hour, all[i].now.Three, 1} }
		y := func(i int) float64 { return math.Log(all[i].came[h]+c) - math.Log(all[i].usual[h]+c) }
		for range 30 {
			var a [4][5]float64
			for i := range all {
				xi, yi := x(i), y(i)
				for r := range 4 {
					for k := range 4 {
						a[r][k] += weights[i] * xi[r] * xi[k]
					}
					a[r][4] += weights[i] * xi[r] * yi
				}
			}
			w = solve(a)
			for i := range all {
				xi, e := x(i), -y(i)
				for k := range 4 {
					e += w[k] * xi[k]
				}
				weights[i] = 1 / max(math.Abs(e), 0.02)
			}
		}
		var scores []float64
		for i := range all {
			xi, e := x(i), y(i)
			for k := range 4 {
				e -= w[k] * xi[k]
			}
			scores = append(scores, math.Abs(e))
		}
		slices.Sort(scores)
		fmt.Printf("\t{%.3f, %.3f, %.3f, %.3f, %.3f},\n", w[0], w[1], w[2], w[3], scores[len(scores)*8/10]/1.2816)
	}
}

// solve solves four equations.
func solve(a [4][5]float64) (x [4]float64) {
	for i := range 4 {
		p := i
		for r := i + 1; r < 4; r++ {
			if math.Abs(a[r][i]) > math.Abs(a[p][i]) {
				p = r
			}
		}
		a[i], a[p] = a[p], a[i]
		for r := range 4 {
			if r == i {
				continue
			}
			f := a[r][i] / a[i][i]
			for k := i; k < 5; k++ {
				a[r][k] -= f * a[i][k]
			}
		}
	}
	for i := range 4 {
		x[i] = a[i][4] / a[i][i]
	}
	return x
}
