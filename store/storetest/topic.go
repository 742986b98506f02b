package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

var topicTests = map[string]func(*testing.T, Bed){
	"topics and what they are found from": func(t *testing.T, db Bed) {
		ctx := context.Background()
		brand, ms := brandWith(t, db.DB, 2)
		old := desk.Topic{
			ID: 11, MonitorID: ms[0], Name: "異物 · #Kvalster", Terms: []string{"異物", "#Kvalster"}, Since: noon, Found: noon, Last: noon.Add(time.Hour), Ended: noon.Add(2 * time.Hour),
			Count: 7, Networks: []desk.Share{{Name: "bluesky", Count: 7}}, Mentions: desk.IDs{1, 2}, Keys: []uint32{1, 1 << 31}, Score: 31.5, Usual: 0.01,
		}
		now := desk.Topic{ID: 12, MonitorID: ms[1], Name: "ser", Terms: []string{"ser"}, Since: noon.Add(3 * time.Hour), Found: noon.Add(3 * time.Hour), Last: noon.Add(4 * time.Hour), Mentions: desk.IDs{}}
		ok(t, db.SaveTopics(ctx, []desk.TopicState{{MonitorID: ms[0], State: []byte{1, 0}}, {MonitorID: ms[1], State: []byte("x")}}, []desk.Topic{old}))
		ok(t, db.SaveTopics(ctx, []desk.TopicState{{MonitorID: ms[1], State: []byte("y")}}, []desk.Topic{now}))
		now.Name, now.Count = "sery", 9
		ok(t, db.SaveTopics(ctx, nil, []desk.Topic{now}))
		for name, tt := range map[string]struct {
			f    desk.TopicFilter
			want []desk.Topic
		}{
			"all":            {desk.TopicFilter{}, []desk.Topic{now, old}},
			"live":           {desk.TopicFilter{Live: true}, []desk.Topic{now}},
			"of a brand":     {desk.TopicFilter{BrandID: brand.ID}, []desk.Topic{now, old}},
			"of no brand":    {desk.TopicFilter{BrandID: brand.ID + 1}, []desk.Topic{}},
			"of a monitor":   {desk.TopicFilter{Monitors: ms[:1]}, []desk.Topic{old}},
			"one":            {desk.TopicFilter{ID: 11}, []desk.Topic{old}},
			"since then":     {desk.TopicFilter{From: old.Last.Add(time.Second)}, []desk.Topic{now}},
			"up to then":     {desk.TopicFilter{To: now.Since}, []desk.Topic{old}},
			"the newest one": {desk.TopicFilter{Limit: 1}, []desk.Topic{now}},
		} {
			if diff := cmp.Diff(tt.want, must(db.Topics(ctx, tt.f))(t)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		states := func() map[int64]string {
			got := map[int64]string{}
			ok(t, db.TopicStates(ctx, func(s desk.TopicState) error { got[s.MonitorID] = string(s.State); return nil }))
			return got
		}
		if diff := cmp.Diff(map[int64]string{ms[0]: "\x01\x00", ms[1]: "y"}, states()); diff != "" {
			t.Errorf("states (-want +got):\n%s", diff)
		}
		// A deleted monitor leaves nothing of it behind; neither does what ended long ago.
		ok(t, db.DeleteMonitor(ctx, ms[0], act("monitor.delete")))
		old.MonitorID, old.ID, old.Ended = ms[1], 13, time.Now().AddDate(-2, 0, 0)
		ok(t, db.SaveTopics(ctx, nil, []desk.Topic{old}))
		if all := must(db.Topics(ctx, desk.TopicFilter{}))(t); len(all) != 1 || len(states()) != 1 {
			t.Errorf("left: topics %+v, states %v", all, states())
		}
	},
}
