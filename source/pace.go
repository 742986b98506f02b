package source

import (
	"math"
	"time"

	"breakwater/desk"
)

const (
	// paceOver is how many arrivals the usual pace is an average of.
	paceOver = 50
	// paceKnown is how many arrivals, and pacedFor how long, teach enough to call a silence unusual.
	paceKnown, pacedFor = 30, 48 * time.Hour
	// lullHalf is how long until the longest silence heard counts half: nights and weekends come again before that.
	lullHalf = 14 * 24 * time.Hour
	// A silence is unusual when it is longer than lullTimes the longest lately, and paceTimes the usual pace, and shortest at all.
	lullTimes, paceTimes = 1.5, 8
	shortest             = 30 * time.Minute
)

// learnPace learns how often something comes from a source, when something came again.
func learnPace(h *desk.Health, last, now time.Time) {
	gap := now.Sub(last).Seconds()
	if last.IsZero() || gap <= 0 {
		return
	}
	h.Paces++
	h.Pace += (gap - h.Pace) / math.Min(float64(h.Paces), paceOver)
	h.Lull = math.Max(gap, h.Lull*math.Pow(0.5, gap/lullHalf.Seconds()))
}

// silentAfter is how long a source may be silent: as a person set it, or as it was learned from its own pace. ok is false when it
// may be for ever, or is not known yet.
func silentAfter(s desk.Source, h desk.Health, now time.Time) (after time.Duration, ok bool) {
	switch {
	case s.SilentAfter > 0:
		return time.Duration(s.SilentAfter) * time.Minute, true
	case s.SilentAfter < 0 || h.Paces < paceKnown || now.Sub(s.Created) < pacedFor:
		return 0, false
	}
	seconds := math.Max(lullTimes*h.Lull, paceTimes*h.Pace)
	return max(shortest, time.Duration(seconds*float64(time.Second))), true
}

// span is a time as people say it: minutes, or hours when there are many.
func span(d time.Duration) desk.Text {
	if d < 100*time.Minute {
		return desk.Say("{n} minutes", "n", int(math.Max(1, math.Round(d.Minutes()))))
	}
	return desk.Say("{n} hours", "n", int(math.Round(d.Hours())))
}
