package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

// talkWith is a conversation of a brand, as change makes it.
func talkWith(t testing.TB, db Bed, brandID int64, change func(*desk.Conversation)) desk.Conversation {
	t.Helper()
	return must(db.ChangeConversation(context.Background(), 0, act("conversation.receive"), func(c *desk.Conversation, out *desk.Out) error {
		c.BrandID, c.Network, c.Via, c.State, out.Say = brandID, "mastodon", desk.ViaNamed, desk.ConversationWaiting, desk.Say("x")
		c.First, c.Since, c.Touched = noon, noon, noon
		if change != nil {
			change(c)
		}
		return nil
	}))(t)
}

// changeTalk changes one.
func changeTalk(t testing.TB, db Bed, id int64, change func(*desk.Conversation) error) desk.Conversation {
	t.Helper()
	return must(db.ChangeConversation(context.Background(), id, act("conversation.save"), func(c *desk.Conversation, out *desk.Out) error {
		out.Say = desk.Say("x")
		return change(c)
	}))(t)
}

// answerOf is a post that answers a conversation.
func answerOf(c *desk.Conversation, key string) *desk.Post {
	return &desk.Post{BrandID: c.BrandID, ChannelID: 1, StatementID: 1, Key: key, Text: "x", State: desk.PostWaiting, Due: noon, Next: noon,
		Answer: &desk.Answering{ConversationID: c.ID}}
}

var errTaken = errors.New("somebody answers them already")

// claimTalk begins an answer, as the send path does.
func claimTalk(db Bed, id int64, key string) (p *desk.Post, err error) {
	err = db.Sending(context.Background(), func(l desk.Sending) error {
		c, err := l.Conversation(id)
		if err != nil {
			return err
		}
		if c.Free() != nil {
			return errTaken
		}
		p = answerOf(&c, key)
		if err := l.KeepPost(p, act("post.answer"), desk.Out{Say: desk.Say("x")}); err != nil {
			return err
		}
		if err := c.Begin(1, p.ID, true); err != nil {
			return err
		}
		if err := l.KeepMessage(&desk.Message{ConversationID: id, Kind: desk.MessageOut, At: noon, Text: "x", PostID: p.ID}); err != nil {
			return err
		}
		return l.KeepConversation(&c, act("conversation.answer"), desk.Out{Say: desk.Say("x")})
	})
	return p, err
}

