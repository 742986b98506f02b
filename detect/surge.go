package detect

import (
	"math"
	"time"

	"breakwater/desk"
)

// span is one window length that a score is made for.
type span struct {
	minutes int
	prior   float64 // standard deviation of its six-hourly extremes before any is known
}

func (s span) steps() int { return s.minutes / 5 }

var surgeSpans = []span{{5, 0.35}, {15, 0.35}, {60, 0.35}}

// surge tells of more mentions than this hour of this weekday explains.
//
// It is the larger of two scores (DETECTION.md 2.1 to 2.3): the last hour's plain count in standard deviations of two weeks of
// hours, and, faster, how rare the logarithmic rise over the season is among the monitor's own highest of every six hours.
// Beside the score it wants some mentions at all and a multiple of what is usual.
//
// How it can be wrong in a quiet year: praise that goes viral and a planned campaign are surges too (it says when the mood is
// friendly, and proposes no more than a watch); about one time in two weeks per busy brand a burst of no importance passes.
// A flood of copies by robots counts little, but one in words of their own counts in full.
var surge = Detector{
	Name: "surge",
	Help: "More mentions than this hour of this weekday explains.",
	Look: lookSurge,
}

// surgeScore is the logarithm of y over what is usual, less for small counts: three fifths held against the season, two fifths
// against the level, so that the dead of night does not make a storm of three mentions.
func (u *Usual) surgeScore(y, usual float64, s span) float64 {
	steps := float64(s.steps())
	c := 4 * math.Sqrt(steps)
	level := u.Level / 12 * steps
	return math.Log(y+c) - 0.6*math.Log(usual+c) - 0.4*math.Log(level+c) - 1/math.Sqrt(y+c)
}

// hourScore is by how many standard deviations an hour's count stands out of two weeks of hours, and of this hour of the week,
// whichever is less: the daily peak of a day like others is no news. Roots are compared with the season, because counts of few
// are skewed: without them a brand of a hundred mentions a day is told of something every ten days of a quiet year.
func (u *Usual) hourScore(y, usual float64) float64 {
	season := stands(y, usual) / math.Sqrt(1+u.Spread*usual)
	return min((y-u.hourMean)/u.hourSD, season)
}

// risen is the strongest rise of a window.
type risen struct {
	score   float64
	minutes int
	seen    Minute
	usual   desk.Band
}

func lookSurge(w Window) (desk.Signal, bool) {
	if len(w.Minutes) < 60 {
		return desk.Signal{}, false
	}
	if w.Usual == nil {
		return lookFlood(w)
	}
	k := w.knobs()
	var best risen
	for i, sp := range surgeSpans {
		r := w.risen(sp.minutes)
		y := w.voices(r.seen)
		r.score = 1.5 * w.Usual.surge[i].rarity(w.Usual.surgeScore(y, r.usual.Expected, sp))
		if sp.minutes == 60 {
			r.score = max(r.score, w.Usual.hourScore(y, r.usual.Expected))
		}
		if int(y) >= k.floor && y >= k.rise*r.usual.Expected && r.score > best.score {
			best = r
		}
	}
	if best.score < k.surge {
		return desk.Signal{}, false
	}
	return w.surged(best, best.score/k.surge), true
}

func (w Window) risen(minutes int) risen {
	return risen{
		minutes: minutes,
		seen:    w.sum(minutes),
		usual:   w.Usual.Band(w.back(minutes), w.back(0)),
	}
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
	y := w.voices(hour)
	// Nothing at all before is what a monitor looks like that has just been connected.
	if before.Count == hour.Count || y < floodCount || y < floodTimes*usual {
		return desk.Signal{}, false
	}
	r := risen{minutes: 60, seen: hour, usual: band(w.back(60), usual, usual*(1+usual))}
	return w.surged(r, y/max(floodCount, floodTimes*usual)), true
}

func (w Window) surged(r risen, strength float64) desk.Signal {
	s := w.signal(strength, w.surgeLevel(r), w.surgeWhy(r), desk.Say("Surge: held against this hour of the week and this monitor's own highest; {sensitivity}.", "sensitivity", w.sensitivity()))
	s.Detector = "surge"
	s.Evidence.Observed, s.Evidence.Expected, s.Evidence.High = float64(r.seen.Count), r.usual.Expected, r.usual.High
	s.Evidence.Window, s.Evidence.Since = r.minutes, w.since(func(m Minute) int32 { return m.Count }, 1)
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
