package alert

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"breakwater/desk"
)

// Store is what alerts need of storage.
type Store interface {
	Alerts(ctx context.Context, f desk.AlertFilter) ([]desk.Alert, error)
	Alert(ctx context.Context, id int64) (desk.Alert, error)
	ChangeAlert(ctx context.Context, id int64, act desk.Act, change func(*desk.Alert, *desk.Out) error) (desk.Alert, error)
	Monitor(ctx context.Context, id int64) (desk.Monitor, error)
	Source(ctx context.Context, id int64) (desk.Source, error)
	Ways(ctx context.Context) ([]desk.Way, error)
}

// Open opens an incident from an alert that was decided to be a crisis, and gives its id.
type Open func(ctx context.Context, a desk.Alert) (incidentID int64, err error)

// Router turns signals into alerts: one situation, one alert.
type Router struct {
	store Store
	open  Open
	log   *slog.Logger
	turn  chan struct{} // who holds the token may look for an alert and then change it: two signals at once make one alert

	mu   sync.Mutex          // guards seen
	seen map[int64]time.Time // when each unfinished alert last had a signal
}

// NewRouter makes a router. Open may be nil: then a crisis opens no incident by itself.
func NewRouter(s Store, open Open, log *slog.Logger) *Router {
	return &Router{store: s, open: open, log: log, turn: make(chan struct{}, 1), seen: make(map[int64]time.Time)}
}

// theDesk is the desk itself as the acting one.
func theDesk(do string, now time.Time) desk.Act {
	return desk.Act{Who: "desk", Name: "Breakwater", Do: do, At: now}
}

// Take turns signals into alerts. Signals weaker than 1 are ignored, but one of strength 0 about a source says that its trouble
// is over.
//
// A signal about something that has a live alert joins it; messages go out again only when the level rises. After a decision a
// fresh alert needs a higher level or some hours in between. What begins again soon after its end is the same alert again.
func (r *Router) Take(ctx context.Context, signals []desk.Signal) error {
	var errs []error
	now := time.Now().UTC()
	for _, s := range signals {
		if s.Strength == 0 && s.SourceID != 0 && s.MonitorID == 0 {
			errs = append(errs, r.over(ctx, s, now))
		}
	}
	for at, group := range bySituation(signals) {
		if err := r.take(ctx, group, now); err != nil {
			errs = append(errs, fmt.Errorf("signals of monitor %d, source %d: %w", at.monitor, at.source, err))
		}
	}
	return errors.Join(errs...)
}

// situation is what signals must have in common to be about the same thing.
type situation struct{ monitor, source int64 }

func bySituation(signals []desk.Signal) map[situation][]desk.Signal {
	groups := make(map[situation][]desk.Signal)
	for _, s := range signals {
		if s.Strength >= 1 {
			at := situation{s.MonitorID, s.SourceID}
			groups[at] = append(groups[at], s)
		}
	}
	return groups
}

func (r *Router) take(ctx context.Context, signals []desk.Signal, now time.Time) error {
	if err := r.enter(ctx); err != nil {
		return err
	}
	defer r.leave()
	last, err := r.latest(ctx, signals[0])
	if err != nil {
		return err
	}
	level := levelOf(signals)
	switch {
	case last.ID == 0:
	case joins(last, level, now):
		return r.join(ctx, last, signals, now)
	case rests(last, level, now):
		if last.State != desk.AlertEnded {
			r.heard(last.ID, now)
		}
		return nil
	case relapses(last, level, now):
		return r.join(ctx, last, signals, now)
	}
	return r.begin(ctx, last, signals, now)
}

// latest is the newest alert about the same thing, or none (ID 0).
func (r *Router) latest(ctx context.Context, s desk.Signal) (desk.Alert, error) {
	f := desk.AlertFilter{MonitorID: s.MonitorID, SourceID: s.SourceID, Paging: desk.Paging{Limit: 1}}
	alerts, err := r.store.Alerts(ctx, f)
	if err != nil || len(alerts) == 0 {
		return desk.Alert{}, err
	}
	return alerts[0], nil
}

func (r *Router) enter(ctx context.Context) error {
	select {
	case r.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *Router) leave() { <-r.turn }

// heard notes that an unfinished alert had a signal.
func (r *Router) heard(id int64, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen[id] = now
}
