package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"breakwater/desk"
)

// waiting makes a post that waits for its time.
func waiting(t testing.TB, db Bed, key string, change func(*desk.Post)) desk.Post {
	t.Helper()
	p := desk.Post{BrandID: 1, ChannelID: 1, StatementID: 1, Key: key, Text: "x", State: desk.PostWaiting, Due: noon, Next: noon}
	if change != nil {
		change(&p)
	}
	ok(t, db.Sending(context.Background(), func(l desk.Sending) error {
		return l.KeepPost(&p, act("post.schedule"), desk.Out{Say: desk.Say("x")})
	}))
	return p
}

// next is the post that goes out next.
func next(t testing.TB, db Bed, now time.Time, skip ...int64) (p desk.Post, err error) {
	t.Helper()
	err = db.Sending(context.Background(), func(l desk.Sending) (err error) {
		p, err = l.NextDue(now, time.Minute, skip)
		return err
	})
	return p, err
}

// claim claims the post that goes out next.
func claim(db Bed, now time.Time) (p desk.Post, err error) {
	err = db.Sending(context.Background(), func(l desk.Sending) error {
		holds, err := l.LiveHolds()
		if err != nil {
			return err
		}
		if p, err = l.NextDue(now, time.Minute, nil); err != nil {
			return err
		}
		if len(holds) > 0 {
			return errHeld
		}
		if err := p.Claim(now, now.Add(time.Minute)); err != nil {
			return err
		}
		return l.KeepPost(&p, act("post.claim"), desk.Out{Say: desk.Say("x")})
	})
	return p, err
}

var errHeld = errors.New("held")

