// Package detect learns what is usual for each monitor and says when something is not: detectors are pure functions over a
// Window, and Engine shows each of them the windows as they grow.
package detect

import (
	"context"
	"log/slog"
	"time"

	"breakwater/desk"
)

// Store is what detection needs of storage.
type Store interface {
	Monitors(ctx context.Context, brandID int64) ([]desk.Monitor, error)
	Monitor(ctx context.Context, id int64) (desk.Monitor, error)
	Brand(ctx context.Context, id int64) (desk.Brand, error)
	Alerts(ctx context.Context, f desk.AlertFilter) ([]desk.Alert, error)
	Mentions(ctx context.Context, f desk.Filter) (desk.Page, error)
	Series(ctx context.Context, a desk.Ask) ([]desk.Point, error)
	Breakdown(ctx context.Context, a desk.Ask, by string) ([]desk.Share, error)
	Voices(ctx context.Context, a desk.Ask, limit int) ([]desk.Voice, error)
	People(ctx context.Context, a desk.Ask) (int, error)
	Gaps(ctx context.Context, sourceIDs []int64, from, to time.Time) ([]desk.Gap, error)
}

// Take is who hears of signals: alert.Router.
type Take func(ctx context.Context, signals []desk.Signal) error

// Engine watches all monitors.
type Engine struct {
	store Store
	take  Take
	log   *slog.Logger
}

// New makes an engine that hands its signals to take.
func New(s Store, take Take, log *slog.Logger) *Engine {
	return &Engine{store: s, take: take, log: log}
}

// Touched says that the numbers of these monitors moved. It never waits.
func (e *Engine) Touched(ids []int64) {}

// Changed says that a monitor's rules, sensitivity or query changed: what was learned about it is learned anew.
func (e *Engine) Changed(monitorID int64) {}

// Run watches until ctx ends.
func (e *Engine) Run(ctx context.Context) error { <-ctx.Done(); return nil }

// Band is what is usual for a monitor in each step of [from, to). It is empty while too little is known.
func (e *Engine) Band(ctx context.Context, monitorID int64, from, to time.Time, step time.Duration) ([]desk.Band, error) {
	return e.Usual(ctx, desk.Ask{Monitors: []int64{monitorID}, From: from, To: to, Step: step})
}

// Usual is the band of a.Monitors, or of all of a.BrandID, together. Networks are not told apart.
func (e *Engine) Usual(ctx context.Context, a desk.Ask) ([]desk.Band, error) { return nil, nil }

// UsualShare is the usual share of negative mentions of the same monitors, 0 … 1.
func (e *Engine) UsualShare(ctx context.Context, a desk.Ask) (share float64, ok bool, err error) {
	return 0, false, nil
}

// Words are the words that rise most in [From, To) against the week before: Count of the mentions looked at have it, Ratio
// times as often as before.
func (e *Engine) Words(ctx context.Context, a desk.Ask, limit int) ([]desk.Share, error) {
	return nil, nil
}

// Tested is what a monitor's own thresholds would have done.
type Tested struct {
	Days   int     `json:"days"`   // looked back
	Rules  []Fired `json:"rules"`  // one for each of the monitor's rules, in their order
	Per    float64 `json:"per"`    // alerts a week, all rules together
	Unsure bool    `json:"unsure"` // the monitor has heard for fewer days than asked
}

// Fired is when one threshold would have fired: one time for each stretch above it.
type Fired struct {
	Rule  desk.Rule   `json:"rule"`
	Times []time.Time `json:"times"`
	Known bool        `json:"known"` // false: the past cannot tell (distinct people, reach of one author)
}

// Backtest runs a monitor's thresholds over its past; the monitor need not be saved with them.
func (e *Engine) Backtest(ctx context.Context, m desk.Monitor, days int) (Tested, error) {
	return Tested{}, nil
}
