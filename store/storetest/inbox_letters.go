package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"breakwater/desk"
)

var letterTests = map[string]func(*testing.T, Bed){
	"an answer that came back has answered nobody; machines are counted": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		src := must(db.ChangeSource(ctx, 0, act("source.save"), func(s *desk.Source, out *desk.Out) error {
			s.BrandID, s.Kind, s.Name, out.Say = b.ID, "mailbox", "Care", desk.Say("x")
			return nil
		}))(t)
		receive(t, db, mailed(b.ID, "1", "eva", noon, nil))
		c := of(t, db, "email", "1")
		post := sent(t, db, "akey", "ours@aurora.example", b.ID, c.ID)
		must(db.ChangeConversation(ctx, c.ID, desk.Act{Who: "desk", Do: "x", At: noon}, func(c *desk.Conversation, out *desk.Out) error {
			out.Say = desk.Say("x")
			if err := c.Begin(1, post.ID, true); err != nil {
				return err
			}
			c.Follow(&post)
			return nil
		}))(t)
		machine := func(id string, change func(*desk.Incoming)) desk.Incoming {
			return mailed(b.ID, id, "mailer-daemon", noon.Add(time.Hour), func(in *desk.Incoming) {
				in.Machine, in.SourceID = true, src.ID
				change(in)
			})
		}
		receive(t, db, machine("away", func(in *desk.Incoming) { in.Keys = []string{"akey"} }), machine("news", func(*desk.Incoming) {}))
		if c = of(t, db, "email", "1"); c.State != desk.ConversationAnswered || c.Answers != 1 {
			t.Errorf("an answering machine changed the conversation to %+v", c)
		}
		receive(t, db, machine("back", func(in *desk.Incoming) { in.Bounce, in.Thread = true, []string{"ours@aurora.example"} }))
		c = of(t, db, "email", "1")
		if all := texts(t, db, c.ID); c.State != desk.ConversationWaiting || c.Since.IsZero() || c.Due.IsZero() || c.Answers != 0 || c.Problem.IsZero() || c.Heard != 1 || len(all) != 2 {
			t.Errorf("whom our answer did not reach is %+v with %q", c, all)
		}
		if h := must(db.Source(ctx, src.ID))(t).Health; h.Machines != 2 || h.Rejects != 0 {
			t.Errorf("the source has %d mails of machines and %d unreadable", h.Machines, h.Rejects)
		}
	},

	"two presses of the form are one conversation, until it is over": func(t *testing.T, db Bed) {
		b, _ := brandWith(t, db.DB, 0)
		form := func(id, who string) desk.Conversation {
			receive(t, db, mailed(b.ID, id, who, noon, func(in *desk.Incoming) { in.Network, in.Via = "form", desk.ViaForm }))
			return of(t, db, "form", id)
		}
		first, again, other := form("1", "eva"), form("2", "eva"), form("3", "dan")
		if first.ID != again.ID || again.Heard != 2 || other.ID == first.ID {
			t.Errorf("Eva wrote in %d and %d, Dan in %d", first.ID, again.ID, other.ID)
		}
		must(db.ChangeConversation(context.Background(), first.ID, desk.Act{Who: "desk", Do: "x", At: noon}, func(c *desk.Conversation, out *desk.Out) error {
			out.Say = desk.Say("x")
			return c.Leave("a robot")
		}))(t)
		if next := form("4", "eva"); next.ID == first.ID {
			t.Error("what is over goes on by the form")
		}
	},

	"a mail goes on where it says, for who was there": func(t *testing.T, db Bed) {
		b, _ := brandWith(t, db.DB, 0)
		receive(t, db, mailed(b.ID, "one", "eva", noon, nil), mailed(b.ID, "two", "eva", noon, nil))
		c := of(t, db, "email", "one")
		if c.ID == of(t, db, "email", "two").ID {
			t.Fatal("two mails about two things are one conversation")
		}
		sent(t, db, "ourkey", "ours", b.ID, c.ID)
		for i, one := range []struct {
			name   string
			in     desk.Incoming
			joined bool
		}{
			{"to her own mail", mailed(b.ID, "m0", "eva", noon, func(in *desk.Incoming) { in.To = "one" }), true},
			{"by the thread", mailed(b.ID, "m1", "eva", noon, func(in *desk.Incoming) { in.Thread = []string{"gone", "one"} }), true},
			{"to our answer", mailed(b.ID, "m2", "eva", noon, func(in *desk.Incoming) { in.To = "ours" }), true},
			{"our address, from elsewhere", mailed(b.ID, "m3", "eva2", noon, func(in *desk.Incoming) { in.Keys = []string{"ourkey"} }), true},
			{"somebody else to our answer", mailed(b.ID, "m4", "mallory", noon, func(in *desk.Incoming) { in.To = "ours" }), false},
			{"somebody else by the thread", mailed(b.ID, "m5", "mallory", noon, func(in *desk.Incoming) { in.Thread = []string{"one"} }), false},
			{"a made-up address", mailed(b.ID, "m6", "mallory", noon, func(in *desk.Incoming) { in.Keys = []string{"no"} }), false},
			{"a new mail", mailed(b.ID, "m7", "eva", noon, nil), false},
		} {
			receive(t, db, one.in)
			if got := of(t, db, "email", fmt.Sprint("m", i)).ID == c.ID; got != one.joined {
				t.Errorf("%s: joined %v", one.name, got)
			}
		}
	},

	"the form keeps the link to the public conversation it was opened from": func(t *testing.T, db Bed) {
		b, _ := brandWith(t, db.DB, 0)
		receive(t, db, wrote(b.ID, "1", "eva", noon, func(in *desk.Incoming) { in.Cues = []string{"safety_injury"} }))
		ana := must(db.ChangeUser(context.Background(), 0, act("user.add"), func(u *desk.User, out *desk.Out) error {
			u.Name, u.Email, u.Role, out.Say = "Ana", "ana@example.org", desk.Responder, desk.Say("x")
			return nil
		}))(t)
		public := changeTalk(t, db, of(t, db, "mastodon", "1").ID, func(c *desk.Conversation) error {
			c.AssigneeID, c.Assignee = ana.ID, ana.Name
			return c.Label([]string{"glass"}, nil)
		})
		tell := func(id, who, key string, of int64) desk.Incoming {
			return wrote(b.ID, id, who, noon.Add(time.Minute), func(in *desk.Incoming) {
				in.Network, in.Via, in.Private, in.OfID, in.Key = "form", desk.ViaForm, true, of, key
			})
		}
		receive(t, db, tell("f1", "eva@home.example", public.Key, public.ID))
		private := of(t, db, "form", "f1")
		public = of(t, db, "mastodon", "1")
		if private.PublicID != public.ID || public.PrivateID != private.ID || private.ID == public.ID || private.AssigneeID != ana.ID || !private.Danger || !slices.Equal(private.Labels, []string{"glass"}) {
			t.Errorf("public %+v\nprivate %+v", public, private)
		}
		receive(t, db, tell("f2", "eva@home.example", public.Key, public.ID))
		if of(t, db, "form", "f2").ID != private.ID {
			t.Error("the same link leads to another conversation")
		}
		receive(t, db, tell("f5", "mallory@else.example", public.Key, public.ID)) // who read the public answer
		other, public := of(t, db, "form", "f5"), of(t, db, "mastodon", "1")
		if other.ID == private.ID || other.PublicID != public.ID || public.PrivateID != private.ID || !slices.Equal(public.InPrivate(), []int64{private.ID, other.ID}) {
			t.Errorf("somebody else with the link is in %+v of %+v", other, public)
		}
		if c := of(t, db, "form", "f1"); c.Person.Handle != private.Person.Handle || c.Heard != 2 || !slices.Equal(texts(t, db, other.ID), []string{"My kettle smells burnt, says mallory@else.example."}) {
			t.Errorf("the first conversation is with %+v", c.Person)
		}
		receive(t, db, tell("f6", "MALLORY@else.example", public.Key, public.ID), tell("f7", "eva@home.example", public.Key, public.ID))
		if of(t, db, "form", "f6").ID != other.ID || of(t, db, "form", "f7").ID != private.ID {
			t.Error("each of them goes on elsewhere")
		}
		receive(t, db, tell("f8", "eva@home.example", public.Key, 1<<40)) // what it began from is gone
		if c := of(t, db, "form", "f8"); c.PublicID != 0 || c.Heard != 1 {
			t.Errorf("a link to nothing led to %+v", c)
		}
		for id, in := range map[string]desk.Incoming{"f3": tell("f3", "mallory@else.example", "madeup", public.ID), "f4": tell("f4", "bo@home.example", "", 0)} {
			receive(t, db, in)
			if c := of(t, db, "form", id); c.ID == private.ID || c.PublicID != 0 || c.AssigneeID != 0 {
				t.Errorf("%s: a form without its link is %+v", id, c)
			}
		}
	},
}
