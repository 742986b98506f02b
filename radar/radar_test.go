package radar

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
	"breakwater/store"
)

// calm says that ten an hour are usual, a fifth of them negative.
type calm struct{ asked atomic.Int32 }

func (c *calm) Usual(_ context.Context, a desk.Ask) ([]desk.Band, error) {
	c.asked.Add(1)
	var all []desk.Band
	for t := a.From; t.Before(a.To); t = t.Add(a.Step) {
		all = append(all, desk.Band{At: t, Low: 5, Expected: 10, High: 15})
	}
	return all, nil
}

func (*calm) UsualShare(context.Context, desk.Ask) (float64, bool, error) { return 0.2, true, nil }

func (c *calm) Forecast(ctx context.Context, a desk.Ask) ([]desk.Band, error) { return c.Usual(ctx, a) }

func (*calm) Words(_ context.Context, _ desk.Ask, limit int) ([]desk.Share, error) {
	return []desk.Share{{Name: "late", Count: limit}}, nil
}

func newDesk(t *testing.T) (*Desk, *store.DB, *calm, desk.Monitor) {
	t.Helper()
	ctx := t.Context()
	db, err := store.Open(ctx, store.Config{Path: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	check(t, err)
	t.Cleanup(func() { db.Close() })
	act := desk.Act{Who: "desk", Do: "test"}
	brand, err := db.ChangeBrand(ctx, 0, act, func(b *desk.Brand, out *desk.Out) error {
		b.Name, out.Say = "Aurora", desk.Say("made")
		return nil
	})
	check(t, err)
	m, err := db.ChangeMonitor(ctx, 0, act, func(m *desk.Monitor, out *desk.Out) error {
		m.BrandID, m.Name, out.Say = brand.ID, "Aurora", desk.Say("made")
		return nil
	})
	check(t, err)
	b := desk.Batch{SourceID: 1}
	for i := range 12 {
		mood := desk.Neutral
		if i%3 == 0 {
			mood = desk.Negative
		}
		b.Mentions = append(b.Mentions, desk.Mention{
			Ref: desk.Ref{Network: "mastodon", NativeID: fmt.Sprint(i)}, Kind: desk.KindPost, Text: "late again", Monitors: []int64{m.ID},
			Author:    desk.Author{NativeID: fmt.Sprint(i % 4), Handle: fmt.Sprint("h", i%4), Followers: 100 * (i % 4), Media: i%4 == 3},
			Published: time.Now().Add(-time.Duration(i) * time.Minute), Mood: mood,
		})
	}
	_, err = db.Append(ctx, []desk.Batch{b})
	check(t, err)
	c := &calm{}
	return New(db, c), db, c, m
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	d, _, _, m := newDesk(t)
	n, err := d.Numbers(t.Context(), m.BrandID)
	check(t, err)
	n.At, n.Usual.At = time.Time{}, time.Time{}
	want := Numbers{
		Mentions: 12, Negative: 4.0 / 12, People: 4, Known: true, Usual: desk.Band{Low: 5, Expected: 10, High: 15}, UsualShare: 0.2, ShareKnown: true,
	}
	if diff := cmp.Diff(want, n); diff != "" {
		t.Errorf("numbers (-want +got):\n%s", diff)
	}
}

// Who corrects a mood sees it in the numbers at once.
func TestCorrect(t *testing.T) {
	t.Parallel()
	d, _, _, m := newDesk(t)
	ctx := desk.WithActor(t.Context(), desk.Actor{Who: "user:1", Name: "Ana", Role: desk.Responder})
	page, err := d.Mentions(ctx, desk.Filter{Moods: []desk.Mood{desk.Negative}})
	check(t, err)
	before, err := d.Numbers(ctx, m.BrandID)
	check(t, err)
	got, err := d.Correct(ctx, page.Mentions[0].ID, desk.Positive)
	if err != nil || got.Mood != desk.Positive || got.CorrectedBy == "" {
		t.Fatalf("Correct = %+v, %v", got, err)
	}
	after, err := d.Numbers(ctx, m.BrandID)
	check(t, err)
	if after.Negative >= before.Negative {
		t.Errorf("negative share %v after the correction, %v before", after.Negative, before.Negative)
	}
	viewer := desk.WithActor(t.Context(), desk.Actor{Who: "user:2", Role: desk.Viewer})
	if _, err := d.Correct(viewer, got.ID, desk.Neutral); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a viewer's correction = %v, want forbidden", err)
	}
}

func TestChart(t *testing.T) {
	t.Parallel()
	d, _, _, m := newDesk(t)
	now := time.Now()
	for _, tt := range []struct {
		name   string
		a      desk.Ask
		step   int // minutes; 0: refused
		banded bool
	}{
		{"a day", desk.Ask{}, 5, true},
		{"an hour", desk.Ask{From: now.Add(-time.Hour)}, 1, true},
		{"four weeks", desk.Ask{From: now.AddDate(0, 0, -28)}, 180, true},
		{"ten years", desk.Ask{From: now.AddDate(-10, 0, 0)}, 0, false},
		{"one network", desk.Ask{Networks: []string{"mastodon"}}, 5, false},
		{"too fine", desk.Ask{From: now.AddDate(0, 0, -28), Step: time.Minute}, 0, false},
		{"backwards", desk.Ask{From: now.Add(time.Hour), To: now}, 0, false},
	} {
		tt.a.Monitors = []int64{m.ID}
		c, err := d.Chart(t.Context(), tt.a)
		var invalid *desk.Invalid
		if tt.step == 0 {
			if !errors.As(err, &invalid) {
				t.Errorf("%s: %v, want an Invalid", tt.name, err)
			}
			continue
		}
		total := 0
		for _, p := range c.Points {
			total += p.Count
		}
		if err != nil || c.Step != tt.step || (len(c.Band) > 0) != tt.banded || total != 12 {
			t.Errorf("%s: step %d, %d bands, %d mentions, %v; want step %d, banded %v, 12 mentions", tt.name, c.Step, len(c.Band), total, err, tt.step, tt.banded)
		}
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	d, _, _, m := newDesk(t)
	a := desk.Ask{BrandID: m.BrandID}
	people, err := d.Voices(t.Context(), a, 2)
	check(t, err)
	media, err := d.Media(t.Context(), a, 9)
	check(t, err)
	var names []string
	for _, v := range append(people, media...) {
		names = append(names, v.Author.Handle)
	}
	if diff := cmp.Diff([]string{"h2", "h1", "h3"}, names); diff != "" {
		t.Errorf("two people and the media, by reach (-want +got):\n%s", diff)
	}
	shares, err := d.Breakdown(t.Context(), a, "network")
	if err != nil || len(shares) != 1 || shares[0].Count != 12 {
		t.Errorf("Breakdown = %+v, %v", shares, err)
	}
	var invalid *desk.Invalid
	if _, err := d.Breakdown(t.Context(), a, "author; DROP TABLE"); !errors.As(err, &invalid) {
		t.Errorf("Breakdown by nonsense = %v, want an Invalid", err)
	}
	if words, err := d.Words(t.Context(), a, 3); err != nil || len(words) != 1 {
		t.Errorf("Words = %+v, %v", words, err)
	}
}

func TestEars(t *testing.T) {
	t.Parallel()
	all := []desk.Source{
		{ID: 1, Health: desk.Health{State: desk.HealthOK}},
		{ID: 2, Health: desk.Health{State: desk.HealthDenied}, Settings: desk.Settings{"token": "secret"}},
		{ID: 3, Health: desk.Health{State: desk.HealthFailing}, Paused: true},
		{ID: 4, Health: desk.Health{State: desk.HealthSilent}, BrandID: 9},
		{ID: 5, Health: desk.Health{State: desk.HealthNew}, BrandID: 5},
	}
	want := Ears{Total: 3, Well: 2, Trouble: []desk.Source{{ID: 2, Health: desk.Health{State: desk.HealthDenied}}}}
	if diff := cmp.Diff(want, ears(all, 5)); diff != "" {
		t.Errorf("ears of brand 5 (-want +got):\n%s", diff)
	}
	if got := ears(all, 0); got.Total != 4 || len(got.Trouble) != 2 {
		t.Errorf("ears of all = %+v", got)
	}
}

func TestOnlySignedIn(t *testing.T) {
	t.Parallel()
	d, _, _, _ := newDesk(t)
	ctx := desk.WithActor(t.Context(), desk.Actor{})
	for name, try := range map[string]func() error{
		"Numbers":   func() error { _, err := d.Numbers(ctx, 0); return err },
		"Chart":     func() error { _, err := d.Chart(ctx, desk.Ask{}); return err },
		"Mentions":  func() error { _, err := d.Mentions(ctx, desk.Filter{}); return err },
		"One":       func() error { _, err := d.One(ctx, 1); return err },
		"Correct":   func() error { _, err := d.Correct(ctx, 1, desk.Neutral); return err },
		"Words":     func() error { _, err := d.Words(ctx, desk.Ask{}, 1); return err },
		"Breakdown": func() error { _, err := d.Breakdown(ctx, desk.Ask{}, "lang"); return err },
		"Voices":    func() error { _, err := d.Voices(ctx, desk.Ask{}, 1); return err },
		"Media":     func() error { _, err := d.Media(ctx, desk.Ask{}, 1); return err },
		"Ears":      func() error { _, err := d.Ears(ctx, 0); return err },
	} {
		if err := try(); !errors.Is(err, desk.ErrForbidden) {
			t.Errorf("%s for nobody = %v, want forbidden", name, err)
		}
	}
}

func TestCache(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &cache{answers: make(map[string]*answer)}
		var questions atomic.Int32
		get := func(ctx context.Context) (int, error) {
			time.Sleep(100 * time.Millisecond)
			return int(questions.Add(1)), ctx.Err()
		}
		impatient, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() { // who goes away does not spoil it for the others
			if _, err := ask(impatient, c, "q", get); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("impatient = %v, want its deadline", err)
			}
		})
		for range 100 {
			wg.Go(func() {
				if n, err := ask(t.Context(), c, "q", get); n != 1 || err != nil {
					t.Errorf("ask = %d, %v; want the first answer", n, err)
				}
			})
		}
		wg.Wait()
		time.Sleep(fresh)
		if n, err := ask(t.Context(), c, "q", get); n != 2 || err != nil {
			t.Errorf("later = %d, %v; want a second answer", n, err)
		}
		broken := errors.New("disk")
		for range 2 { // errors are not kept
			if _, err := ask(t.Context(), c, "bad", func(context.Context) (int, error) { questions.Add(1); return 0, broken }); !errors.Is(err, broken) {
				t.Errorf("bad = %v", err)
			}
		}
		if n := questions.Load(); n != 4 {
			t.Errorf("%d questions, want four", n)
		}
	})
}
