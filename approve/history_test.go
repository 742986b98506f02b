package approve

import (
	"errors"
	"testing"
	"time"

	"breakwater/desk"
)

// Every version is kept once; who looked before is shown what changed since.
func TestVersionsAndLooks(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.inReview()
	_, before, err := b.Look(b.as("Lea"), s.ID)
	if err != nil || before != nil {
		t.Fatalf("the first look: %v, %v", before, err)
	}
	for _, text := range []string{"A.", "A.", "B."} {
		s, err = b.Write(b.as("Ada"), s.ID, 0, words(text))
		must(t, err)
	}
	all, err := b.Versions(b.as("Vi"), s.ID, desk.Paging{})
	must(t, err)
	if len(all) != 3 || all[0].Words.Variants[0].Text != "B." || all[2].Number != 1 || all[1].Name != "Ada" {
		t.Errorf("versions %+v", all)
	}
	for range 2 { // a second look at the same shows the same
		now, before, err := b.Look(b.as("Lea"), s.ID)
		must(t, err)
		if now.Number != 3 || before == nil || before.Number != 1 {
			t.Errorf("a later look: now %+v, before %+v", now, before)
		}
	}
}

// What went out is corrected by another statement, and withdrawn words pass no more.
func TestAfterwards(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.inReview()
	now := time.Now().UTC()
	if err := s.WentOut(now); !errors.Is(err, desk.ErrInvalidTransition) {
		t.Errorf("unsigned words went out: %v", err)
	}
	change := func(id int64, f func(*desk.Statement) error) {
		t.Helper()
		_, err := b.db.ChangeStatement(t.Context(), id, desk.Act{Who: "desk", Do: "test"}, func(s *desk.Statement, out *desk.Out) error {
			out.Say = desk.Say("changed")
			return f(s)
		})
		must(t, err)
	}
	for _, who := range []string{"Lea", "Jo"} {
		_, err := b.Sign(b.as(who), s.ID, s.Hash(), "")
		must(t, err)
	}
	change(s.ID, func(s *desk.Statement) error { return s.WentOut(now) })
	if _, err := b.Write(b.as("Ada"), s.ID, 0, words("x")); !errors.Is(err, desk.ErrInvalidTransition) {
		t.Errorf("what is out was rewritten: %v", err)
	}
	c, err := b.Correct(b.as("Ada"), s.ID)
	must(t, err)
	_, err = b.Submit(b.as("Ada"), c.ID, 0)
	must(t, err)
	for _, who := range []string{"Lea", "Jo"} {
		_, err = b.Sign(b.as(who), c.ID, c.Hash(), "")
		must(t, err)
	}
	change(c.ID, func(c *desk.Statement) error { return c.WentOut(now.Add(time.Minute)) })
	change(s.ID, func(s *desk.Statement) error { return s.Corrected(now) })
	s, err = b.One(b.as("Vi"), s.ID)
	must(t, err)
	if s.State != desk.StatementCorrected || s.Passed() {
		t.Errorf("the corrected one is %s, passed %v", s.State, s.Passed())
	}
	c, err = b.Withdraw(b.as("Lea"), c.ID, "Wrong dairy.")
	must(t, err)
	if c.Passed() {
		t.Error("withdrawn words pass")
	}
}
