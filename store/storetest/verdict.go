package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

var verdictTests = map[string]func(*testing.T, Bed){
	"verdicts and states": func(t *testing.T, db Bed) {
		ctx := context.Background()
		_, ms := brandWith(t, db.DB, 2)
		_, err := db.Learned(ctx, ms[0])
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
				{MonitorID: ms[0], At: at, State: []byte{byte(i), 0, 255}, Keep: true},
				{MonitorID: ms[0], At: at.Add(time.Minute), State: []byte{byte(i)}}, {MonitorID: ms[1], At: at, State: []byte("x")},
			}, []desk.Verdict{v}))
		}
		if diff := cmp.Diff(all[1:], must(db.Verdicts(ctx, ms[0], all[1].At, all[2].At.Add(time.Second)))(t)); diff != "" {
			t.Errorf("verdicts (-want +got):\n%s", diff)
		}
		if vs := must(db.Verdicts(ctx, ms[0], all[0].At, all[2].At))(t); len(vs) != 2 {
			t.Errorf("%d verdicts before the last one, want 2", len(vs))
		}
		if l := must(db.Learned(ctx, ms[0]))(t); string(l.State) != "\x02" || l.Keep || !l.At.Equal(all[2].At.Add(time.Minute)) {
			t.Errorf("the newest state is %+v", l)
		}
		for _, tt := range []struct {
			from, to time.Time
			want     []int // of all, at whose time they were kept
		}{
			{all[2].At, all[2].At.Add(time.Hour), []int{2}},
			{all[2].At.Add(-time.Second), all[2].At, []int{1}},
			{all[1].At.Add(time.Hour), all[2].At.Add(time.Second), []int{1, 2}},
			{all[0].At, all[2].At.Add(time.Second), []int{1, 2}}, // the first is too old
			{all[0].At, all[0].At.Add(time.Hour), nil},
		} {
			var got []int
			for _, l := range must(db.Kept(ctx, ms[0], tt.from, tt.to))(t) {
				got = append(got, int(l.State[0]))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("states to replay [%v, %v) from: %v, want %v", tt.from, tt.to, got, tt.want)
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
		_, err = db.Learned(ctx, ms[0])
		is(t, err, desk.ErrNotFound)
	},
}
