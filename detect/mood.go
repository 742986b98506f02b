package detect

import (
	"math"

	"breakwater/desk"
)

var moodSpans = []span{{15, 0.35}, {60, 0.35}, {180, 0.30}, {360, 0.30}}

// mood tells of more negatives than this many mentions usually carry, whether or not there are more mentions (DETECTION.md 2.4).
//
// It is what tells a crisis from praise, a campaign and a robot: on 54 simulated brands it found seven or eight of ten crises and
// paged on one look-alike in twelve, with about one false alert in five weeks of a brand. Small flashes about one topic in a large
// conversation are what it misses.
//
// How it can be wrong in a quiet year: a thread of complaints about something else that names the brand; sarcasm; a language in
// which sentiment is read badly begins to be spoken about the brand.
var mood = Detector{
	Name: "mood",
	Help: "More negative mentions than this many mentions usually carry.",
	Look: lookMood,
}

// moodScore is the logarithm of the negatives over what is usual for as many mentions, less for small counts.
func moodScore(negative, usual float64) float64 {
	const c = 4
	return math.Log(negative+c) - math.Log(usual+c) - 1/math.Sqrt(negative+c)
}

// beyond is how many standard deviations of counting noise a turn must stand out, however rare its score is: in long windows of
// few mentions three more than usual are rare and mean nothing.
const beyond = 2.5

// stands is by how many standard deviations of counting noise n stands out of what is usual (Anscombe's root transform).
func stands(n, usual float64) float64 {
	return 2 * (math.Sqrt(n+3.0/8) - math.Sqrt(usual+3.0/8))
}

func lookMood(w Window) (desk.Signal, bool) {
	if w.Usual == nil || len(w.Minutes) < 60 || w.sum(15).Negative == 0 {
		return desk.Signal{}, false
	}
	k := w.knobs()
	best, at := 0.0, span{}
	for i, sp := range moodSpans {
		s := w.sum(sp.minutes)
		n, usual := float64(s.Negative), w.Usual.Share*float64(s.Count)
		score := w.Usual.moods[i].rarity(moodScore(n, usual))
		if int(n) >= k.turn && stands(n, usual) >= beyond && score > best {
			best, at = score, sp
		}
	}
	if best < k.mood {
		return desk.Signal{}, false
	}
	seen := w.sum(at.minutes)
	n, total := float64(seen.Negative), float64(seen.Count)
	s := w.signal(best/k.mood, w.moodLevel(seen),
		desk.Say("{n} of {total} mentions of {monitor} in the last {minutes} minutes are negative: {share} %, where {usual} % are usual.",
			"n", int(n), "total", int(total), "monitor", w.Monitor.Name, "minutes", at.minutes, "share", percent(n, total), "usual", percent(w.Usual.Share, 1)),
		desk.Say("Mood: negatives held against this many mentions and this monitor's own highest; {sensitivity}.", "sensitivity", w.sensitivity()))
	s.Detector = "mood"
	s.Evidence.Observed, s.Evidence.Expected = n, w.Usual.Share*total
	s.Evidence.High = band(w.Now, s.Evidence.Expected, w.Usual.variance(s.Evidence.Expected, 0)).High
	s.Evidence.Window, s.Evidence.Since = at.minutes, w.since(func(m Minute) int32 { return m.Negative }, w.Usual.Share)
	return s, true
}

// moodLevel proposes an issue, and a crisis when most is negative, much of it, on more than one network.
func (w Window) moodLevel(seen Minute) desk.Level {
	share := float64(seen.Negative) / max(1, float64(seen.Count))
	if share >= max(2*w.Usual.Share, 0.5) && seen.Negative >= 50 && w.networks() >= 2 {
		return desk.Crisis
	}
	return desk.Issue
}
