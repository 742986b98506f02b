package main

import (
	"flag"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"sync"
	"text/tabwriter"
	"time"

	"breakwater/detect/series"
	"breakwater/drill/scene"
)

// tuning are the seeds on which every threshold was set, and budget the false alerts in a brand's week that it may cost there.
// What Anger weighs was learned on the seeds 14 to 19; no other seed was looked at before.
var tuning = []int64{11, 12, 13}

const budget = 0.13

// rivals are the baselines. The thresholds are what bench scenarios -tune prints.
var rivals = []rival{
	{"reference (surge_ref.py)", 1.169, reference},
	{"mean + SDs of 7 days, mentions", 5.379, of(mentionsOf, sigmas)},
	{"mean + SDs of 7 days, negatives", 5.500, of(negativesOf, sigmas)},
	{"1 h against 12 h, mentions", 1.553, of(mentionsOf, hourOverDay)},
	{"1 h against 12 h, negatives", 1.481, of(negativesOf, hourOverDay)},
	{"EWMA likelihood, mentions", 7.381, of(mentionsOf, likelihood)},
	{"EWMA likelihood, negatives", 10.704, of(negativesOf, likelihood)},
	{"negative binomial by hour of week, mentions", 3.903, of(mentionsOf, hourOfWeek)},
	{"negative binomial by hour of week, negatives", 3.447, of(negativesOf, hourOfWeek)},
}

// act is one scene with everybody's scores.
type act struct {
	scene   *scene.Scene // without its posts
	rivals  [][]float32  // by bucket
	buckets []float32    // ours by bucket: the highest of its minutes
	minutes []float32    // ours
	early   early
	best    float64 // hindsight's minutes, of a crisis
}

// early is what the first minutes of a slow burn brought, against what is usual.
type early struct{ event, usual float64 }

// slowTarget are the minutes within which half of the slow burns should be found.
const slowTarget = 299

func benchScenarios(args []string) error {
	flags := flag.NewFlagSet("scenarios", flag.ContinueOnError)
	seed := flags.Int64("seed", 1, "of the scenes")
	perKind := flags.Int("per-kind", 14, "scenes of each of the 18 kinds")
	perText := flags.Int("texts", 4, "scenes of each kind with texts, whose topics have to be found")
	curve := flags.Bool("curve", false, "show what other thresholds would bring")
	tune := flags.Bool("tune", false, "set the thresholds on the tuning seeds, show them and end")
	data := flags.String("data", "", "folder with the shapes of real crises (crisislex_t26)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *tune {
		tuneScenarios(*perKind)
		return nil
	}
	began := time.Now()
	acts := perform(scene.Crises, scene.Benign, *seed, *perKind)
	ours := tallyOf(acts, func(a *act) []float64 { return scene.Alerts(a.buckets, 5, series.AngerStart) })
	showAll(acts, ours)
	showKinds(acts, ours)
	showSlow(acts)
	best := showPossible(acts, ours)
	if *curve {
		showCurve(acts)
	}
	if *data != "" {
		if err := benchShapes(*data, *seed); err != nil {
			return err
		}
	}
	found := benchFound(*seed, *perText, *curve)
	fmt.Printf("\n%d scenes of 28 days of the seed %d, and %d with texts, in %.0f s.\n", len(acts), *seed, 18**perText, time.Since(began).Seconds())
	fmt.Printf("recall=%.3f false_per_brand_week=%.3f lookalikes_paged=%.3f ttd_p50_min=%.0f recall_low_volume=%.3f ttd_slow_burn_min=%.0f recall_found_topics=%.3f lookalikes_by_chance=%.3f best_ttd_p50_min=%.0f best_slow_burn_min=%.0f\n",
		ours.Recall(), ours.FalseWeek(), ours.Paged(), ours.After(.5), ours.Kinds["low_volume"].Rate(), ours.Kinds["slow_burn"].Median(), found,
		byChance(acts, ours.FalseWeek()), best.median, best.slow)
	return nil
}

// perform makes the scenes and has every detector see them, on all processors; the order is always the same.
func perform(crises, benign []scene.Kind, seed int64, n int) []*act {
	kinds := slices.Concat(crises, benign)
	acts := make([]*act, len(kinds)*n)
	each(len(acts), func(i int) { acts[i] = newAct(scene.Make(kinds[i/n], seed, i%n, 28)) })
	return acts
}

// each calls do for 0 … n-1 on all processors.
func each(n int, do func(i int)) {
	var wait sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wait.Wait()
}

func newAct(s *scene.Scene) *act {
	a := &act{scene: s}
	rows := s.Rows(5)
	for _, r := range rivals {
		step := r.start()
		scores := make([]float32, len(rows))
		for i := range rows {
			scores[i] = float32(step(i, rows[i]))
		}
		a.rivals = append(a.rivals, scores)
	}
	a.minutes = angerKnown(s.Rows(1))
	a.buckets = byBucket(a.minutes)
	if s.Kind.Crisis() {
		a.best = hindsight(s, rows)
	}
	if s.Kind == "slow_burn" {
		a.early = earlyOf(s)
	}
	s.Posts = nil
	return a
}

func earlyOf(s *scene.Scene) (e early) {
	from := s.Events[0].From
	for i := range s.Posts {
		p := &s.Posts[i]
		t := float64(p.Minute)
		switch {
		case !p.Negative:
		case p.Event && t < from+slowTarget:
			e.event++
		case !p.Event && t >= from && t < from+slowTarget:
			e.usual++
		}
	}
	return e
}

