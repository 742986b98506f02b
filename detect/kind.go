package detect

import (
	"math"
	"slices"
	"time"

	"breakwater/desk"
)

// What a rise looks like besides a crisis. All of it is said; what explains the volume holds a surge down to a watch. The mood is
// not held down: an attack by few is one all the same.
const (
	robotsFrom  = 30 // mentions from which the number of people tells anything
	robotsPosts = 4  // mentions of each person from which they are few
	copiedShare = 0.75
	tideFrom    = 3   // other monitors that must rise with this one
	tideRise    = 1.3 // how many times what is usual, by their median
	tideFor     = 10 * time.Minute
)

// look fills in what a signal looks like, by the mentions that it is about and the people who wrote them (0: not known).
func (p *prover) look(s *desk.Signal, seen Minute, people int) {
	switch s.Detector {
	case "surge", "mood", "topic":
	default:
		return
	}
	text, harmless := p.kind(seen, people)
	s.Evidence.Looks = text
	if harmless && s.Detector == "surge" {
		s.Level = min(s.Level, desk.Watch)
	}
}

// kind names what a rise looks like, and whether that explains its volume.
func (p *prover) kind(seen Minute, people int) (text desk.Text, harmless bool) {
	n, own := int(seen.Count), int(seen.Count-seen.Copies)
	late := p.judged.Heard.Late
	switch {
	case people > 0 && n >= robotsFrom && people*robotsPosts <= n:
		return desk.Say("It looks like robots or a small group: {people} accounts wrote {n} mentions.", "people", people, "n", n), true
	case n >= robotsFrom && float64(seen.Copies) >= copiedShare*float64(n):
		return desk.Say("Most of it is copied: {own} of {n} posts are in their own words.", "own", own, "n", n), true
	case p.tide >= tideRise && p.risen() <= 1.5*p.tide:
		return desk.Say("Other monitors rise as well, about {times} times what is usual: the whole platform talks more.", "times", rounded(p.tide)), true
	case late >= robotsFrom && late >= n:
		return desk.Say("{n} older posts came in at the same time, after a gap or from a clock that is wrong. They are not counted.", "n", late), false
	}
	return desk.Text{}, false
}

// risen is how many times what is usual came in the last hour.
func (w Window) risen() float64 {
	if w.Usual == nil {
		return math.Inf(1)
	}
	return float64(w.sum(60).Count) / max(1, w.Usual.Expected(w.back(60), w.back(0)))
}

// tide is how many times what is usual the other monitors hear in their last hour, by the median of those that were looked at
// lately; 0 while too few are known.
func (e *Engine) tide(id int64, now time.Time) float64 {
	var all []float64
	for other, w := range e.watches {
		if other == id || w.usual == nil || w.ledger == nil || len(w.minutes.all) < 60 || now.Sub(w.looked) > tideFor {
			continue
		}
		v := w.window(w.looked)
		if v.Usual.Expected(v.back(60), v.back(0)) >= 5 {
			all = append(all, v.risen())
		}
	}
	if len(all) < tideFrom {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// every is how many hours lie between two scores as high by chance, by the monitor's own highest of every six hours; 0 not known.
func every(rare float64) float64 {
	if rare <= 0 {
		return 0
	}
	return 6 * math.Pow(10, min(rare, 9))
}
