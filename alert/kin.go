package alert

import (
	"cmp"
	"slices"
	"time"
	"unicode"

	"breakwater/desk"
)

const (
	// apart says that two signals speak of different things, unclear that nothing tells; more is the stronger the more they share.
	apart   = -1.0
	unclear = 0.0
	// telling is how many words a signal must show until having none in common with another means something.
	telling = 4
	// together is how close in time sources must fall silent to have one cause: they are asked at different moments.
	together = 5 * time.Minute
)

// kin is how much two signals speak of the same thing: by what they show for themselves, never by their size.
func kin(a, b desk.Signal) float64 {
	if a.Detector == ownDoing || b.Detector == ownDoing {
		return apart // what we do ourselves is no part of what others say
	}
	if a.SourceID != 0 || b.SourceID != 0 {
		return kinSources(a, b)
	}
	ea, eb := a.Evidence, b.Evidence
	if ea.Topic != "" && eb.Topic != "" {
		if topicOf(ea) == topicOf(eb) {
			return 3
		}
		return apart
	}
	few := min(len(ea.Words), len(eb.Words))
	n := common(ea.Words, eb.Words)
	switch {
	case n >= 2:
		return 1 + 2*float64(n)/float64(few)
	case n == 0 && few >= telling && script(ea.Words) == script(eb.Words):
		return apart // words before posts: what is loudest about a brand is shown by every signal of the hour
	case slices.ContainsFunc(ea.Mentions, func(id int64) bool { return slices.Contains(eb.Mentions, id) }):
		return 2
	case voices(ea.Voices, eb.Voices) >= 2:
		return 1
	}
	return unclear
}

// kinSources is kin for the trouble of sources: the same trouble at the same time has one cause.
func kinSources(a, b desk.Signal) float64 {
	switch {
	case a.MonitorID != b.MonitorID:
		return apart
	case a.SourceID == b.SourceID:
		return 3
	case a.Why.Say == b.Why.Say && a.Evidence.Since.Sub(b.Evidence.Since).Abs() <= together:
		return 1
	}
	return apart
}

func common(a, b []desk.Share) (n int) {
	for _, s := range a {
		if slices.ContainsFunc(b, func(o desk.Share) bool { return o.Name == s.Name }) {
			n++
		}
	}
	return n
}

func voices(a, b []desk.Voice) (n int) {
	for _, v := range a {
		if slices.ContainsFunc(b, func(o desk.Voice) bool { return o.Network == v.Network && o.Author.Handle == v.Author.Handle }) {
			n++
		}
	}
	return n
}

// script is the script that most of the words are written in: a Hebrew and an English word for the same thing share no letter.
func script(words []desk.Share) *unicode.RangeTable {
	scripts := []*unicode.RangeTable{unicode.Latin, unicode.Hebrew, unicode.Han, unicode.Cyrillic, unicode.Arabic}
	counts := make([]int, len(scripts))
	best := 0
	for _, w := range words {
		for i, s := range scripts {
			for _, r := range w.Name {
				if unicode.Is(s, r) {
					counts[i]++
					break
				}
			}
		}
	}
	for i := range counts {
		if counts[i] > counts[best] {
			best = i
		}
	}
	return scripts[best]
}

// same reports whether b is a's next reading: the same detector on the same thing.
func same(a, b desk.Signal) bool {
	return a.MonitorID == b.MonitorID && a.SourceID == b.SourceID && a.Detector == b.Detector && topicOf(a.Evidence) == topicOf(b.Evidence)
}

// topicOf is what tells the topic of a signal from others.
func topicOf(e desk.Evidence) string { return cmp.Or(e.TopicID, e.Topic) }

// belongs is how much a signal belongs to a situation, of which some signals are known; apart when it does not. Of one monitor
// what cannot be told apart belongs together; what another monitor tells must share posts, words or voices.
func belongs(situation []desk.Signal, s desk.Signal) float64 {
	best, told, mine := apart, false, false
	for _, o := range situation {
		k := kin(o, s)
		if same(o, s) && (k >= unclear || !single(s)) {
			return 4 // numbers of one monitor go on, whatever the words of the moment
		}
		told = told || k == apart
		mine = mine || o.MonitorID == s.MonitorID && o.SourceID == s.SourceID
		best = max(best, k)
	}
	if best == unclear && (told || !mine) {
		return apart
	}
	return best
}

// single reports whether a signal is about some posts and not about all of a monitor.
func single(s desk.Signal) bool {
	return s.Detector == "cue" || s.Detector == "voice" || s.Detector == "topic"
}

// situations sorts signals that come at once into those that belong together.
func situations(signals []desk.Signal) [][]desk.Signal {
	var all [][]desk.Signal
	for _, s := range signals {
		if s.Strength < 1 {
			continue
		}
		at, best := -1, apart
		for i := range all {
			if b := belongs(all[i], s); b > best {
				at, best = i, b
			}
		}
		if at < 0 {
			all = append(all, []desk.Signal{s})
			continue
		}
		all[at] = append(all[at], s)
	}
	return all
}

// closest is the alert that signals belong to, of those given newest first: the one they share most with, and among equals one
// that is live. It is the zero alert when they belong to none.
func closest(alerts []desk.Alert, signals []desk.Signal, now time.Time) (found desk.Alert) {
	best := apart
	for _, a := range alerts {
		if !a.Live() && now.Sub(a.Updated) > forgotten && now.Sub(a.DecidedAt) > forgotten && now.Sub(a.Ended) > forgotten && now.After(a.MutedUntil) {
			continue
		}
		k := apart
		for _, s := range signals {
			k = max(k, belongs(a.Signals, s))
		}
		if k >= unclear && a.Live() {
			k += 0.5
		}
		if k > best {
			best, found = k, a
		}
	}
	return found
}
