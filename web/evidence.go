package web

import (
	"math"

	"breakwater/desk"
)

// signalView is one detector's statement with its evidence.
type signalView struct {
	desk.Signal
	Monitor         string // when the alert has several
	Networks, Words []shareView
	Voices          []voiceView
	Mentions        []mentionView
	Cues            []shareView // words that point to a crisis
}

// Numbers says what was expected and what came.
func (s signalView) Numbers() desk.Text {
	e := s.Evidence
	with := []any{"expected", tidyNumber(e.Expected), "n", tidyNumber(e.Observed), "high", tidyNumber(e.High), "minutes", e.Window}
	switch {
	case e.Window == 0 || s.Detector == "voice":
		return desk.Text{}
	case e.High > 0 && s.Detector != "threshold":
		return desk.Say("Expected {expected}, up to {high} is usual; saw {n} in {minutes} minutes.", with...)
	}
	return desk.Say("Expected {expected}, saw {n} in {minutes} minutes.", with...)
}

// Proved reports whether there is anything to say in numbers.
func (s signalView) Proved() bool {
	return !s.Numbers().IsZero() || !s.Chance().IsZero() || !s.Crowd().IsZero()
}

// Chance says how often such a reading comes by chance alone.
func (s signalView) Chance() desk.Text { return chance(s.Evidence.Every) }

// chance puts hours between two readings into words that people can weigh.
func chance(hours float64) desk.Text {
	const day, year = 24.0, 24 * 365.25
	switch {
	case !(hours > 0): // unknown, or no number
		return desk.Text{}
	case hours < 2*day:
		return desk.Say("By chance about once in {n} hours.", "n", int(math.Max(1, math.Round(hours))))
	case hours < 60*day:
		return desk.Say("By chance about once in {n} days.", "n", int(math.Round(hours/day)))
	case hours < 2*year:
		return desk.Say("By chance about once in {n} months.", "n", int(math.Round(hours/year*12)))
	case hours < 100*year:
		return desk.Say("By chance about once in {n} years.", "n", int(math.Round(hours/year)))
	}
	return desk.Say("By chance less than once in a hundred years.")
}

// Crowd says how many posts and how many people.
func (s signalView) Crowd() desk.Text {
	e := s.Evidence
	switch {
	case e.People <= 0 || s.Detector == "voice" || s.Detector == "silence" || s.Detector == "publishing":
		return desk.Text{}
	case e.Crowd != nil && e.Crowd.Copies+e.Crowd.Reposts > 0:
		return desk.Say("{n} people, {own} of them in their own words; copies: {copies}, reposts: {reposts}.",
			"n", e.Crowd.People, "own", e.Crowd.Own, "copies", e.Crowd.Copies, "reposts", e.Crowd.Reposts)
	case e.Copies > 0:
		return desk.Say("{n} people; posts that are copies of others: {copies}.", "n", e.People, "copies", e.Copies)
	}
	return desk.Say("{n} people.", "n", e.People)
}

// Coverage warns when not all of the sources heard.
func (s signalView) Coverage() desk.Text {
	if e := s.Evidence; e.Deaf > 0 && e.Sources > 0 {
		return desk.Say("{n} of {total} sources did not hear meanwhile: this may be too low.", "n", e.Deaf, "total", e.Sources)
	}
	return desk.Text{}
}

// tidyNumber is a figure with as many digits as people want to read.
func tidyNumber(x float64) float64 {
	x = finite(x)
	if math.Abs(x) >= 10 {
		return math.Round(x)
	}
	return math.Round(10*x) / 10
}
