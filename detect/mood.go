package detect

import (
	"breakwater/desk"
	"breakwater/detect/series"
)

// mood tells of more negatives than this many mentions usually carry, whether or not there are more mentions (series.Anger).
// It is what tells a crisis from praise, a campaign and a robot.
//
// How it can be wrong in a quiet year: a thread of complaints about something else that names the brand; sarcasm; a language in
// which sentiment is read badly begins to be spoken about the brand. How often: docs/detectors.md.
var mood = Detector{
	Name: "mood",
	Help: "More negative mentions than this many mentions usually carry.",
	Look: lookMood,
}

func lookMood(w Window) (desk.Signal, bool) {
	v, bar := w.judged.scores.Mood, series.AngerStart*w.knobs().bar
	if !w.known || v.Value < bar {
		return desk.Signal{}, false
	}
	minutes := w.over(v.Buckets, v.Observed, negatives)
	seen := w.sum(minutes)
	n, total, usual := float64(seen.Negative), float64(seen.Count), w.judged.Usual
	s := w.signal(v.Value/bar, w.moodLevel(seen),
		desk.Say("{n} of {total} mentions of {monitor} in the last {minutes} minutes are negative: {share} %, where {usual} % are usual.",
			"n", int(n), "total", int(total), "monitor", w.Monitor.Name, "minutes", minutes, "share", percent(n, total), "usual", percent(usual, 1)),
		desk.Say("Mood: negatives held against this many mentions and this monitor's own highest; {sensitivity}.", "sensitivity", w.sensitivity()))
	s.Detector, s.Evidence.Every = "mood", every(v.Rare)
	s.Evidence.Observed, s.Evidence.Expected = n, usual*total
	s.Evidence.High = w.high(usual * total)
	s.Evidence.Window, s.Evidence.Since = minutes, w.since(negatives, usual)
	return s, true
}

func negatives(m Minute) int32 { return m.Negative }

// high is the upper edge of what is usual around an expected count.
func (w Window) high(expected float64) float64 {
	if w.Usual == nil {
		return band(w.Now, expected, expected).High
	}
	return band(w.Now, expected, w.Usual.variance(expected, 0)).High
}

// moodLevel proposes an issue, and a crisis when most is negative, much of it, on more than one network.
func (w Window) moodLevel(seen Minute) desk.Level {
	share := float64(seen.Negative) / max(1, float64(seen.Count))
	if share >= max(2*w.judged.Usual, 0.5) && seen.Negative >= 50 && w.networks() >= 2 {
		return desk.Crisis
	}
	return desk.Issue
}