// tallyOf counts how alerts fared.
func tallyOf(acts []*act, alerts func(*act) []float64) *scene.Tally {
	var t scene.Tally
	for _, a := range acts {
		t.Add(a.scene, alerts(a))
	}
	return &t
}

func showAll(acts []*act, ours *scene.Tally) {
	fmt.Printf("Thresholds set beforehand for %.2g false alerts in a brand's week on the seeds %v. Times are minutes from the onset to the beginning\nof the five minutes that alert, as tools/crisis_eval.py counts; \"known\" is to the end of what was read when the alert was sure.\n\n", budget, tuning)
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "detector\tbar\tfalse/week\trecall\tlook-alikes paged\tfound p50\tp90\tknown p50\tlow volume\tslow burn p50\t")
	minutes := tallyOf(acts, func(a *act) []float64 { return scene.Alerts(a.minutes, 1, series.AngerStart) })
	showRow(table, "breakwater", series.AngerStart, ours, minutes.After(.5)+1)
	for k, r := range rivals {
		t := tallyOf(acts, func(a *act) []float64 { return scene.Alerts(a.rivals[k], 5, r.threshold) })
		showRow(table, r.name, r.threshold, t, t.After(.5)+5)
	}
	table.Flush()
}

func showRow(w *tabwriter.Writer, name string, bar float64, t *scene.Tally, known float64) {
	fmt.Fprintf(w, "%s\t%.3f\t%.2f\t%.2f\t%.2f\t%.0f\t%.0f\t%.0f\t%.2f\t%.0f\t\n",
		name, bar, t.FalseWeek(), t.Recall(), t.Paged(), t.After(.5), t.After(.9), known, t.Kinds["low_volume"].Rate(), t.Kinds["slow_burn"].Median())
}

func showKinds(acts []*act, ours *scene.Tally) {
	theirs := tallyOf(acts, func(a *act) []float64 { return scene.Alerts(a.rivals[0], 5, rivals[0].threshold) })
	fmt.Print("\nBy kind: the share found and the median minutes, or the share that paged.\n\n")
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "kind\tevents\tbreakwater\tminutes\treference\tminutes\t")
	for _, k := range slices.Concat(scene.Crises, scene.Benign) {
		if a, b := ours.Kinds[k], theirs.Kinds[k]; a.Events > 0 {
			fmt.Fprintf(table, "%s\t%d\t%.2f\t%s\t%.2f\t%s\t\n", k, a.Events, a.Rate(), minutesOf(a), b.Rate(), minutesOf(b))
		}
	}
	table.Flush()
}

func minutesOf(k *scene.KindTally) string {
	if m := k.Median(); !math.IsNaN(m) {
		return fmt.Sprintf("%.0f", m)
	}
	return ""
}

// showSlow says why slow burns cannot be found much sooner.
func showSlow(acts []*act) {
	var event, usual []float64
	for _, a := range acts {
		if a.scene.Kind == "slow_burn" {
			event, usual = append(event, a.early.event), append(usual, a.early.usual)
		}
	}
	if len(event) == 0 {
		return
	}
	slices.Sort(event)
	slices.Sort(usual)
	fmt.Printf("\nSlow burns: in their first %d minutes half of them bring %.0f negatives or fewer, beside %.0f that come anyway.\n",
		slowTarget, event[len(event)/2], usual[len(usual)/2])
}

// showCurve is what lower and higher bars would bring.
func showCurve(acts []*act) {
	fmt.Print("\nWhat other bars would bring:\n\n")
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "breakwater\tbar\tfalse/week\trecall\tlook-alikes paged\tfound p50\tp90\tknown p50\tlow volume\tslow burn p50\t")
	for d := -.6; d <= .65; d += .1 {
		bar := series.AngerStart + d
		t := tallyOf(acts, func(a *act) []float64 { return scene.Alerts(a.buckets, 5, bar) })
		m := tallyOf(acts, func(a *act) []float64 { return scene.Alerts(a.minutes, 1, bar) })
		showRow(table, "", bar, t, m.After(.5)+1)
	}
	table.Flush()
}

// tuneScenarios prints the lowest thresholds that keep to the budget on the tuning seeds.
func tuneScenarios(perKind int) {
	var acts []*act
	for _, seed := range tuning {
		acts = append(acts, perform(scene.Crises, scene.Benign, seed, perKind)...)
	}
	show := func(name string, scores func(*act) []float32) {
		bar := lowest(acts, scores)
		t := tallyOf(acts, func(a *act) []float64 { return scene.Alerts(scores(a), 5, bar) })
		fmt.Printf("%-46s %8.3f  false %.3f recall %.3f paged %.3f found after %.0f\n", name, bar, t.FalseWeek(), t.Recall(), t.Paged(), t.After(.5))
	}
	show("breakwater", func(a *act) []float32 { return a.buckets })
	for k, r := range rivals {
		show(r.name, func(a *act) []float32 { return a.rivals[k] })
	}
}

// lowest is the lowest threshold within the budget, to a thousandth.
func lowest(acts []*act, scores func(*act) []float32) float64 {
	low, high := 0.0, 0.0
	for _, a := range acts {
		for _, s := range scores(a) {
			high = max(high, float64(s))
		}
	}
	for high-low > .0005 {
		mid := (low + high) / 2
		if tallyOf(acts, func(a *act) []float64 { return scene.Alerts(scores(a), 5, mid) }).FalseWeek() <= budget {
			high = mid
		} else {
			low = mid
		}
	}
	return math.Ceil(high*1000) / 1000
}
