package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"breakwater/desk"
)

var sourceTests = map[string]func(*testing.T, Bed){
	"a gap that is lost is never filled": func(t *testing.T, db Bed) {
		ctx := context.Background()
		missed := must(db.ChangeSource(ctx, 0, act("source.save"), func(s *desk.Source, out *desk.Out) error {
			s.Name, s.Kind, s.Settings, out.Say = "Forgetful", "feed", desk.Settings{"url": "https://b.example"}, desk.Say("x")
			return nil
		}))(t)
		for _, h := range []desk.Health{{State: desk.HealthOK, Answered: noon}, {State: desk.HealthFailing, Answered: noon}, {State: desk.HealthOK, Answered: noon.Add(time.Minute)}} {
			ok(t, db.SetHealth(ctx, missed.ID, h))
		}
		ok(t, db.LoseGap(ctx, missed.ID))
		ok(t, db.FillGap(ctx, missed.ID, noon.Add(time.Hour)))
		if gaps := must(db.Gaps(ctx, []int64{missed.ID}, noon, noon.Add(time.Minute)))(t); len(gaps) != 1 || !gaps[0].Lost || !gaps[0].Filled.IsZero() {
			t.Errorf("lost %+v", gaps)
		}
	},

	"health, its entries and gaps": func(t *testing.T, db Bed) {
		ctx := context.Background()
		s := must(db.ChangeSource(ctx, 0, act("source.save"), func(s *desk.Source, out *desk.Out) error {
			if s.Health.State != desk.HealthNew {
				t.Errorf("a new source is %q", s.Health.State)
			}
			s.Name, s.Kind, s.Settings, out.Say = "News", "feed", desk.Settings{"url": "https://a.example"}, desk.Say("x")
			return nil
		}))(t)
		set := func(state string, answered time.Time) {
			ok(t, db.SetHealth(ctx, s.ID, desk.Health{State: state, Answered: answered, Problem: desk.Say("It says {n}.", "n", 503), Mentions: 99}))
		}
		set(desk.HealthOK, noon)
		set(desk.HealthOK, noon.Add(time.Minute))
		set(desk.HealthFailing, noon.Add(time.Minute))
		set(desk.HealthDenied, noon.Add(time.Minute))
		open := must(db.Gaps(ctx, nil, noon.Add(time.Hour), noon.Add(2*time.Hour)))(t)
		if len(open) != 1 || !open[0].To.IsZero() || !open[0].From.Equal(noon.Add(time.Minute)) || open[0].SourceID != s.ID || open[0].Reason.IsZero() {
			t.Fatalf("open gaps %+v", open)
		}
		set(desk.HealthOK, noon.Add(9*time.Minute))
		gaps := must(db.Gaps(ctx, []int64{s.ID, 77}, noon, noon.Add(time.Hour)))(t)
		if len(gaps) != 1 || !gaps[0].To.Equal(noon.Add(9*time.Minute)) || !gaps[0].Filled.IsZero() {
			t.Errorf("gaps %+v", gaps)
		}
		ok(t, db.FillGap(ctx, s.ID, noon.Add(time.Hour)))
		if gaps = must(db.Gaps(ctx, []int64{s.ID}, noon, noon.Add(time.Hour)))(t); !gaps[0].Filled.Equal(noon.Add(time.Hour)) {
			t.Errorf("filled %+v", gaps)
		}
		for _, q := range [][2]time.Time{{noon.Add(9 * time.Minute), noon.Add(time.Hour)}, {noon.Add(-time.Hour), noon}} {
			if g := must(db.Gaps(ctx, nil, q[0], q[1]))(t); len(g) != 0 {
				t.Errorf("from %v: %+v", q, g)
			}
		}
		got := must(db.Source(ctx, s.ID))(t)
		if got.Health.State != desk.HealthOK || got.Health.Mentions != 0 || got.Version != 1 || got.Settings["url"] == "" {
			t.Errorf("%+v", got)
		}
		if es := must(db.Journal(ctx, desk.EntryFilter{Do: "source.health"}))(t); len(es) != 4 || es[0].Say.With["name"] != "News" {
			t.Errorf("%d entries: %+v", len(es), es)
		}
		since := got.Health.Since
		set(desk.HealthOK, noon.Add(10*time.Minute))
		if all := must(db.Sources(ctx))(t); len(all) != 1 || !all[0].Health.Since.Equal(since) || all[0].Health.State != desk.HealthOK {
			t.Errorf("%+v", all)
		}
		set(desk.HealthPaused, time.Time{})
		ok(t, db.DeleteSource(ctx, s.ID, act("source.delete")))
		_, err := db.Source(ctx, s.ID)
		is(t, err, desk.ErrNotFound)
		for _, g := range must(db.Gaps(ctx, nil, noon, time.Now().Add(time.Hour)))(t) {
			if g.To.IsZero() {
				t.Errorf("open although the source is gone: %+v", g)
			}
		}
	},

	"readers see whole batches beside the writer": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, ms := brandWith(t, db.DB, 1)
		stop := make(chan struct{})
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					s, err := db.Series(ctx, desk.Ask{BrandID: b.ID})
					if err != nil || len(s) == 1 && s[0].Count%10 != 0 {
						t.Errorf("series %+v, %v", s, err)
						return
					}
					if _, err := db.Mentions(ctx, desk.Filter{Text: "kettle", BrandID: b.ID}); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		var writers sync.WaitGroup
		for w := range 2 {
			writers.Go(func() {
				for i := range 20 {
					var batch desk.Batch
					for j := range 10 {
						batch.Mentions = append(batch.Mentions, said(fmt.Sprint(w, "/", i, "/", j), noon, "the kettle", ms[0]))
					}
					batch.SourceID, batch.Cursor = int64(w+1), fmt.Sprint(i)
					if _, err := db.Append(ctx, []desk.Batch{batch}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		writers.Wait()
		close(stop)
		wg.Wait()
		if s := must(db.Series(ctx, desk.Ask{BrandID: b.ID}))(t); len(s) != 1 || s[0].Count != 400 {
			t.Errorf("series %+v", s)
		}
	},

	"an append that is called off leaves nothing": func(t *testing.T, db Bed) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := db.Append(ctx, []desk.Batch{{SourceID: 1, Cursor: "x", Mentions: []desk.Mention{said("1", noon, "x")}}}); err == nil {
			t.Error("it was taken")
		}
		if c := must(db.Cursor(t.Context(), 1))(t); c != "" {
			t.Errorf("cursor %q", c)
		}
	},
}
