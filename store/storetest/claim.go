package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

var claimTests = map[string]func(*testing.T, Bed){
	"claims, and the mentions that make them": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, ms := brandWith(t, db.DB, 1)
		in := room(t, db, b.ID)
		var claims []desk.Claim
		for i := range 2 {
			claims = append(claims, must(db.ChangeClaim(ctx, 0, act("claim.add"), func(c *desk.Claim, out *desk.Out) error {
				c.BrandID, c.IncidentID, c.Text, out.Say = b.ID, in.ID, fmt.Sprint("claim ", i), desk.Say("x")
				return nil
			}))(t))
		}
		if claims[0].Name() != "C1" || claims[1].Name() != "C2" || len(must(db.Claims(ctx, in.ID))(t)) != 2 {
			t.Errorf("claims %+v", claims)
		}
		// Five people say it: one first, two copy it, one says something else, one says it in other words.
		batch := desk.Batch{}
		var first int64
		for i := range 5 {
			m := desk.Mention{Ref: desk.Ref{Network: "mastodon", NativeID: fmt.Sprint(i)}, Kind: desk.KindPost, Text: fmt.Sprint("text ", i), Monitors: ms,
				Author: desk.Author{Handle: fmt.Sprint("who", i), Followers: 10}, Published: noon.Add(time.Duration(i) * time.Minute)}
			m.Fold = m.Key().Fold()
			if i == 1 || i == 2 {
				m.Fold = first
			}
			if i == 0 {
				first = m.Fold
			}
			batch.Mentions = append(batch.Mentions, m)
		}
		must(db.Append(ctx, []desk.Batch{batch}))(t)
		ids := []int64{}
		for i := range 5 {
			ids = append(ids, must(db.MentionByRef(ctx, desk.Ref{Network: "mastodon", NativeID: fmt.Sprint(i)}))(t).ID)
		}
		link := func(makes, forget bool, ids ...int64) {
			t.Helper()
			ok(t, db.LinkClaim(ctx, claims[0].ID, ids, makes, forget, act("claim.link"), desk.Out{Say: desk.Say("x"), IncidentID: in.ID}))
		}
		spread := func() desk.Spread {
			return must(db.ClaimSpread(ctx, claims[0].ID, desk.Ask{BrandID: b.ID, From: noon.Add(-time.Hour), To: noon.Add(time.Hour), Step: time.Minute}))(t)
		}
		if s := spread(); s.Mentions != 0 || s.Points == nil {
			t.Errorf("without a link it has spread %+v", s)
		}
		link(true, false, ids[0], ids[4])
		link(false, false, ids[2], ids[3])
		s := spread()
		if s.Mentions != 3 || s.People != 3 || s.Reach != 30 || len(s.Points) != 3 || !s.First.Equal(noon) || len(s.Networks) != 1 {
			t.Errorf("spread %+v, want the first, its copy that nobody took out, and the one in other words", s)
		}
		var said []bool
		for _, l := range must(db.ClaimLinks(ctx, claims[0].ID))(t) {
			said = append(said, l.Makes)
			if l.Who != "Ana" || l.At.IsZero() {
				t.Errorf("link %+v", l)
			}
		}
		if diff := cmp.Diff([]bool{true, false, false, true}, said); diff != "" {
			t.Errorf("links (-want +got):\n%s", diff)
		}
		if got := must(db.ClaimsOf(ctx, ids[0]))(t); len(got) != 1 || got[0].ID != claims[0].ID || len(must(db.ClaimsOf(ctx, ids[3]))(t)) != 0 {
			t.Errorf("the first mention makes %+v", got)
		}
		link(false, true, ids[0])
		if s := spread(); s.Mentions != 1 {
			t.Errorf("after one was taken back %d mentions make it, want 1", s.Mentions)
		}
		is(t, db.LinkClaim(ctx, 99, ids, true, false, act("claim.link"), desk.Out{Say: desk.Say("x")}), desk.ErrNotFound)
		is(t, db.LinkClaim(ctx, claims[0].ID, []int64{1}, true, false, act("claim.link"), desk.Out{Say: desk.Say("x")}), desk.ErrNotFound)
	},

	"an incident has one appraisal": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		in := room(t, db, b.ID)
		if a := must(db.Appraisal(ctx, in.ID))(t); a.Version != 0 || a.IncidentID != in.ID {
			t.Errorf("nobody appraised it: %+v", a)
		}
		for i, danger := range []string{desk.Yes, desk.No} {
			a := must(db.ChangeAppraisal(ctx, in.ID, act("appraisal.save"), func(a *desk.Appraisal, out *desk.Out) error {
				a.Danger, out.Say = danger, desk.Say("x")
				return nil
			}))(t)
			if a.Version != i+1 || a.IncidentID != in.ID {
				t.Errorf("change %d: %+v", i, a)
			}
		}
		if a := must(db.Appraisal(ctx, in.ID))(t); a.Danger != desk.No {
			t.Errorf("kept %+v", a)
		}
	},
}
