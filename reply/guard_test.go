package reply_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/reply"
)

// warned are the checks that held an answer back; none when it was not.
func warned(err error) []string {
	var w *reply.Warned
	if errors.As(err, &w) {
		return w.Checks()
	}
	return nil
}

func TestNothingIsSentPastAWarningThatNobodySaw(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	first, next := b.wrote(t, "eva", nil), b.wrote(t, "dan", nil)
	const same = "We are looking into the kettle that smells burnt and come back to you by five today."
	if _, err := b.Queue.Answer(as(t, bo), first.ID, reply.Answer{Text: same, Seen: first.Last}); err != nil {
		t.Fatalf("a good answer: %v", err)
	}
	for _, row := range []struct {
		text    string
		despite []string
		want    []string
	}{
		{same, nil, []string{"copied"}},
		{same, []string{"deaf"}, []string{"copied"}},
		{"Actually, you are wrong about all of it.", nil, []string{"deaf", "argues"}},
		{"Actually, you are wrong about all of it.", []string{"deaf"}, []string{"deaf", "argues"}},
	} {
		_, err := b.Queue.Answer(as(t, bo), next.ID, reply.Answer{Text: row.text, Seen: next.Last, Despite: row.despite})
		if got := warned(err); !slices.Equal(got, row.want) || !errors.Is(err, desk.ErrConflict) {
			t.Errorf("%q, past %v, is warned of for %v: %v", row.text, row.despite, got, err)
		}
	}
	if posts, err := b.db.PostsTo(t.Context(), next.ID); err != nil || len(posts) != 0 {
		t.Fatalf("what nobody decided is on its way: %+v, %v", posts, err)
	}
	now, err := b.Queue.Answer(as(t, bo), next.ID, reply.Answer{Text: same, Seen: next.Last, Despite: []string{"copied", "argues"}})
	if err != nil || now.State != desk.ConversationSending {
		t.Fatalf("sent all the same it is %+v, %v", now, err)
	}
	one, err := b.One(as(t, bo), next.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	if m := one.Messages[len(one.Messages)-1]; !slices.Equal(m.Despite, []string{"copied"}) || m.Alike < 0.99 {
		t.Errorf("the answer remembers %+v", m)
	}
	entries, err := b.db.Journal(t.Context(), desk.EntryFilter{On: now.On(), Do: "conversation.answer"})
	if err != nil || len(entries) != 1 || !strings.Contains(entries[0].Say.English(), "although the guard warned: copied") {
		t.Errorf("the journal has %+v, %v", entries, err)
	}
}

func TestAnotherAccountThanBeforeIsConfirmed(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	second := b.channel(t, "mastodon", func(c *desk.Channel) { c.Account = "@aurora_us" })
	other, err := b.db.ChangeBrand(t.Context(), 0, desk.Act{Who: "desk", Do: "brand.save"}, func(x *desk.Brand, out *desk.Out) error {
		x.Name, x.Zone, out.Say = "Borealis", "UTC", desk.Say("x")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	answer := func(ctx context.Context, channel, brand int64, change func(*desk.Incoming)) error {
		n++
		c := b.wrote(t, fmt.Sprint("person", n), func(in *desk.Incoming) {
			in.Text = "Is it safe?"
			if brand != 0 {
				in.BrandID = brand
			}
			if change != nil {
				change(in)
			}
		})
		_, err := b.Queue.Answer(ctx, c.ID, reply.Answer{Text: strings.Repeat(string(rune('a'+n)), 9), Seen: c.Last, ChannelID: channel})
		return err
	}
	mail := func(in *desk.Incoming) { in.Network, in.Via, in.Private = "email", desk.ViaMail, true }
	for _, row := range []struct {
		what    string
		who     int64
		channel int64
		change  func(*desk.Incoming)
		says    string
	}{
		{"the first of all", bo, 0, nil, ""},
		{"the same again", bo, 0, nil, ""},
		{"a mail in between", bo, 0, mail, ""},
		{"the same as before the mail", bo, 0, nil, ""},
		{"another account there", bo, second.ID, nil, "went out as mastodon. This one goes out as " + second.As()},
		{"somebody else's first", cy, second.ID, nil, ""},
	} {
		err := answer(as(t, row.who), row.channel, 0, row.change)
		if row.says == "" && err != nil {
			t.Errorf("%s: %v", row.what, err)
		}
		var w *reply.Warned
		if row.says != "" && (!errors.As(err, &w) || !slices.Equal(w.Checks(), []string{reply.CheckAccount}) || !strings.Contains(w.Findings[0].Say.English(), row.says)) {
			t.Errorf("%s: %v, %+v", row.what, err, w)
		}
	}
	theirs, err := b.db.ChangeChannel(t.Context(), 0, desk.Act{Who: "desk", Do: "channel.save"}, func(c *desk.Channel, out *desk.Out) error {
		c.BrandID, c.Kind, c.Name, c.Account, c.Lang, out.Say = other.ID, "mastodon", "Borealis", "@borealis", "en", desk.Say("x")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var w *reply.Warned
	if err := answer(as(t, bo), theirs.ID, other.ID, nil); !errors.As(err, &w) || !strings.Contains(w.Findings[0].Say.English(), "for Aurora. This one goes out as @borealis, for Borealis.") {
		t.Errorf("another brand: %v, %+v", err, w)
	}
}

func TestCopiesAreCountedWhenTheyReachedPeople(t *testing.T) {
	t.Parallel()
	b := open(t, time.Millisecond)
	b.send(t)
	const same = "We are looking into the kettle that smells burnt and come back to you by five today."
	for i, text := range []string{same, same, "Eva, we bring another kettle around this afternoon, because yours smells burnt.", same} {
		c := b.wrote(t, fmt.Sprint("person", i), nil)
		if _, err := b.Answer(as(t, bo), c.ID, reply.Answer{Text: text, Seen: c.Last}); err != nil {
			t.Fatal(err)
		}
		b.until(t, c.ID, desk.ConversationAnswered)
	}
	b.Delay = time.Hour
	undone := b.wrote(t, "undone", nil)
	if _, err := b.Answer(as(t, bo), undone.ID, reply.Answer{Text: same, Seen: undone.Last}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Undo(as(t, bo), undone.ID); err != nil {
		t.Fatal(err)
	}
	b.policy(t, func(p *desk.ReplyPolicy) { p.Juniors = desk.IDs{cy} })
	back := b.wrote(t, "sent back", nil)
	if _, err := b.Answer(as(t, cy), back.ID, reply.Answer{Text: same, Seen: back.Last}); err != nil {
		t.Fatal(err)
	}
	one, err := b.One(as(t, ana), back.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := b.SendBack(as(t, ana), back.ID, one.Hash, "Say it in your words.", ""); err != nil || c.Answers != 0 || c.Copied != 0 {
		t.Errorf("sent back it counts as %+v, %v", c, err)
	}
	f := desk.AnswerFilter{BrandID: b.brand}
	if n, err := b.Answered(as(t, bo), f); err != nil || n != (desk.AnswerCounts{Answers: 4, Copied: 2}) {
		t.Errorf("counted are %+v, %v", n, err)
	}
	all, err := b.Copied(as(t, bo), f)
	if err != nil || len(all) != 2 || all[0].Text != same || all[0].Alike < 0.99 || all[0].By != "bo" || !slices.Equal(all[0].Despite, []string{"copied"}) {
		t.Errorf("copied are %+v, %v", all, err)
	}
}
