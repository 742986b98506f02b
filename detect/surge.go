package detect

import (
	"time"

	"breakwater/desk"
)

// surge tells of more mentions than this hour of this weekday explains: the larger of how far the open hour stands out of two
// weeks of hours and of how rare the rise over the season is among the monitor's own highest (series.Volume). Beside the score it
// wants some mentions at all and a multiple of what is usual.
//
// How it can be wrong in a quiet year: praise that goes viral and a planned campaign are surges too (it says which kind it is, and
// proposes no more than a watch); a flood of copies by robots counts little, but one in words of their own counts in full. How
// often: docs/detectors.md.
var surge = Detector{
	Name: "surge",
	Help: "More mentions than this hour of this weekday explains.",
	Look: lookSurge,
}

// risen is the strongest rise of a window.
type risen struct {
	minutes int
	seen    Minute
	usual   desk.Band
	rare    float64 // log10 of six-hour blocks; negative: not known
}

func lookSurge(w Window) (desk.Signal, bool) {
	if len(w.Minutes) < 60 {
		return desk.Signal{}, false
	}
	if !w.known {
		return lookFlood(w)
	}
	k := w.knobs()
	v, bar := w.judged.scores.Volume, w.judged.scores.Bar*k.bar
	if v.Value < bar || v.Observed < k.floor {
		return desk.Signal{}, false
	}
	minutes := w.over(v.Buckets, v.Observed, all)
	r := risen{minutes: minutes, seen: w.sum(minutes), usual: w.usually(minutes, v.Expected), rare: v.Rare}
	if v.Observed < k.rise*r.usual.Expected || w.Usual != nil && w.Usual.stands(v.Observed, r.usual.Expected) < seasonal {
		return desk.Signal{}, false
	}
	return w.surged(r, v.Value/bar), true
}

// seasonal is by how many standard deviations a rise must stand out of this hour of the week as well: the daily peak of a day like
// others is no news. Without it a brand of a hundred mentions a day is told of something every ten days of a quiet year.
const seasonal = 3

func all(m Minute) int32 { return m.Count }

// usually is what is usual in the last minutes: by the season where it is known, else what the score was held against.
func (w Window) usually(minutes int, expected float64) desk.Band {
	if w.Usual == nil {
		return band(w.back(minutes), expected, expected*(1+expected))
	}
	return w.Usual.Band(w.back(minutes), w.back(0))
}

// Floods of a monitor whose usual is not known yet: very many, and very many more than in the hours before.
const (
	floodCount = 60
	floodTimes = 8.0
)

// lookFlood is surge for the first two days of a monitor.
func lookFlood(w Window) (desk.Signal, bool) {
	if len(w.Minutes) < 360 {
		return desk.Signal{}, false
	}
	hour, before := w.sum(60), w.sum(360)
	usual := float64(before.Count-hour.Count) / 5
	y := float64(hour.Count-hour.Copies) + min(float64(hour.Copies), float64(hour.Count-hour.Copies)/2+1)
	// Nothing at all before is what a monitor looks like that has just been connected.
	if before.Count == hour.Count || y < floodCount || y < floodTimes*usual {
		return desk.Signal{}, false
	}
	r := risen{minutes: 60, seen: hour, usual: band(w.back(60), usual, usual*(1+usual)), rare: -1}
	return w.surged(r, y/max(floodCount, floodTimes*usual)), true
}

func (w Window) surged(r risen, strength float64) desk.Signal {
	rule := desk.Say("Surge: held against this hour of the week and this monitor's own highest; {sensitivity}.", "sensitivity", w.sensitivity())
	s := w.signal(strength, w.surgeLevel(r), w.surgeWhy(r), rule)
	s.Detector, s.Evidence.Every = "surge", every(r.rare)
	s.Evidence.Observed, s.Evidence.Expected, s.Evidence.High = float64(r.seen.Count), r.usual.Expected, r.usual.High
	s.Evidence.Window, s.Evidence.Since = r.minutes, w.since(all, 1)
	return s
}

func (w Window) surgeWhy(r risen) desk.Text {
	with := []any{
		"n", int(r.seen.Count), "monitor", w.Monitor.Name, "minutes", r.minutes, "usual", rounded(r.usual.Expected),
		"times", rounded(float64(r.seen.Count) / max(r.usual.Expected, 0.1)), "share", percent(float64(r.seen.Negative), float64(r.seen.Count)),
	}
	switch {
	case r.seen.Copies > r.seen.Count*3/4:
		return desk.Say("{n} mentions of {monitor} in {minutes} minutes, where {usual} are usual. Most are copies of each other.", with...)
	case r.seen.Positive > 2*r.seen.Negative:
		return desk.Say("{n} mentions of {monitor} in {minutes} minutes, where {usual} are usual. Most are friendly.", with...)
	case r.usual.Expected < 0.5:
		return desk.Say("{n} mentions of {monitor} in {minutes} minutes, where almost none are usual. {share} % are negative.", with...)
	}
	return desk.Say("{n} mentions of {monitor} in {minutes} minutes, {times} times the usual {usual}. {share} % are negative.", with...)
}

// since is when the minutes began to move: going back, the last five of which at least three parts in two more came than usual,
// allowing for a lull of a quarter of an hour. part is the share of all mentions that the figure usually is.
func (w Window) since(figure func(Minute) int32, part float64) time.Time {
	const step, lull = 5, 3
	start, calm := w.back(step), 0
	for n := step; n <= len(w.Minutes) && calm < lull; n += step {
		seen := int32(0)
		for _, m := range w.Minutes[len(w.Minutes)-n : len(w.Minutes)-n+step] {
			seen += figure(m)
		}
		usual := 0.0
		if w.Usual != nil {
			usual = part * w.Usual.Expected(w.back(n), w.back(n-step))
		}
		if float64(seen) > 1.5*usual+1 {
			start, calm = w.back(n), 0
		} else {
			calm++
		}
	}
	return start
}

// sensitivity is the monitor's setting in words.
func (w Window) sensitivity() desk.Text {
	switch w.Monitor.Sensitivity {
	case "low":
		return desk.Say("sensitivity low")
	case "high":
		return desk.Say("sensitivity high")
	}
	return desk.Say("sensitivity balanced")
}
