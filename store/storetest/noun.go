package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

var nounTests = map[string]func(*testing.T, Bed){
	"what is changed is kept, with its version and its entry": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, ms := brandWith(t, db.DB, 1)
		a := must(db.ChangeAlert(ctx, 0, act("alert.open"), func(a *desk.Alert, out *desk.Out) error {
			if a.ID == 0 {
				t.Error("a new noun comes without its id")
			}
			a.BrandID, a.MonitorID, a.State, a.Opened = b.ID, ms[0], desk.AlertOpen, noon
			a.Title = desk.Say("{n} mentions", "n", 7)
			out.Say, out.IncidentID, out.Detail = desk.Say("An alert was opened."), 3, map[string]int{"n": 7}
			out.Jobs = []desk.Job{{Kind: "alert.send", Payload: "{}"}}
			return nil
		}))(t)
		seen := must(db.ChangeAlert(ctx, a.ID, act("alert.see"), func(a *desk.Alert, out *desk.Out) error {
			out.Say = desk.Say("{who} looks at it.", "who", "Ana")
			return a.See("Ana", noon)
		}))(t)
		got := must(db.Alert(ctx, a.ID))(t)
		if diff := cmp.Diff(fmt.Sprint(seen), fmt.Sprint(got)); diff != "" || got.Version != 2 || got.State != desk.AlertSeen {
			t.Errorf("kept %+v\n%s", got, diff)
		}
		es := must(db.Journal(ctx, desk.EntryFilter{On: fmt.Sprint("alert:", a.ID)}))(t)
		if len(es) != 2 || es[0].Before != es[1].After || es[0].Before == es[0].After || es[1].Before != "" || es[1].Detail != `{"n":7}` || es[1].IncidentID != 3 {
			t.Errorf("entries %+v", es)
		}
		if js := must(db.Jobs(ctx, false, desk.Paging{}))(t); len(js) != 1 || js[0].Kind != "alert.send" {
			t.Errorf("jobs %+v", js)
		}
	},

	"a change that fails or skips leaves nothing": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		before := len(must(db.Journal(ctx, desk.EntryFilter{}))(t))
		_, err := db.ChangeBrand(ctx, b.ID, act("brand.save"), func(b *desk.Brand, out *desk.Out) error {
			b.Name, out.Say, out.Jobs = "Other", desk.Say("x"), []desk.Job{{Kind: "k"}}
			return desk.ErrInvalidTransition
		})
		is(t, err, desk.ErrInvalidTransition)
		_, err = db.ChangeBrand(ctx, b.ID, act("brand.save"), func(b *desk.Brand, out *desk.Out) error {
			out.Skip = true
			return nil
		})
		ok(t, err)
		if _, err = db.ChangeBrand(ctx, b.ID, act("brand.save"), func(b *desk.Brand, _ *desk.Out) error { b.Name = "Silent"; return nil }); err == nil {
			t.Error("a change that says nothing was taken")
		}
		_, err = db.ChangeBrand(ctx, 99, act("brand.save"), func(*desk.Brand, *desk.Out) error { return nil })
		is(t, err, desk.ErrNotFound)
		if got := must(db.Brand(ctx, b.ID))(t); got.Name != "Acme" || got.Version != 1 {
			t.Errorf("the brand is now %+v", got)
		}
		if n := len(must(db.Journal(ctx, desk.EntryFilter{}))(t)); n != before || len(must(db.Jobs(ctx, false, desk.Paging{}))(t)) != 0 {
			t.Errorf("%d entries, there were %d", n, before)
		}
	},

	"occasions are found by brand and time": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		other, _ := brandWith(t, db.DB, 0)
		var ids []int64
		for i, brand := range []int64{b.ID, b.ID, other.ID} {
			o := must(db.ChangeOccasion(ctx, 0, act("occasion.save"), func(o *desk.Occasion, out *desk.Out) error {
				o.BrandID, o.Name, o.Kind, o.Words, out.Say = brand, "Launch", "launch", []string{"#jar"}, desk.Say("x")
				o.From, o.To = noon.AddDate(0, 0, -7*i), noon.AddDate(0, 0, 1-7*i)
				return nil
			}))(t)
			ids = append(ids, o.ID)
		}
		found := func(brand int64, from, to time.Time) (got []int64) {
			for _, o := range must(db.Occasions(ctx, brand, from, to))(t) {
				got = append(got, o.ID)
			}
			return got
		}
		for name, tt := range map[string]struct{ got, want []int64 }{
			"all of a brand":   {found(b.ID, time.Time{}, time.Time{}), []int64{ids[1], ids[0]}},
			"now":              {found(b.ID, noon, noon.Add(time.Second)), []int64{ids[0]}},
			"over by a moment": {found(b.ID, noon.AddDate(0, 0, 1), time.Time{}), nil},
			"of all brands":    {found(0, time.Time{}, noon), []int64{ids[2], ids[1]}},
		} {
			if diff := cmp.Diff(tt.want, tt.got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		ok(t, db.DeleteOccasion(ctx, ids[0], act("occasion.delete")))
		_, err := db.Occasion(ctx, ids[0])
		is(t, err, desk.ErrNotFound)
	},

	"two change at once: the second starts again": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		runs := 0
		must(db.ChangeBrand(ctx, b.ID, act("brand.save"), func(x *desk.Brand, out *desk.Out) error {
			if runs++; runs == 1 {
				must(db.ChangeBrand(ctx, b.ID, act("brand.save"), func(x *desk.Brand, out *desk.Out) error {
					x.Zone, out.Say = "Asia/Jakarta", desk.Say("x")
					return nil
				}))(t)
			}
			x.Name, out.Say = x.Name+"!", desk.Say("x")
			return nil
		}))(t)
		if got := must(db.Brand(ctx, b.ID))(t); runs != 2 || got.Name != "Acme!" || got.Zone != "Asia/Jakarta" || got.Version != 3 {
			t.Errorf("after %d runs %+v", runs, got)
		}
		_, err := db.ChangeBrand(ctx, b.ID, act("brand.save"), func(x *desk.Brand, out *desk.Out) error {
			out.Say = desk.Say("x")
			_, err := db.ChangeBrand(ctx, b.ID, act("brand.save"), func(x *desk.Brand, out *desk.Out) error { out.Say = desk.Say("x"); return nil })
			return err
		})
		is(t, err, desk.ErrConflict)
	},

	"many change at once": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		var wg sync.WaitGroup
		var mu sync.Mutex
		done := 0
		for range 8 {
			wg.Go(func() {
				for range 10 {
					_, err := db.ChangeBrand(ctx, b.ID, act("brand.save"), func(x *desk.Brand, out *desk.Out) error {
						x.Retention++
						out.Say = desk.Say("x")
						return nil
					})
					if err == nil {
						mu.Lock()
						done++
						mu.Unlock()
					} else if !errors.Is(err, desk.ErrConflict) {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if got := must(db.Brand(ctx, b.ID))(t); got.Retention != done || got.Version != done+1 {
			t.Errorf("%d changes were made, the brand says %d in version %d", done, got.Retention, got.Version)
		}
		ok(t, db.VerifyJournal(ctx, nil))
	},

	"lists and filters": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, ms := brandWith(t, db.DB, 3)
		b2, _ := brandWith(t, db.DB, 1)
		if n := len(must(db.Monitors(ctx, b.ID))(t)); n != 3 {
			t.Errorf("%d monitors", n)
		}
		if n, m := len(must(db.Monitors(ctx, 0))(t)), len(must(db.Brands(ctx))(t)); n != 4 || m != 2 {
			t.Errorf("%d monitors of %d brands", n, m)
		}
		_, err := db.ChangeMonitor(ctx, ms[0], act("monitor.save"), func(m *desk.Monitor, out *desk.Out) error {
			m.BrandID, out.Say = b2.ID, desk.Say("x")
			return nil
		})
		var invalid *desk.Invalid
		if !errors.As(err, &invalid) || invalid.Field != "brand_id" {
			t.Errorf("a monitor changes its brand: %v", err)
		}
		ok(t, db.DeleteMonitor(ctx, ms[0], act("monitor.delete")))
		_, err = db.Monitor(ctx, ms[0])
		is(t, err, desk.ErrNotFound)
		is(t, db.DeleteMonitor(ctx, ms[0], act("monitor.delete")), desk.ErrNotFound)
		_, ms2 := brandWith(t, db.DB, 1)
		if ms2[0] <= ms[2] {
			t.Errorf("the id %d was used before", ms2[0])
		}
		for i := range 5 {
			must(db.ChangeAlert(ctx, 0, act("alert.open"), func(a *desk.Alert, out *desk.Out) error {
				a.BrandID, a.MonitorID, a.SourceID, a.IncidentID, out.Say = b.ID, ms[i%3], int64(i), int64(i/4), desk.Say("x")
				if a.State = desk.AlertOpen; i == 0 {
					a.State = desk.AlertEnded
				}
				return nil
			}))(t)
			must(db.ChangeIncident(ctx, 0, act("incident.open"), func(in *desk.Incident, out *desk.Out) error {
				in.BrandID, in.Title, out.Say = []int64{b.ID, b2.ID}[i%2], fmt.Sprint(i), desk.Say("x")
				return nil
			}))(t)
		}
		for _, tt := range []struct {
			f desk.AlertFilter
			n int
		}{
			{desk.AlertFilter{}, 5}, {desk.AlertFilter{Live: true}, 4}, {desk.AlertFilter{BrandID: b2.ID}, 0}, {desk.AlertFilter{MonitorID: ms[0]}, 2},
			{desk.AlertFilter{SourceID: 4}, 1}, {desk.AlertFilter{IncidentID: 1}, 1}, {desk.AlertFilter{Paging: desk.Paging{Limit: 2}}, 2},
			{desk.AlertFilter{Paging: desk.Paging{Before: 3}}, 2},
		} {
			if got := must(db.Alerts(ctx, tt.f))(t); len(got) != tt.n {
				t.Errorf("%+v lists %d, want %d", tt.f, len(got), tt.n)
			}
		}
		in := must(db.Incidents(ctx, b.ID, desk.Paging{}))(t)
		if all := must(db.Incidents(ctx, 0, desk.Paging{Limit: 4}))(t); len(in) != 3 || in[0].Title != "4" || len(all) != 4 {
			t.Errorf("incidents %+v", in)
		}
		if got := must(db.Incident(ctx, in[0].ID))(t); got.Title != "4" {
			t.Errorf("%+v", got)
		}
	},

	"ways and their secrets": func(t *testing.T, db Bed) {
		ctx := context.Background()
		w := must(db.ChangeWay(ctx, 0, act("way.save"), func(w *desk.Way, out *desk.Out) error {
			w.Name, w.Kind, w.Settings, out.Say = "Ana, mail", "email", desk.Settings{"password": "hunter2"}, desk.Say("x")
			return nil
		}))(t)
		if w.Settings["password"] != "hunter2" || must(db.Way(ctx, w.ID))(t).Settings["password"] != "hunter2" {
			t.Error("the settings are lost")
		}
		ok(t, db.SetWayResult(ctx, w.ID, noon, "mailbox full\x00"))
		ok(t, db.SetWayResult(ctx, w.ID, noon, "mailbox full"))
		if got := must(db.Ways(ctx))(t); len(got) != 1 || got[0].Problem != "mailbox full" || !got[0].LastOK.IsZero() || got[0].Version != 1 {
			t.Errorf("%+v", got)
		}
		ok(t, db.SetWayResult(ctx, w.ID, noon, ""))
		if got := must(db.Way(ctx, w.ID))(t); got.Problem != "" || !got.LastOK.Equal(noon) {
			t.Errorf("%+v", got)
		}
		ok(t, db.DeleteWay(ctx, w.ID, act("way.delete")))
		is(t, db.SetWayResult(ctx, w.ID, noon, ""), desk.ErrNotFound)
	},

	"jobs": func(t *testing.T, db Bed) {
		ctx := context.Background()
		say := desk.Say("x")
		must(db.Record(ctx, act("test"), "", desk.Out{Say: say, Jobs: []desk.Job{
			{Kind: "a", Key: "one", Payload: "1"}, {Kind: "a", Key: "one", Payload: "again"}, {Kind: "a", Payload: "2"}, {Kind: "a", Payload: "3"},
			{Kind: "b", Key: "one"}, {Kind: "a", Payload: "later", Due: time.Now().Add(time.Hour)},
		}}))(t)
		got := must(db.ClaimJobs(ctx, "a", 2, time.Hour))(t)
		rest := must(db.ClaimJobs(ctx, "a", 9, time.Hour))(t)
		none := must(db.ClaimJobs(ctx, "a", 9, time.Hour))(t)
		if len(got) != 2 || len(rest) != 1 || len(none) != 0 || got[0].Attempts != 1 {
			t.Fatalf("claimed %+v, then %+v, then %+v", got, rest, none)
		}
		first := got[0]
		ok(t, db.FailJob(ctx, got[1].ID, time.Now().Add(-time.Second), "busy"))
		again := must(db.ClaimJobs(ctx, "a", 9, -time.Second))(t) // a lease that is over at once
		if len(again) != 1 || again[0].Attempts != 2 || again[0].Problem != "busy" {
			t.Errorf("again %+v", again)
		}
		if again = must(db.ClaimJobs(ctx, "a", 9, time.Hour))(t); len(again) != 1 || again[0].Attempts != 3 {
			t.Errorf("after the lease %+v", again)
		}
		ok(t, db.FailJob(ctx, again[0].ID, time.Time{}, "refused"))
		ok(t, db.FinishJob(ctx, first.ID))
		ok(t, db.FinishJob(ctx, first.ID))
		dead := must(db.Jobs(ctx, true, desk.Paging{}))(t)
		if len(dead) != 1 || dead[0].Problem != "refused" || len(must(db.Jobs(ctx, false, desk.Paging{}))(t)) != 3 {
			t.Errorf("dead %+v", dead)
		}
		must(db.Record(ctx, act("test"), "", desk.Out{Say: say, Jobs: []desk.Job{{Kind: "a", Key: first.Key}}}))(t)
	},

	"many claim, each job goes to one": func(t *testing.T, db Bed) {
		ctx := context.Background()
		var jobs []desk.Job
		for i := range 60 {
			jobs = append(jobs, desk.Job{Kind: "a", Payload: fmt.Sprint(i)})
		}
		must(db.Record(ctx, act("test"), "", desk.Out{Say: desk.Say("x"), Jobs: jobs}))(t)
		var wg sync.WaitGroup
		var mu sync.Mutex
		claimed := map[int64]int{}
		for range 6 {
			wg.Go(func() {
				for {
					js, err := db.ClaimJobs(ctx, "a", 3, time.Hour)
					if err != nil {
						t.Error(err)
						return
					}
					if len(js) == 0 && len(claimed) >= 0 {
						return
					}
					mu.Lock()
					for _, j := range js {
						claimed[j.ID]++
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		for id, n := range claimed {
			if n != 1 {
				t.Errorf("job %d was claimed %d times", id, n)
			}
		}
		left := must(db.ClaimJobs(ctx, "a", 99, time.Hour))(t) // those that were held by another claim at the wrong moment
		if len(claimed)+len(left) != 60 {
			t.Errorf("%d jobs were claimed", len(claimed)+len(left))
		}
	},

	"settings": func(t *testing.T, db Bed) {
		ctx := context.Background()
		if v := must(db.Setting(ctx, "a"))(t); v != "" {
			t.Errorf("got %q", v)
		}
		ok(t, db.SetSetting(ctx, "a", "1"))
		ok(t, db.SetSetting(ctx, "a", "2\x00"))
		if v := must(db.Setting(ctx, "a"))(t); v != "2" {
			t.Errorf("got %q", v)
		}
	},
}
