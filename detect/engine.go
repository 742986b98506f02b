// Package detect learns what is usual for each monitor and says when something is not: detectors are pure functions over a
// Window, and Engine shows each of them the windows as they grow.
package detect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"breakwater/desk"
)

// Store is what detection needs of storage.
type Store interface {
	Monitor(ctx context.Context, id int64) (desk.Monitor, error)
	Brand(ctx context.Context, id int64) (desk.Brand, error)
	Alerts(ctx context.Context, f desk.AlertFilter) ([]desk.Alert, error)
	Mentions(ctx context.Context, f desk.Filter) (desk.Page, error)
	Series(ctx context.Context, a desk.Ask) ([]desk.Point, error)
	Breakdown(ctx context.Context, a desk.Ask, by string) ([]desk.Share, error)
	Voices(ctx context.Context, a desk.Ask, limit int) ([]desk.Voice, error)
	Crowd(ctx context.Context, a desk.Ask) (desk.Crowd, error)
	People(ctx context.Context, a desk.Ask) (int, error)
	Gaps(ctx context.Context, sourceIDs []int64, from, to time.Time) ([]desk.Gap, error)
	Sources(ctx context.Context) ([]desk.Source, error)
	Occasions(ctx context.Context, brandID int64, from, to time.Time) ([]desk.Occasion, error)
	Ways(ctx context.Context) ([]desk.Way, error)
	Incidents(ctx context.Context, brandID int64, p desk.Paging) ([]desk.Incident, error)

	Learned(ctx context.Context, monitorID int64) (desk.Learned, error)
	Kept(ctx context.Context, monitorID int64, from, to time.Time) ([]desk.Learned, error)
	Verdicts(ctx context.Context, monitorID int64, from, to time.Time) ([]desk.Verdict, error)
	SaveLearned(ctx context.Context, learned []desk.Learned, verdicts []desk.Verdict) error
}

// Take is who hears of signals: alert.Router.
type Take func(ctx context.Context, signals []desk.Signal) error

const (
	// everyRound is how often what was touched is looked at.
	everyRound = time.Second
	// rest is how many times as long as a look the engine rests after it, so that a desk of very many busy monitors gives it a
	// quarter of a core and no more: then looks come less often, but none is left out.
	rest = 3
	// sweepEvery is how often monitors with a live signal are looked at even when nothing comes.
	sweepEvery = time.Minute
	// hotFor is how long after its last signal a monitor is swept.
	hotFor = 2 * time.Hour
	// idleFor is how long an untouched monitor's minutes are kept in memory.
	idleFor = time.Hour
	// saveFrom is how many states are gathered before they are saved within a round; at its end all are.
	saveFrom = 200
)

// Engine watches all monitors.
type Engine struct {
	turned  atomic.Int64 // when Run last took a turn, Unix nanoseconds
	store   Store
	take    Take
	log     *slog.Logger
	known   *known
	pasts   pasts
	waited  time.Duration // for signals to be taken, since the last look; only Run's goroutine
	machine machine

	// Topics gives what the live topics of a monitor brought in [from, to), by arrival; nil: topics are not followed. Set before Run.
	Topics func(monitorID int64, from, to time.Time) []desk.TopicHeard
	// Tell fills the Topics of mentions; nil: they have none. Set before Run.
	Tell func([]desk.Mention)

	wake    chan struct{} // a token when something was touched
	mu      sync.Mutex    // guards touched and changed
	touched map[int64]struct{}
	changed map[int64]struct{}

	watches map[int64]*watch // by monitor; only Run's goroutine
	unsaved saving           // the same
}

// New makes an engine that hands its signals to take.
func New(s Store, take Take, log *slog.Logger) *Engine {
	return &Engine{
		store: s, take: take, log: log, known: newKnown(s),
		wake: make(chan struct{}, 1), touched: make(map[int64]struct{}), changed: make(map[int64]struct{}),
		watches: make(map[int64]*watch),
	}
}

// Touched says that the numbers of these monitors moved. It never waits.
func (e *Engine) Touched(ids []int64) {
	e.mu.Lock()
	for _, id := range ids {
		e.touched[id] = struct{}{}
	}
	e.mu.Unlock()
	e.nudge()
}

// Changed says that a monitor's rules, sensitivity or query changed: what was learned about it is learned anew.
func (e *Engine) Changed(monitorID int64) {
	e.mu.Lock()
	e.touched[monitorID] = struct{}{}
	e.changed[monitorID] = struct{}{}
	e.mu.Unlock()
	e.nudge()
}

