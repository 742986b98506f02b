package app

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"breakwater/desk"
	"breakwater/drill"
)

// TestEveryStormIsHeardAndAlerted plays each case into a whole desk, with its first minutes already behind it: they come at once, as
// after a short sleep of the machine.
func TestEveryStormIsHeardAndAlerted(t *testing.T) {
	t.Parallel()
	for _, story := range drill.Cases() {
		t.Run(story.Name, func(t *testing.T) {
			t.Parallel()
			s, err := open(t.Context(), Config{Data: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			group, ctx := errgroup.WithContext(ctx)
			for _, loop := range []func(context.Context) error{s.flow.Run, s.topics.Run, s.engine.Run, s.router.Run} {
				group.Go(func() error { return loop(ctx) })
			}
			defer func() {
				stop()
				_ = group.Wait() // it ends with ctx, that is its error
				if err := s.close(); err != nil {
					t.Error(err)
				}
			}()
			_, source, err := seedBrand(ctx, s, story)
			if err != nil {
				t.Fatal(err)
			}
			storm := drill.Storm{Case: story, Seed: 3, Start: time.Now().Add(-6 * time.Minute)}
			if err := seedHistory(ctx, s, source, storm, 4); err != nil {
				t.Fatal(err)
			}
			heard := desk.Batch{SourceID: source}
			for _, m := range storm.Crisis() {
				if m.Published.Before(time.Now()) && m.Deleted.IsZero() {
					heard.Mentions = append(heard.Mentions, m)
				}
			}
			if _, err := s.flow.Keep(ctx, heard); err != nil {
				t.Fatal(err)
			}
			alerted(t, ctx, s, len(heard.Mentions))
		})
	}
}

// alerted waits until an alert is live.
func alerted(t *testing.T, ctx context.Context, s *stages, heard int) {
	t.Helper()
	for wait := time.Now().Add(90 * time.Second); time.Now().Before(wait); time.Sleep(100 * time.Millisecond) {
		live, err := s.db.Alerts(ctx, desk.AlertFilter{Live: true, Paging: desk.Paging{Limit: 20}})
		if err != nil {
			t.Fatal(err)
		}
		if len(live) > 0 {
			return
		}
	}
	t.Errorf("%d mentions of the crisis were kept and nobody was alerted", heard)
}
