package reply_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/reply"
)

func TestViewsHoldWhatTheirCountsSay(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	b.policy(t, func(p *desk.ReplyPolicy) { p.Juniors = desk.IDs{cy} })
	ids := map[string]int64{}
	for _, who := range []string{"waits", "mine", "danger", "voice", "signing", "sending", "snoozed", "left", "done"} {
		ids[who] = b.wrote(t, who, func(in *desk.Incoming) {
			if who == "danger" {
				in.Cues = []string{"safety_injury"}
			}
			if who == "voice" {
				in.Author.Followers = 100_000
			}
		}).ID
	}
	ctx := as(t, bo)
	for who, err := range map[string]error{
		"mine": second(b.Assign(ctx, ids["mine"], bo)), "signing": second(b.Answer(as(t, cy), ids["signing"], reply.Answer{Text: "Hello, unplug it."})),
		"sending": second(b.Answer(ctx, ids["sending"], reply.Answer{Text: "Please unplug it."})), "snoozed": second(b.Snooze(ctx, ids["snoozed"], time.Now().Add(time.Hour))),
		"left": second(b.Leave(ctx, ids["left"], "a robot")), "done": errors.Join(second(b.Leave(ctx, ids["done"], "a robot")), second(b.Done(ctx, ids["done"]))),
	} {
		if err != nil {
			t.Fatalf("%s: %v", who, err)
		}
	}
	counts, err := b.Counts(ctx, b.brand)
	if err != nil {
		t.Fatal(err)
	}
	for view, want := range map[string]struct {
		who   []string
		count int
	}{
		"waiting":    {[]string{"waits", "mine", "danger", "voice", "signing", "sending", "snoozed"}, counts.Waiting},
		"mine":       {[]string{"mine", "sending"}, counts.Mine},
		"unassigned": {[]string{"waits", "danger", "voice"}, counts.Unassigned},
		"danger":     {[]string{"danger"}, counts.Danger},
		"voices":     {[]string{"voice"}, counts.Voices},
		"signing":    {[]string{"signing"}, counts.Signing},
		"snoozed":    {[]string{"snoozed"}, counts.Snoozed},
		"done":       {[]string{"done", "left"}, 2},
		"all":        {[]string{"waits", "mine", "danger", "voice", "signing", "sending", "snoozed", "left", "done"}, 9},
	} {
		f, err := reply.Narrow(desk.ConversationFilter{BrandID: b.brand}, view, bo)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := b.List(ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range rows {
			got = append(got, r.Person.Handle)
		}
		slices.Sort(got)
		slices.Sort(want.who)
		if !slices.Equal(got, want.who) || want.count != len(want.who) {
			t.Errorf("%s shows %q and counts %d, want %q", view, got, want.count, want.who)
		}
	}
	f, err := reply.Narrow(desk.ConversationFilter{BrandID: b.brand}, "mine", 0)
	if rows, lerr := b.List(program(t, 1), f); err != nil || lerr != nil || len(rows) != 0 {
		t.Errorf("a program that is nobody's has %d conversations", len(rows))
	}
	if _, err := reply.Narrow(desk.ConversationFilter{}, "nonsense", bo); err == nil {
		t.Error("any view is a view")
	}
}

func TestWhoWasPutOffWakesAlone(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	past := func(c *desk.Conversation, out *desk.Out) error {
		c.State, c.Until, out.Say = desk.ConversationSnoozed, time.Now().UTC().Add(-time.Second), desk.Say("x")
		return nil
	}
	due, later := b.wrote(t, "due", nil), b.wrote(t, "later", nil)
	if _, err := b.db.ChangeConversation(t.Context(), due.ID, desk.Act{Who: "desk", Do: "x"}, past); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Snooze(as(t, bo), later.ID, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := reply.Wake(b.Queue, t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if c := b.now(t, due.ID); c.State != desk.ConversationWaiting || !c.Since.Equal(due.Since) || c.Version != due.Version+2 {
		t.Errorf("whose time has come is %+v", c)
	}
	if c := b.now(t, later.ID); c.State != desk.ConversationSnoozed {
		t.Errorf("whose time has not come is %s", c.State)
	}
}

func TestWhoDeletedEverythingHasNoHistory(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	batch := desk.Batch{SourceID: 1}
	m := desk.Mention{Ref: desk.Ref{Network: "mastodon", NativeID: "m"}, Kind: desk.KindPost, Text: "Secret?", Lang: "en", Author: desk.Author{NativeID: "eva", Handle: "eva", Name: "Eva"}, Published: time.Now().UTC()}
	m.Fold = m.Key().Fold()
	batch.Mentions = []desk.Mention{m}
	batch.Incoming = []desk.Incoming{{BrandID: b.brand, Message: desk.Message{Ref: m.Ref, Via: desk.ViaNamed, At: m.Published, Text: m.Text, Author: m.Author}}}
	if _, err := b.db.Append(t.Context(), []desk.Batch{batch}); err != nil {
		t.Fatal(err)
	}
	private := b.wrote(t, "eva", func(in *desk.Incoming) { in.Private, in.Via = true, desk.ViaDirect })
	if rows, err := b.History(as(t, bo), private.ID); err != nil || len(rows) != 1 {
		t.Fatalf("her history has %d conversations, %v", len(rows), err)
	}
	if _, err := b.db.Append(t.Context(), []desk.Batch{{SourceID: 1, Gone: []desk.Ref{m.Ref}}}); err != nil {
		t.Fatal(err)
	}
	rows, err := b.History(as(t, bo), private.ID)
	if err != nil || len(rows) != 0 {
		t.Errorf("her history has %+v, %v", rows, err)
	}
}

func TestTriageComesInItsOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		c    desk.Conversation
		says []string // beginnings, in this order and no others
	}{
		{"nothing known", desk.Conversation{}, []string{"Find out whether it is true"}},
		{"words of danger", desk.Conversation{Danger: true}, []string{"Their words sound like danger", "Find out whether it is true"}},
		{"danger, and nothing else matters", desk.Conversation{Triage: desk.Triage{Danger: "yes", True: "no", Tone: "troll"}}, []string{"Somebody may be hurt", "Offer a way"}},
		{"no danger", desk.Conversation{Danger: true, Triage: desk.Triage{Danger: "no", True: "yes"}}, []string{"It is true"}},
		{"true, then harm, then tone", desk.Conversation{Triage: desk.Triage{True: "yes", Harmed: "yes", Tone: "rage"}}, []string{"It is true", "They were harmed", "Answer once"}},
		{"not true and kind", desk.Conversation{Triage: desk.Triage{True: "no", Harmed: "no", Tone: "misguided"}}, []string{"It is not true", "They believe it"}},
	} {
		got := reply.Advise(&c.c)
		fits := len(got) == len(c.says)
		for i := 0; fits && i < len(got); i++ {
			fits = strings.HasPrefix(got[i].English(), c.says[i])
		}
		if !fits {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