func (e *Engine) nudge() {
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// Run watches until ctx ends.
func (e *Engine) Run(ctx context.Context) error {
	e.recall(ctx)
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	owing := time.NewTicker(everyRound)
	defer owing.Stop()
	for {
		e.turned.Store(time.Now().UnixNano())
		select {
		case <-ctx.Done():
			return nil
		case <-sweep.C:
			e.sweep(time.Now())
		case <-owing.C:
			if !e.owe(time.Now()) {
				continue
			}
		case <-e.wake:
		}
		began := time.Now()
		e.round(ctx)
		pause(ctx, everyRound-time.Since(began))
	}
}

// Turned fails when the detectors have not taken a turn for that long. Those that never did have as long from when they were first
// asked after: a desk that has just started is not ill.
func (e *Engine) Turned(within time.Duration) error {
	if e.turned.CompareAndSwap(0, time.Now().UnixNano()) {
		return nil
	}
	if since := time.Since(time.Unix(0, e.turned.Load())); since > within {
		return fmt.Errorf("the detectors have not turned for %s", since.Round(time.Second))
	}
	return nil
}

// owe touches the monitors whose newest posts were not looked at when they came, and may be now: nothing else would, where no
// further post comes. It reports whether there are any.
func (e *Engine) owe(now time.Time) (any bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for id, w := range e.watches {
		if w.owed && now.Sub(w.sampled) >= w.spacing(now) {
			e.touched[id], any = struct{}{}, true
		}
	}
	return any
}

// recall has the monitors with live alerts looked at: what moved before a restart may have calmed down since.
func (e *Engine) recall(ctx context.Context) {
	live, err := e.store.Alerts(ctx, desk.AlertFilter{Live: true, Paging: desk.Paging{Limit: 200}})
	if err != nil && ctx.Err() == nil {
		e.log.Error("live alerts could not be read", "error", err)
	}
	var ids []int64
	for _, a := range live {
		if a.MonitorID != 0 {
			ids = append(ids, a.MonitorID)
		}
	}
	e.Touched(ids)
}

// sweep touches what had a signal lately and forgets what nobody speaks about.
func (e *Engine) sweep(now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for id, w := range e.watches {
		switch {
		case now.Sub(w.signalled) < hotFor:
			e.touched[id] = struct{}{}
		case now.Sub(w.looked) > idleFor:
			delete(e.watches, id)
		}
	}
}

// round looks at everything that was touched.
func (e *Engine) round(ctx context.Context) {
	e.mu.Lock()
	touched, changed := e.touched, e.changed
	e.touched, e.changed = make(map[int64]struct{}), make(map[int64]struct{})
	e.mu.Unlock()
	for _, id := range e.cheapFirst(touched) {
		if ctx.Err() != nil {
			return
		}
		began := time.Now()
		_, anew := changed[id]
		if err := e.look(ctx, id, anew, began.UTC()); err != nil && ctx.Err() == nil {
			e.log.Error("monitor could not be watched", "monitor", id, "error", err)
		}
		if len(e.unsaved.learned) >= saveFrom {
			e.save(ctx)
		}
		cost := time.Since(began) - e.waited // who waits for the store's writer uses no core
		e.waited = 0
		if w := e.watches[id]; w != nil {
			w.cost = cost
		}
		pause(ctx, min(rest*cost, everyRound))
	}
	e.save(ctx)
}

// cheapFirst puts the monitors in the order of what the last look at them cost: one that everybody speaks of does not hold up the
// news about the others.
func (e *Engine) cheapFirst(touched map[int64]struct{}) []int64 {
	cost := func(id int64) time.Duration {
		if w := e.watches[id]; w != nil {
			return w.cost
		}
		return 0
	}
	return slices.SortedFunc(maps.Keys(touched), func(a, b int64) int { return cmp.Or(cmp.Compare(cost(a), cost(b)), cmp.Compare(a, b)) })
}

// save keeps what was learned and judged. What cannot be saved waits for the next round.
func (e *Engine) save(ctx context.Context) {
	if len(e.unsaved.learned) == 0 {
		return
	}
	if err := e.store.SaveLearned(ctx, e.unsaved.learned, e.unsaved.verdicts); err != nil {
		if ctx.Err() == nil {
			e.log.Error("verdicts could not be saved", "monitors", len(e.unsaved.learned), "error", err)
		}
		return
	}
	e.unsaved = saving{}
}

// look shows one monitor's window to all detectors and hands on what they say.
func (e *Engine) look(ctx context.Context, id int64, anew bool, now time.Time) error {
	w := e.watches[id]
	if w == nil {
		w = &watch{}
		e.watches[id] = w
	}
	w.looked = now
	if err := w.refresh(ctx, e, id, anew, now); err != nil {
		if errors.Is(err, desk.ErrNotFound) {
			delete(e.watches, id)
			return nil
		}
		return err
	}
	if w.monitor.Paused {
		return nil
	}
	signals := taught(detect(w.window(now)), w.monitor)
	expect(w.window(now), signals, w.expects)
	if len(signals) == 0 {
		return nil
	}
	w.signalled = now
	if !w.worth(signals, now) {
		return nil
	}
	return e.tell(ctx, w, signals, now)
}

func detect(w Window) []desk.Signal {
	var signals []desk.Signal
	for _, d := range Detectors {
		if s, ok := d.Look(w); ok {
			signals = append(signals, s)
		}
	}
	return signals
}

// tell proves signals and hands them on.
func (e *Engine) tell(ctx context.Context, w *watch, signals []desk.Signal, now time.Time) error {
	if err := w.sample(ctx, e.store, now); err != nil {
		return err
	}
	p := prover{Engine: e, Window: w.window(now), found: make(map[int]desk.Evidence), tide: e.tide(w.monitor.ID, now)}
	for i := range signals {
		p.prove(ctx, &signals[i])
	}
	began := time.Now()
	err := e.take(ctx, signals)
	e.waited += time.Since(began)
	if err != nil {
		return err
	}
	w.told, w.toldAt = signals, now
	return nil
}

func pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
