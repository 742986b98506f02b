package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"breakwater/desk"
	"breakwater/store"
)

var journalTests = map[string]func(*testing.T, Bed){
	"entries chain": func(t *testing.T, db Bed) {
		ctx := context.Background()
		for i := range 7 {
			e := must(db.Record(ctx, desk.Act{Who: "desk", Do: fmt.Sprint("a.", i%2), Name: "N\x00"}, "thing:1",
				desk.Out{Say: desk.Say("{n} <things> of {big}", "n", i, "big", int64(1)<<60+1), IncidentID: int64(i % 3), Detail: "d"}))(t)
			if e.Seq != int64(i+1) || e.At.IsZero() || e.Hash == "" {
				t.Errorf("entry %+v", e)
			}
		}
		var walked []desk.Entry
		ok(t, db.VerifyJournal(ctx, func(e desk.Entry) error { walked = append(walked, e); return nil }))
		listed := must(db.Journal(ctx, desk.EntryFilter{}))(t)
		slices.Reverse(listed)
		if got, want := fmt.Sprint(walked), fmt.Sprint(listed); got != want || len(walked) != 7 {
			t.Errorf("walked %v\nlisted %v", got, want)
		}
		if s := walked[0].Say.With["big"].(json.Number); s != "1152921504606846977" {
			t.Errorf("a large number became %v", s)
		}
		for _, tt := range []struct {
			f desk.EntryFilter
			n int
		}{{desk.EntryFilter{Do: "a."}, 7}, {desk.EntryFilter{Do: "a.1"}, 3}, {desk.EntryFilter{Do: "a_"}, 0}, {desk.EntryFilter{Who: "desk"}, 7},
			{desk.EntryFilter{IncidentID: 2}, 2}, {desk.EntryFilter{On: "thing:1", After: 5}, 2}, {desk.EntryFilter{On: "thing:2"}, 0},
			{desk.EntryFilter{Paging: desk.Paging{Before: 4, Limit: 2}}, 2}} {
			if got := must(db.Journal(ctx, tt.f))(t); len(got) != tt.n {
				t.Errorf("%+v lists %d, want %d", tt.f, len(got), tt.n)
			}
		}
		stop := errors.New("enough")
		is(t, db.VerifyJournal(ctx, func(desk.Entry) error { return stop }), stop)
	},

	"the timeline of an incident begins with its alert": func(t *testing.T, db Bed) {
		ctx := context.Background()
		in := must(db.ChangeIncident(ctx, 0, act("incident.open"), func(i *desk.Incident, out *desk.Out) error {
			i.BrandID, i.AlertID, out.Say, out.IncidentID = 3, 41, desk.Say("opened"), i.ID
			return nil
		}))(t)
		for _, e := range []struct {
			on string
			in int64
		}{{"alert:41", 0}, {"alert:41", in.ID}, {"alert:42", 0}, {"monitor:1", 0}} {
			must(db.Record(ctx, act("a"), e.on, desk.Out{Say: desk.Say("x"), IncidentID: e.in}))(t)
		}
		f := desk.EntryFilter{IncidentID: in.ID, AlertID: 41}
		for brand, want := range map[int64]int{0: 3, 3: 3, 4: 0} {
			who := desk.Actor{Who: "user:9", Role: desk.Lead}
			if brand != 0 {
				who.Grants = []desk.Grant{{BrandID: brand, Role: desk.Lead}}
			}
			if got := must(db.Journal(desk.WithActor(ctx, who), f))(t); len(got) != want {
				t.Errorf("who sees brand %d (0: all) reads %d entries, want %d: %+v", brand, len(got), want, got)
			}
		}
		if got := must(db.Journal(ctx, desk.EntryFilter{IncidentID: in.ID}))(t); len(got) != 2 {
			t.Errorf("%d entries of the incident alone, want 2", len(got))
		}
	},

	"who touches the journal is found": func(t *testing.T, db Bed) {
		ctx := context.Background()
		record := func() {
			must(db.Record(ctx, act("a"), "thing:1", desk.Out{Say: desk.Say("x")}))(t)
		}
		for range 5 {
			record()
		}
		for _, tt := range []struct {
			do, undo string
			seq      int64
		}{
			{"UPDATE journal SET why = 'no reason' WHERE seq = 3", "UPDATE journal SET why = 'because' WHERE seq = 3", 3},
			{"UPDATE journal SET who = 'user:', name = '1Ana' WHERE seq = 2", "UPDATE journal SET who = 'user:1', name = 'Ana' WHERE seq = 2", 2},
			{"UPDATE journal SET at = at + 1 WHERE seq = 5", "UPDATE journal SET at = at - 1 WHERE seq = 5", 5},
			{"UPDATE journal SET seq = 9 WHERE seq = 5", "UPDATE journal SET seq = 5 WHERE seq = 9", 5},
			{"DELETE FROM journal WHERE seq = 1", "", 1},
		} {
			must(db.Raw.Exec(tt.do))(t)
			var broken *store.Broken
			if err := db.VerifyJournal(ctx, nil); !errors.As(err, &broken) || broken.Seq != tt.seq {
				t.Errorf("after %s: %v", tt.do, err)
			}
			if tt.undo != "" {
				must(db.Raw.Exec(tt.undo))(t)
				ok(t, db.VerifyJournal(ctx, nil))
			}
		}
	},

	"followers hear entries in their order, once they are kept": func(t *testing.T, db Bed) {
		ctx := context.Background()
		var mu sync.Mutex
		var heard []int64
		db.OnJournal(func(e desk.Entry) {
			mu.Lock()
			defer mu.Unlock()
			heard = append(heard, e.Seq)
		})
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 10 {
					if _, err := db.Record(ctx, act("a"), "", desk.Out{Say: desk.Say("x")}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if len(heard) != 40 || !slices.IsSorted(heard) {
			t.Errorf("heard %v", heard)
		}
		ok(t, db.VerifyJournal(ctx, nil))
	},
}
