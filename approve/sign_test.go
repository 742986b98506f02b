package approve

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"breakwater/desk"
)

// The usual way: two roles sign, in their order, then it is approved.
func TestTwoSign(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.inReview()
	if s.State != desk.StatementReview || len(s.Needs) != 2 || s.Needs[0].Asked != desk.AskedPerson || s.Needs[1].Asked != "" {
		t.Fatalf("in review: %+v", s)
	}
	if to := b.run(); fmt.Sprint(to) != "[Lea]" {
		t.Errorf("letters to %v, want Lea alone", to)
	}
	for who, want := range map[string]string{"Ada": "sign", "Dan": "sign", "Leo": "sign", "Vi": "sign"} {
		if _, err := b.Sign(b.as(who), s.ID, s.Hash(), ""); field(err) != want {
			t.Errorf("a signature by %s: %v, want refused", who, err)
		}
	}
	if _, err := b.Sign(b.as("Lea"), s.ID, "other words", ""); !errors.Is(err, desk.ErrConflict) {
		t.Errorf("a signature for other words: %v, want conflict", err)
	}
	s, err := b.Sign(b.as("Lea"), s.ID, s.Hash(), "")
	must(t, err)
	if s.Passed() || s.Needs[1].Asked != desk.AskedPerson {
		t.Errorf("after the first: passed %v, %+v", s.Passed(), s.Needs[1])
	}
	if to := b.run(); fmt.Sprint(to) != "[Jo]" {
		t.Errorf("letters to %v, want Jo alone", to)
	}
	s, err = b.Sign(b.as("Jo"), s.ID, s.Hash(), "")
	must(t, err)
	if !s.Passed() || s.State != desk.StatementApproved {
		t.Errorf("after both it is %s, passed %v", s.State, s.Passed())
	}
	if to := b.run(); fmt.Sprint(to) != "[Ada]" {
		t.Errorf("letters to %v, want Ada, who wrote it", to)
	}
}

// Whatever is changed after the signatures, they are void: words, order does not matter, channel, media, alt text, level.
func TestEditVoids(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	pic := []desk.Media{{Hash: "a", Alt: "x"}, {Hash: "b", Alt: "y"}}
	w := words("One.", "Two.")
	w.Variants[0].Media = pic
	approved := func() desk.Statement {
		s, err := b.Begin(b.as("Ada"), Draft{BrandID: b.brand, Words: w})
		must(t, err)
		_, err = b.Submit(b.as("Ada"), s.ID, 0)
		must(t, err)
		_, err = b.Sign(b.as("Lea"), s.ID, s.Hash(), "")
		must(t, err)
		s, err = b.Sign(b.as("Jo"), s.ID, s.Hash(), "")
		must(t, err)
		return s
	}
	for name, spoil := range map[string]func(*desk.Words){
		"a word":             func(w *desk.Words) { w.Variants[1].Text = "Two!" },
		"the channel":        func(w *desk.Words) { w.Variants[1].ChannelID = 9 },
		"the kind":           func(w *desk.Words) { w.Variants[1].Kind = "email" },
		"the language":       func(w *desk.Words) { w.Variants[1].Lang = "sv" },
		"a picture":          func(w *desk.Words) { w.Variants[0].Media = []desk.Media{{Hash: "c", Alt: "x"}, pic[1]} },
		"an alternative":     func(w *desk.Words) { w.Variants[0].Media = []desk.Media{{Hash: "a", Alt: "z"}, pic[1]} },
		"pictures swapped":   func(w *desk.Words) { w.Variants[0].Media = []desk.Media{pic[1], pic[0]} },
		"texts swapped":      func(w *desk.Words) { w.Variants[0].Text, w.Variants[1].Text = "Two.", "One." },
		"a variant more":     func(w *desk.Words) { w.Variants = append(w.Variants, desk.Variant{Lang: "en", Text: "Three."}) },
		"a variant less":     func(w *desk.Words) { w.Variants = w.Variants[:1] },
		"the level":          func(w *desk.Words) { w.Level = desk.Normal },
		"the key message":    func(w *desk.Words) { w.Messages = nil },
		"the facts it cites": func(w *desk.Words) { w.Variants[0].Facts = desk.IDs{4} },
	} {
		s := approved()
		before := s.Hash()
		other := s.Words()
		other.Variants = slices.Clone(other.Variants)
		spoil(&other)
		s, err := b.Write(b.as("Ada"), s.ID, 0, other)
		must(t, err)
		if s.State != desk.StatementDraft || s.Passed() || len(s.Needs) != 0 {
			t.Errorf("after a change of %s: %s, passed %v, %d signatures", name, s.State, s.Passed(), len(s.Needs))
		}
		if _, err := b.Sign(b.as("Lea"), s.ID, before, ""); err == nil {
			t.Errorf("after a change of %s the old words can be signed", name)
		}
		// The same change made past the rules is seen by the last gate.
		s = approved()
		s.Variants, s.Level = other.Variants, other.Level
		if name != "the key message" && name != "the facts it cites" && s.Passed() {
			t.Errorf("a change of %s behind the gate's back passes", name)
		}
	}
	s := approved()
	other := s.Words()
	slices.Reverse(other.Variants)
	other.Title = "Another name for the desk"
	s.Variants = other.Variants
	if !s.Passed() {
		t.Error("the order of the variants takes the signatures back")
	}
}

