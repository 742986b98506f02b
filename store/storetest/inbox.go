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
}
