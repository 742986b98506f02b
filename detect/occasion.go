package detect

import (
	"time"

	"breakwater/desk"
)

const (
	// afterglow is how long after its end an occasion still explains mentions.
	afterglow = 2 * time.Hour
	// explained is the share of the newest posts that must speak of an occasion for it to be the reason.
	explained = 0.5
	// souredTimes is how many times the usual share of negatives the mood must reach to be no part of any occasion, and souredShare how large
	// the share must be at least.
	souredTimes, souredShare = 1.5, 0.3
)

// reason is the occasion that explains what comes at the moment, nil when none does.
func reason(occasions []desk.Occasion, posts []desk.Mention, now time.Time) *desk.Occasion {
	for i := range occasions {
		o := &occasions[i]
		if !o.On(now) && !o.On(now.Add(-afterglow)) {
			continue
		}
		said, all := 0, 0
		for k := range posts {
			if posts[k].Own || posts[k].IsCopy() {
				continue
			}
			all++
			if o.Says(posts[k].Title + " " + posts[k].Text) {
				said++
			}
		}
		if len(o.Words) == 0 || all > 0 && float64(said) >= explained*float64(all) {
			return o
		}
	}
	return nil
}

// expect lowers what an occasion explains: volume that was expected is told as such, at the level of a watch, unless the mood
// turned. What is said in anger, by whom, and with which words is never expected.
func expect(w Window, signals []desk.Signal, occasions []desk.Occasion) {
	o := reason(occasions, w.Posts, w.Now)
	if o == nil {
		return
	}
	for i := range signals {
		s := &signals[i]
		if s.Detector != "surge" && s.Detector != "topic" {
			continue
		}
		s.Evidence.Occasion = o.Name
		seen := w.sum(s.Evidence.Window)
		if w.moodTurned(seen, signals) {
			continue
		}
		s.Level = min(s.Level, desk.Watch)
		s.Why = desk.Say("{n} mentions of {monitor} in {minutes} minutes: expected, because of {occasion}. {share} % are negative, which is usual.",
			"n", int(seen.Count), "monitor", w.Monitor.Name, "minutes", s.Evidence.Window, "occasion", o.Name, "share", percent(float64(seen.Negative), float64(seen.Count)))
	}
}

// moodTurned reports whether the mentions are angrier than the monitor's usually are.
func (w Window) moodTurned(seen Minute, signals []desk.Signal) bool {
	for _, s := range signals {
		if s.Detector == "mood" || s.Detector == "cue" {
			return true
		}
	}
	usual := 0.15
	if w.Usual != nil {
		usual = w.Usual.Share
	}
	return float64(seen.Negative) > max(souredTimes*usual, souredShare)*float64(seen.Count)
}
