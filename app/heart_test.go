package app

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"breakwater/desk"
	"breakwater/plan"
)

// The desk is heard outside while everything turns, and not as soon as one part is stuck: here the one writer, which nobody runs.
func TestHeartbeat(t *testing.T) {
	t.Parallel()
	var beats atomic.Int64
	outside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Path == "/ping/5b1c" {
			beats.Add(1)
		}
		_, _ = io.WriteString(w, "OK")
	}))
	defer outside.Close()
	c := Config{Data: t.TempDir(), Log: slog.New(slog.DiscardHandler), AllowPrivate: []string{"127.0.0.0/8"}}
	s, err := open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	group, ctx := errgroup.WithContext(ctx)
	defer func() {
		stop()
		_ = group.Wait() // it ends with ctx
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}()
	run := func(loop func(context.Context) error) { group.Go(func() error { return loop(ctx) }) }
	admin := desk.WithActor(ctx, desk.Actor{Who: "user:1", UserID: 1, Name: "Ana", Role: desk.Admin})
	brand, err := s.db.ChangeBrand(ctx, 0, desk.Act{Who: "desk", Do: "test"}, func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone, out.Say = "Aurora", "UTC", desk.Say("made")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.heart.Save(admin, desk.Heartbeat{URL: outside.URL + "/ping/5b1c", Every: 10}); err != nil {
		t.Fatal(err)
	}
	for _, loop := range []func(context.Context) error{s.engine.Run, s.escalator.Run, s.postman.Run, s.heart.Run} {
		run(loop)
	}
	until(t, "the stuck writer to be found", func() bool {
		p := s.heart.Now()
		return slices.Equal(p.Stuck(), []string{desk.PartWriter})
	})
	needs, err := s.ready.Look(admin, brand.ID, time.Now())
	if err != nil || !slices.ContainsFunc(needs, func(n plan.Need) bool { return n.Name == "heartbeat" && n.State == plan.Bad }) {
		t.Errorf("readiness with a stuck writer: %+v, %v", needs, err)
	}
	if n := beats.Load(); n != 0 {
		t.Errorf("%d beats while the writer was stuck", n)
	}
	if !strings.Contains(scrape(t, s), `breakwater_part_well{part="writer"} 0`) {
		t.Error("the metrics do not name the stuck part")
	}
	run(s.flow.Run)
	until(t, "a beat", func() bool { return beats.Load() > 0 })
	until(t, "the beat to be known", func() bool { p := s.heart.Now(); return !p.Beat.IsZero() && len(p.Stuck()) == 0 })
}

// scrape reads the metrics.
func scrape(t *testing.T, s *stages) string {
	t.Helper()
	w := httptest.NewRecorder()
	s.metrics.handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	return w.Body.String()
}
