package match_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/match"
	"breakwater/store"
)

// room is a store with a brand and mentions of the last days.
type room struct {
	*match.Monitors
	db      *store.DB
	brand   int64
	changed int
}

func newRoom(t *testing.T) *room {
	t.Helper()
	ctx := t.Context()
	db, err := store.Open(ctx, store.Config{Path: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	b, err := db.ChangeBrand(ctx, 0, desk.Act{Who: "desk", Do: "brand.save"}, func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone = "Acme", "UTC"
		out.Say = desk.Say("Acme was added.")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	r := &room{db: db, brand: b.ID}
	r.Monitors = match.NewMonitors(db, func(int64) { r.changed++ }, slog.New(slog.DiscardHandler))
	return r
}

// hear stores n mentions, one an hour, every third of them about Acme.
func (r *room) hear(t *testing.T, n int) {
	t.Helper()
	var list []desk.Mention
	for i := range n {
		text := "what a fine day"
		if i%3 == 0 {
			text = "the Acme café is closed"
		}
		m := desk.Mention{Ref: desk.Ref{Network: "mastodon", NativeID: fmt.Sprint(i)}, Kind: desk.KindPost, Text: text, Lang: "en",
			Author: desk.Author{Handle: "ana", Followers: 10}, Published: time.Now().Add(-time.Duration(i) * time.Hour), Arrived: time.Now()}
		m.Fold = m.Key().Fold()
		list = append(list, m)
	}
	if _, err := r.db.Append(t.Context(), []desk.Batch{{Mentions: list}}); err != nil {
		t.Fatal(err)
	}
}

func as(ctx context.Context, r desk.Role) context.Context {
	return desk.WithActor(ctx, desk.Actor{Who: "user:1 Ana", Name: "Ana", Role: r})
}

func TestSave(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	ctx := as(t.Context(), desk.Lead)
	good := desk.Monitor{BrandID: r.brand, Name: " Acme ", Query: "acme"}
	m, err := r.Save(ctx, good)
	if err != nil {
		t.Fatal(err)
	}
	if m.ID == 0 || m.Name != "Acme" || m.Kind != "brand" || m.Sensitivity != "balanced" || m.Created.IsZero() || r.changed != 1 {
		t.Errorf("saved %+v, %d changes", m, r.changed)
	}
	if _, err := r.Save(as(t.Context(), desk.Responder), m); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a responder saves: %v", err)
	}
	stale := m
	stale.Version--
	if _, err := r.Save(ctx, stale); !errors.Is(err, desk.ErrConflict) {
		t.Errorf("an old version saves: %v", err)
	}
	for _, c := range []struct {
		field  string
		change func(*desk.Monitor)
	}{
		{"name", func(m *desk.Monitor) { m.Name = " " }},
		{"brand_id", func(m *desk.Monitor) { m.BrandID = 0 }},
		{"kind", func(m *desk.Monitor) { m.Kind = "pet" }},
		{"sensitivity", func(m *desk.Monitor) { m.Sensitivity = "very" }},
		{"query", func(m *desk.Monitor) { m.Query = "a OR" }},
		{"rules.0.measure", func(m *desk.Monitor) {
			m.Rules = []desk.Rule{{Measure: "x", Over: 60, AtLeast: 1, Level: desk.Watch}}
		}},
		{"rules.0.at_least", func(m *desk.Monitor) {
			m.Rules = []desk.Rule{{Measure: "negative_share", Over: 60, AtLeast: 30, Level: desk.Watch}}
		}},
	} {
		bad := good
		c.change(&bad)
		_, err := r.Save(ctx, bad)
		var wrong *desk.Invalid
		if !errors.As(err, &wrong) || wrong.Field != c.field {
			t.Errorf("%s: got %v", c.field, err)
		}
	}
	var s *match.SyntaxError
	bad := good
	bad.Query = "a OR"
	if _, err := r.Save(ctx, bad); !errors.As(err, &s) || s.At != 2 {
		t.Errorf("a wrong query does not say where: %v", err)
	}
	if err := r.Delete(ctx, m.ID); err != nil || r.changed != 2 {
		t.Errorf("delete: %v, %d changes", err, r.changed)
	}
}

func TestPreview(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.hear(t, 300) // 12.5 days, 100 about Acme
	ctx := as(t.Context(), desk.Viewer)
	p, err := r.Preview(ctx, r.brand, "acme cafe")
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, d := range p.PerDay {
		sum += d.Count
	}
	if p.Count != 100 || p.Week != 56 || sum != 100 || len(p.PerDay) != 28 || len(p.Page.Mentions) != 20 || p.Estimate {
		t.Errorf("got %d, %d in a week, %d in days, %d examples, estimate %v", p.Count, p.Week, sum, len(p.Page.Mentions), p.Estimate)
	}
	if p.Query != "acme AND cafe" || p.Say.English() != "100 mentions in the last 28 days, 56 of them in the last 7 days." {
		t.Errorf("got %q: %s", p.Query, p.Say.English())
	}
	if _, err := r.Preview(ctx, r.brand, "("); err == nil {
		t.Error("a wrong query is previewed")
	}
}

func TestBackfill(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.hear(t, 450)
	ctx := as(t.Context(), desk.Lead)
	m, err := r.Save(ctx, desk.Monitor{BrandID: r.brand, Name: "Acme", Query: "acme"})
	if err != nil {
		t.Fatal(err)
	}
	if p := r.Progress(); len(p) != 1 || p[0].MonitorID != m.ID {
		t.Fatalf("progress %+v", p)
	}
	// Another desk on the same store, as after a restart.
	again := match.NewMonitors(r.db, nil, slog.New(slog.DiscardHandler))
	run, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- again.Run(run) }()
	heard := func() int { return r.count(t, m.ID) }
	wait(t, "150 mentions assigned", func() bool { return heard() == 150 })
	wait(t, "the end of the work", func() bool { return len(again.Progress()) == 0 })
	m.Query = "fine day"
	if _, err := again.Save(ctx, m); err != nil {
		t.Fatal(err)
	}
	wait(t, "300 others assigned", func() bool { return heard() == 300 && len(again.Progress()) == 0 })
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func (r *room) count(t *testing.T, monitor int64) int {
	t.Helper()
	n, before := 0, int64(0)
	for {
		page, err := r.db.Mentions(t.Context(), desk.Filter{Monitors: []int64{monitor}, Before: before, Limit: 200})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Mentions {
			if !slices.Contains(m.Monitors, monitor) {
				t.Fatalf("mention %d is listed but does not carry the monitor", m.ID)
			}
		}
		n += len(page.Mentions)
		if before = page.Next; before == 0 {
			return n
		}
	}
}

func wait(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); {
		if done() {
			return
		}
		select {
		case <-t.Context().Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatalf("waited in vain for %s", what)
}

func TestOwn(t *testing.T) {
	t.Parallel()
	own := match.NewOwn([]desk.Brand{{Accounts: []string{"bluesky:@Acme.example", "mastodon:7"}}, {Accounts: []string{"nonsense"}}})
	for _, c := range []struct {
		network string
		author  desk.Author
		want    bool
	}{
		{"bluesky", desk.Author{Handle: "acme.example"}, true},
		{"mastodon", desk.Author{Handle: "acme.example"}, false},
		{"mastodon", desk.Author{NativeID: "7", Handle: "x"}, true},
		{"mastodon", desk.Author{}, false},
	} {
		if got := own.Wrote(&desk.Mention{Ref: desk.Ref{Network: c.network}, Author: c.author}); got != c.want {
			t.Errorf("%s %+v: got %v", c.network, c.author, got)
		}
	}
}
