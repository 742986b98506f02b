package source

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"breakwater/desk"
)

// shelf keeps sources in memory, so that tests run in bubbles of time: the Store and the Keeper of a Poller.
type shelf struct {
	mu      sync.Mutex
	sources map[int64]desk.Source
	cursors map[int64]string
	gaps    []desk.Gap
	kept    []desk.Batch
	states  []string // every change of state, as "source:state"
	saves   int
	refuse  error // what Keep answers
	entries []desk.Text
}

func newShelf(sources ...desk.Source) *shelf {
	s := &shelf{sources: make(map[int64]desk.Source), cursors: make(map[int64]string)}
	for _, src := range sources {
		s.sources[src.ID] = src
	}
	return s
}

func (s *shelf) Sources(context.Context) ([]desk.Source, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Values(s.sources), func(a, b desk.Source) int { return cmp.Compare(a.ID, b.ID) }), nil
}

func (s *shelf) Source(_ context.Context, id int64) (desk.Source, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if src, ok := s.sources[id]; ok {
		return src, nil
	}
	return desk.Source{}, desk.ErrNotFound
}

func (s *shelf) ChangeSource(_ context.Context, id int64, _ desk.Act, change func(*desk.Source, *desk.Out) error) (desk.Source, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	src, ok := s.sources[id]
	if id == 0 {
		src = desk.Source{ID: int64(len(s.sources) + 1)}
	} else if !ok {
		return src, desk.ErrNotFound
	}
	var out desk.Out
	if err := change(&src, &out); err != nil {
		return src, err
	}
	if !out.Skip {
		src.Version++
		s.sources[src.ID] = src
		s.entries = append(s.entries, out.Say)
	}
	return src, nil
}

func (s *shelf) DeleteSource(_ context.Context, id int64, _ desk.Act) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.sources[id]; !ok {
		return desk.ErrNotFound
	}
	delete(s.sources, id)
	return nil
}

func (s *shelf) Cursor(_ context.Context, id int64) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cursors[id], nil
}

func (s *shelf) SetHealth(_ context.Context, id int64, h desk.Health) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	src := s.sources[id]
	s.saves++
	if src.Health.State != h.State {
		s.states = append(s.states, fmt.Sprintf("%d:%s", id, h.State))
	}
	if last := len(s.gaps) - 1; last >= 0 && s.gaps[last].To.IsZero() && h.Well() {
		s.gaps[last].To = time.Now().UTC()
	} else if !h.Well() && (last < 0 || !s.gaps[last].To.IsZero()) {
		s.gaps = append(s.gaps, desk.Gap{SourceID: id, From: h.Since, Reason: h.Problem})
	}
	h.Heard = later(h.Heard, src.Health.Heard)
	src.Health = h
	s.sources[id] = src
	return nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (s *shelf) Gaps(context.Context, []int64, time.Time, time.Time) ([]desk.Gap, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.gaps), nil
}

func (s *shelf) FillGap(_ context.Context, id int64, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.gaps {
		if s.gaps[i].SourceID == id && s.gaps[i].Filled.IsZero() && !s.gaps[i].Lost {
			s.gaps[i].Filled = at
		}
	}
	return nil
}

func (s *shelf) LoseGap(_ context.Context, id int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.gaps {
		if s.gaps[i].SourceID == id && s.gaps[i].Filled.IsZero() {
			s.gaps[i].Lost = true
		}
	}
	return nil
}

func (s *shelf) Keep(_ context.Context, b desk.Batch) (desk.Stored, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != nil {
		return desk.Stored{}, s.refuse
	}
	s.kept = append(s.kept, b)
	if b.Cursor != "" {
		s.cursors[b.SourceID] = b.Cursor
	}
	return desk.Stored{New: len(b.Mentions)}, nil
}

// change edits a stored source as a person would.
func (s *shelf) change(id int64, edit func(*desk.Source)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	src := s.sources[id]
	edit(&src)
	src.Version++
	s.sources[id] = src
}

func (s *shelf) source(id int64) desk.Source {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sources[id]
}

// pulls is a Source that answers from a function and remembers when it was asked.
type pulls struct {
	mu    sync.Mutex
	asked []time.Duration // since the bubble began
	began time.Time
	do    func(ctx context.Context, n int, cursor string) (desk.Batch, error) // n counts from 1
}

func (p *pulls) Pull(ctx context.Context, cursor string) (desk.Batch, error) {
	p.mu.Lock()
	p.asked = append(p.asked, time.Since(p.began))
	n := len(p.asked)
	p.mu.Unlock()
	return p.do(ctx, n, cursor)
}

func (p *pulls) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.asked)
}

// bench is a running Poller in a bubble.
type bench struct {
	*shelf
	poller *Poller
	source *pulls

	mu    sync.Mutex
	heard []desk.Signal
	stop  func()
}

// run starts a poller over one source of kind "x" with id 1, whose Pull is do, and stops it with the test.
func run(t *testing.T, src desk.Source, do func(ctx context.Context, n int, cursor string) (desk.Batch, error)) *bench {
	t.Helper()
	src.ID, src.Kind, src.Name = 1, "x", "The harbour feed"
	if src.Created.IsZero() {
		src.Created = time.Now()
	}
	b := &bench{shelf: newShelf(src), source: &pulls{began: time.Now(), do: do}}
	b.start(t, desk.Spec{Kind: "x"})
	return b
}

func (b *bench) start(t *testing.T, spec desk.Spec) {
	k := Kind{Spec: spec}
	if b.source != nil {
		k.Open = func(desk.Source) (Source, error) { return b.source, nil }
	}
	b.poller = &Poller{Store: b.shelf, Keeper: b.shelf, Kinds: Kinds{"x": k}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Troubled: func(_ context.Context, s desk.Signal) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.heard = append(b.heard, s)
		}}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = b.poller.Run(ctx)
	}()
	b.stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(b.stop)
}

// after lets d pass and everything settle.
func (b *bench) after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (b *bench) signals() []desk.Signal {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.heard)
}

func mention(id string, published time.Time) desk.Mention {
	return desk.Mention{Ref: desk.Ref{Network: "x", NativeID: id}, Published: published, Text: id}
}
