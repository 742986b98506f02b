package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
)

// wrote is a message of somebody's to a brand.
func wrote(brandID int64, id, who string, at time.Time, change func(*desk.Incoming)) desk.Incoming {
	in := desk.Incoming{BrandID: brandID, Message: desk.Message{
		Ref: desk.Ref{Network: "mastodon", NativeID: id}, Via: desk.ViaNamed, At: at, Text: "My kettle smells burnt, says " + who + ".", Lang: "en",
		Author: desk.Author{NativeID: who, Handle: who + "@social.example", Name: strings.ToUpper(who), Followers: 10},
	}}
	if change != nil {
		change(&in)
	}
	return in
}

// mailed is a mail of somebody's.
func mailed(brandID int64, id, who string, at time.Time, change func(*desk.Incoming)) desk.Incoming {
	return wrote(brandID, id, who, at, func(in *desk.Incoming) {
		in.Network, in.Via, in.Private = "email", desk.ViaMail, true
		if change != nil {
			change(in)
		}
	})
}

// receive brings messages in.
func receive(t testing.TB, db Bed, all ...desk.Incoming) {
	t.Helper()
	ok(t, db.Receive(context.Background(), all))
}

// of is the conversation that a message is in.
func of(t testing.TB, db Bed, network, id string) desk.Conversation {
	t.Helper()
	ctx := context.Background()
	return must(db.Conversation(ctx, must(db.ConversationOf(ctx, desk.Ref{Network: network, NativeID: id}))(t)))(t)
}

// texts are the words of a conversation, oldest first.
func texts(t testing.TB, db Bed, id int64) (all []string) {
	t.Helper()
	for _, m := range must(db.Messages(context.Background(), id, desk.Paging{}))(t) {
		all = append(all, m.Text)
	}
	slices.Reverse(all)
	return all
}

// savePolicy changes how a brand answers.
func savePolicy(t testing.TB, db Bed, brandID int64, change func(*desk.ReplyPolicy)) desk.ReplyPolicy {
	t.Helper()
	ctx := context.Background()
	was := must(db.ReplyPolicy(ctx, brandID))(t)
	return must(db.ChangeReplyPolicy(ctx, was.ID, act("reply-policy.save"), func(p *desk.ReplyPolicy, out *desk.Out) error {
		id, version := p.ID, p.Version
		*p = was
		p.ID, p.Version = id, version
		change(p)
		out.Say = desk.Say("x")
		return nil
	}))(t)
}

// sent makes a post of ours that its network knows by an id, as an answer in a conversation when it is not 0.
func sent(t testing.TB, db Bed, key, native string, brandID, conversationID int64) desk.Post {
	t.Helper()
	return waiting(t, db, key, func(p *desk.Post) {
		p.BrandID, p.State, p.NativeID = brandID, desk.PostSent, native
		if conversationID != 0 {
			p.Answer = &desk.Answering{ConversationID: conversationID}
		}
	})
}

// answerTo makes an answer to Eva that is out, with its statement, and gives the post's id.
func answerTo(db Bed, brandID, conversationID int64) (id int64, err error) {
	ctx, to := context.Background(), desk.Answering{ConversationID: conversationID, To: "eva@home.example", Name: "Eva", Thread: []string{"eva1@home.example"}}
	s, err := db.ChangeStatement(ctx, 0, act("statement.save"), func(s *desk.Statement, out *desk.Out) error {
		s.BrandID, s.Title, s.State, s.Answers, out.Say = brandID, "Answer", desk.StatementApproved, &to, desk.Say("x")
		return nil
	})
	if err != nil {
		return 0, err
	}
	err = db.Sending(ctx, func(l desk.Sending) error {
		p := desk.Post{BrandID: brandID, ChannelID: 1, StatementID: s.ID, Key: fmt.Sprint("to", conversationID), Text: "Sorry", State: desk.PostVerified, Due: noon, Answer: &to}
		err := l.KeepPost(&p, act("post.answer"), desk.Out{Say: desk.Say("x")})
		id = p.ID
		return err
	})
	return id, err
}

