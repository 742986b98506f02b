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

var changedTests = map[string]func(*testing.T, Bed){
	"who wants to be erased is, by mail and by the form, in this brand, and nothing of anybody else": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		eva := func(in *desk.Incoming) {
			in.Author, in.Text = desk.Author{NativeID: "eva@home.example", Handle: "eva@home.example", Name: "Eva Berg"}, "secret"
		}
		form := wrote(b.ID, "2", "eva", noon.AddDate(0, 0, 30), func(in *desk.Incoming) { // later, and by the form
			eva(in)
			in.Network, in.Via, in.Private = "form", desk.ViaForm, true
		})
		receive(t, db, mailed(b.ID, "1", "eva", noon, eva), form, mailed(b.ID+1, "3", "eva", noon, eva), mailed(b.ID, "4", "tom", noon, nil), wrote(b.ID, "5", "public", noon, nil))
		c := of(t, db, "email", "1")
		must(answerTo(db, b.ID, c.ID))(t)
		_, _, err := db.KeepDraft(ctx, desk.Draft{ConversationID: c.ID, UserID: 1, Name: "Ana", Text: "Dear Eva", At: noon, Until: noon}, false)
		ok(t, err)
		no := func(*desk.Conversation) error { return desk.ErrInvalidTransition }
		yes := func(*desk.Conversation) error { return nil }
		say := func(n int) desk.Out { return desk.Out{Say: desk.Say("erased {n}", "n", n)} }
		_, err = db.EraseTalks(ctx, c.ID, act("conversation.erase"), no, say)
		is(t, err, desk.ErrInvalidTransition)
		if n := must(db.EraseTalks(ctx, c.ID, act("conversation.erase"), yes, say))(t); n != 2 {
			t.Errorf("%d conversations were hers", n)
		}
		for _, ref := range []desk.Ref{{Network: "email", NativeID: "1"}, {Network: "form", NativeID: "2"}} {
			_, err := db.ConversationOf(ctx, ref)
			is(t, err, desk.ErrNotFound)
		}
		for _, c := range []desk.Conversation{of(t, db, "email", "3"), of(t, db, "email", "4"), of(t, db, "mastodon", "5")} {
			if len(texts(t, db, c.ID)) != 1 || c.Person.Handle == "" {
				t.Errorf("somebody else's is %+v", c)
			}
		}
		for _, row := range must(rawText(t, db, "SELECT body FROM posts UNION ALL SELECT body FROM statements UNION ALL SELECT text FROM drafts UNION ALL SELECT say || detail FROM journal"+
			" UNION ALL SELECT body FROM messages WHERE conversation_id = "+fmt.Sprint(c.ID)+" UNION ALL SELECT tag FROM conversation_tags"))(t) {
			if strings.Contains(row, "eva@home") || strings.Contains(row, "Eva") {
				t.Errorf("she is still in %s", row)
			}
		}
		if n := len(must(db.Conversations(ctx, desk.ConversationFilter{BrandID: b.ID, Text: "secret"}))(t)); n != 0 {
			t.Errorf("her words find %d", n)
		}
		_, err = db.EraseTalks(ctx, c.ID, act("conversation.erase"), yes, say)
		is(t, err, desk.ErrNotFound)
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

	"an edit by which somebody may be hurt counts as danger, and whoever was answered waits again": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, ms := brandWith(t, db.DB, 1)
		savePolicy(t, db, b.ID, func(p *desk.ReplyPolicy) {
			p.Rules = []desk.ReplyRule{{If: desk.Condition{Words: []string{"smoke"}}, Danger: true}}
		})
		alone := func(in desk.Incoming) desk.Incoming { in.Private, in.Via = true, desk.ViaDirect; return in }
		for _, id := range []string{"1", "2", "3", "4"} {
			receive(t, db, alone(wrote(b.ID, id, "person"+id, noon, nil)))
		}
		m := said("5", noon, "Is it nice?", ms...)
		public := desk.Incoming{BrandID: b.ID, Message: desk.Message{Ref: m.Ref, Via: desk.ViaNamed, At: noon, Text: m.Text, Author: m.Author}}
		keep(t, db.DB, desk.Batch{Mentions: []desk.Mention{m}, Incoming: []desk.Incoming{public}})
		for id, do := range map[string]func(*desk.Conversation) error{
			"2": func(c *desk.Conversation) error { return c.Leave("a robot") },
			"3": func(c *desk.Conversation) error { return c.Snooze(noon.AddDate(1, 0, 0), noon) },
			"4": func(c *desk.Conversation) error { c.Triage.Danger = "no"; return nil },
		} {
			changeTalk(t, db, of(t, db, "mastodon", id).ID, do)
		}
		edit := func(id, text string, cues ...string) {
			receive(t, db, alone(wrote(b.ID, id, "person"+id, noon, func(in *desk.Incoming) {
				in.Text, in.Cues, in.Mood, in.Edited = text, cues, desk.Negative, noon.Add(time.Minute)
			})))
		}
		edit("1", "It burnt my hand.", "safety_injury")
		edit("2", "There is smoke.")
		edit("3", "It burnt my hand.", "safety_injury")
		edit("4", "It burnt my hand.", "safety_injury")
		m.Text, m.Cues, m.Edited = "It burnt my hand.", []string{"safety_injury"}, noon.Add(time.Minute)
		keep(t, db.DB, desk.Batch{Mentions: []desk.Mention{m}, Incoming: []desk.Incoming{public}})
		for id, danger := range map[string]bool{"1": true, "2": true, "3": true, "4": false, "5": true} {
			c := of(t, db, "mastodon", id)
			if c.Danger != danger || c.State != desk.ConversationWaiting || c.Since.IsZero() || c.Due.IsZero() || c.Heard != 1 {
				t.Errorf("%s: danger %t, %s since %s due %s, %d heard", id, c.Danger, c.State, c.Since, c.Due, c.Heard)
			}
			last := must(db.MessagesBy(ctx, []int64{c.Last}))(t)[c.Last]
			if id != "2" && !slices.Equal(last.Cues, []string{"safety_injury"}) || last.Edited.IsZero() {
				t.Errorf("%s: its message is %+v", id, last)
			}
		}
		if n := must(db.CountConversations(ctx, b.ID, 0, noon))(t); n.Danger != 4 {
			t.Errorf("%d in danger", n.Danger)
		}
	},

	"whoever answers words that were changed meanwhile is told": func(t *testing.T, db Bed) {
		b, ms := brandWith(t, db.DB, 1)
		alone := wrote(b.ID, "1", "eva", noon, func(in *desk.Incoming) { in.Private, in.Via = true, desk.ViaDirect })
		receive(t, db, alone)
		m := said("2", noon, "Is it safe?", ms...)
		public := desk.Incoming{BrandID: b.ID, Message: desk.Message{Ref: m.Ref, Via: desk.ViaNamed, At: noon, Text: m.Text, Author: m.Author}}
		keep(t, db.DB, desk.Batch{Mentions: []desk.Mention{m}, Incoming: []desk.Incoming{public}})
		seen := func() (all [2]int64) {
			for i, id := range []string{"1", "2"} {
				c := of(t, db, "mastodon", id)
				all[i] = c.Seen()
			}
			return all
		}
		first := seen()
		m.Engagement.Likes, m.Edited, alone.Edited = 5, noon.Add(time.Minute), noon.Add(time.Minute)
		keep(t, db.DB, desk.Batch{Mentions: []desk.Mention{m}, Incoming: []desk.Incoming{public, alone}})
		if now := seen(); now != first {
			t.Errorf("an edit that changes no words: seen %v, then %v", first, now)
		}
		m.Text, alone.Text = "Is it safe for a baby?", "My kettle is fine again."
		m.Edited, alone.Edited = noon.Add(2*time.Minute), noon.Add(2*time.Minute)
		keep(t, db.DB, desk.Batch{Mentions: []desk.Mention{m}, Incoming: []desk.Incoming{public, alone}})
		if now := seen(); now[0] <= first[0] || now[1] <= first[1] {
			t.Errorf("edits of the words: seen %v, then %v", first, now)
		}
	},
}
