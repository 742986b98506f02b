package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

var verdictTests = map[string]func(*testing.T, Bed){
	"verdicts and states": func(t *testing.T, db Bed) {
		ctx := context.Background()
		_, ms := brandWith(t, db.DB, 2)
		_, err := db.Learned(ctx, ms[0], time.Time{})
		is(t, err, desk.ErrNotFound)
		day := noon.Truncate(24 * time.Hour)
		var all []desk.Verdict
		for i := range 3 {
			at := day.AddDate(0, 0, 5*i)
			v := desk.Verdict{
				MonitorID: ms[0], At: at, Heard: desk.Heard{Count: 5, Negative: 1, Copies: 2, Late: 3},
				Topics: []desk.TopicHeard{{Topic: "#boycott", Count: 2, Negative: 1, Score: 0.1}},
				Mood:   1.0 / 3, Volume: -9, Bar: 3.4000000000000004, Told: i == 1, Expected: 1e-300, Usual: 0.15, Deaf: i == 2,
			}
			all = append(all, v)
			ok(t, db.SaveLearned(ctx, []desk.Learned{
				{MonitorID: ms[0], At: at, State: []byte{byte(i), 0, 255}, Keep: true}, {MonitorID: ms[1], At: at, State: []byte("x")},
			}, []desk.Verdict{v}))
		}
		if diff := cmp.Diff(all[1:], must(db.Verdicts(ctx, ms[0], all[1].At, all[2].At.Add(time.Second)))(t)); diff != "" {
			t.Errorf("verdicts (-want +got):\n%s", diff)
		}
		if vs := must(db.Verdicts(ctx, ms[0], all[0].At, all[2].At))(t); len(vs) != 2 {
			t.Errorf("%d verdicts before the last one, want 2", len(vs))
		}
		// The newest, and the kept ones of the last days.
		for _, tt := range []struct {
			monitor int64
			at      time.Time
			state   string
		}{
			{ms[0], time.Time{}, "\x02\x00\xff"},
			{ms[1], time.Time{}, "x"},
			{ms[0], all[2].At.Add(-time.Second), "\x01\x00\xff"},
			{ms[0], all[2].At, "\x02\x00\xff"},
			{ms[0], all[1].At.Add(-time.Second), ""},
			{ms[1], all[2].At, ""},
		} {
			w, err := db.Learned(ctx, tt.monitor, tt.at)
			if tt.state == "" {
				is(t, err, desk.ErrNotFound)
				continue
			}
			ok(t, err)
			if string(w.State) != tt.state {
				t.Errorf("state of monitor %d at %v is %q, want %q", tt.monitor, tt.at, w.State, tt.state)
			}
		}
		// The same bucket once more replaces its verdict; very old ones go when a state is kept.
		all[1].Mood = 2
		later := desk.Learned{MonitorID: ms[0], At: day.AddDate(1, 1, 11), State: []byte("y"), Keep: true}
		ok(t, db.SaveLearned(ctx, []desk.Learned{later}, all[1:2]))
		if vs := must(db.Verdicts(ctx, ms[0], day, later.At))(t); len(vs) != 1 || !vs[0].At.Equal(all[2].At) {
			t.Errorf("verdicts after more than a year: %+v", vs)
		}
		// A deleted monitor leaves nothing of it behind.
		ok(t, db.DeleteMonitor(ctx, ms[0], act("monitor.delete")))
		_, err = db.Learned(ctx, ms[0], time.Time{})
		is(t, err, desk.ErrNotFound)
	},
}
