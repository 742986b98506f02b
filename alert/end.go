package alert

import (
	"context"
	"errors"
	"slices"
	"time"

	"breakwater/desk"
)

const (
	// lookEvery is how often the router looks whether something is over.
	lookEvery = 20 * time.Second
	// quiet is how long nothing unusual must be heard until a situation is over: the longest window that detectors look at in
	// their fast lane, so that a lull between two waves is no end.
	quiet = time.Hour
	// lasting is the same for what a single post tells: it does not wear off within the hour in which nobody looked.
	lasting = 12 * time.Hour
	// brief is how long an alert must have lasted for its end to be worth a message: before, the first one may still wait.
	brief = time.Minute
	// longest is how long after the last signal an alert may go on because its monitors are not calm: what stays high for so long
	// is the new usual.
	longest = 12 * time.Hour
	// remembered is how many alerts are looked through at start for unfinished ones.
	remembered = 1000
)

// Run ends alerts whose situation is over, until ctx ends.
func (r *Router) Run(ctx context.Context) error {
	if err := r.recall(ctx); err != nil {
		r.log.Error("unfinished alerts could not be read", "error", err)
	}
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := r.look(ctx, time.Now().UTC()); err != nil && ctx.Err() == nil {
				r.log.Error("alerts could not be ended", "error", err)
			}
		}
	}
}

// recall finds the alerts that were unfinished when the desk was stopped. What was heard of them since is not known: their
// quiet begins now.
func (r *Router) recall(ctx context.Context) error {
	p := desk.Paging{Limit: 200}
	for range remembered / p.Limit {
		alerts, err := r.store.Alerts(ctx, desk.AlertFilter{Paging: p})
		if err != nil {
			return err
		}
		for _, a := range alerts {
			if a.State != desk.AlertEnded {
				r.heard(a.ID, time.Now().UTC())
			}
			p.Before = a.ID
		}
		if len(alerts) < p.Limit {
			return nil
		}
	}
	return nil
}

// look ends what is over.
func (r *Router) look(ctx context.Context, now time.Time) error {
	var errs []error
	for id, heard := range r.unfinished() {
		a, err := r.store.Alert(ctx, id)
		if err == nil {
			err = r.lookAt(ctx, a, heard, now)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (r *Router) lookAt(ctx context.Context, a desk.Alert, heard, now time.Time) error {
	switch {
	case a.State == desk.AlertEnded:
		r.forget(a.ID)
		return nil
	case a.SourceID != 0 && a.MonitorID == 0:
		return r.lookAtSource(ctx, a, now)
	case now.Sub(heard) >= quietFor(a) && (r.calm == nil || now.Sub(heard) >= longest || r.calm(ctx, a.Monitors())):
		_, err := r.end(ctx, a.ID, theDesk("alert.end", now), time.Time{}, desk.Say("Nothing unusual any more: the alert ended by itself."))
		return err
	}
	return nil
}

// lookAtSource ends an alert about sources that hear again, or that are gone.
func (r *Router) lookAtSource(ctx context.Context, a desk.Alert, now time.Time) error {
	for _, id := range a.Sources() {
		s, err := r.store.Source(ctx, id)
		if err != nil && !errors.Is(err, desk.ErrNotFound) {
			return err
		}
		if err == nil && !s.Paused && s.Health.State != desk.HealthOK {
			return nil
		}
	}
	say := desk.Say("The source hears again.")
	if len(a.Sources()) > 1 {
		say = desk.Say("All of the sources hear again.")
	}
	_, err := r.end(ctx, a.ID, theDesk("alert.end", now), time.Time{}, say)
	return err
}

// over takes a source whose trouble is over out of its alert, for the reason that the signal gives, and ends the alert with the
// last of them.
func (r *Router) over(ctx context.Context, s desk.Signal, now time.Time) error {
	if err := r.enter(ctx); err != nil {
		return err
	}
	defer r.leave()
	a, err := r.troubled(ctx, s.SourceID)
	if err != nil || a.ID == 0 {
		return err
	}
	if len(a.Sources()) == 1 {
		_, err = r.end(ctx, a.ID, theDesk("alert.end", now), time.Time{}, s.Why)
		return err
	}
	_, err = r.store.ChangeAlert(ctx, a.ID, theDesk("alert.update", now), func(a *desk.Alert, out *desk.Out) error {
		a.Signals = slices.DeleteFunc(a.Signals, func(o desk.Signal) bool { return o.SourceID == s.SourceID })
		a.SourceID, a.Updated = a.Sources()[0], now
		if n := len(a.Sources()); n > 1 {
			a.Title = desk.Say("We hear nothing from {n} sources", "n", n)
		}
		out.Say, out.IncidentID = s.Why, a.IncidentID
		return nil
	})
	return err
}

// troubled is the unfinished alert that a source's trouble belongs to, or none (ID 0).
func (r *Router) troubled(ctx context.Context, sourceID int64) (desk.Alert, error) {
	for id := range r.unfinished() {
		a, err := r.store.Alert(ctx, id)
		if err != nil {
			return desk.Alert{}, err
		}
		if a.State != desk.AlertEnded && a.MonitorID == 0 && slices.Contains(a.Sources(), sourceID) {
			return a, nil
		}
	}
	own, err := r.store.Alerts(ctx, desk.AlertFilter{SourceID: sourceID, Paging: desk.Paging{Limit: 1}})
	if err != nil || len(own) == 0 || own[0].State == desk.AlertEnded {
		return desk.Alert{}, err
	}
	return own[0], nil
}

func quietFor(a desk.Alert) time.Duration {
	single := slices.ContainsFunc(a.Signals, func(s desk.Signal) bool { return s.Detector == "voice" || s.Detector == "cue" })
	if single && a.State == desk.AlertOpen {
		return lasting
	}
	return quiet
}

// end closes an alert, keeps the same thing quiet until mute, and says so to everybody who was told of it.
func (r *Router) end(ctx context.Context, id int64, act desk.Act, mute time.Time, say desk.Text) (desk.Alert, error) {
	ways, err := r.store.Ways(ctx)
	if err != nil {
		return desk.Alert{}, err
	}
	a, err := r.store.ChangeAlert(ctx, id, act, func(a *desk.Alert, out *desk.Out) error {
		if a.State == desk.AlertEnded {
			out.Skip = true
			return nil
		}
		muted := act.At.Before(a.MutedUntil)
		a.State, a.Ended = desk.AlertEnded, act.At
		if !mute.IsZero() {
			a.MutedUntil = mute
		}
		if !muted && act.At.Sub(a.Opened) >= brief && a.Decision != desk.DecisionNotUseful && a.Decision != desk.DecisionRoutine {
			out.Jobs = errands(*a, ways, act.At, over)
		}
		out.Say, out.IncidentID = say, a.IncidentID
		return nil
	})
	if err == nil {
		r.forget(id)
	}
	return a, err
}

func (r *Router) unfinished() map[int64]time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make(map[int64]time.Time, len(r.seen))
	for id, at := range r.seen {
		all[id] = at
	}
	return all
}

func (r *Router) forget(id int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.seen, id)
}
