package scene

import (
	"math"
	"slices"
)

// Minutes of the rules by which alerts are scored (DETECTION.md 3).
const (
	Silence  = 6 * 60 // after an alert nothing is told for so long
	warm     = 7 * 1440
	before   = 30 // an alert may come so long before a labelled event and still belong to it
	after    = 12 * 60
	aDay     = 1440
	aWeek    = 7 * 1440
	graceRow = 5 // the row that holds the onset may begin so long before it
)

// Alerts are the minutes at which a score, one for every step minutes, alerts: it reaches the threshold, and the last alert is at
// least Silence ago.
func Alerts(scores []float32, step int, threshold float64) []float64 {
	var out []float64
	last := -Silence
	for i, s := range scores {
		if at := i * step; float64(s) >= threshold && at-last >= Silence {
			out = append(out, float64(at))
			last = at
		}
	}
	return out
}

// Tally counts how alerts on many scenes fared.
type Tally struct {
	False, Weeks float64 // alerts outside every event, and the weeks in which there was none
	Kinds        map[Kind]*KindTally
}

// KindTally counts one kind.
type KindTally struct {
	Events, Hit int       // of a crisis its events; of a look-alike the scenes, and those that were paged
	After       []float64 // minutes from the onset to the first alert, of the crises found
}

// Add counts the alerts of a scene; they are minutes since its beginning, in order.
func (t *Tally) Add(s *Scene, alerts []float64) {
	if t.Kinds == nil {
		t.Kinds = make(map[Kind]*KindTally)
	}
	k := t.Kinds[s.Kind]
	if k == nil {
		k = &KindTally{}
		t.Kinds[s.Kind] = k
	}
	events, end := s.clipped(), float64(s.Minutes-5)
	cover := 0.0
	for _, e := range events {
		cover += max(0, min(e.To+after, end)-max(e.From-before, warm))
	}
	t.Weeks += max(0, end-warm-cover) / aWeek
	paged := false
	for _, at := range alerts {
		inside := slices.ContainsFunc(events, func(e Span) bool { return at >= e.From-before && at <= e.To+after })
		switch {
		case at < warm:
		case inside:
			paged = true
		default:
			t.False++
		}
	}
	switch {
	case s.Kind.Crisis():
		k.found(s.Kind, events, alerts)
	case len(events) > 0:
		k.Events++
		if paged {
			k.Hit++
		}
	}
}

// clipped are the events in whole minutes within the scene.
func (s *Scene) clipped() []Span {
	out := make([]Span, len(s.Events))
	clip := func(t float64) float64 { return math.Floor(min(max(t, 0), float64(s.Minutes-1))) }
	for i, e := range s.Events {
		out[i] = Span{clip(e.From), clip(e.To)}
	}
	return out
}

func (k *KindTally) found(kind Kind, events []Span, alerts []float64) {
	for _, e := range events {
		k.Events++
		end := e.To
		if !kind.Long() {
			end = min(end, e.From+aDay)
		}
		for _, at := range alerts {
			if at >= e.From-graceRow && at <= end {
				k.Hit++
				k.After = append(k.After, max(0, at-e.From))
				break
			}
		}
	}
}

// FalseWeek is how many false alerts a brand has in a week.
func (t *Tally) FalseWeek() float64 {
	if t.Weeks == 0 {
		return 0
	}
	return t.False / t.Weeks
}

// Recall is the share of the crises that were found.
func (t *Tally) Recall() float64 { return t.share(Crises) }

// Paged is the share of the look-alikes that paged somebody.
func (t *Tally) Paged() float64 { return t.share(Benign) }

func (t *Tally) share(kinds []Kind) float64 {
	hit, n := 0, 0
	for _, kind := range kinds {
		if k := t.Kinds[kind]; k != nil {
			hit, n = hit+k.Hit, n+k.Events
		}
	}
	return float64(hit) / float64(max(1, n))
}

// After is the q-quantile of the minutes from onset to alert over all crises found; NaN when none was.
func (t *Tally) After(q float64) float64 {
	var all []float64
	for _, kind := range Crises {
		if k := t.Kinds[kind]; k != nil {
			all = append(all, k.After...)
		}
	}
	return quantile(all, q)
}

// Rate is the share of a kind's events that were hit.
func (k *KindTally) Rate() float64 { return float64(k.Hit) / float64(max(1, k.Events)) }

// Median is that of the minutes from onset to alert; NaN when none was found.
func (k *KindTally) Median() float64 { return quantile(k.After, .5) }

func quantile(all []float64, q float64) float64 {
	if len(all) == 0 {
		return math.NaN()
	}
	all = slices.Sorted(slices.Values(all))
	return all[min(len(all)-1, int(q*float64(len(all))))]
}
