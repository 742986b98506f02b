package alert

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"breakwater/desk"
)

const (
	// coolDown is how long after an end or a decision the same thing at the same level is not told again. One alert a day is
	// worth more than any cleverness in a detector (measured on NAB), but a night must not swallow the next morning.
	coolDown = 12 * time.Hour
	// notUseful is the same after "not useful": people asked for silence.
	notUseful = 24 * time.Hour
	// forgotten is how long after its end or decision an alert is looked at at all.
	forgotten = 24 * time.Hour
	// recent is how many alerts of a brand, of a monitor and of a source are looked through for it, beside the live ones.
	recent = 20
	// again is how often an alert that goes on is brought up to date when nothing else makes it worth writing.
	again = 10 * time.Minute
	// grown is by how much a figure must rise to be worth writing soon: in a storm figures rise with every look.
	grown = 1.5
	soon  = time.Minute
)

// joins reports whether a signal belongs into this alert: it is live, or decided and no worse than when it was decided.
func joins(a desk.Alert, level desk.Level, now time.Time) bool {
	if a.Live() {
		return true
	}
	return a.State == desk.AlertDecided && a.Decision == desk.DecisionWatch && level <= a.Level && now.Sub(a.DecidedAt) < coolDown
}

// rests reports whether a signal is no news after this alert, which is decided, ended or muted.
func rests(a desk.Alert, level desk.Level, now time.Time) bool {
	if level > a.Level {
		return false
	}
	switch {
	case now.Before(a.MutedUntil):
		return true
	case a.Decision == desk.DecisionNotUseful:
		return now.Sub(a.DecidedAt) < notUseful
	}
	return a.State == desk.AlertDecided && now.Sub(a.DecidedAt) < coolDown
}

// relapses reports whether a signal says that what an alert told of, and what was over, begins again.
func relapses(a desk.Alert, level desk.Level, now time.Time) bool {
	return a.State == desk.AlertEnded && level <= a.Level && now.Sub(a.Ended) < coolDown
}

