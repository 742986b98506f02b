package approve

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"breakwater/desk"
)

// A check can ask for one more signature, and can keep words from being signed or sent at all.
func TestChecks(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	weight := desk.FindingSecond
	b.Check = func(_ context.Context, _ desk.Statement, v desk.Variant, _ time.Time) []desk.Finding {
		return []desk.Finding{{Check: "sensitive", Weight: weight, Say: desk.Say("Think twice.")}}
	}
	s := b.inReview()
	if len(s.Needs) != 3 || s.Needs[2].Role != desk.SecondOpinion {
		t.Errorf("needs %+v, want a second opinion", s.Needs)
	}
	for _, who := range []string{"Lea", "Jo", "Leo"} {
		var err error
		s, err = b.Sign(b.as(who), s.ID, s.Hash(), "")
		must(t, err)
	}
	if !s.Passed() {
		t.Fatalf("after three signatures: %+v", s)
	}
	weight = desk.FindingBlock
	b.Outbox = func(context.Context, []int64, time.Time) error { t.Error("blocked words were sent"); return nil }
	if _, err := b.Publish(b.as("Lea"), s.ID, time.Time{}); field(err) != "variants" {
		t.Errorf("blocked words published: %v", err)
	}
	d, err := b.Begin(b.as("Ada"), Draft{BrandID: b.brand, Words: words("x")})
	must(t, err)
	if _, err := b.Submit(b.as("Ada"), d.ID, 0); field(err) != "variants" {
		t.Errorf("blocked words sent to review: %v", err)
	}
}

// Words that were approved for any day need a second opinion for a day that asks for one: they do not go out before it is signed, and
// it can be asked for then.
func TestTheDayAsksForASecondOpinion(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	grave := time.Now().Add(72 * time.Hour).UTC()
	b.Check = func(_ context.Context, _ desk.Statement, _ desk.Variant, due time.Time) []desk.Finding {
		if due.Equal(grave) {
			return []desk.Finding{{Check: "day", Weight: desk.FindingSecond, Say: desk.Say("A day of mourning.")}}
		}
		return nil
	}
	var sent []time.Time
	b.Outbox = func(_ context.Context, _ []int64, due time.Time) error { sent = append(sent, due); return nil }
	s := b.inReview()
	for _, who := range []string{"Lea", "Jo"} {
		_, err := b.Sign(b.as(who), s.ID, s.Hash(), "")
		must(t, err)
	}
	if _, err := b.Publish(b.as("Lea"), s.ID, grave); field(err) != "second" || len(sent) != 0 {
		t.Fatalf("published for a day of mourning: %v, %v", err, sent)
	}
	_, err := b.Publish(b.as("Lea"), s.ID, grave.Add(48*time.Hour))
	must(t, err)
	s, err = b.AskSecond(b.as("Ada"), s.ID)
	must(t, err)
	if s.Passed() || s.State != desk.StatementReview || len(s.Needs) != 3 || s.Needs[0].Verdict != desk.Approved {
		t.Fatalf("asked for a second opinion: %+v", s)
	}
	if told := b.run(); !slices.Contains(told, "Leo") || slices.Contains(told, "Ada") {
		t.Errorf("asked %v", told)
	}
	if _, err := b.Sign(b.as("Lea"), s.ID, s.Hash(), ""); field(err) != "sign" {
		t.Errorf("one person gave both opinions: %v", err)
	}
	_, err = b.Sign(b.as("Leo"), s.ID, s.Hash(), "")
	must(t, err)
	_, err = b.Publish(b.as("Lea"), s.ID, grave)
	must(t, err)
	if len(sent) != 2 || !sent[1].Equal(grave) {
		t.Errorf("sent for %v", sent)
	}
	if _, err := b.AskSecond(b.as("Ada"), s.ID); !errors.Is(err, desk.ErrInvalidTransition) {
		t.Errorf("a third opinion: %v", err)
	}
}

// In a crisis nobody escapes its signatures by choosing a lower level, and the facts are kept as they stood.
func TestTheCrisisSetsTheLeastLevel(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	i, err := b.db.ChangeIncident(t.Context(), 0, desk.Act{Who: "desk", Do: "test"}, func(i *desk.Incident, out *desk.Out) error {
		i.BrandID, i.State, i.Level, out.Say = b.brand, desk.IncidentOpen, desk.Crisis, desk.Say("opened")
		return nil
	})
	must(t, err)
	f, err := b.db.ChangeFact(t.Context(), i.ID, 0, desk.Act{Who: "desk", Do: "test"}, func(f *desk.Fact, _ *desk.Incident, _ []desk.Citing, out *desk.Out) error {
		f.Text, f.State, out.Say = "It was batch 7.", desk.FactConfirmed, desk.Say("known")
		return nil
	})
	must(t, err)
	low := words("It was batch 7.")
	low.Level, low.Variants[0].Facts = desk.Normal, desk.IDs{f.ID}
	s, err := b.Begin(b.as("Ada"), Draft{IncidentID: i.ID, Words: low})
	must(t, err)
	s, err = b.Write(b.as("Ada"), s.ID, s.Version, low)
	must(t, err)
	s, err = b.Submit(b.as("Ada"), s.ID, s.Version)
	must(t, err)
	if s.State != desk.StatementReview || s.Level != desk.Crisis || len(s.Needs) != 2 {
		t.Errorf("%s at level %d with %d signatures, want it in review at the crisis's level with two", s.State, s.Level, len(s.Needs))
	}
	if len(s.Cited) != 1 || s.Cited[0].Text != "It was batch 7." {
		t.Errorf("it cites %+v", s.Cited)
	}
}
