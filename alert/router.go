package alert

import (
	"context"
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

	mu   sync.Mutex          // guards what follows
	seen map[int64]time.Time // last signal of each unfinished alert
}

// NewRouter makes a router. Open may be nil: then a crisis opens no incident by itself.
func NewRouter(s Store, open Open, log *slog.Logger) *Router {
	return &Router{store: s, open: open, log: log, seen: make(map[int64]time.Time)}
}

// Take turns signals into alerts. Signals weaker than 1 are ignored.
func (r *Router) Take(ctx context.Context, signals []desk.Signal) error { return nil }

// Run ends alerts whose situation is over, until ctx ends.
func (r *Router) Run(ctx context.Context) error { <-ctx.Done(); return nil }

// List gives a piece of the alerts, newest first.
func (r *Router) List(ctx context.Context, f desk.AlertFilter) ([]desk.Alert, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return r.store.Alerts(ctx, f)
}

// One is one alert.
func (r *Router) One(ctx context.Context, id int64) (desk.Alert, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Alert{}, err
	}
	return r.store.Alert(ctx, id)
}

// See acknowledges an alert. Seeing it twice is no error.
func (r *Router) See(ctx context.Context, id int64) (desk.Alert, error) { return desk.Alert{}, nil }

// Decide records the first decision: routine, watch, crisis or not_useful (which needs a reason). A crisis opens an incident,
// whose id is in the answer.
func (r *Router) Decide(ctx context.Context, id int64, decision, why string) (desk.Alert, error) {
	return desk.Alert{}, nil
}

// Mute keeps an alert from sending messages until a time, at most a week ahead, for a reason; a zero time ends the mute. A
// level that rises above the present one is told all the same.
func (r *Router) Mute(ctx context.Context, id int64, until time.Time, why string) (desk.Alert, error) {
	return desk.Alert{}, nil
}

// End closes an alert by hand: what moved is back where it was.
func (r *Router) End(ctx context.Context, id int64, why string) (desk.Alert, error) {
	return desk.Alert{}, nil
}
