package alert

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
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

// Calm reports whether what monitors hear is back within what is usual; detect.Engine does. When it cannot tell it says yes.
type Calm func(ctx context.Context, monitors []int64) bool

// Learn is told of every alert that was found not useful; it teaches the monitors that it came from.
type Learn func(ctx context.Context, a desk.Alert) error

// Router turns signals into alerts: one situation, one alert.
type Router struct {
	store Store
	open  Open
	log   *slog.Logger
	calm  Calm
	learn Learn
	turn  chan struct{} // who holds the token may look for an alert and then change it: two signals at once make one alert

	mu   sync.Mutex          // guards seen
	seen map[int64]time.Time // when each unfinished alert last had a signal
}

// NewRouter makes a router. Open may be nil: then a crisis opens no incident by itself.
func NewRouter(s Store, open Open, log *slog.Logger) *Router {
	return &Router{store: s, open: open, log: log, turn: make(chan struct{}, 1), seen: make(map[int64]time.Time)}
}

// EndWhen makes an alert end only when calm says that it is over; without it an hour without signals is enough.
func (r *Router) EndWhen(calm Calm) { r.calm = calm }

// TeachBy has learn told of every alert that was found not useful.
func (r *Router) TeachBy(learn Learn) { r.learn = learn }

// theDesk is the desk itself as the acting one.
func theDesk(do string, now time.Time) desk.Act {
	return desk.Act{Who: "desk", Name: "Breakwater", Do: do, At: now}
}

// Take turns signals into alerts. Signals weaker than 1 are ignored, but one of strength 0 about a source says that its trouble
// is over.
//
// Signals that belong together by what they show (posts, words, voices, topic) make one alert, also those of several monitors of
// a brand; a different situation of the same brand is an alert of its own. A signal about something that has a live alert joins
// it; messages go out again only when the level rises. After a decision a fresh alert needs a higher level or some hours in
// between. What begins again soon after its end is the same alert again.
func (r *Router) Take(ctx context.Context, signals []desk.Signal) error {
	var errs []error
	now := time.Now().UTC()
	for _, s := range signals {
		if s.Strength == 0 && s.SourceID != 0 && s.MonitorID == 0 {
			errs = append(errs, r.over(ctx, s, now))
		}
	}
	for _, group := range situations(signals) {
		if err := r.take(ctx, group, now); err != nil {
			errs = append(errs, fmt.Errorf("signals of monitor %d, source %d: %w", group[0].MonitorID, group[0].SourceID, err))
		}
	}
	return errors.Join(errs...)
}

func (r *Router) take(ctx context.Context, signals []desk.Signal, now time.Time) error {
	if err := r.enter(ctx); err != nil {
		return err
	}
	defer r.leave()
	about, err := r.about(ctx, signals[0])
	if err != nil {
		return err
	}
	last, err := r.latest(ctx, about, signals, now)
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
	return r.begin(ctx, about, last, signals, now)
}

// latest is the alert that the signals belong to, or none (ID 0): a live one of the brand, or one that was told lately.
func (r *Router) latest(ctx context.Context, of subject, signals []desk.Signal, now time.Time) (desk.Alert, error) {
	live, err := r.store.Alerts(ctx, desk.AlertFilter{BrandID: of.brand, Live: true, Paging: desk.Paging{Limit: 200}})
	if err != nil {
		return desk.Alert{}, err
	}
	last, err := r.store.Alerts(ctx, desk.AlertFilter{BrandID: of.brand, MonitorID: of.monitor, SourceID: of.source, Paging: desk.Paging{Limit: recent}})
	if err != nil {
		return desk.Alert{}, err
	}
	all, err := r.store.Alerts(ctx, desk.AlertFilter{BrandID: of.brand, Paging: desk.Paging{Limit: recent}})
	if err != nil {
		return desk.Alert{}, err
	}
	all = slices.Concat(live, last, all)
	slices.SortStableFunc(all, func(a, b desk.Alert) int { return cmp.Compare(b.ID, a.ID) })
	all = slices.CompactFunc(all, func(a, b desk.Alert) bool { return a.ID == b.ID })
	all = slices.DeleteFunc(all, func(a desk.Alert) bool { return a.BrandID != of.brand })
	return closest(all, signals, now), nil
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
