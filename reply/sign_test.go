package reply_test

import (
	"errors"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/reply"
)

func TestAnswersThatALeadSigns(t *testing.T) {
	t.Parallel()
	b := open(t, time.Millisecond)
	b.send(t)
	b.policy(t, func(p *desk.ReplyPolicy) { p.Juniors = desk.IDs{cy} })
	free := b.wrote(t, "free", nil)
	if c, err := b.Answer(as(t, bo), free.ID, reply.Answer{Text: "Please unplug it.", Seen: free.Last}); err != nil || c.State != desk.ConversationSending {
		t.Errorf("an answer that needs no signature is %+v, %v", c, err)
	}
	c := b.wrote(t, "eva", nil)
	now, err := b.Answer(as(t, cy), c.ID, reply.Answer{Text: "Eva, please unplug it.", Seen: c.Last})
	if err != nil || now.State != desk.ConversationSigning || now.Since.IsZero() {
		t.Fatalf("a junior's answer is %+v, %v", now, err)
	}
	one, err := b.One(as(t, ana), c.ID, 0)
	if err != nil || one.Signing == nil || one.Hash == "" {
		t.Fatalf("the lead sees %+v, %v", one, err)
	}
	for name, err := range map[string]error{
		"the junior signs it":   second(b.Sign(as(t, cy), c.ID, one.Hash, "")),
		"it is signed unseen":   second(b.Sign(as(t, ana), c.ID, "other", "")),
		"it is sent back empty": second(b.SendBack(as(t, ana), c.ID, one.Hash, " ", "")),
		"somebody else answers": second(b.Answer(as(t, bo), c.ID, reply.Answer{Text: "Hi", Seen: now.Last})),
	} {
		if err == nil {
			t.Errorf("although %s, nothing is wrong", name)
		}
	}
	back, err := b.SendBack(as(t, ana), c.ID, one.Hash, "Too short.", "")
	if err != nil || back.State != desk.ConversationWaiting || !back.Since.Equal(c.Since) {
		t.Fatalf("sent back it is %+v, %v", back, err)
	}
	if d, err := b.db.Draft(t.Context(), c.ID); err != nil || d.UserID != cy || d.Text != "Eva, please unplug it." {
		t.Errorf("its words are %+v, %v", d, err)
	}
	if now, err = b.Answer(as(t, cy), c.ID, reply.Answer{Text: "Eva, please unplug it. We bring you another.", Seen: back.Last}); err != nil || now.State != desk.ConversationSigning {
		t.Fatalf("the next try is %+v, %v", now, err)
	}
	if one, err = b.One(as(t, ana), c.ID, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Sign(as(t, ana), c.ID, one.Hash, ""); err != nil {
		t.Fatal(err)
	}
	b.until(t, c.ID, desk.ConversationAnswered)
	if b.town.to("eva") != 1 {
		t.Errorf("Eva was answered %d times", b.town.to("eva"))
	}
	if _, err := b.Sign(as(t, ana), c.ID, one.Hash, ""); !errors.Is(err, desk.ErrInvalidTransition) {
		t.Errorf("signed twice: %v", err)
	}
}

func TestWhoLeadsAnotherBrandDoesNotSignHere(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	b.policy(t, func(p *desk.ReplyPolicy) { p.Juniors = desk.IDs{cy} })
	c := b.wrote(t, "eva", nil)
	elsewhere := desk.WithActor(t.Context(), desk.Actor{Who: "user:3", UserID: cy, Name: "cy", Role: desk.Lead, Grants: []desk.Grant{{BrandID: b.brand, Role: desk.Responder}, {BrandID: 99, Role: desk.Lead}}})
	if now, err := b.Answer(elsewhere, c.ID, reply.Answer{Text: "Please unplug it.", Seen: c.Last}); err != nil || now.State != desk.ConversationSigning {
		t.Errorf("the answer of a lead of another brand is %s, %v", now.State, err)
	}
}