var inboxTests = map[string]func(*testing.T, Bed){
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
	"what a search leaves out is in no message of what it finds": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		say := func(id, who, text string) desk.Incoming {
			return wrote(b.ID, id, who, noon, func(in *desk.Incoming) { in.Text = text })
		}
		receive(t, db, say("1", "eva", "The kettle burns"), say("2", "eva", "Refund me"), say("3", "dan", "The kettle is loud"))
		rows := must(db.Conversations(ctx, desk.ConversationFilter{BrandID: b.ID, Text: "kettle -refund"}))(t)
		if len(rows) != 1 || rows[0].Person.NativeID != "dan" {
			t.Errorf("without refunds it finds %+v", rows)
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
	"who writes is in the inbox once, however often it is heard": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		one := wrote(b.ID, "1", "eva", noon, nil)
		receive(t, db, one, one)
		receive(t, db, one)
		receive(t, db, wrote(b.ID, "2", "eva", noon.Add(time.Minute), nil), wrote(b.ID, "3", "bo", noon, nil))
		c := of(t, db, "mastodon", "1")
		if c.Heard != 2 || c.ID != of(t, db, "mastodon", "2").ID || c.ID == of(t, db, "mastodon", "3").ID || len(texts(t, db, c.ID)) != 2 {
			t.Errorf("Eva's conversation is %+v with %q", c, texts(t, db, c.ID))
		}
		if !c.Since.Equal(noon) || !c.First.Equal(noon) || !c.Touched.Equal(noon.Add(time.Minute)) || c.State != desk.ConversationWaiting || c.Key == "" {
			t.Errorf("it waits as %+v", c)
		}
		if n := must(db.CountConversations(ctx, b.ID, 0, noon))(t); n.Waiting != 2 {
			t.Errorf("%d people wait", n.Waiting)
		}
		if entries := must(db.Journal(ctx, desk.EntryFilter{On: c.On()}))(t); len(entries) != 2 || strings.Contains(fmt.Sprint(entries), "eva") {
			t.Errorf("the journal has %+v", entries)
		}
		ok(t, db.VerifyJournal(ctx, nil))
	},

	"a mention and its conversation are kept together or not at all": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, ms := brandWith(t, db.DB, 1)
		m := said("1", noon, "Is it safe?", ms...)
		in := desk.Incoming{BrandID: b.ID, Message: desk.Message{Ref: m.Ref, Via: desk.ViaMention, At: noon, Text: m.Text, Author: m.Author}}
		batch := desk.Batch{SourceID: 1, Mentions: []desk.Mention{m}, Incoming: []desk.Incoming{in}, Cursor: "behind"}
		must(db.Raw.ExecContext(ctx, "ALTER TABLE conversations RENAME TO elsewhere"))(t)
		if _, err := db.Append(ctx, []desk.Batch{batch}); err == nil {
			t.Fatal("a batch whose conversation cannot be kept was kept")
		}
		must(db.Raw.ExecContext(ctx, "ALTER TABLE elsewhere RENAME TO conversations"))(t)
		_, err := db.MentionByRef(ctx, m.Ref)
		is(t, err, desk.ErrNotFound)
		_, err = db.ConversationOf(ctx, m.Ref)
		is(t, err, desk.ErrNotFound)
		for range 2 { // the network gives it again
			keep(t, db.DB, batch)
		}
		c := of(t, db, "mastodon", "1")
		all := must(db.Messages(ctx, c.ID, desk.Paging{}))(t)
		if len(all) != 1 || all[0].MentionID != find(t, db.DB, "1").ID || c.Heard != 1 {
			t.Errorf("the conversation is %+v with %+v", c, all)
		}
	},

	"only what asks for an answer opens a conversation, and old news does not": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, ms := brandWith(t, db.DB, 1)
		var batch desk.Batch
		for _, one := range []struct {
			id, text, via string
			late          bool
		}{{"asks", "Is it safe?", desk.ViaMention, false}, {"tells", "I bought one.", desk.ViaMention, false}, {"names", "I bought one.", desk.ViaNamed, false}, {"late", "Is it safe?", desk.ViaNamed, true}} {
			m := said(one.id, noon, one.text, ms...)
			batch.Mentions = append(batch.Mentions, m)
			batch.Incoming = append(batch.Incoming, desk.Incoming{BrandID: b.ID, Late: one.late, Message: desk.Message{Ref: m.Ref, Via: one.via, At: noon, Text: m.Text, Author: m.Author}})
		}
		keep(t, db.DB, batch)
		for id, want := range map[string]bool{"asks": true, "tells": false, "names": true, "late": false} {
			if _, err := db.ConversationOf(ctx, desk.Ref{Network: "mastodon", NativeID: id}); (err == nil) != want {
				t.Errorf("%s: %v", id, err)
			}
		}
		receive(t, db, wrote(0, "nobody's", "cy", noon, nil))
		_, err := db.ConversationOf(ctx, desk.Ref{Network: "mastodon", NativeID: "nobody's"})
		is(t, err, desk.ErrNotFound)
	},

	"who writes again is in the same conversation, unless it was over long ago": func(t *testing.T, db Bed) {
		b, _ := brandWith(t, db.DB, 0)
		now := time.Now().UTC().Truncate(time.Microsecond)
		receive(t, db, wrote(b.ID, "1", "eva", now.AddDate(0, 0, -30), nil), wrote(b.ID, "2", "bo", now.AddDate(0, 0, -3), nil))
		over := func(id string) int64 {
			c := of(t, db, "mastodon", id)
			return changeTalk(t, db, c.ID, func(c *desk.Conversation) error { return c.Leave("seen") }).ID
		}
		eva, bo := over("1"), over("2")
		receive(t, db, wrote(b.ID, "3", "eva", now, nil), wrote(b.ID, "4", "bo", now, nil), wrote(b.ID, "5", "bo", now, func(in *desk.Incoming) { in.Private, in.Via = true, desk.ViaDirect }))
		if c := of(t, db, "mastodon", "3"); c.ID == eva {
			t.Error("what was over for weeks goes on")
		}
		c := of(t, db, "mastodon", "4")
		if c.ID != bo || c.State != desk.ConversationWaiting || c.Why != "" || !c.Since.Equal(now) {
			t.Errorf("who was left and writes again is %+v", c)
		}
		if private := of(t, db, "mastodon", "5"); private.ID == bo || !private.Private {
			t.Error("a private message is in a public conversation")
		}
		other := must(addBrand(db))(t)
		receive(t, db, wrote(other.ID, "6", "bo", now, nil))
		if of(t, db, "mastodon", "6").ID == bo {
			t.Error("two brands share a conversation")
		}
	},

	"what is written while an answer is on its way waits behind it": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		receive(t, db, wrote(b.ID, "1", "eva", noon, nil))
		id := of(t, db, "mastodon", "1").ID
		p := must(claimTalk(db, id, "k"))(t)
		receive(t, db, wrote(b.ID, "2", "eva", noon.Add(time.Minute), nil))
		if c := of(t, db, "mastodon", "2"); c.ID != id || c.State != desk.ConversationSending || !c.Since.Equal(noon) {
			t.Errorf("meanwhile it is %+v", c)
		}
		must(db.ChangePost(ctx, p.ID, act("post.save"), func(p *desk.Post, out *desk.Out) error {
			p.State, p.Sent, out.Say = desk.PostSent, noon.Add(2*time.Minute), desk.Say("x")
			return nil
		}))(t)
		if c := of(t, db, "mastodon", "2"); c.State != desk.ConversationWaiting || !c.Since.Equal(noon.Add(time.Minute)) || c.Answers != 1 {
			t.Errorf("then it is %+v", c)
		}
	},

	"who is put off wakes by what they write": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		receive(t, db, wrote(b.ID, "1", "eva", noon, nil), wrote(b.ID, "2", "bo", noon, nil))
		for _, id := range []string{"1", "2"} {
			changeTalk(t, db, of(t, db, "mastodon", id).ID, func(c *desk.Conversation) error { return c.Snooze(noon.Add(time.Hour), noon) })
		}
		over := func(at time.Time) int {
			return len(must(db.Conversations(ctx, desk.ConversationFilter{States: []string{desk.ConversationSnoozed}, Over: at}))(t))
		}
		if over(noon.Add(time.Hour-time.Microsecond)) != 0 || over(noon.Add(time.Hour)) != 2 {
			t.Error("the time that they were put off to is not kept")
		}
		receive(t, db, wrote(b.ID, "3", "eva", noon.Add(time.Minute), nil))
		if c := of(t, db, "mastodon", "1"); c.State != desk.ConversationWaiting || !c.Until.IsZero() || !c.Since.Equal(noon) {
			t.Errorf("who wrote again is %+v", c)
		}
		if n := must(db.CountConversations(ctx, b.ID, 0, noon))(t); n.Snoozed != 1 || n.Waiting != 2 {
			t.Errorf("counts %+v", n)
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

	"an answer to a post of ours is for its brand, whoever is named": func(t *testing.T, db Bed) {
		b, ms := brandWith(t, db.DB, 1)
		sent(t, db, "k", "ours", b.ID, 0)
		m := said("r", noon, "Thanks", ms...)
		m.InReplyTo = "ours"
		other := said("o", noon, "Thanks", ms...)
		only := func(m *desk.Mention) desk.Incoming {
			return desk.Incoming{OnlyOurs: true, To: m.InReplyTo, Message: desk.Message{Ref: m.Ref, Via: desk.ViaMention, At: noon, Text: m.Text, Author: m.Author}}
		}
		keep(t, db.DB, desk.Batch{Mentions: []desk.Mention{m, other}, Incoming: []desk.Incoming{only(&m), only(&other)}})
		if c := of(t, db, "mastodon", "r"); c.BrandID != b.ID || c.Via != desk.ViaReply {
			t.Errorf("the answer is in %+v", c)
		}
		_, err := db.ConversationOf(context.Background(), other.Ref)
		is(t, err, desk.ErrNotFound)
	},

	"who writes in a crisis is part of it, and the clock is the crisis's": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		savePolicy(t, db, b.ID, func(p *desk.ReplyPolicy) {
			p.Clocks = []desk.Clock{{First: 60, Next: 90}, {}, {}, {First: 10, Next: 20}, {}}
		})
		receive(t, db, wrote(b.ID, "1", "eva", noon, nil))
		first, second := room(t, db, b.ID), room(t, db, b.ID)
		must(db.ChangeIncident(ctx, second.ID, act("incident.save"), func(i *desk.Incident, out *desk.Out) error { i.Level, out.Say = 3, desk.Say("x"); return nil }))(t)
		receive(t, db, wrote(b.ID, "2", "bo", noon, nil))
		quiet, crisis := of(t, db, "mastodon", "1"), of(t, db, "mastodon", "2")
		if !quiet.Due.Equal(noon.Add(time.Hour)) || quiet.IncidentID != 0 || !crisis.Due.Equal(noon.Add(10*time.Minute)) || crisis.IncidentID != second.ID {
			t.Errorf("before the crisis %+v\nin it %+v", quiet, crisis)
		}
		jobs := must(db.ClaimJobs(ctx, desk.ReclockKind, 10, time.Minute))(t)
		if len(jobs) != 3 { // two were opened, and one was raised
			t.Errorf("clocks are set anew %d times", len(jobs))
		}
		over := room(t, db, b.ID)
		must(db.ChangeIncident(ctx, over.ID, act("incident.close"), func(i *desk.Incident, out *desk.Out) error {
			i.State, out.Say = desk.IncidentClosed, desk.Say("x")
			return nil
		}))(t)
		room(t, db, must(addBrand(db))(t).ID)
		if open := must(db.OpenIncidents(ctx, b.ID))(t); len(open) != 2 || open[0].ID != second.ID || open[1].ID != first.ID {
			t.Errorf("open are %+v", open)
		}
		changeTalk(t, db, quiet.ID, func(c *desk.Conversation) error { c.IncidentID = first.ID; return nil }) // somebody brought it there
		receive(t, db, wrote(b.ID, "3", "eva", noon.Add(time.Minute), nil))
		if c := of(t, db, "mastodon", "3"); c.IncidentID != first.ID {
			t.Errorf("what somebody brought to a room went to room %d by itself", c.IncidentID)
		}
	},

	"what is over is kept as long as its brand keeps it": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		receive(t, db, mailed(b.ID, "1", "eva", noon, nil), mailed(b.ID, "2", "dan", noon, nil), mailed(b.ID, "3", "mia", noon.Add(2*time.Hour), nil))
		over, waits, fresh := of(t, db, "email", "1"), of(t, db, "email", "2"), of(t, db, "email", "3")
		sent(t, db, "k", "ours", b.ID, over.ID)
		answered := must(answerTo(db, b.ID, over.ID))(t)
		for _, id := range []int64{over.ID, fresh.ID} {
			changeTalk(t, db, id, func(c *desk.Conversation) error { return c.Leave("Seen.") })
		}
		if n := must(db.PurgeTalks(ctx, b.ID, noon.Add(time.Hour), 10))(t); n != 1 {
			t.Errorf("%d conversations were removed", n)
		}
		_, err := db.Conversation(ctx, over.ID)
		is(t, err, desk.ErrNotFound)
		_, err = db.ConversationOf(ctx, desk.Ref{Network: "email", NativeID: "1"})
		is(t, err, desk.ErrNotFound)
		for _, row := range must(rawText(t, db, "SELECT body FROM posts UNION ALL SELECT body FROM statements"))(t) {
			if strings.Contains(strings.ToLower(row), "eva") {
				t.Errorf("whom it went to is still there: %s", row)
			}
		}
		if p := must(db.Post(ctx, answered))(t); p.Text != "Sorry" || p.Answer == nil || p.Answer.ConversationID != over.ID {
			t.Errorf("what we posted is %+v", p)
		}
		if left := must(db.Conversations(ctx, desk.ConversationFilter{BrandID: b.ID, Text: "kettle"}))(t); len(left) != 2 || of(t, db, "email", "2").ID != waits.ID {
			t.Errorf("left are %+v", left)
		}
		receive(t, db, mailed(b.ID, "4", "eva", noon, func(in *desk.Incoming) { in.To, in.Keys = "ours", []string{"k"} })) // she answers what is kept no more
		if c := of(t, db, "email", "4"); c.Heard != 1 {
			t.Errorf("she is in %+v", c)
		}
	},

	"a drill takes nobody who really wrote": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		sand := must(db.ChangeSource(ctx, 0, act("source.save"), func(s *desk.Source, out *desk.Out) error {
			s.BrandID, s.Kind, s.Name, out.Say = b.ID, desk.Sandbox, "Practice", desk.Say("x")
			return nil
		}))(t)
		drill, real := room(t, db, b.ID), room(t, db, b.ID)
		for id, level := range map[int64]desk.Level{drill.ID: 4, real.ID: 1} {
			must(db.ChangeIncident(ctx, id, act("incident.save"), func(i *desk.Incident, out *desk.Out) error {
				i.Level, out.Say = level, desk.Say("x")
				if id == drill.ID {
					i.DrillID = 9
				}
				return nil
			}))(t)
		}
		receive(t, db, wrote(b.ID, "1", "eva", noon, nil), wrote(b.ID, "2", "actor", noon, func(in *desk.Incoming) { in.SourceID = sand.ID }))
		if c := of(t, db, "mastodon", "1"); c.IncidentID != real.ID || c.DrillID != 0 || c.Rehearsed() {
			t.Errorf("who really wrote is in %+v", c)
		}
		if c := of(t, db, "mastodon", "2"); c.IncidentID != drill.ID || c.DrillID != 9 || !c.Practice {
			t.Errorf("who was played is in %+v", c)
		}
		receive(t, db, wrote(b.ID, "3", "actor", noon, nil))
		if c := of(t, db, "mastodon", "3"); c.Rehearsed() || c.DrillID != 0 || c.IncidentID != real.ID {
			t.Errorf("somebody who really wrote to who was played is in %+v", c)
		}
	},

	"rules give what comes in to people": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		cy := must(db.ChangeUser(ctx, 0, act("user.add"), func(u *desk.User, out *desk.Out) error {
			u.Name, u.Email, u.Role, out.Say = "Cy", "cy@example.org", desk.Responder, desk.Say("x")
			return nil
		}))(t)
		savePolicy(t, db, b.ID, func(p *desk.ReplyPolicy) {
			p.Rules = []desk.ReplyRule{{If: desk.Condition{Words: []string{"burnt"}}, UserID: cy.ID, Label: "fire"}, {If: desk.Condition{Langs: []string{"sv"}}, Snooze: 60}}
		})
		receive(t, db, wrote(b.ID, "1", "eva", noon, nil), wrote(b.ID, "2", "bo", noon, func(in *desk.Incoming) { in.Text, in.Lang = "Hej", "sv" }))
		if c := of(t, db, "mastodon", "1"); c.AssigneeID != cy.ID || c.Assignee != "Cy" || !slices.Equal(c.Labels, []string{"fire"}) {
			t.Errorf("the rule made %+v", c)
		}
		if c := of(t, db, "mastodon", "2"); c.State != desk.ConversationSnoozed || c.AssigneeID != 0 || !c.Until.Equal(noon.Add(time.Hour)) {
			t.Errorf("the other rule made %+v", c)
		}
		must(db.ChangeUser(ctx, cy.ID, act("user.close"), func(u *desk.User, out *desk.Out) error { u.Disabled, out.Say = true, desk.Say("x"); return nil }))(t)
		receive(t, db, wrote(b.ID, "3", "ada", noon, nil), wrote(b.ID, "4", "eva", noon.Add(time.Minute), nil))
		for _, id := range []string{"3", "4"} {
			if c := of(t, db, "mastodon", id); c.AssigneeID != 0 || c.Assignee != "" || !slices.Equal(c.Labels, []string{"fire"}) {
				t.Errorf("who may not answer any more has %+v", c)
			}
		}
		if labels := must(db.Labels(ctx, b.ID))(t); !slices.Equal(labels, []string{"fire"}) {
			t.Errorf("labels %q", labels)
		}
	},

	"a brand has one policy, the usual one until somebody says otherwise": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		if p := must(db.ReplyPolicy(ctx, b.ID))(t); p.ID != 0 || p.Version != 0 || p.Hours.Zone != "UTC" || len(p.Needs) == 0 || !p.Form {
			t.Errorf("the usual policy is %+v", p)
		}
		saved := savePolicy(t, db, b.ID, func(p *desk.ReplyPolicy) { p.Voices, p.Form = 99, false })
		if p := must(db.ReplyPolicy(ctx, b.ID))(t); p.ID != saved.ID || p.Voices != 99 || p.Form || p.Version != 1 {
			t.Errorf("kept %+v", p)
		}
		_, err := db.ChangeReplyPolicy(ctx, 0, act("reply-policy.save"), func(p *desk.ReplyPolicy, out *desk.Out) error {
			p.BrandID, out.Say = b.ID, desk.Say("x")
			return nil
		})
		is(t, err, desk.ErrConflict)
		if other := must(db.ReplyPolicy(ctx, must(addBrand(db))(t).ID))(t); other.Voices == 99 {
			t.Error("two brands share a policy")
		}
	},

	"the last answers are those of the brand, the newest first": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, other := must(addBrand(db))(t), must(addBrand(db))(t)
		say := func(brandID, incidentID int64, kind, text string, at time.Time) {
			c := talkWith(t, db, brandID, func(c *desk.Conversation) { c.IncidentID = incidentID })
			must(db.Noted(ctx, c.ID, desk.Message{Kind: kind, At: at, Text: text}, act("conversation.note"), func(_ *desk.Conversation, out *desk.Out) error { out.Say = desk.Say("x"); return nil }))(t)
		}
		say(b.ID, 0, desk.MessageOut, "first", noon)
		say(b.ID, 4, desk.MessageOut, "crisis", noon)
		say(b.ID, 0, desk.MessageNote, "note", noon)
		say(other.ID, 0, desk.MessageOut, "theirs", noon)
		say(b.ID, 0, desk.MessageOut, "old", noon.AddDate(0, -2, 0))
		say(b.ID, 0, desk.MessageOut, "last", noon)
		given := func(incidentID int64, n int) (all []string) {
			for _, m := range must(db.AnswersGiven(ctx, b.ID, incidentID, noon.AddDate(0, -1, 0), n))(t) {
				all = append(all, m.Text)
			}
			return all
		}
		if got := given(0, 10); !slices.Equal(got, []string{"last", "crisis", "first"}) {
			t.Errorf("answers %q", got)
		}
		if got := given(4, 10); !slices.Equal(got, []string{"crisis"}) || !slices.Equal(given(0, 1), []string{"last"}) {
			t.Errorf("answers %q", got)
		}
	},

	"what is deleted at its network is gone here, and who deleted everything too": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, ms := brandWith(t, db.DB, 1)
		var batch desk.Batch
		var refs []desk.Ref
		for _, id := range []string{"1", "2"} {
			m := said(id, noon, "Secret "+id+"?", ms...)
			m.Author = desk.Author{NativeID: "eva", Handle: "eva@social.example", Name: "Eva Berg", Followers: 10}
			batch.Mentions, refs = append(batch.Mentions, m), append(refs, m.Ref)
			batch.Incoming = append(batch.Incoming, desk.Incoming{BrandID: b.ID, Message: desk.Message{Ref: m.Ref, Via: desk.ViaNamed, At: noon, Text: m.Text, Author: m.Author}})
		}
		keep(t, db.DB, batch)
		c := of(t, db, "mastodon", "1")
		search := func(text string) int {
			return len(must(db.Conversations(ctx, desk.ConversationFilter{BrandID: b.ID, Text: text}))(t))
		}
		if search("secret") != 1 || search("berg") != 1 || search("EVA@social.example") != 1 || search("elsewhere") != 0 {
			t.Error("searches do not find words and names")
		}
		keep(t, db.DB, desk.Batch{Gone: refs[:1]})
		if c = must(db.Conversation(ctx, c.ID))(t); c.Person.Name != "Eva Berg" || !slices.Equal(texts(t, db, c.ID), []string{"", "Secret 2?"}) {
			t.Errorf("after one was deleted: %+v %q", c, texts(t, db, c.ID))
		}
		_, _, err := db.KeepDraft(ctx, desk.Draft{ConversationID: c.ID, UserID: 1, Text: "Dear Eva", At: noon, Until: noon}, false)
		ok(t, err)
		must(answerTo(db, b.ID, c.ID))(t)
		waiting(t, db, "late", func(p *desk.Post) {
			p.BrandID, p.StatementID, p.Answer = b.ID, 77, &desk.Answering{ConversationID: c.ID, To: "still-going"}
		})
		keep(t, db.DB, desk.Batch{Gone: refs[1:]})
		if p := must(db.PostsTo(ctx, c.ID))(t); p[0].Answer.To != "still-going" {
			t.Errorf("an answer on its way goes to %+v", p[0].Answer)
		}
		c = must(db.Conversation(ctx, c.ID))(t)
		for _, row := range must(rawText(t, db, "SELECT body FROM conversations UNION ALL SELECT who FROM conversations UNION ALL SELECT body FROM messages UNION ALL SELECT words FROM messages UNION ALL SELECT text FROM drafts UNION ALL SELECT body FROM posts UNION ALL SELECT body FROM statements"))(t) {
			if strings.Contains(strings.ToLower(row), "eva") || strings.Contains(strings.ToLower(row), "secret") {
				t.Errorf("still there: %s", row)
			}
		}
		if search("secret") != 0 || search("berg") != 0 || len(must(db.Conversations(ctx, desk.ConversationFilter{Network: "mastodon", Person: "eva"}))(t)) != 0 {
			t.Error("who deleted everything is found")
		}
		receive(t, db, wrote(b.ID, "9", "eva", noon.Add(time.Hour), nil))
		if of(t, db, "mastodon", "9").ID == c.ID {
			t.Error("who deleted everything is put together with what they write anew")
		}
	},

	"people are found by words and names in any script": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		for i, text := range []string{"The kettle smells burnt.", "הקומקום נשרף", "熱水壺燒焦了", "Czajnik się spalił, żółty dym", "Kettles are fine"} {
			receive(t, db, wrote(b.ID, fmt.Sprint(i), fmt.Sprint("person", i), noon, func(in *desk.Incoming) {
				in.Text, in.Author.Name = text, []string{"Eva Berg", "דנה", "小明", "Łukasz", "Bo"}[i]
			}))
		}
		note := of(t, db, "mastodon", "4")
		must(db.Noted(ctx, note.ID, desk.Message{Kind: desk.MessageNote, At: noon, Text: "refund agreed"}, act("conversation.note"), func(_ *desk.Conversation, out *desk.Out) error { out.Say = desk.Say("x"); return nil }))(t)
		for text, want := range map[string][]string{
			"KETTLE": {"0", "4"}, "kettle smells": {"0"}, "קומקום": {"1"}, "水壺": {"2"}, "spalil": {"3"}, "zolty": {"3"}, "berg": {"0"}, "eva berg kettle": {"0"}, "lukasz": {"3"}, "小明": {"2"},
			"person3@social.example": {"3"}, "refund": {"4"}, "kettles -burnt": {"4"}, "-kettle -kettles -refund": {"1", "2", "3"}, "nothing": nil, `"smells burnt"`: {"0"}, "!": nil, "%": nil, "kett": {"0", "4"}, "ke": nil,
		} {
			var got []string
			for _, c := range must(db.Conversations(ctx, desk.ConversationFilter{BrandID: b.ID, Text: text}))(t) {
				got = append(got, strings.TrimPrefix(c.Person.NativeID, "person"))
			}
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("%q finds %q, want %q", text, got, want)
			}
		}
	},

	"what was written to us alone and is edited reads as it does there": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		alone := func(text string, edited time.Time) desk.Incoming {
			return wrote(b.ID, "1", "eva", noon, func(in *desk.Incoming) {
				in.Private, in.Via, in.Text, in.Edited = true, desk.ViaDirect, text, edited
			})
		}
		receive(t, db, alone("My kettel burns.", time.Time{}))
		c := of(t, db, "mastodon", "1")
		at := noon.Add(time.Minute)
		for _, in := range []desk.Incoming{alone("My kettle burns.", at), alone("My kettel burns.", time.Time{}), alone("older", at.Add(-time.Second))} {
			receive(t, db, in)
		}
		said := must(db.Messages(ctx, c.ID, desk.Paging{}))(t)
		if len(said) != 1 || said[0].Text != "My kettle burns." || !said[0].Edited.Equal(at) {
			t.Errorf("it reads %+v", said)
		}
		if now := of(t, db, "mastodon", "1"); !now.Since.Equal(c.Since) || now.Heard != 1 {
			t.Errorf("the edit moved the clock: %+v", now)
		}
		found := must(db.Conversations(ctx, desk.ConversationFilter{BrandID: b.ID, Text: "kettle"}))(t)
		last := must(db.Journal(ctx, desk.EntryFilter{Paging: desk.Paging{Limit: 1}}))(t)
		if sentence, _ := last[0].Say.Parts(); len(found) != 1 || sentence != "Somebody changed what they had written." {
			t.Errorf("found %d, the journal says %q", len(found), sentence)
		}
	},

	"what is edited at its network reads as it does there": func(t *testing.T, db Bed) {
		b, ms := brandWith(t, db.DB, 1)
		m := said("1", noon, "Is it save?", ms...)
		in := desk.Incoming{BrandID: b.ID, Message: desk.Message{Ref: m.Ref, Via: desk.ViaNamed, At: noon, Text: m.Text, Author: m.Author}}
		keep(t, db.DB, desk.Batch{Mentions: []desk.Mention{m}, Incoming: []desk.Incoming{in}})
		m.Text, m.Edited = "Is it safe?", noon.Add(time.Minute)
		in.Text = m.Text
		keep(t, db.DB, desk.Batch{Mentions: []desk.Mention{m}, Incoming: []desk.Incoming{in}})
		c := of(t, db, "mastodon", "1")
		for text, want := range map[string]int{"safe": 1, "save": 0} {
			if n := len(must(db.Conversations(context.Background(), desk.ConversationFilter{BrandID: b.ID, Text: text}))(t)); n != want {
				t.Errorf("%q finds %d", text, n)
			}
		}
		if got := texts(t, db, c.ID); !slices.Equal(got, []string{"Is it safe?"}) || c.Heard != 1 {
			t.Errorf("it reads %q in %+v", got, c)
		}
	},
}

// rawText reads the only column of a query.
func rawText(t testing.TB, db Bed, query string) (all []string, err error) {
	rows, err := db.Raw.QueryContext(t.Context(), query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Err()
}
