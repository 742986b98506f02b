package detect

import (
	"cmp"
	"context"
	"slices"
	"time"

	"breakwater/desk"
	"breakwater/detect/series"
)

// moodBar is the score from which the mood is told at balanced sensitivity.
const moodBar = series.AngerStart

// Hindsight is what settings would have told over a monitor's past, beside what it is set to now.
type Hindsight struct {
	Days   int          `json:"days"`
	Heard  int          `json:"heard"` // days of them with any mention: when few, the trial says little
	From   time.Time    `json:"from"`
	To     time.Time    `json:"to"`
	Tried  Outcome      `json:"tried"`
	Now    Outcome      `json:"now"`    // as it is set
	Others []Sensitive  `json:"others"` // each sensitivity, with the rules that were tried
	Missed []Missed     `json:"missed"` // rooms that the team opened and that the settings tried would not have announced
	Rules  []Fired      `json:"rules"`  // each of the thresholds that were tried, in their order
	Points []desk.Point `json:"points"` // the course by day
}

// Fired is when one threshold would have been met: once for each stretch above it.
type Fired struct {
	Rule  desk.Rule   `json:"rule"`
	Times []time.Time `json:"times"` // the newest of them, oldest first
	Known bool        `json:"known"` // false: the past cannot tell (distinct people)
}

// Sensitive is how much a sensitivity costs.
type Sensitive struct {
	Sensitivity string  `json:"sensitivity"`
	Alerts      int     `json:"alerts"`
	Messages    int     `json:"messages"`
	Weekly      float64 `json:"weekly"`
}

// Outcome is what settings would have told.
type Outcome struct {
	Sensitivity string  `json:"sensitivity"`
	Alerts      []Would `json:"alerts"`   // oldest first, at most mostShown, the newest of all
	Count       int     `json:"count"`    // of all
	Messages    int     `json:"messages"` // to all ways together
	Weekly      float64 `json:"weekly"`   // alerts a week
	Found       int     `json:"found"`    // of them, those that the team decided to be a watch or a crisis, or opened a room for
	Useless     int     `json:"useless"`  // of them, those that the team found not useful
}

// Would is one time that settings would have spoken.
type Would struct {
	At       time.Time  `json:"at"`
	Until    time.Time  `json:"until"`
	Level    desk.Level `json:"level"`
	By       string     `json:"by"`       // surge, mood, threshold
	Observed float64    `json:"observed"` // mentions, or negatives, or what the threshold measures
	Expected float64    `json:"expected"` // 0: not known
	// What the team did about it then:
	AlertID    int64     `json:"alert_id,string,omitempty"`
	IncidentID int64     `json:"incident_id,string,omitempty"`
	Decision   string    `json:"decision,omitempty"`
	Decided    time.Time `json:"decided,omitzero"` // the decision, or the opening of the room, whichever came first
	Earlier    int       `json:"earlier"`          // minutes before it; negative: after
}

// Missed is a room that nothing would have announced.
type Missed struct {
	IncidentID int64     `json:"incident_id,string"`
	Title      string    `json:"title"`
	Opened     time.Time `json:"opened"`
}

const (
	mostShown = 200
	// one is how long a situation may be silent and still be the same one that is not told again: the router's cool-down.
	oneFor = 12 * time.Hour
	// foundWithin is how long after it spoke the team's decision still belongs to it, and before how much earlier it may have come.
	foundWithin, foundBefore = 24 * time.Hour, 6 * time.Hour
)

