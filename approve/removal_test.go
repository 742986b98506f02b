package approve

import (
	"context"
	"testing"
	"time"

	"breakwater/desk"
)

// A sheet says that a post is deleted when its network did it, not when it was asked to, and says when it did not.
func TestARemovalSaysWhatBecameOfThePost(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	channel, err := b.db.ChangeChannel(t.Context(), 0, desk.Act{Who: "desk", Do: "test"}, func(c *desk.Channel, out *desk.Out) error {
		c.BrandID, c.Kind, c.Name, out.Say = b.brand, "email", "Letters", desk.Say("made")
		return nil
	})
	must(t, err)
	keep := func(p *desk.Post) {
		t.Helper()
		must(t, b.db.Sending(t.Context(), func(l desk.Sending) error {
			return l.KeepPost(p, desk.Act{Who: "desk", Do: "test"}, desk.Out{Say: desk.Say("kept")})
		}))
	}
	b.Retract = func(ctx context.Context, id int64, why string) error {
		p, err := b.db.Post(ctx, id)
		must(t, err)
		p.Leaving, p.LeavingWhy = time.Now().UTC(), why
		keep(&p)
		return nil
	}
	for _, end := range []string{desk.DoneDeleted, desk.DoneRefused} {
		p := desk.Post{BrandID: b.brand, ChannelID: channel.ID, Key: end, Lang: "en", Text: "A bad joke.", State: desk.PostVerified, Due: time.Now().UTC()}
		keep(&p)
		r, err := b.Weigh(b.as("Ada"), desk.Removal{PostID: p.ID})
		must(t, err)
		r, err = b.Decide(b.as("Lea"), r.ID, desk.RemovalDelete, "It hurts people.")
		must(t, err)
		if r.Done != desk.DoneAsked {
			t.Errorf("asked for, the sheet says %q", r.Done)
		}
		p, err = b.db.Post(t.Context(), p.ID)
		must(t, err)
		p.Leaving = time.Time{}
		if end == desk.DoneDeleted {
			p.State = desk.PostWithdrawn
		}
		keep(&p)
		r, err = b.Removal(b.as("Vi"), r.ID)
		must(t, err)
		if r.Done != end || (end == desk.DoneRefused) == r.Problem.IsZero() {
			t.Errorf("want %s, the sheet says %q, %s", end, r.Done, r.Problem.English())
		}
		all, err := b.Removals(b.as("Vi"), b.brand, desk.Paging{Limit: 1})
		must(t, err)
		if len(all) != 1 || all[0].Done != end {
			t.Errorf("want %s, the list says %+v", end, all)
		}
	}
}
