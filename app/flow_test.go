package app_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"breakwater/app"
	"breakwater/desk"
	"breakwater/enrich"
	"breakwater/store"
)

// house is a flow on a real store with one brand, one monitor and one source.
type house struct {
	*app.Flow
	db              *store.DB
	monitor, source int64
}

func newHouse(t *testing.T, keepAll bool) house {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, store.Config{Path: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	act := desk.Act{Who: "desk", Name: "test", Do: "test", At: time.Now()}
	brand, err := db.ChangeBrand(ctx, 0, act, func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Accounts, out.Say = "Aurora", []string{"mastodon:aurora@own.example"}, desk.Say("added")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	monitor, err := db.ChangeMonitor(ctx, 0, act, func(m *desk.Monitor, out *desk.Out) error {
		m.BrandID, m.Kind, m.Name, m.Query, out.Say = brand.ID, "brand", "Aurora", "aurora", desk.Say("added")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	source, err := db.ChangeSource(ctx, 0, act, func(s *desk.Source, out *desk.Out) error {
		s.Kind, s.Name, s.KeepAll, out.Say = "sandbox", "Sandbox", keepAll, desk.Say("added")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	h := house{Flow: app.NewFlow(db, enrich.New()), db: db, monitor: monitor.ID, source: source.ID}
	hearing, err := app.LoadHearing(ctx, db, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	h.Hear(hearing)
	running, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); _ = h.Run(running) }() // it ends with running, that is its error
	t.Cleanup(func() {
		stop()
		<-done
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

func mention(id, text string) desk.Mention {
	return desk.Mention{
		Ref:  desk.Ref{Network: "mastodon", NativeID: id},
		Text: text, Author: desk.Author{Handle: "ana@social.example", Followers: 10}, Published: time.Now().Add(-time.Minute),
	}
}

func TestFlowKeepsWhatIsListenedFor(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		keepAll bool
		want    int
	}{
		{"what a monitor answers", false, 1},
		{"everything of a source that keeps all", true, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, tt.keepAll)
			got, err := h.Keep(context.Background(), desk.Batch{SourceID: h.source, Cursor: "2", Mentions: []desk.Mention{
				mention("1", "I love Aurora, best shoes ever"), mention("2", "nothing about them"),
			}})
			if err != nil || got.New != tt.want || got.Unmatched != 2-tt.want {
				t.Fatalf("Keep = %+v, %v; want %d new", got, err, tt.want)
			}
			if len(got.Touched) != 1 || got.Touched[0] != h.monitor {
				t.Errorf("touched monitors %v, want %d", got.Touched, h.monitor)
			}
			if cursor, err := h.db.Cursor(context.Background(), h.source); cursor != "2" || err != nil {
				t.Errorf("cursor = %q, %v; want it kept with the mentions", cursor, err)
			}
		})
	}
}

// What was about us and is edited into something else reads here as it does there.
func TestAnEditThatNoMonitorAnswersIsKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t, false)
	hook, err := h.db.ChangeSource(t.Context(), 0, desk.Act{Who: "desk", Name: "test", Do: "test", At: time.Now()}, func(s *desk.Source, out *desk.Out) error {
		s.Kind, s.Name, out.Say = "webhook", "Hook", desk.Say("added")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	hearing, err := app.LoadHearing(t.Context(), h.db, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	h.Hear(hearing)
	edited := time.Now()
	for _, c := range []struct {
		name   string
		source int64
		edited time.Time
	}{{"an edit", h.source, edited}, {"an id that a webhook sends again", hook.ID, time.Time{}}} {
		t.Run(c.name, func(t *testing.T) {
			keep := func(m desk.Mention) desk.Stored {
				t.Helper()
				got, err := h.Keep(t.Context(), desk.Batch{SourceID: c.source, Mentions: []desk.Mention{m}})
				if err != nil {
					t.Fatal(err)
				}
				return got
			}
			keep(mention(c.name, "Aurora lies, terrible awful shoes, boycott Aurora"))
			again := mention(c.name, "I was wrong, ignore me")
			again.Edited = c.edited
			if got := keep(again); got.Edited != 1 || got.New != 0 {
				t.Errorf("the edit: %+v", got)
			}
			m, err := h.db.MentionByRef(t.Context(), again.Ref)
			if err != nil || m.Text != again.Text || len(m.Cues) != 0 || len(m.Monitors) != 1 || m.Monitors[0] != h.monitor {
				t.Errorf("now %+v, %v", m, err)
			}
			again.NativeID += " of something else"
			if got := keep(again); got.New+got.Edited+got.Known != 0 {
				t.Errorf("an edit of what is not stored: %+v", got)
			}
		})
	}
}

func TestFlowFillsInWhatAMentionIsLike(t *testing.T) {
	t.Parallel()
	h := newHouse(t, true)
	own := mention("3", "Aurora is open again tomorrow")
	own.Author.Handle = "aurora@own.example"
	_, err := h.Keep(context.Background(), desk.Batch{SourceID: h.source, Mentions: []desk.Mention{
		mention("1", "I hate Aurora, terrible shoes, boycott Aurora now please everybody"),
		mention("2", "I hate Aurora, terrible shoes, boycott Aurora now please everybody!!"),
		own,
	}})
	if err != nil {
		t.Fatal(err)
	}
	find := func(id string) desk.Mention {
		m, err := h.db.MentionByRef(context.Background(), desk.Ref{Network: "mastodon", NativeID: id})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	first, second := find("1"), find("2")
	if first.Lang != "en" || first.Mood != desk.Negative || len(first.Cues) == 0 || len(first.Monitors) != 1 {
		t.Errorf("the first is in %q, %s, cues %v, monitors %v; want en, negative, a boycott, one monitor", first.Lang, first.Mood, first.Cues, first.Monitors)
	}
	if first.IsCopy() || !second.IsCopy() || second.Fold != first.Fold {
		t.Errorf("folds %d and %d; want the second folded into the first", first.Fold, second.Fold)
	}
	if !find("3").Own || first.Own {
		t.Error("our own post is not told apart from others'")
	}
}

func TestFlowTakesManySourcesAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, true)
	told := make(chan int, 20)
	h.Kept = func(_ []desk.Batch, stored []desk.Stored) {
		for _, s := range stored {
			told <- s.New
		}
	}
	var wg sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = h.Keep(context.Background(), desk.Batch{SourceID: h.source, Cursor: fmt.Sprint(i), Mentions: []desk.Mention{mention(fmt.Sprint(i), "Aurora "+fmt.Sprint(i))}})
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	for n := range errs {
		if got := <-told; got != 1 {
			t.Errorf("told of %d new mentions in batch %d, want 1", got, n)
		}
	}
}

// failing fails transactions of more than one batch, and those of one source always.
type failing struct {
	*store.DB
	source int64
	bad    map[*store.Prepared]bool
	mu     sync.Mutex
}

var errDisk = errors.New("no space left on the disk")

func (f *failing) Prepare(ctx context.Context, b desk.Batch) (*store.Prepared, error) {
	p, err := f.DB.Prepare(ctx, b)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.bad[p] = b.SourceID == f.source
	return p, err
}

func (f *failing) Write(ctx context.Context, list []*store.Prepared) ([]desk.Stored, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range list {
		if f.bad[p] {
			return nil, errDisk
		}
	}
	return f.DB.Write(ctx, list)
}

func TestFlowFailsOnlyTheBatchThatFails(t *testing.T) {
	t.Parallel()
	h := newHouse(t, true)
	h.Store = &failing{DB: h.db, source: 99, bad: make(map[*store.Prepared]bool)}
	var wg sync.WaitGroup
	errs := make([]error, 10)
	for i := range errs {
		wg.Go(func() {
			b := desk.Batch{SourceID: h.source, Mentions: []desk.Mention{mention(fmt.Sprint(i), "Aurora "+fmt.Sprint(i))}}
			if i == 4 {
				b.SourceID = 99
			}
			_, errs[i] = h.Keep(context.Background(), b)
		})
	}
	wg.Wait()
	for i, err := range errs {
		if bad := i == 4; bad != errors.Is(err, errDisk) {
			t.Errorf("batch %d: %v", i, err)
		}
	}
}