// Try runs a monitor over its past days (1 to 366) with the sensitivity and thresholds that m has, which need not be saved; the
// monitor must be. It holds the result against the stored monitor's settings, against what the team decided then, and says what
// it would have cost in messages. Surge, mood and thresholds are run; cues, voices and topics need posts, and are as they were.
func (e *Engine) Try(ctx context.Context, m desk.Monitor, days int) (Hindsight, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return Hindsight{}, err
	}
	days = min(max(days, 1), mostDays)
	stored, err := e.store.Monitor(ctx, m.ID)
	if err != nil {
		return Hindsight{}, err
	}
	r, err := e.run(ctx, m.ID, days, time.Now().UTC())
	if err != nil {
		return Hindsight{}, err
	}
	t := trial{run: r}
	if err := t.know(ctx, e, stored); err != nil {
		return Hindsight{}, err
	}
	m.BrandID, m.Taught = stored.BrandID, stored.Taught
	from := r.from.Add(time.Duration(r.skip) * bucket)
	out := Hindsight{Days: days, Heard: r.heard, From: from, To: r.from.Add(time.Duration(len(r.buckets)) * bucket), Points: r.byDay()}
	reached := make(map[desk.Rule][]time.Time)
	for _, rule := range slices.Concat(m.Rules, stored.Rules) {
		if _, done := reached[rule]; rule.Measure == "reach" && !done {
			if reached[rule], err = e.reached(ctx, m.ID, rule, from, out.To); err != nil {
				return Hindsight{}, err
			}
		}
	}
	t.reached = reached
	out.Tried, out.Now = t.outcome(m), t.outcome(stored)
	out.Missed = t.missed(out.Tried)
	for _, rule := range m.Rules {
		out.Rules = append(out.Rules, t.fired(rule))
	}
	for _, s := range []string{"low", "balanced", "high"} {
		other := m
		other.Sensitivity = s
		o := t.outcome(other)
		out.Others = append(out.Others, Sensitive{s, o.Count, o.Messages, o.Weekly})
	}
	out.Tried.cut()
	out.Now.cut()
	return out, nil
}

// trial is a run with what the team did at the time.
type trial struct {
	*run
	ways      []desk.Way
	alerts    []desk.Alert
	incidents []desk.Incident
	reached   map[desk.Rule][]time.Time
}

func (t *trial) know(ctx context.Context, e *Engine, m desk.Monitor) (err error) {
	if t.ways, err = e.store.Ways(ctx); err != nil {
		return err
	}
	since := t.from.Add(time.Duration(t.skip) * bucket)
	f := desk.AlertFilter{MonitorID: m.ID, Paging: desk.Paging{Limit: 200}}
	for {
		some, err := e.store.Alerts(ctx, f)
		if err != nil {
			return err
		}
		t.alerts = append(t.alerts, some...)
		if len(some) < f.Limit || some[len(some)-1].Opened.Before(since) || len(t.alerts) > 2000 {
			break
		}
		f.Before = some[len(some)-1].ID
	}
	all, err := e.store.Incidents(ctx, m.BrandID, desk.Paging{Limit: 200})
	for _, i := range all {
		if len(i.Monitors) == 0 || slices.Contains(i.Monitors, m.ID) {
			t.incidents = append(t.incidents, i)
		}
	}
	return err
}

// outcome is what a monitor's settings would have told.
func (t *trial) outcome(m desk.Monitor) Outcome {
	k := Window{Monitor: m}.knobs()
	k.bar *= 1 + min(max(m.Taught, 0), desk.MaxTaught)
	var times []Would
	for i := t.skip; i < len(t.buckets); i++ {
		b := &t.buckets[i]
		level, by := b.fires(k)
		if by == "" {
			continue
		}
		at := t.from.Add(time.Duration(i+1) * bucket)
		w := Would{At: at, Until: at, Level: level, By: by, Observed: float64(b.observed), Expected: float64(b.expected)}
		if by == "mood" {
			w.Observed, w.Expected = float64(b.angry), float64(b.calm)
		}
		times = append(times, w)
	}
	for _, r := range m.Rules {
		times = append(times, t.crossed(r)...)
	}
	slices.SortStableFunc(times, func(a, b Would) int { return a.At.Compare(b.At) })
	o := Outcome{Sensitivity: cmp.Or(m.Sensitivity, "balanced")}
	for _, w := range times {
		o.take(w, t.ways, m.BrandID)
	}
	for i := range o.Alerts {
		t.compare(&o.Alerts[i], &o)
	}
	o.Count = len(o.Alerts)
	o.Weekly = float64(o.Count) * 7 / max(1, float64(len(t.buckets)-t.skip)*bucket.Hours()/24)
	return o
}

// take adds a time at which something spoke: to the situation that goes on, or as a new one. Each costs a message to every way
// that hears of the level, and another when the level rises.
func (o *Outcome) take(w Would, ways []desk.Way, brand int64) {
	was := desk.Normal
	if n := len(o.Alerts); n > 0 && w.At.Sub(o.Alerts[n-1].Until) < oneFor {
		last := &o.Alerts[n-1]
		was, last.Until = last.Level, w.At
		if w.Level <= was {
			return
		}
		last.Level, last.By = w.Level, w.By
	} else {
		o.Alerts = append(o.Alerts, w)
	}
	for _, way := range ways {
		if !way.Paused && way.MinLevel <= w.Level && (way.BrandID == 0 || way.BrandID == brand) {
			o.Messages++
		}
	}
}

