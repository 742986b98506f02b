package detect

import (
	"context"
	"slices"
	"time"

	"breakwater/desk"
)

// maxBack is how many days a back-test looks back at most.
const maxBack = 90

// Tested is what a monitor's own thresholds would have done.
type Tested struct {
	Days   int     `json:"days"`   // looked back
	Rules  []Fired `json:"rules"`  // one for each of the monitor's rules, in their order
	Weekly float64 `json:"weekly"` // times a week that some rule would have fired
	Heard  int     `json:"heard"`  // days of the past with any mention: when few, the test says little
}

// Fired is when one threshold would have fired: once for each stretch above it.
type Fired struct {
	Rule  desk.Rule   `json:"rule"`
	Times []time.Time `json:"times"`
	Known bool        `json:"known"` // false: the past cannot tell (distinct people)
}

// Backtest runs a monitor's thresholds over the past days (1 to 90); they need not be saved yet, the monitor must. The past is
// looked at in steps of five minutes.
func (e *Engine) Backtest(ctx context.Context, m desk.Monitor, days int) (Tested, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return Tested{}, err
	}
	t := Tested{Days: min(max(days, 1), maxBack)}
	to := time.Now().UTC().Truncate(fiveMinutes).Add(fiveMinutes)
	from := to.AddDate(0, 0, -t.Days)
	steps, err := e.known.steps(ctx, of(m).ask(from, to, fiveMinutes))
	if err != nil {
		return Tested{}, err
	}
	t.Heard = heardDays(steps)
	for _, r := range m.Rules {
		f := Fired{Rule: r, Known: true}
		switch r.Measure {
		case "people":
			f.Known = false
		case "reach":
			f.Times, err = e.reached(ctx, m.ID, r, from, to)
		default:
			f.Times = crossed(steps, r, from)
		}
		if err != nil {
			return Tested{}, err
		}
		t.Rules = append(t.Rules, f)
		t.Weekly += float64(len(f.Times)) * 7 / float64(t.Days)
	}
	return t, nil
}

// heardDays counts the days on which anything came.
func heardDays(steps []step) int {
	days := 0
	for day := range slices.Chunk(steps, int(24*time.Hour/fiveMinutes)) {
		if slices.ContainsFunc(day, func(s step) bool { return s.count > 0 }) {
			days++
		}
	}
	return days
}

// crossed is when a rule's window rose above its threshold.
func crossed(steps []step, r desk.Rule, from time.Time) []time.Time {
	var times []time.Time
	var counts, negatives tally
	above := false
	n := max(1, (r.Over+4)/5)
	for i, s := range steps {
		counts.add(s.count)
		negatives.add(s.negative)
		w := Window{Minutes: []Minute{{Count: int32(counts.last(n)), Negative: int32(negatives.last(n))}}}
		value, ok := w.measure(r)
		met := ok && r.AtLeast > 0 && value >= r.AtLeast
		if met && !above {
			times = append(times, from.Add(time.Duration(i+1)*fiveMinutes))
		}
		above = met
	}
	return times
}

// reached is when a far-reaching author began to speak; posts within the rule's window of each other are one time.
func (e *Engine) reached(ctx context.Context, monitorID int64, r desk.Rule, from, to time.Time) ([]time.Time, error) {
	f := desk.Filter{Monitors: []int64{monitorID}, From: from, To: to, MinReach: int(r.AtLeast), Limit: 200}
	var at []time.Time
	for range 10 { // two thousand such posts are enough to see that the rule is too low
		p, err := e.store.Mentions(ctx, f)
		if err != nil {
			return nil, err
		}
		for i := range p.Mentions {
			at = append(at, p.Mentions[i].Published)
		}
		if p.Next == 0 {
			break
		}
		f.Before = p.Next
	}
	slices.SortFunc(at, time.Time.Compare)
	over := time.Duration(r.Over) * time.Minute
	var times []time.Time
	for i, t := range at {
		if i == 0 || t.Sub(at[i-1]) > over {
			times = append(times, t)
		}
	}
	return times, nil
}
