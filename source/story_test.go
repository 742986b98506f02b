package source_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"breakwater/connector"
	"breakwater/connector/sandbox"
	"breakwater/desk"
	"breakwater/drill"
	"breakwater/source"
	"breakwater/store"
)

// keeper stores batches without looking at them.
type keeper struct{ db *store.DB }

func (k keeper) Keep(ctx context.Context, b desk.Batch) (desk.Stored, error) {
	for i := range b.Mentions {
		b.Mentions[i].Tidy(time.Now())
	}
	done, err := k.db.Append(ctx, []desk.Batch{b})
	if err != nil {
		return desk.Stored{}, err
	}
	return done[0], nil
}

// ear is a poller over a real store and the sandbox.
type ear struct {
	db       *store.DB
	network  *sandbox.Network
	kinds    source.Kinds
	register *source.Register
	log      *slog.Logger

	mu   sync.Mutex
	told []desk.Signal
}

func newEar(t *testing.T) *ear {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	db, err := store.Open(t.Context(), store.Config{Path: t.TempDir(), Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	e := &ear{db: db, network: sandbox.New(), log: log}
	k := e.network.Kind()
	e.kinds = source.Kinds{"sandbox": {Spec: k.Spec, Open: func(s desk.Source) (source.Source, error) {
		return k.Source(s.Settings, connector.Env{})
	}}}
	e.register = &source.Register{Store: db, Kinds: e.kinds}
	return e
}

// listen runs a poller until the returned function is called, or the test ends.
func (e *ear) listen(t *testing.T) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	p := &source.Poller{Store: e.db, Keeper: keeper{e.db}, Kinds: e.kinds, Log: e.log, Troubled: func(_ context.Context, s desk.Signal) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.told = append(e.told, s)
	}}
	e.register.Changed = p.Changed
	done := make(chan struct{})
	go func() { defer close(done); _ = p.Run(ctx) }()
	stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(stop)
	return stop
}

// until waits for a condition.
func until(t *testing.T, what string, true func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !true(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited 20 s for %s", what)
		}
	}
}

func (e *ear) state(t *testing.T, id int64) desk.Health {
	t.Helper()
	s, err := e.register.One(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return s.Health
}

func (e *ear) count(t *testing.T) (n int) {
	t.Helper()
	f := desk.Filter{Limit: 200}
	for {
		p, err := e.db.Mentions(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		n += len(p.Mentions)
		if f.Before = p.Next; p.Next == 0 {
			return n
		}
	}
}

func TestAStormIsHeardWholeThroughOutagesAndRestarts(t *testing.T) {
	t.Parallel()
	e := newEar(t)
	stop := e.listen(t)
	s, err := e.register.Save(t.Context(), desk.Source{Kind: "sandbox", Name: "Sandbox"})
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the source to be heard", func() bool { return e.state(t, s.ID).State == desk.HealthOK })

	crisis := drill.Storm{Seed: 7, Start: time.Now().Add(-20 * time.Minute)}.Crisis()
	want, gone := 0, 0
	for _, m := range crisis {
		switch {
		case !m.Deleted.IsZero():
			gone++
		case m.Edited.IsZero():
			want++
		}
	}
	third := len(crisis) / 3
	e.network.Post(crisis[:third]...)
	until(t, "the first third", func() bool { return e.state(t, s.ID).Mentions > 0 })

	e.network.Fail(errors.New("503"))
	e.network.Post(crisis[third : 2*third]...)
	until(t, "the outage to be told", func() bool { e.mu.Lock(); defer e.mu.Unlock(); return len(e.told) > 0 })
	if h := e.state(t, s.ID); h.State != desk.HealthFailing || h.Problem.IsZero() {
		t.Errorf("during an outage: %+v", h)
	}
	e.network.Fail(nil)
	until(t, "the end of the outage", func() bool { return e.state(t, s.ID).State == desk.HealthOK })

	stop()
	e.network.Post(crisis[2*third:]...)
	e.listen(t)
	until(t, "all of the storm", func() bool { return e.state(t, s.ID).Mentions == int64(want) && e.count(t) == want-gone })
	until(t, "the gap to be filled", func() bool {
		gaps, err := e.register.Gaps(t.Context(), nil, time.Now().Add(-time.Hour), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return len(gaps) == 1 && !gaps[0].To.IsZero() && !gaps[0].Filled.IsZero()
	})
	e.mu.Lock()
	defer e.mu.Unlock()
	strengths := []float64{}
	for _, one := range e.told {
		strengths = append(strengths, one.Strength)
	}
	if !slices.Equal(strengths, []float64{1, 0}) {
		t.Errorf("people were told %v, want trouble and its end", e.told)
	}
}

func TestAPausedSourceIsStill(t *testing.T) {
	t.Parallel()
	e := newEar(t)
	e.listen(t)
	s, err := e.register.Save(t.Context(), desk.Source{Kind: "sandbox", Name: "Sandbox"})
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the source to be heard", func() bool { return e.state(t, s.ID).State == desk.HealthOK })
	if _, err := e.register.Pause(t.Context(), s.ID, true, "too loud"); err != nil {
		t.Fatal(err)
	}
	until(t, "the pause", func() bool { return e.state(t, s.ID).State == desk.HealthPaused })
	e.network.Post(drill.Storm{Seed: 1, Start: time.Now()}.Crisis()[:5]...)
	if _, err := e.register.Pause(t.Context(), s.ID, false, ""); err != nil {
		t.Fatal(err)
	}
	until(t, "what was said meanwhile", func() bool {
		h := e.state(t, s.ID)
		return h.Mentions == 5 && h.State == desk.HealthOK
	})
}
