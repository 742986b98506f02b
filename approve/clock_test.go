package approve

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
)

// The deputy is asked after the person's time, any lead after the deputy's, and each letter goes once however often clocks run.
func TestEscalation(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.plan.Levels[0].Approvers = []string{"Legal", "Crisis lead"}
	s := b.inReview()
	b.run()
	waits, err := b.db.Jobs(t.Context(), false, desk.Paging{})
	must(t, err)
	if !slices.ContainsFunc(waits, func(j desk.Job) bool {
		return j.Kind == jobClock && j.Due.Equal(s.Needs[0].Due.Truncate(time.Microsecond))
	}) {
		t.Errorf("no clock waits for %s: %+v", s.Needs[0].Due, waits)
	}
	late := func(want ...string) {
		t.Helper()
		_, err := b.db.ChangeStatement(t.Context(), s.ID, desk.Act{Who: "desk", Do: "test"}, func(s *desk.Statement, out *desk.Out) error {
			for i := range s.Needs {
				if !s.Needs[i].Due.IsZero() {
					s.Needs[i].Due = time.Now().Add(-time.Minute)
				}
			}
			out.Say = desk.Say("time passes")
			return nil
		})
		must(t, err)
		b.to, b.letters = nil, nil
		for range 2 { // the same clock twice, as after a crash between the decision and its end
			must(t, b.overdue(t.Context(), errand{Statement: s.ID, Round: s.Round}))
		}
		if got := b.run(); !slices.Equal(got, want) {
			t.Errorf("letters to %v, want %v", got, want)
		}
		if got := b.run(); len(got) > 0 {
			t.Errorf("letters again to %v", got)
		}
	}
	if _, err := b.Sign(b.as("Dan"), s.ID, s.Hash(), ""); field(err) != "sign" {
		t.Errorf("the deputy signs before the person's time has passed: %v", err)
	}
	late("Dan")
	late("Lea") // for her own seat; somebody who signs for Legal is called
	waits, err = b.db.Jobs(t.Context(), false, desk.Paging{})
	must(t, err)
	if !slices.ContainsFunc(waits, func(j desk.Job) bool { return j.Kind == desk.BeginKind && strings.HasPrefix(j.Key, on(s.ID)+"/") }) {
		t.Errorf("nobody is called for what nobody signs: %+v", waits)
	}
	if to, err := b.SignLink(t.Context(), s.ID, b.people["Leo"]); err != nil || !strings.Contains(to, "/sign/") {
		t.Errorf("a lead who is called gets no link to sign: %q, %v", to, err)
	}
	if to, err := b.SignLink(t.Context(), s.ID, b.people["Ada"]); err != nil || to != "" {
		t.Errorf("who may not sign gets a link: %q, %v", to, err)
	}
	s, err = b.Sign(b.as("Dan"), s.ID, s.Hash(), "")
	must(t, err)
	if s.Needs[0].By != b.people["Dan"].ID {
		t.Errorf("the deputy's late signature: %+v", s.Needs[0])
	}
}

// Two different leads, for the same words, with a reason; a third looks at it afterwards.
func TestBreakGlass(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.inReview()
	h := s.Hash()
	if _, err := b.BreakGlass(b.as("Jo"), s.ID, h, "x", ""); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("by a responder: %v", err)
	}
	if _, err := b.BreakGlass(b.as("Leo"), s.ID, h, "", ""); field(err) != "why" {
		t.Errorf("without a reason: %v", err)
	}
	_, err := b.BreakGlass(b.as("Leo"), s.ID, h, "The plant is burning.", "")
	must(t, err)
	if _, err := b.BreakGlass(b.as("Leo"), s.ID, h, "x", ""); field(err) != "glass" {
		t.Errorf("both steps by one: %v", err)
	}
	s, err = b.Write(b.as("Ada"), s.ID, 0, words("Other words."))
	must(t, err)
	if s.Glass != nil {
		t.Error("an edit keeps the first step")
	}
	s, err = b.Submit(b.as("Ada"), s.ID, 0)
	must(t, err)
	if _, err := b.BreakGlass(b.as("Liv"), s.ID, h, "x", ""); !errors.Is(err, desk.ErrConflict) {
		t.Errorf("the second step for the old words: %v", err)
	}
	_, err = b.BreakGlass(b.as("Leo"), s.ID, s.Hash(), "The plant is burning.", "")
	must(t, err)
	s, err = b.BreakGlass(b.as("Liv"), s.ID, s.Hash(), "", "")
	must(t, err)
	if !s.Passed() || !s.Glass.Unreviewed() || s.Needs[0].How != desk.SignedGlass {
		t.Fatalf("opened: %+v", s)
	}
	told := b.alarms()
	must(t, b.reviewDue(t.Context(), errand{Statement: s.ID, Round: s.Round}))
	if len(*told) != 1 {
		t.Errorf("nobody looked for a day, and people heard %q", *told)
	}
	jobs, err := b.db.Jobs(t.Context(), false, desk.Paging{})
	must(t, err)
	again := slices.DeleteFunc(jobs, func(j desk.Job) bool { return j.Kind != jobReview })
	if len(again) != 2 { // at its time, and a day after
		t.Errorf("reminders: %+v", again)
	}
	if _, err := b.ReviewGlass(b.as("Liv"), s.ID, "Fine."); field(err) != "finding" {
		t.Errorf("reviewed by one of the two: %v", err)
	}
	s, err = b.ReviewGlass(b.as("Lea"), s.ID, "It was right.")
	must(t, err)
	if s.Glass.Unreviewed() || !s.Passed() {
		t.Errorf("after the review %+v", s.Glass)
	}
	must(t, b.reviewDue(t.Context(), errand{Statement: s.ID, Round: s.Round}))
	if len(*told) != 1 {
		t.Errorf("after the review people heard %q", *told)
	}
}

// A program takes a step past the signatures with its owner's PIN, and never without.
func TestBreakGlassByProgram(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.inReview()
	leo := b.people["Leo"]
	program := desk.WithActor(t.Context(), desk.Actor{Who: "token:1", UserID: leo.ID, Name: leo.Name, Role: leo.Role})
	if _, err := b.BreakGlass(program, s.ID, s.Hash(), "The plant is burning.", ""); field(err) != "pin" {
		t.Errorf("without a PIN: %v", err)
	}
	_, err := b.BreakGlass(program, s.ID, s.Hash(), "The plant is burning.", goodPIN)
	must(t, err)
	if _, err := b.BreakGlass(b.as("Leo"), s.ID, s.Hash(), "", ""); field(err) != "glass" {
		t.Errorf("the owner of the program is its second person: %v", err)
	}
	s, err = b.BreakGlass(b.as("Liv"), s.ID, s.Hash(), "", "")
	must(t, err)
	if !s.Passed() {
		t.Errorf("opened: %+v", s)
	}
}

// alarms gathers what people are alarmed of.
func (b *bench) alarms() *[]string {
	var told []string
	b.Alarm = func(_ context.Context, brand int64, _ string, what desk.Text) {
		if brand == b.brand {
			told = append(told, what.English())
		}
	}
	b.Show = b.Alarm
	return &told
}
