package reply_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/reply"
)

const better = "Eva, please unplug the kettle that smells burnt, now. We bring you another today."

// waits is what of an answer that waits for a signature must not change by a try that failed.
func (b *bed) waits(t *testing.T, id int64, text string) {
	t.Helper()
	one, err := b.One(as(t, ana), id, 0)
	if err != nil || one.State != desk.ConversationSigning || one.Signing.Variants[0].Text != text || one.Messages[len(one.Messages)-1].Text != text {
		t.Fatalf("%q does not wait any more: %+v, %v", text, one, err)
	}
}

func TestALeadSignsAnAnswerInOtherWords(t *testing.T) {
	t.Parallel()
	b := open(t, time.Millisecond)
	c, hash := b.asked(t)
	const was = "Eva, please unplug it."
	rude := reply.Changed{Hash: hash, Text: "Actually, you are wrong about all of it."}
	if _, err := b.SignChanged(as(t, ana), c.ID, rude); !slices.Equal(warned(err), []string{"deaf", "argues"}) {
		t.Errorf("the guard does not read what the signer wrote: %v", err)
	}
	for name, err := range map[string]error{
		"who wrote it signs it in other words": second(b.SignChanged(as(t, cy), c.ID, reply.Changed{Hash: hash, Text: better})),
		"other words were seen":                second(b.SignChanged(as(t, ana), c.ID, reply.Changed{Hash: "other", Text: better})),
		"nothing is left of it":                second(b.SignChanged(as(t, ana), c.ID, reply.Changed{Hash: hash, Text: " \r\n"})),
		"no person signs":                      second(b.SignChanged(t.Context(), c.ID, reply.Changed{Hash: hash, Text: better})),
	} {
		if err == nil {
			t.Errorf("although %s, nothing is wrong", name)
		}
	}
	b.out.Check = func(_ context.Context, _ desk.Statement, v desk.Variant, _ desk.Channel, _ time.Time) []desk.Finding {
		if len(v.Text) < 200 {
			return nil
		}
		return []desk.Finding{{Weight: desk.FindingBlock, Say: desk.Say("x")}}
	}
	var wrong *desk.Invalid
	if _, err := b.SignChanged(as(t, ana), c.ID, reply.Changed{Hash: hash, Text: strings.Repeat(better, 3), Despite: reply.Checks}); !errors.As(err, &wrong) {
		t.Errorf("what the network does not take is %v", err)
	}
	b.waits(t, c.ID, was)

	b.send(t)
	if now, err := b.SignChanged(as(t, ana), c.ID, reply.Changed{Hash: hash, Text: better}); err != nil || now.State != desk.ConversationSending {
		t.Fatalf("signed in other words it is %s, %v", now.State, err)
	}
	b.until(t, c.ID, desk.ConversationAnswered)
	if len(b.town.said) != 1 || b.town.said[0].Text != better {
		t.Errorf("what went out is %+v", b.town.said)
	}
	one, err := b.One(as(t, cy), c.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	if m := one.Messages[len(one.Messages)-1]; m.Text != better || m.Written != was || m.Changer != "ana" || m.Author.Name != "cy" {
		t.Errorf("its first writer sees %+v", m)
	}
	s, err := b.db.Statement(t.Context(), c.StatementID)
	if err != nil || !s.Passed() || len(s.Needs) != 1 || s.Needs[0].By != ana || s.Needs[0].Hash != s.Hash() || s.Seconded() {
		t.Errorf("the signature does not cover what went out: %+v, %v", s.Needs, err)
	}
	all, err := b.db.StatementVersions(t.Context(), s.ID, desk.Paging{})
	if err != nil || len(all) != 2 || all[0].Words.Variants[0].Text != better || all[0].Who != "user:1" || all[1].Words.Variants[0].Text != was || all[1].Who != "user:3" {
		t.Errorf("kept are the texts %+v, %v", all, err)
	}
	if on, err := b.db.Journal(t.Context(), desk.EntryFilter{On: c.On()}); err != nil || !slices.ContainsFunc(on, func(e desk.Entry) bool {
		return e.Name == "ana" && e.Say.English() == "ana changed an answer and signed it."
	}) {
		t.Errorf("the journal has %+v, %v", on, err)
	}
}

func TestChangedWordsOfSubjectsThatNeedTwoAreSignedByAThird(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	c, hash := b.asked(t)
	b.out.Check = func(context.Context, desk.Statement, desk.Variant, desk.Channel, time.Time) []desk.Finding {
		return []desk.Finding{{Weight: desk.FindingSecond, Say: desk.Say("x")}}
	}
	var wrong *desk.Invalid
	if _, err := b.SignChanged(as(t, ana), c.ID, reply.Changed{Hash: hash, Text: better}); !errors.As(err, &wrong) || wrong.Field != "text" {
		t.Fatalf("where nobody is left to sign: %v", err)
	}
	b.waits(t, c.ID, "Eva, please unplug it.")

	dora, err := b.db.ChangeUser(t.Context(), 0, desk.Act{Who: "desk", Do: "user.add"}, func(u *desk.User, out *desk.Out) error {
		u.Name, u.Email, u.Role, out.Say = "dora", "dora@example.org", desk.Lead, desk.Say("x")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	now, err := b.SignChanged(as(t, ana), c.ID, reply.Changed{Hash: hash, Text: better})
	if err != nil || now.State != desk.ConversationSigning {
		t.Fatalf("changed it is %s, %v", now.State, err)
	}
	b.waits(t, c.ID, better)
	one, err := b.One(as(t, ana), c.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Sign(as(t, ana), c.ID, one.Hash, ""); !errors.As(err, &wrong) || wrong.Field != "sign" {
		t.Errorf("who changed it signs it alone: %v", err)
	}
	third := desk.WithActor(t.Context(), dora.As(""))
	if now, err = b.Sign(third, c.ID, one.Hash, ""); err != nil || now.State != desk.ConversationSending {
		t.Fatalf("signed by a third it is %s, %v", now.State, err)
	}
	if one, err = b.One(as(t, cy), c.ID, 0); err != nil || one.Messages[len(one.Messages)-1].Changer != "ana" {
		t.Errorf("its first writer sees %+v, %v", one.Messages, err)
	}
}

func TestACopyCountsByTheWordsThatGoOut(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	if _, err := b.Answer(as(t, bo), b.wrote(t, "dan", nil).ID, reply.Answer{Text: "Eva, please unplug it."}); err != nil {
		t.Fatal(err)
	}
	c, hash := b.asked(t)
	if c = b.now(t, c.ID); c.Copied != 1 {
		t.Fatalf("a copied answer counts %d", c.Copied)
	}
	if now, err := b.SignChanged(as(t, ana), c.ID, reply.Changed{Hash: hash, Text: better}); err != nil || now.Copied != 0 || now.Copy {
		t.Errorf("in the signer's own words it counts %d, %v", now.Copied, err)
	}
}