// compare holds a time against what the team did then.
func (t *trial) compare(w *Would, o *Outcome) {
	near := func(at time.Time) bool {
		return at.After(w.At.Add(-foundBefore)) && at.Before(w.Until.Add(foundWithin))
	}
	for _, a := range t.alerts { // newest first: the earliest that is near stays
		if near(a.Opened) {
			w.AlertID, w.Decision, w.Decided, w.IncidentID = a.ID, a.Decision, a.DecidedAt, a.IncidentID
		}
	}
	for _, i := range t.incidents {
		if near(i.Opened) && (w.Decided.IsZero() || i.Opened.Before(w.Decided)) {
			w.IncidentID, w.Decided = i.ID, i.Opened
			w.Decision = cmp.Or(w.Decision, desk.DecisionCrisis)
		}
	}
	if !w.Decided.IsZero() {
		w.Earlier = int(w.Decided.Sub(w.At).Round(time.Minute) / time.Minute)
	}
	switch w.Decision {
	case desk.DecisionCrisis, desk.DecisionWatch:
		o.Found++
	case desk.DecisionNotUseful:
		o.Useless++
	}
}

// missed are the rooms that no time is near.
func (t *trial) missed(o Outcome) (all []Missed) {
	since := t.from.Add(time.Duration(t.skip) * bucket)
	for _, i := range t.incidents {
		near := slices.ContainsFunc(o.Alerts, func(w Would) bool {
			return w.At.Before(i.Opened.Add(foundBefore)) && w.Until.After(i.Began.Add(-foundWithin))
		})
		if !near && i.Opened.After(since) && i.DrillID == 0 {
			all = append(all, Missed{i.ID, i.Title, i.Opened})
		}
	}
	return all
}

// crossed is when a threshold would have been met, once for each stretch above it.
func (t *trial) crossed(r desk.Rule) (times []Would) {
	would := func(at time.Time, got float64) Would {
		return Would{At: at, Until: at, Level: max(r.Level, desk.Watch), By: "threshold", Observed: got}
	}
	switch {
	case r.AtLeast <= 0 || r.Measure == "people":
		return nil
	case r.Measure == "reach":
		for _, at := range t.reached[r] {
			times = append(times, would(at, r.AtLeast))
		}
		return times
	}
	n := max(1, (r.Over+4)/5)
	var count, negative float64
	for i := max(0, t.skip-n); i < len(t.buckets); i++ {
		count, negative = count+float64(t.buckets[i].count), negative+float64(t.buckets[i].negative)
		if old := i - n; old >= max(0, t.skip-n) {
			count, negative = count-float64(t.buckets[old].count), negative-float64(t.buckets[old].negative)
		}
		if i < t.skip {
			continue
		}
		w := Window{Minutes: []Minute{{Count: int32(count), Negative: int32(negative)}}}
		if got, ok := w.measure(r); ok && got >= r.AtLeast {
			times = append(times, would(t.from.Add(time.Duration(i+1)*bucket), got))
		}
	}
	return times
}

// fired is when a threshold rose above its limit.
func (t *trial) fired(r desk.Rule) Fired {
	f := Fired{Rule: r, Known: r.Measure != "people"}
	var last time.Time
	for _, w := range t.crossed(r) {
		if w.At.Sub(last) > bucket || r.Measure == "reach" {
			f.Times = append(f.Times, w.At)
		}
		last = w.At
	}
	f.Times = f.Times[max(0, len(f.Times)-mostShown):]
	return f
}

// cut leaves what is shown.
func (o *Outcome) cut() {
	if len(o.Alerts) > mostShown {
		o.Alerts = o.Alerts[len(o.Alerts)-mostShown:]
	}
}

// byDay is the course of a run, a point a day, without the days that only taught.
func (r *run) byDay() (points []desk.Point) {
	const day = int(24 * time.Hour / bucket)
	for i := r.skip; i < len(r.buckets); i += day {
		p := desk.Point{At: r.from.Add(time.Duration(i) * bucket)}
		for _, b := range r.buckets[i:min(i+day, len(r.buckets))] {
			p.Count += int(b.count)
			p.Negative += int(b.negative)
		}
		points = append(points, p)
	}
	return points
}
