package source

import (
	"context"
	"log/slog"
	"maps"
	"math/rand/v2"
	"sync"
	"time"

	"breakwater/desk"
)

// reread is how often the list of sources is read again without a nudge: another process may have changed it.
const reread = 30 * time.Second

// Poller hears: one loop for each source that is not paused.
type Poller struct {
	Store  Store
	Keeper Keeper
	Kinds  Kinds
	Log    *slog.Logger
	// Troubled is told when a source stops being heard, and with a signal of Strength 0 when it is heard again. May be nil.
	// It may be told the same thing twice, after a restart.
	Troubled func(context.Context, desk.Signal)

	once  sync.Once
	nudge chan struct{}
}

// Changed makes the poller look at the list of sources at once.
func (p *Poller) Changed() {
	select {
	case p.nudges() <- struct{}{}:
	default: // one is already waiting
	}
}

func (p *Poller) nudges() chan struct{} {
	p.once.Do(func() { p.nudge = make(chan struct{}, 1) })
	return p.nudge
}

// loop is the running half of a source.
type loop struct {
	source desk.Source
	cancel context.CancelFunc
	done   chan struct{}
}

// Run keeps one loop for each source until ctx ends, and returns when the last of them has stopped. It never fails: what
// goes wrong with a source is that source's health.
func (p *Poller) Run(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	loops := make(map[int64]*loop)
	tick := time.NewTicker(reread)
	defer tick.Stop()
	for first := true; ; first = false {
		if err := p.follow(ctx, &all, loops, first); err != nil && ctx.Err() == nil {
			p.Log.Warn("the list of sources could not be read", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-p.nudges():
		case <-tick.C:
		}
	}
}

// follow starts, restarts and ends loops so that they are those of the stored sources.
func (p *Poller) follow(ctx context.Context, all *sync.WaitGroup, loops map[int64]*loop, first bool) error {
	sources, err := p.Store.Sources(ctx)
	if err != nil {
		return err
	}
	gone := maps.Clone(loops)
	for _, s := range sources {
		delete(gone, s.ID)
		old := loops[s.ID]
		if old != nil && same(old.source, s) {
			continue
		}
		loops[s.ID] = p.start(ctx, all, s, old, first, len(sources))
	}
	for id, l := range gone {
		l.cancel()
		p.tell(ctx, endOf(l.source, time.Now(), "{source} was removed, so it is no longer listened to."))
		delete(loops, id)
	}
	return nil
}

// start runs a source in its own goroutine, after the loop it takes the place of has ended.
func (p *Poller) start(ctx context.Context, all *sync.WaitGroup, s desk.Source, old *loop, first bool, of int) *loop {
	ctx, cancel := context.WithCancel(ctx)
	l := &loop{source: s, cancel: cancel, done: make(chan struct{})}
	if old != nil {
		old.cancel()
	}
	all.Go(func() {
		defer close(l.done)
		defer cancel()
		if old != nil {
			<-old.done
			// The loop that ended may have changed its health after the list was read.
			if now, err := p.Store.Source(ctx, s.ID); err == nil {
				s.Health = now.Health
			}
		}
		h := newHearer(p, s)
		if first {
			h.rest(ctx, h.startIn(of))
		}
		h.run(ctx)
	})
	return l
}

// startIn spreads the first pulls of many sources over some seconds, and does not go on at once where a network asked for
// rest or refused us just before a restart, or is gone.
func (h *hearer) startIn(of int) time.Duration {
	spread := rand.N(min(time.Duration(of)*20*time.Millisecond, 5*time.Second) + 1)
	switch h.health.State {
	case desk.HealthLimited, desk.HealthDenied:
		return max(spread, min(time.Until(h.health.Next), mostAfter))
	case desk.HealthBroken: // it may be gone for good
		return max(spread, min(time.Until(h.health.Next), goneRetry))
	}
	return spread
}

// same reports whether two readings of a source ask for the same loop.
func same(a, b desk.Source) bool {
	return a.Kind == b.Kind && a.Name == b.Name && a.Paused == b.Paused && a.SilentAfter == b.SilentAfter &&
		a.Version == b.Version && maps.Equal(a.Settings, b.Settings)
}

func (p *Poller) tell(ctx context.Context, s desk.Signal) {
	if p.Troubled != nil && ctx.Err() == nil {
		p.Troubled(ctx, s)
	}
}
