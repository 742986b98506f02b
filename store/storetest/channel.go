package storetest

import (
	"context"
	"testing"
	"time"

	"breakwater/desk"
)

// channelTests are the rules of channels, of what they keep of their own, and of tasks by hand.
var channelTests = map[string]func(*testing.T, Bed){
	"a look at a channel changes neither its version nor its secrets": func(t *testing.T, db Bed) {
		ctx := context.Background()
		c := must(db.ChangeChannel(ctx, 0, act("channel.save"), func(c *desk.Channel, out *desk.Out) error {
			c.BrandID, c.Name, c.Kind, c.Settings, out.Say = 1, "Ours", "mastodon", desk.Settings{"token": "hunter2"}, desk.Say("x")
			return nil
		}))(t)
		c.State, c.Account, c.Expires, c.Checked = desk.HealthDenied, "@us", noon, noon
		ok(t, db.SetChannelState(ctx, c))
		got := must(db.Channel(ctx, c.ID))(t)
		if got.State != desk.HealthDenied || got.Account != "@us" || !got.Expires.Equal(noon) || got.Version != 1 || got.Settings["token"] != "hunter2" {
			t.Errorf("got %+v", got)
		}
		c.Version, c.State = 7, desk.HealthOK // looked at before it was changed
		ok(t, db.SetChannelState(ctx, c))
		if got := must(db.Channel(ctx, c.ID))(t); got.State != desk.HealthDenied {
			t.Error("a look at older settings was kept")
		}
	},
	"what a channel keeps goes with it": func(t *testing.T, db Bed) {
		ctx := context.Background()
		c := must(db.ChangeChannel(ctx, 0, act("channel.save"), func(c *desk.Channel, out *desk.Out) error {
			c.BrandID, c.Name, out.Say = 1, "List", desk.Say("x")
			return nil
		}))(t)
		for _, state := range []string{desk.LineTrying, desk.LineSent} {
			ok(t, db.KeepChannelLine(ctx, c.ID, "k", desk.Line{Name: "ana@b.example", State: state, Say: desk.Say("said {n}", "n", 1), At: noon}))
		}
		ok(t, db.KeepChannelLine(ctx, c.ID, "other", desk.Line{Name: "ana@b.example", State: desk.LineSent, At: noon}))
		lines := must(db.ChannelLines(ctx, c.ID, "k"))(t)
		if len(lines) != 1 || lines[0].State != desk.LineSent || lines[0].Say.English() != "said 1" || !lines[0].At.Equal(noon) {
			t.Errorf("kept %+v", lines)
		}
		ok(t, db.DeleteChannel(ctx, c.ID, act("channel.delete")))
		if left := must(db.ChannelLines(ctx, c.ID, "k"))(t); len(left) != 0 {
			t.Errorf("left behind: %+v", left)
		}
	},
	"a task by hand is there once": func(t *testing.T, db Bed) {
		ctx := context.Background()
		ask := func(key string) (desk.ByHand, error) {
			return db.ChangeByHand(ctx, 0, act("byhand.ask"), func(b *desk.ByHand, out *desk.Out) error {
				b.BrandID, b.ChannelID, b.Do, b.Key, b.Text, b.Made, out.Say = 1, 2, desk.ByHandSay, key, "Closed", noon, desk.Say("x")
				return nil
			})
		}
		first := must(ask("a"))(t)
		_, err := ask("a")
		is(t, err, desk.ErrConflict)
		second := must(ask("b"))(t)
		if got := must(db.ByHandNamed(ctx, 2, first.Name()))(t); got.ID != first.ID {
			t.Errorf("got %+v", got)
		}
		_, err = db.ByHandNamed(ctx, 3, first.Name())
		is(t, err, desk.ErrNotFound)
		must(db.ChangeByHand(ctx, first.ID, act("byhand.tick"), func(b *desk.ByHand, out *desk.Out) error {
			out.Say = desk.Say("x")
			return b.Tick("Ana", "", desk.Media{}, noon.Add(time.Hour))
		}))(t)
		open, done := must(db.ByHandTasks(ctx, 1, true, desk.Paging{}))(t), must(db.ByHandTasks(ctx, 0, false, desk.Paging{}))(t)
		if len(open) != 1 || open[0].ID != second.ID || len(done) != 1 || done[0].ID != first.ID {
			t.Errorf("open %+v, done %+v", open, done)
		}
	},
}