// begin opens an alert. One that follows a crisis which is not over belongs to the same incident.
func (r *Router) begin(ctx context.Context, of subject, last desk.Alert, signals []desk.Signal, now time.Time) error {
	ways, err := r.store.Ways(ctx)
	if err != nil {
		return err
	}
	a, err := r.store.ChangeAlert(ctx, 0, theDesk("alert.open", now), func(a *desk.Alert, out *desk.Out) error {
		a.BrandID, a.MonitorID, a.SourceID = of.brand, of.monitor, of.source
		a.State, a.Opened, a.Updated, a.Apart = desk.AlertOpen, now, now, of.called
		a.Signals = merged(nil, signals)
		a.Level = levelOf(signals)
		a.Title = title(a.Signals[0].Detector, of.name)
		if last.State == desk.AlertDecided && last.Decision == desk.DecisionCrisis {
			a.IncidentID = last.IncidentID
		}
		out.Say, out.IncidentID = a.Signals[0].Why, a.IncidentID
		out.Jobs = messages(*a, ways, now)
		if !of.called {
			out.Jobs = append(out.Jobs, matter(a))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("open alert: %w", err)
	}
	r.heard(a.ID, now)
	r.log.Info("alert opened", "alert", a.ID, "monitor", a.MonitorID, "source", a.SourceID, "level", int(a.Level), "detector", a.Signals[0].Detector)
	return nil
}

// matter brings the alert to the people who are on call, beside the ways that a team reads.
func matter(a *desk.Alert) desk.Job {
	id := strconv.FormatInt(a.ID, 10)
	return desk.Matter{About: "alert:" + id, Stage: desk.StageAlert, BrandID: a.BrandID, Level: a.Level, Title: a.Title, Path: "/alerts/" + id, Again: a.Relapses}.Job()
}

// subject is what a signal is about.
type subject struct {
	brand, monitor, source int64
	name                   string // of the monitor or the source
	called                 bool   // people are called for it already
}

func (r *Router) about(ctx context.Context, s desk.Signal) (subject, error) {
	of := subject{monitor: s.MonitorID, source: s.SourceID}
	if s.SourceID != 0 && s.MonitorID == 0 {
		src, err := r.store.Source(ctx, s.SourceID)
		of.brand, of.name = src.BrandID, src.Name
		return of, err
	}
	m, err := r.store.Monitor(ctx, s.MonitorID)
	of.brand, of.name = m.BrandID, m.Name
	return of, err
}

// join brings an alert up to date, when there is something to write.
func (r *Router) join(ctx context.Context, a desk.Alert, signals []desk.Signal, now time.Time) error {
	r.heard(a.ID, now)
	say, worth := news(a, signals, now)
	if !worth {
		return nil
	}
	ways, err := r.store.Ways(ctx)
	if err != nil {
		return err
	}
	_, err = r.store.ChangeAlert(ctx, a.ID, theDesk("alert.update", now), func(a *desk.Alert, out *desk.Out) error {
		was, back := a.Level, a.State == desk.AlertEnded
		revive(a)
		a.Signals = merged(a.Signals, signals)
		a.Level, a.Updated = max(a.Level, levelOf(signals)), now
		out.Say, out.IncidentID = say, a.IncidentID
		if back || a.Level > was {
			a.Renew()
		}
		if back {
			a.Relapses++
			out.Jobs = append(errands(*a, ways, now, fmt.Sprintf("again:%d", a.Relapses)), matter(a))
		}
		if n := len(a.Sources()); n > 1 && a.MonitorID == 0 {
			a.Title = desk.Say("We hear nothing from {n} sources", "n", n)
		}
		if a.Level > was {
			a.Title = retitled(a.Title, a.Signals[0].Detector)
			out.Say = desk.Say("The alert rose to level {level}: {why}", "level", int(a.Level), "why", a.Signals[0].Why)
			out.Jobs = append(messages(*a, ways, now), matter(a))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("update alert %d: %w", a.ID, err)
	}
	return nil
}

// revive takes an ended alert up where it was.
func revive(a *desk.Alert) {
	if a.State != desk.AlertEnded {
		return
	}
	a.Ended = time.Time{}
	a.State = desk.AlertOpen
	if a.Decision != "" {
		a.State = desk.AlertDecided
	}
}

// news is what signals tell that the alert does not show yet, if that is worth writing now.
func news(a desk.Alert, signals []desk.Signal, now time.Time) (say desk.Text, worth bool) {
	age := now.Sub(a.Updated)
	for _, s := range merged(nil, signals) {
		i := slices.IndexFunc(a.Signals, func(o desk.Signal) bool { return same(o, s) })
		if i < 0 || age >= soon && s.Evidence.Observed >= grown*a.Signals[i].Evidence.Observed && s.Evidence.Observed > 0 {
			return s.Why, true
		}
	}
	strongest := merged(nil, signals)[0].Why
	return strongest, a.State == desk.AlertEnded || levelOf(signals) > a.Level || age >= again
}

// shown is how many signals an alert keeps: a storm that moves a hundred monitors is told by its strongest.
const shown = 24

// merged is the newest signal of each detector on each thing, strongest first.
func merged(old, signals []desk.Signal) []desk.Signal {
	all := slices.Clone(signals)
	for _, o := range old {
		if !slices.ContainsFunc(signals, func(s desk.Signal) bool { return same(s, o) }) {
			all = append(all, o)
		}
	}
	slices.SortStableFunc(all, func(a, b desk.Signal) int {
		return cmp.Or(cmp.Compare(b.Level, a.Level), cmp.Compare(b.Strength, a.Strength))
	})
	return all[:min(len(all), shown)]
}

func levelOf(signals []desk.Signal) desk.Level {
	l := desk.Watch
	for _, s := range signals {
		l = max(l, s.Level)
	}
	return l
}