var sendingTests = map[string]func(*testing.T, Bed){
	"posts go out by their time, a channel sends one at a time": func(t *testing.T, db Bed) {
		_, err := next(t, db, noon)
		is(t, err, desk.ErrNotFound)
		late := waiting(t, db, "late", func(p *desk.Post) { p.Due, p.Next = noon.Add(time.Second), noon.Add(time.Second) })
		first := waiting(t, db, "first", func(p *desk.Post) { p.StatementID = 2 })
		other := waiting(t, db, "other", func(p *desk.Post) { p.StatementID, p.ChannelID = 3, 2 })
		_, err = next(t, db, noon.Add(-time.Microsecond))
		is(t, err, desk.ErrNotFound)
		if p := must(claim(db, noon))(t); p.ID != first.ID {
			t.Errorf("post %d goes first", p.ID)
		}
		if p := must(claim(db, noon.Add(time.Second)))(t); p.ID != other.ID {
			t.Errorf("post %d of a channel that is sending", p.ID)
		}
		_, err = next(t, db, noon.Add(time.Second))
		is(t, err, desk.ErrNotFound)
		ok(t, db.Sending(context.Background(), func(l desk.Sending) error {
			p := must(l.Post(first.ID))(t)
			ok(t, p.Confirm("n", "", noon, time.Time{}))
			return l.KeepPost(&p, act("post.send"), desk.Out{Say: desk.Say("x")})
		}))
		if p := must(next(t, db, noon.Add(time.Second)))(t); p.ID != late.ID {
			t.Errorf("post %d goes next", p.ID)
		}
		_, err = next(t, db, noon.Add(time.Second), 1)
		is(t, err, desk.ErrNotFound)
	},

	"a post waits for those of its statement that go first, not for ever": func(t *testing.T, db Bed) {
		second := waiting(t, db, "second", func(p *desk.Post) { p.ChannelID, p.Place = 2, 1 })
		first := waiting(t, db, "first", nil)
		if p := must(claim(db, noon))(t); p.ID != first.ID {
			t.Errorf("post %d goes first", p.ID)
		}
		_, err := next(t, db, noon.Add(time.Second))
		is(t, err, desk.ErrNotFound)
		if p := must(next(t, db, noon.Add(time.Minute)))(t); p.ID != second.ID {
			t.Errorf("after a minute comes post %d", p.ID)
		}
	},

	"of many claims at once each post goes to one, and none after a hold": func(t *testing.T, db Bed) {
		const posts = 24
		for i := range posts {
			waiting(t, db, string(rune('a'+i)), func(p *desk.Post) { p.ChannelID, p.StatementID = int64(i+1), int64(i+1) })
		}
		var (
			mu      sync.Mutex
			claimed = map[int64]int{}
			pressed bool
			after   int
			wg      sync.WaitGroup
		)
		for range 4 {
			wg.Go(func() {
				for {
					mu.Lock()
					late := pressed
					mu.Unlock()
					p, err := claim(db, noon)
					if err != nil {
						return
					}
					mu.Lock()
					if claimed[p.ID]++; late {
						after++
					}
					enough := len(claimed) == posts/2
					mu.Unlock()
					if enough {
						h := desk.Hold{By: "Ana", At: noon}
						if err := db.Sending(context.Background(), func(l desk.Sending) error {
							return l.KeepHold(&h, act("hold.press"), desk.Out{Say: desk.Say("x")})
						}); err != nil {
							t.Error(err)
						}
						mu.Lock()
						pressed = true
						mu.Unlock()
					}
				}
			})
		}
		wg.Wait()
		if after != 0 || len(claimed) < posts/2 || len(claimed) == posts {
			t.Errorf("%d claimed, %d of them after the hold", len(claimed), after)
		}
		for id, n := range claimed {
			if n != 1 {
				t.Errorf("post %d was claimed %d times", id, n)
			}
		}
	},

	"what fails in the send path leaves nothing, and old versions are refused": func(t *testing.T, db Bed) {
		ctx := context.Background()
		p := waiting(t, db, "a", nil)
		stale := p
		is(t, db.Sending(ctx, func(l desk.Sending) error {
			p.Text = "y"
			ok(t, l.KeepPost(&p, act("post.move"), desk.Out{Say: desk.Say("x")}))
			return desk.ErrConflict
		}), desk.ErrConflict)
		if got := must(db.Post(ctx, p.ID))(t); got.Text != "x" || got.Version != 1 {
			t.Errorf("kept %+v", got)
		}
		p = stale
		ok(t, db.Sending(ctx, func(l desk.Sending) error {
			return l.KeepPost(&p, act("post.move"), desk.Out{Say: desk.Say("x"), Jobs: []desk.Job{{Kind: "k"}}})
		}))
		is(t, db.Sending(ctx, func(l desk.Sending) error {
			return l.KeepPost(&stale, act("post.move"), desk.Out{Say: desk.Say("x")})
		}), desk.ErrConflict)
		es := must(db.Journal(ctx, desk.EntryFilter{On: "post:1"}))(t)
		if len(es) != 2 || es[0].Before != es[1].After || es[0].Before == "" {
			t.Errorf("entries %+v", es)
		}
		if err := db.Sending(ctx, func(l desk.Sending) error {
			q := desk.Post{Key: "a", State: desk.PostWaiting}
			return l.KeepPost(&q, act("post.schedule"), desk.Out{Say: desk.Say("x")})
		}); err == nil {
			t.Error("a second post has the key of the first")
		}
	},

	"posts are found by their time, state and hold, and looked at when it is time": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b := waiting(t, db, "b", func(p *desk.Post) { p.Due = noon.Add(time.Hour); p.Next = p.Due })
		a := waiting(t, db, "a", func(p *desk.Post) { p.BrandID = 2 })
		held := waiting(t, db, "c", func(p *desk.Post) {
			p.State, p.HoldID, p.Next, p.Due = desk.PostHeld, 4, time.Time{}, noon.Add(2*time.Hour)
		})
		for _, c := range []struct {
			f    desk.PostFilter
			want []int64
		}{
			{desk.PostFilter{}, []int64{held.ID, a.ID, b.ID}},
			{desk.PostFilter{ByDue: true, Paging: desk.Paging{Limit: 9}}, []int64{a.ID, b.ID, held.ID}},
			{desk.PostFilter{From: noon, To: noon.Add(time.Hour)}, []int64{a.ID}},
			{desk.PostFilter{HoldID: 4}, []int64{held.ID}},
			{desk.PostFilter{BrandID: 1, States: []string{desk.PostWaiting}}, []int64{b.ID}},
			{desk.PostFilter{Paging: desk.Paging{Before: a.ID, Limit: 1}}, []int64{b.ID}},
		} {
			got := must(db.Posts(ctx, c.f))(t)
			ids := []int64{}
			for _, p := range got {
				ids = append(ids, p.ID)
			}
			if len(ids) != len(c.want) || ids[0] != c.want[0] || ids[len(ids)-1] != c.want[len(c.want)-1] {
				t.Errorf("%+v finds %v, want %v", c.f, ids, c.want)
			}
		}
		look := func(now time.Time) int { return len(must(db.PostsToLook(ctx, []string{desk.PostWaiting}, now, 9))(t)) }
		if look(noon) != 1 || look(noon.Add(time.Hour)) != 2 {
			t.Error("looked at at the wrong time")
		}
		ok(t, db.LookAgain(ctx, a, noon.Add(2*time.Hour)))
		if look(noon.Add(time.Hour)) != 1 {
			t.Error("looked at too soon again")
		}
		if n := must(db.PostStates(ctx, 1))(t); n[desk.PostWaiting] != 1 || n[desk.PostHeld] != 1 {
			t.Errorf("counts %v", n)
		}
	},

	"a copy that is known as another post's is told apart": func(t *testing.T, db Bed) {
		ctx := context.Background()
		p := waiting(t, db, "p1", func(p *desk.Post) { p.NativeID = "town.example/7" })
		none := waiting(t, db, "p2", nil)
		for _, c := range []struct {
			native string
			but    int64
			want   bool
		}{{"town.example/7", none.ID, true}, {"town.example/7", p.ID, false}, {"town.example/8", none.ID, false}, {"", p.ID, false}} {
			if got := must(db.Says(ctx, c.native, c.but))(t); got != c.want {
				t.Errorf("says %q, but not post %d: %v", c.native, c.but, got)
			}
			ok(t, db.Sending(ctx, func(l desk.Sending) error {
				if got := must(l.Says(c.native, c.but))(t); got != c.want {
					t.Errorf("in the send path: says %q, but not post %d: %v", c.native, c.but, got)
				}
				return nil
			}))
		}
	},

	"many posts are written at once, each with its entry; one old version refuses them all": func(t *testing.T, db Bed) {
		ctx := context.Background()
		var all []desk.Post
		for i := range 70 {
			all = append(all, waiting(t, db, fmt.Sprint("p", i), nil))
		}
		stale := all[69]
		keep := func(all []desk.Post) error {
			return db.Sending(ctx, func(l desk.Sending) error {
				for i := range all {
					if err := all[i].Keep(7, desk.Say("x")); err != nil {
						return err
					}
				}
				return l.KeepPosts(all, act("post.hold"), func(p *desk.Post) desk.Out { return desk.Out{Say: desk.Say("{n} is held", "n", p.ID), IncidentID: 5} })
			})
		}
		ok(t, keep(nil))
		ok(t, keep(all))
		is(t, keep([]desk.Post{waiting(t, db, "new", nil), stale}), desk.ErrConflict)
		if n := must(db.PostStates(ctx, 0))(t); n[desk.PostHeld] != 70 || n[desk.PostWaiting] != 1 {
			t.Errorf("states %v", n)
		}
		held := must(db.Posts(ctx, desk.PostFilter{HoldID: 7, States: []string{desk.PostHeld}, ByDue: true, Paging: desk.Paging{Limit: 100}}))(t)
		if len(held) != 70 || held[40].Version != 2 || held[40].Key != all[40].Key {
			t.Errorf("%d held: %+v", len(held), held[0])
		}
		es := must(db.Journal(ctx, desk.EntryFilter{On: fmt.Sprint("post:", all[40].ID)}))(t)
		if len(es) != 2 || es[0].Before != es[1].After || es[0].IncidentID != 5 {
			t.Errorf("entries %+v", es)
		}
		if err := db.VerifyJournal(ctx, func(desk.Entry) error { return nil }); err != nil {
			t.Error(err)
		}
	},

	"holds live until they are ended, the newest first": func(t *testing.T, db Bed) {
		ctx := context.Background()
		press := func(h desk.Hold) desk.Hold {
			ok(t, db.Sending(ctx, func(l desk.Sending) error { return l.KeepHold(&h, act("hold.press"), desk.Out{Say: desk.Say("x")}) }))
			return h
		}
		first, second := press(desk.Hold{By: "Ana", At: noon}), press(desk.Hold{By: "Ben", At: noon, ChannelID: 2})
		if live := must(db.LiveHolds(ctx))(t); len(live) != 2 || live[0].ID != second.ID {
			t.Errorf("live %+v", live)
		}
		first.Ended, first.EndedBy = noon.Add(time.Hour), "Cleo"
		press(first)
		if live := must(db.LiveHolds(ctx))(t); len(live) != 1 || live[0].ID != second.ID {
			t.Errorf("live %+v", live)
		}
		if all := must(db.Holds(ctx, desk.Paging{}))(t); len(all) != 2 || all[1].EndedBy != "Cleo" {
			t.Errorf("all %+v", all)
		}
		if h := must(db.Hold(ctx, second.ID))(t); h.ChannelID != 2 || !h.Live() {
			t.Errorf("%+v", h)
		}
	},
}