var conversationTests = map[string]func(*testing.T, Bed){
	"a conversation, its entry and its jobs are one transaction": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		c := talkWith(t, db, b.ID, nil)
		before := len(must(db.Journal(ctx, desk.EntryFilter{}))(t))
		_, err := db.ChangeConversation(ctx, c.ID, act("conversation.save"), func(c *desk.Conversation, out *desk.Out) error {
			c.State, out.Say, out.Jobs = desk.ConversationDone, desk.Say("x"), []desk.Job{{Kind: "tell", Key: "a"}}
			return desk.ErrConflict
		})
		is(t, err, desk.ErrConflict)
		_, err = db.Noted(ctx, c.ID, desk.Message{Kind: desk.MessageNote, Text: "never"}, act("conversation.note"), func(c *desk.Conversation, out *desk.Out) error {
			return nil // it does not say what happened
		})
		if err == nil {
			t.Error("a change without a word in the journal was kept")
		}
		if got := must(db.Conversation(ctx, c.ID))(t); got.State != desk.ConversationWaiting || len(must(db.Messages(ctx, c.ID, desk.Paging{}))(t)) != 0 {
			t.Errorf("half of what failed was kept: %+v", got)
		}
		if n := len(must(db.Journal(ctx, desk.EntryFilter{}))(t)); n != before || len(must(db.Jobs(ctx, false, desk.Paging{}))(t)) != 0 {
			t.Errorf("%d entries of what did not happen, or its jobs", n-before)
		}
		must(db.Noted(ctx, c.ID, desk.Message{Kind: desk.MessageNote, At: noon, Text: "she called"}, act("conversation.note"), func(c *desk.Conversation, out *desk.Out) error {
			c.AssigneeID, out.Say, out.Jobs = 7, desk.Say("x"), []desk.Job{{Kind: "tell", Key: "a"}}
			return nil
		}))(t)
		got := must(db.Conversation(ctx, c.ID))(t)
		entries := must(db.Journal(ctx, desk.EntryFilter{On: got.On()}))(t)
		if got.AssigneeID != 7 || len(entries) != 2 || entries[0].Do != "conversation.note" || entries[0].Before == "" || entries[0].Before != entries[1].After {
			t.Errorf("%+v with entries %+v", got, entries)
		}
		if len(must(db.Messages(ctx, c.ID, desk.Paging{}))(t)) != 1 || len(must(db.Jobs(ctx, false, desk.Paging{}))(t)) != 1 {
			t.Error("the note or the job is not there")
		}
		ok(t, db.VerifyJournal(ctx, nil))
	},

	"of many who answer one person at once one does": func(t *testing.T, db Bed) {
		b, _ := brandWith(t, db.DB, 0)
		c := talkWith(t, db, b.ID, nil)
		var wg sync.WaitGroup
		won := make([]bool, 12)
		for i := range won {
			wg.Go(func() {
				_, err := claimTalk(db, c.ID, fmt.Sprint("key", i))
				if won[i] = err == nil; !won[i] && !errors.Is(err, errTaken) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		n := 0
		for _, w := range won {
			if w {
				n++
			}
		}
		if posts := must(db.PostsTo(context.Background(), c.ID))(t); n != 1 || len(posts) != 1 {
			t.Errorf("%d answered, %d posts", n, len(posts))
		}
	},

	"a conversation follows its answer in the answer's transaction": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		c := talkWith(t, db, b.ID, func(c *desk.Conversation) { c.Due = noon.Add(time.Hour) })
		first := must(claimTalk(db, c.ID, "first"))(t)
		step := func(p *desk.Post, change func(*desk.Post)) desk.Conversation {
			t.Helper()
			ok(t, db.Sending(ctx, func(l desk.Sending) error {
				now, err := l.Post(p.ID)
				if err != nil {
					return err
				}
				change(&now)
				return l.KeepPosts([]desk.Post{now}, act("post.save"), func(*desk.Post) desk.Out { return desk.Out{Say: desk.Say("x")} })
			}))
			return must(db.Conversation(ctx, c.ID))(t)
		}
		if got := step(first, func(p *desk.Post) { p.State = desk.PostDropped }); got.State != desk.ConversationWaiting || !got.Since.Equal(noon) || !got.Due.Equal(noon.Add(time.Hour)) {
			t.Errorf("undone it is %+v", got)
		}
		second := must(claimTalk(db, c.ID, "second"))(t)
		if got := step(second, func(p *desk.Post) { p.State, p.Problem = desk.PostFailed, desk.Say("refused") }); got.State != desk.ConversationWaiting || got.Problem.IsZero() || got.Since.IsZero() {
			t.Errorf("refused by its network it is %+v", got)
		}
		third := must(claimTalk(db, c.ID, "third"))(t)
		_, err := db.ChangePost(ctx, second.ID, act("post.retry"), func(p *desk.Post, out *desk.Out) error {
			p.State, out.Say = desk.PostWaiting, desk.Say("x")
			return nil
		})
		is(t, err, desk.ErrInvalidTransition) // they would be answered twice
		got := step(third, func(p *desk.Post) { p.State, p.Sent = desk.PostSent, noon.Add(time.Minute) })
		if got.State != desk.ConversationAnswered || !got.Since.IsZero() || got.Answers != 1 || !got.Touched.Equal(noon.Add(time.Minute)) {
			t.Errorf("answered it is %+v", got)
		}
		if again := step(third, func(p *desk.Post) { p.State = desk.PostVerified }); again.Answers != 1 || again.Version != got.Version {
			t.Errorf("an answer counts again when its copy is read: %+v", again)
		}
	},

	"lists and filters give what the nouns say": func(t *testing.T, db Bed) {
		brands := []desk.Brand{must(addBrand(db))(t), must(addBrand(db))(t)}
		all := spread(t, db, brands)
		for name, one := range map[string]struct {
			f  desk.ConversationFilter
			of func(*desk.Conversation) bool
		}{
			"a brand":    {desk.ConversationFilter{}, func(*desk.Conversation) bool { return true }},
			"incident":   {desk.ConversationFilter{IncidentID: 3}, func(c *desk.Conversation) bool { return c.IncidentID == 3 }},
			"mine":       {desk.ConversationFilter{AssigneeID: 2}, func(c *desk.Conversation) bool { return c.AssigneeID == 2 }},
			"unassigned": {desk.ConversationFilter{Unassigned: true}, func(c *desk.Conversation) bool { return c.AssigneeID == 0 }},
			"state":      {desk.ConversationFilter{States: []string{desk.ConversationSigning}}, func(c *desk.Conversation) bool { return c.State == desk.ConversationSigning }},
			"states": {desk.ConversationFilter{States: []string{desk.ConversationLeft, desk.ConversationDone}}, func(c *desk.Conversation) bool {
				return c.State == desk.ConversationLeft || c.State == desk.ConversationDone
			}},
			"waits":    {desk.ConversationFilter{Waits: true}, func(c *desk.Conversation) bool { return !c.Since.IsZero() }},
			"longest":  {desk.ConversationFilter{Longest: true}, func(c *desk.Conversation) bool { return !c.Since.IsZero() }},
			"danger":   {desk.ConversationFilter{Danger: true, Longest: true}, func(c *desk.Conversation) bool { return c.Danger && !c.Since.IsZero() }},
			"voice":    {desk.ConversationFilter{Voice: true}, func(c *desk.Conversation) bool { return c.Voice }},
			"late":     {desk.ConversationFilter{Late: noon.Add(2 * time.Hour)}, func(c *desk.Conversation) bool { return c.Late(noon.Add(2 * time.Hour)) }},
			"over":     {desk.ConversationFilter{Over: noon.Add(30 * time.Hour)}, func(c *desk.Conversation) bool { return !c.Until.IsZero() && !c.Until.After(noon.Add(30*time.Hour)) }},
			"network":  {desk.ConversationFilter{Network: "mastodon"}, func(c *desk.Conversation) bool { return c.Network == "mastodon" }},
			"label":    {desk.ConversationFilter{Label: "glass"}, func(c *desk.Conversation) bool { return slices.Contains(c.Labels, "glass") }},
			"claim":    {desk.ConversationFilter{ClaimID: 5}, func(c *desk.Conversation) bool { return slices.Contains(c.Claims, 5) }},
			"a person": {desk.ConversationFilter{Network: "x", Person: "p3"}, func(c *desk.Conversation) bool { return c.Network == "x" && c.Person.NativeID == "p3" }},
			"several": {desk.ConversationFilter{States: []string{desk.ConversationWaiting}, Danger: true, Network: "x", Longest: true}, func(c *desk.Conversation) bool {
				return c.State == desk.ConversationWaiting && c.Danger && c.Network == "x" && !c.Since.IsZero()
			}},
			"other brand": {desk.ConversationFilter{BrandID: brands[1].ID}, func(c *desk.Conversation) bool { return c.BrandID == brands[1].ID }},
		} {
			t.Run(name, func(t *testing.T) {
				f := one.f
				if f.BrandID == 0 {
					f.BrandID = brands[0].ID
				}
				f.Limit = 7
				var want []int64
				for i := range all {
					if c := &all[i]; c.BrandID == f.BrandID && one.of(c) {
						want = append(want, c.ID)
					}
				}
				slices.Sort(want)
				got := pages(t, db, f, nil)
				slices.Sort(got)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	},

	"pages show everybody once while others are answered and new ones come": func(t *testing.T, db Bed) {
		b, _ := brandWith(t, db.DB, 0)
		var ids []int64
		for i := range 30 { // five at each time, so that places within a time matter
			ids = append(ids, talkWith(t, db, b.ID, func(c *desk.Conversation) {
				c.Since = noon.Add(time.Duration(i/5) * time.Minute)
				c.Touched = c.Since
			}).ID)
		}
		for _, longest := range []bool{true, false} {
			gone := map[int64]bool{}
			f := desk.ConversationFilter{BrandID: b.ID, Waits: true, Longest: longest, Limit: 4}
			seen := pages(t, db, f, func(page int, shown []desk.Conversation) {
				if page > 4 {
					return
				}
				first, other := shown[0].ID, ids[(page*11+7)%len(ids)]
				for _, id := range []int64{first, other} { // one that was shown and one that may not have been
					changeTalk(t, db, id, func(c *desk.Conversation) error {
						c.State, c.Since = desk.ConversationAnswered, time.Time{}
						return nil
					})
					gone[id] = true
				}
				talkWith(t, db, b.ID, func(c *desk.Conversation) { c.Since = noon.Add(time.Hour); c.Touched = c.Since })
				talkWith(t, db, b.ID, func(c *desk.Conversation) { c.Since = noon.Add(-time.Hour); c.Touched = c.Since })
			})
			count := map[int64]int{}
			for _, id := range seen {
				count[id]++
			}
			for _, id := range ids {
				if n := count[id]; n > 1 || n == 0 && !gone[id] {
					t.Errorf("longest %v: conversation %d was shown %d times", longest, id, n)
				}
			}
			for id := range gone { // they wait again for the other order
				changeTalk(t, db, id, func(c *desk.Conversation) error { c.State, c.Since = desk.ConversationWaiting, noon; return nil })
			}
		}
	},

	"counts are those of a scan": func(t *testing.T, db Bed) {
		ctx := context.Background()
		brands := []desk.Brand{must(addBrand(db))(t), must(addBrand(db))(t)}
		all := spread(t, db, brands)
		now := noon.Add(2 * time.Hour)
		rnd := rand.New(rand.NewPCG(3, 3))
		for round := range 4 {
			for _, brand := range []int64{brands[0].ID, brands[1].ID, 0} {
				for user := range int64(4) {
					got := must(db.CountConversations(ctx, brand, user, now))(t)
					if diff := cmp.Diff(scan(all, brand, user, now), got); diff != "" {
						t.Fatalf("round %d, brand %d, person %d (-scan +counts):\n%s", round, brand, user, diff)
					}
				}
			}
			for range 25 {
				i := rnd.IntN(len(all))
				all[i] = changeTalk(t, db, all[i].ID, func(c *desk.Conversation) error { scatter(c, rnd); return nil })
			}
		}
	},

	"who types first owns the draft": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		c := talkWith(t, db, b.ID, nil)
		write := func(user int64, text string, at time.Time, takeOver bool) (bool, desk.Draft) {
			t.Helper()
			mine, d, err := db.KeepDraft(ctx, desk.Draft{ConversationID: c.ID, UserID: user, Name: fmt.Sprint("user ", user), Text: text, At: at, Until: at.Add(desk.DraftFor)}, takeOver)
			ok(t, err)
			return mine, d
		}
		if mine, d := write(1, "Please", noon, false); !mine || d.Text != "Please" {
			t.Errorf("the first has %v %+v", mine, d)
		}
		if mine, d := write(2, "Hello", noon.Add(time.Minute), false); mine || d.UserID != 1 || d.Text != "Please" {
			t.Errorf("the second has %v %+v", mine, d)
		}
		if mine, d := write(1, "Please unplug", noon.Add(90*time.Second), false); !mine || !d.Until.Equal(noon.Add(90*time.Second+desk.DraftFor)) {
			t.Errorf("typing on gives %v %+v", mine, d)
		}
		if mine, _ := write(2, "Hello", noon.Add(90*time.Second+desk.DraftFor-time.Microsecond), false); mine {
			t.Error("a lock ended before its time")
		}
		if len(must(db.Drafts(ctx, []int64{c.ID, 99}, noon.Add(2*time.Minute)))(t)) != 1 || len(must(db.Drafts(ctx, []int64{c.ID}, noon.Add(time.Hour)))(t)) != 0 {
			t.Error("the list does not say who is writing now")
		}
		if mine, d := write(2, "Hello", noon.Add(90*time.Second+desk.DraftFor), false); !mine || d.Text != "Hello" {
			t.Errorf("when the lock is over the second has %v %+v", mine, d)
		}
		if mine, d := write(1, "Mine", noon.Add(4*time.Minute), true); !mine || d.UserID != 1 {
			t.Errorf("taken over: %v %+v", mine, d)
		}
		ok(t, db.DropDraft(ctx, c.ID, 2))
		if must(db.Draft(ctx, c.ID))(t).UserID != 1 {
			t.Error("somebody else's draft was dropped")
		}
		ok(t, db.DropDraft(ctx, c.ID, 1))
		if d := must(db.Draft(ctx, c.ID))(t); d.UserID != 0 || d.Text != "" {
			t.Errorf("dropped it is %+v", d)
		}
		_, _, err := db.KeepDraft(ctx, desk.Draft{ConversationID: 99, UserID: 1, Text: "x", At: noon, Until: noon}, false)
		is(t, err, desk.ErrNotFound)
		var wg sync.WaitGroup
		owners := make([]bool, 8)
		for i := range owners {
			wg.Go(func() {
				mine, _, err := db.KeepDraft(ctx, desk.Draft{ConversationID: c.ID, UserID: int64(i + 1), Text: "x", At: noon, Until: noon.Add(desk.DraftFor)}, false)
				if owners[i] = mine; err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := len(slices.DeleteFunc(owners, func(o bool) bool { return !o })); n != 1 {
			t.Errorf("%d typed first", n)
		}
	},

	"an answer that goes out takes its writer's words along, not those of who writes now": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		c := talkWith(t, db, b.ID, nil)
		drop := func(user int64, at time.Time) {
			t.Helper()
			ok(t, db.Sending(ctx, func(l desk.Sending) error { return l.DropDraft(c.ID, user, at) }))
		}
		keep := func(user int64) {
			t.Helper()
			_, _, err := db.KeepDraft(ctx, desk.Draft{ConversationID: c.ID, UserID: user, Text: "x", At: noon, Until: noon.Add(desk.DraftFor)}, true)
			ok(t, err)
		}
		keep(2)
		drop(1, noon.Add(time.Minute))
		if must(db.Draft(ctx, c.ID))(t).UserID != 2 {
			t.Error("the words of somebody who is writing are gone")
		}
		drop(1, noon.Add(desk.DraftFor))
		if must(db.Draft(ctx, c.ID))(t).UserID != 0 {
			t.Error("old words of somebody else stay below an answer")
		}
		keep(1)
		drop(1, noon.Add(time.Minute))
		if must(db.Draft(ctx, c.ID))(t).UserID != 0 {
			t.Error("the words that went out are still a draft")
		}
	},

	"who has other brands finds no conversation and counts none": func(t *testing.T, db Bed) {
		ctx := context.Background()
		ours, theirs := must(addBrand(db))(t), must(addBrand(db))(t)
		c := talkWith(t, db, theirs.ID, nil)
		talkWith(t, db, ours.ID, nil)
		bo := desk.WithActor(ctx, desk.Actor{Who: "user:2", UserID: 2, Role: desk.Lead, Grants: []desk.Grant{{BrandID: ours.ID, Role: desk.Lead}}})
		for brand, want := range map[int64]int{0: 1, ours.ID: 1, theirs.ID: 0} {
			if n := must(db.CountConversations(bo, brand, 2, noon))(t); n.Waiting != want {
				t.Errorf("of brand %d they count %d", brand, n.Waiting)
			}
			if n := len(must(db.Conversations(bo, desk.ConversationFilter{BrandID: brand}))(t)); n != want {
				t.Errorf("of brand %d they see %d", brand, n)
			}
		}
		_, _, err := db.KeepDraft(bo, desk.Draft{ConversationID: c.ID, UserID: 2, Text: "x", At: noon, Until: noon}, false)
		is(t, err, desk.ErrNotFound)
		_, err = db.Messages(bo, c.ID, desk.Paging{})
		is(t, err, desk.ErrNotFound)
	},
}

func addBrand(db Bed) (desk.Brand, error) {
	return db.ChangeBrand(context.Background(), 0, act("brand.save"), func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone, out.Say = "Acme", "UTC", desk.Say("x")
		return nil
	})
}

// spread makes conversations of every sort.
func spread(t testing.TB, db Bed, brands []desk.Brand) (all []desk.Conversation) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range 90 {
		all = append(all, talkWith(t, db, brands[i%5/4].ID, func(c *desk.Conversation) {
			c.Network = []string{"x", "mastodon", "bluesky"}[rnd.IntN(3)]
			c.Person = desk.Author{NativeID: fmt.Sprint("p", rnd.IntN(6)), Handle: strings.Repeat("h", i%4)}
			c.Private, c.IncidentID = i%7 == 0, int64(i%4)
			c.Touched = noon.Add(time.Duration(rnd.IntN(40)) * time.Minute)
			if i%3 == 0 {
				c.Labels = []string{"glass", "shop"}
			}
			if i%4 == 0 {
				c.Claims = desk.IDs{5}
			}
			scatter(c, rnd)
		}))
	}
	return all
}

// scatter moves a conversation to any state.
func scatter(c *desk.Conversation, rnd *rand.Rand) {
	c.State = desk.ConversationStates[rnd.IntN(len(desk.ConversationStates))]
	c.AssigneeID, c.Danger, c.Voice = int64(rnd.IntN(4)), rnd.IntN(4) == 0, rnd.IntN(4) == 0
	c.Since, c.Due, c.Until = time.Time{}, time.Time{}, time.Time{}
	if rnd.IntN(3) > 0 || c.State == desk.ConversationHanded { // who was handed over waits
		c.Since = noon.Add(time.Duration(rnd.IntN(50)) * time.Minute)
	}
	if rnd.IntN(2) == 0 {
		c.Due = noon.Add(time.Duration(rnd.IntN(240)) * time.Minute)
	}
	if c.State == desk.ConversationSnoozed {
		c.Until = noon.Add(time.Duration(rnd.IntN(60)) * time.Hour)
	}
}

// pages reads a list to its end, page by page, and calls between after each page that is not the last.
func pages(t testing.TB, db Bed, f desk.ConversationFilter, between func(page int, shown []desk.Conversation)) (ids []int64) {
	t.Helper()
	for page := range 100 {
		rows := must(db.Conversations(context.Background(), f))(t)
		for _, c := range rows {
			ids = append(ids, c.ID)
		}
		if len(rows) < f.Limit {
			return ids
		}
		last := rows[len(rows)-1]
		f.After = desk.ConversationPlace{At: last.Touched, ID: last.ID}
		if f.Longest {
			f.After.At = last.Since
		}
		if between != nil {
			between(page, rows)
		}
	}
	t.Fatal("the list has no end")
	return nil
}

// scan counts conversations one by one, as CountConversations promises to.
func scan(all []desk.Conversation, brandID, userID int64, now time.Time) (n desk.ConversationCounts) {
	is := func(c *desk.Conversation, states ...string) bool { return slices.Contains(states, c.State) }
	for i := range all {
		c := &all[i]
		if brandID != 0 && c.BrandID != brandID {
			continue
		}
		for count, does := range map[*int]bool{
			&n.Waiting: !c.Since.IsZero(), &n.Late: c.Late(now),
			&n.Mine:       userID != 0 && c.AssigneeID == userID && is(c, desk.ConversationWaiting, desk.ConversationSigning, desk.ConversationSending, desk.ConversationHanded) && !c.Since.IsZero(),
			&n.Unassigned: c.AssigneeID == 0 && is(c, desk.ConversationWaiting) && !c.Since.IsZero(),
			&n.Danger:     c.Danger && is(c, desk.ConversationWaiting) && !c.Since.IsZero(),
			&n.Voices:     c.Voice && is(c, desk.ConversationWaiting) && !c.Since.IsZero(),
			&n.Signing:    is(c, desk.ConversationSigning), &n.Snoozed: is(c, desk.ConversationSnoozed),
			&n.Handed: is(c, desk.ConversationHanded),
		} {
			if does {
				*count++
			}
		}
		if !c.Since.IsZero() && (n.Oldest.IsZero() || c.Since.Before(n.Oldest)) {
			n.Oldest = c.Since
		}
	}
	return n
}
