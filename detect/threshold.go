package detect

import (
	"breakwater/desk"
)

// threshold tells when one of the organisation's own rules is met.
//
// How it can be wrong in a quiet year: it is as wrong as the rule; Engine.Try shows how often that would have been.
var threshold = Detector{
	Name: "threshold",
	Help: "One of your own thresholds is met.",
	Look: lookThreshold,
}

func lookThreshold(w Window) (best desk.Signal, found bool) {
	for _, r := range w.Monitor.Rules {
		got, ok := w.measure(r)
		if !ok || r.AtLeast <= 0 || got < r.AtLeast {
			continue
		}
		s := w.signal(got/r.AtLeast, max(r.Level, desk.Watch), ruleWhy(w, r, got), ruleText(r))
		s.Detector = "threshold"
		s.Evidence.Observed, s.Evidence.High, s.Evidence.Window = got, r.AtLeast, r.Over
		s.Evidence.Since = w.back(min(r.Over, len(w.Minutes)))
		switch r.Measure {
		case "people":
			s.Evidence.People = int(got)
		case "reach":
			s.Trigger = w.farthest(r.Over).ID
		}
		if w.Usual != nil && r.Measure == "mentions" {
			s.Evidence.Expected = w.Usual.Expected(w.back(r.Over), w.back(0))
		}
		if !found || s.Level > best.Level || s.Level == best.Level && s.Strength > best.Strength {
			best, found = s, true
		}
	}
	return best, found
}

// measure is the value of a rule's measure in its window; ok is false when it cannot be told.
func (w Window) measure(r desk.Rule) (value float64, ok bool) {
	s := w.sum(r.Over)
	switch r.Measure {
	case "mentions":
		return float64(s.Count), true
	case "negative":
		return float64(s.Negative), true
	case "negative_share":
		return float64(s.Negative) / max(1, float64(s.Count)), s.Count > 0 && int(s.Count) >= r.Floor
	case "people":
		n, ok := w.People[r.Over]
		return float64(n), ok
	case "reach":
		most := w.farthest(r.Over).Author.Followers
		return float64(most), most > 0
	}
	return 0, false
}

// farthest is the post of the last minutes whose author most follow.
func (w Window) farthest(minutes int) (far desk.Mention) {
	for _, m := range w.Top {
		if !m.Published.Before(w.back(minutes)) && m.Author.Followers > far.Author.Followers {
			far = m
		}
	}
	return far
}

func ruleWhy(w Window, r desk.Rule, got float64) desk.Text {
	with := []any{"n", int(got), "monitor", w.Monitor.Name, "minutes", r.Over, "limit", rounded(r.AtLeast)}
	switch r.Measure {
	case "negative":
		return desk.Say("{n} negative mentions of {monitor} in {minutes} minutes: your threshold is {limit}.", with...)
	case "negative_share":
		return desk.Say("{share} % of the mentions of {monitor} in {minutes} minutes are negative: your threshold is {limit} %.",
			"share", percent(got, 1), "monitor", w.Monitor.Name, "minutes", r.Over, "limit", percent(r.AtLeast, 1))
	case "people":
		return desk.Say("{n} people write about {monitor} in {minutes} minutes: your threshold is {limit}.", with...)
	case "reach":
		return desk.Say("Somebody whom {n} people follow writes about {monitor}: your threshold is {limit}.", with...)
	}
	return desk.Say("{n} mentions of {monitor} in {minutes} minutes: your threshold is {limit}.", with...)
}

func ruleText(r desk.Rule) desk.Text {
	with := []any{"minutes", r.Over, "limit", rounded(r.AtLeast)}
	switch r.Measure {
	case "negative":
		return desk.Say("Your threshold: at least {limit} negative mentions in {minutes} minutes.", with...)
	case "negative_share":
		return desk.Say("Your threshold: at least {limit} % negative in {minutes} minutes, of at least {n} mentions.",
			"limit", percent(r.AtLeast, 1), "minutes", r.Over, "n", max(r.Floor, 1))
	case "people":
		return desk.Say("Your threshold: at least {limit} people in {minutes} minutes.", with...)
	case "reach":
		return desk.Say("Your threshold: one author with at least {limit} followers.", with...)
	}
	return desk.Say("Your threshold: at least {limit} mentions in {minutes} minutes.", with...)
}