// A post carries its statement's words to the channel, brand and drill that they were approved for, and nowhere else.
func TestMaySend(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.inReview()
	s.Variants[0].ChannelID = 7
	good := desk.Post{StatementID: s.ID, BrandID: s.BrandID, ChannelID: 7, VariantID: "v1", Lang: "en", Text: s.Variants[0].Text, Hash: s.Variants[0].Hash()}
	for i := range s.Needs {
		s.Needs[i].Verdict, s.Needs[i].Hash = desk.Approved, s.Hash()
	}
	if err := good.MaySend(&s); err == nil {
		t.Error("what is still in review may be sent")
	}
	s.State = desk.StatementApproved
	must(t, good.MaySend(&s))
	for name, spoil := range map[string]func(*desk.Post){
		"text": func(p *desk.Post) { p.Text += "!" }, "channel": func(p *desk.Post) { p.ChannelID = 8 }, "brand": func(p *desk.Post) { p.BrandID++ },
		"drill": func(p *desk.Post) { p.DrillID = 1 }, "variant": func(p *desk.Post) { p.VariantID = "v2" }, "hash": func(p *desk.Post) { p.Hash = "" },
		"language": func(p *desk.Post) { p.Lang = "sv" }, "picture": func(p *desk.Post) { p.Media = []desk.Media{{Hash: "x"}} },
	} {
		p := good
		spoil(&p)
		if p.MaySend(&s) == nil {
			t.Errorf("a post with another %s may be sent", name)
		}
	}
}

// Who edits does not sign what they wrote, also by a token of theirs; and a token signs with a PIN only.
func TestWhoWroteDoesNotSign(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.inReview()
	s, err := b.Write(b.as("Lea"), s.ID, s.Version, words("We know. Next update by 18:00."))
	must(t, err)
	s, err = b.Submit(b.as("Ada"), s.ID, s.Version)
	must(t, err)
	if s.Needs[0].Asked != desk.AskedLeads {
		t.Errorf("the seat of who wrote it asks %q, want the leads", s.Needs[0].Asked)
	}
	lea := b.people["Lea"]
	for how, ctx := range map[string]context.Context{"herself": b.as("Lea"),
		"by her token": desk.WithActor(t.Context(), desk.Actor{Who: "token:3", UserID: lea.ID, Name: "robot", Role: desk.Admin})} {
		if _, err := b.Sign(ctx, s.ID, s.Hash(), goodPIN); field(err) != "sign" {
			t.Errorf("Lea signs her own words %s: %v", how, err)
		}
	}
	leo := b.people["Leo"]
	token := desk.WithActor(t.Context(), desk.Actor{Who: "token:4", UserID: leo.ID, Name: "robot", Role: desk.Lead})
	if _, err := b.Sign(token, s.ID, s.Hash(), "000000"); field(err) != "pin" {
		t.Errorf("a token signs with a wrong PIN: %v", err)
	}
	if _, err := b.Sign(desk.WithActor(t.Context(), desk.Actor{Who: "token:5", Role: desk.Admin}), s.ID, s.Hash(), goodPIN); field(err) != "sign" {
		t.Errorf("a token of nobody signs: %v", err)
	}
	s, err = b.Sign(token, s.ID, s.Hash(), goodPIN)
	must(t, err)
	if s.Needs[0].By != leo.ID || s.Needs[0].How != desk.SignedToken {
		t.Errorf("signed %+v", s.Needs[0])
	}
	if _, err := b.Sign(b.as("Leo"), s.ID, s.Hash(), ""); field(err) != "sign" {
		t.Errorf("Leo signs a second seat: %v", err)
	}
}

func TestSendBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.inReview()
	if _, err := b.SendBack(b.as("Lea"), s.ID, s.Hash(), " ", ""); field(err) != "why" {
		t.Errorf("sent back without a reason: %v", err)
	}
	s, err := b.SendBack(b.as("Lea"), s.ID, s.Hash(), "Say what they should do.", "")
	must(t, err)
	if s.State != desk.StatementDraft || s.Back == "" || s.Passed() {
		t.Errorf("sent back: %+v", s)
	}
	if to := b.run(); !slices.Contains(to, "Ada") {
		t.Errorf("letters to %v, want Ada told", to)
	}
	again, err := b.Submit(b.as("Ada"), s.ID, 0)
	must(t, err)
	if again.Round != 2 || again.Needs[0].Verdict != "" {
		t.Errorf("the second round begins with %+v", again.Needs)
	}
}

// An edit and a signature at the same moment: either the edit comes first and the signature fails, or it voids the signature. Never are
// words approved that nobody saw.
func TestEditRacesSign(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.plan.Levels[0].Approvers = []string{"Crisis lead"}
	for i := range 25 {
		s := b.inReview()
		seen := s.Hash()
		var g sync.WaitGroup
		g.Go(func() { _, _ = b.Sign(b.as("Lea"), s.ID, seen, "") })
		g.Go(func() { _, _ = b.Write(b.as("Ada"), s.ID, 0, words(fmt.Sprint("Other words ", i))) })
		g.Wait()
		s, err := b.One(b.as("Ada"), s.ID)
		must(t, err)
		if s.Passed() && s.Hash() != seen {
			t.Fatalf("round %d: words passed that nobody signed: %+v", i, s)
		}
	}
}
