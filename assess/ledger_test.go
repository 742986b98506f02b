package assess

import (
	"testing"
	"time"

	"breakwater/desk"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func TestLedger(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	l := &Ledger{Store: b.db, Corrector: "Communications lead"}
	said := desk.Fact{Text: " Glass in six jars ", Source: "Plant"}
	_, err := l.Add(b.viewer, b.room.ID, said)
	if field(err) != desk.ErrForbidden.Error() {
		t.Errorf("a viewer adds a fact: %v", err)
	}
	f, err := l.Add(b.responder, b.room.ID, said)
	check(t, err)
	if f.Name() != "F1" || f.State != desk.FactUnconfirmed || f.Text != "Glass in six jars" || f.At.IsZero() || f.BrandID != b.room.BrandID {
		t.Errorf("added %+v", f)
	}
	sure := said
	sure.State = desk.FactConfirmed
	if _, err := l.Add(b.responder, b.room.ID, sure); field(err) != desk.ErrForbidden.Error() {
		t.Errorf("a responder confirms: %v", err)
	}
	post := publish(t, b, f.ID)
	for _, step := range []struct {
		name    string
		fact    desk.Fact
		wrong   string
		shaken  int // texts listed
		steps   int // of the incident, afterwards
		checked string
	}{
		{"confirmed without a source", desk.Fact{Text: "x", State: desk.FactConfirmed}, "source", 0, 0, ""},
		{"confirmed", desk.Fact{Text: f.Text, State: desk.FactConfirmed, Source: "Plant"}, "", 0, 0, "Lea"},
		{"another link", desk.Fact{Text: f.Text, State: desk.FactConfirmed, Source: "Plant", Link: "https://example.org/"}, "", 0, 0, "Lea"},
		{"no link", desk.Fact{Text: f.Text, State: desk.FactConfirmed, Source: "Plant", Link: "javascript:alert(1)"}, "link", 0, 0, ""},
		{"other words", desk.Fact{Text: "Glass in nine jars", State: desk.FactConfirmed, Source: "Plant"}, "", 1, 1, "Lea"},
		{"withdrawn without a reason", desk.Fact{Text: "Glass in nine jars", State: desk.FactWithdrawn}, "why", 0, 1, ""},
		{"withdrawn: the step is open already", desk.Fact{Text: "Glass in nine jars", State: desk.FactWithdrawn, Why: "It was sugar"}, "", 1, 1, ""},
		{"of an older version", desk.Fact{Text: "x", Version: 1}, desk.ErrConflict.Error(), 0, 1, ""},
	} {
		step.fact.ID = f.ID
		got, err := l.Save(b.leader, step.fact)
		if field(err) != step.wrong {
			t.Errorf("%s: %v, want %q", step.name, err, step.wrong)
		}
		room, err := b.db.Incident(b.leader, b.room.ID)
		check(t, err)
		if len(room.Steps) != step.steps {
			t.Errorf("%s: the incident has %d steps, want %d", step.name, len(room.Steps), step.steps)
		}
		if step.wrong == "" && (len(got.Citing) != step.shaken || got.CheckedBy != step.checked) {
			t.Errorf("%s: %d texts to correct, verified by %q; want %d, %q", step.name, len(got.Citing), got.CheckedBy, step.shaken, step.checked)
		}
	}
	one, err := l.One(b.viewer, f.ID)
	if err != nil || len(one.Citing) != 1 || one.Citing[0].Post.ID != post.ID {
		t.Errorf("the fact is cited by %+v, %v", one.Citing, err)
	}
	if _, err := l.Save(b.responder, f); field(err) != desk.ErrForbidden.Error() {
		t.Errorf("a responder changes a fact: %v", err)
	}
}

// publish makes a statement that rests on a fact, with a post that people can read.
// A fact of a closed incident that turns out wrong opens it again: what people can read has to be corrected.
func TestAFactThatChangesAfterTheEnd(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	l := &Ledger{Store: b.db, Corrector: "Communications lead"}
	f, err := l.Add(b.leader, b.room.ID, desk.Fact{Text: "Glass in six jars", Source: "Plant", State: desk.FactConfirmed})
	check(t, err)
	publish(t, b, f.ID)
	_, err = b.db.ChangeIncident(t.Context(), b.room.ID, desk.Act{Who: "desk", Do: "test"}, func(i *desk.Incident, out *desk.Out) error {
		out.Say = desk.Say("closed")
		return i.Close("It is over.", noon)
	})
	check(t, err)
	f.State, f.Why = desk.FactWithdrawn, "It was sugar"
	_, err = l.Save(b.leader, f)
	check(t, err)
	room, err := b.db.Incident(b.leader, b.room.ID)
	check(t, err)
	if room.State != desk.IncidentOpen || len(room.Steps) != 1 {
		t.Errorf("the room is %s with %d steps, want it open with one", room.State, len(room.Steps))
	}
}

func publish(t *testing.T, b *bench, fact int64) desk.Post {
	t.Helper()
	act := desk.Act{Who: "desk", Do: "test"}
	s, err := b.db.ChangeStatement(t.Context(), 0, act, func(s *desk.Statement, out *desk.Out) error {
		s.BrandID, s.IncidentID, s.Title, s.State, out.Say = b.room.BrandID, b.room.ID, "Our jars", desk.StatementPublished, desk.Say("made")
		s.Variants = []desk.Variant{{ID: "a", Lang: "en", Text: "Bring them back", Facts: desk.IDs{fact}}}
		return nil
	})
	check(t, err)
	p, err := b.db.ChangePost(t.Context(), 0, act, func(p *desk.Post, out *desk.Out) error {
		p.StatementID, p.VariantID, p.IncidentID, p.State, p.Key, out.Say = s.ID, "a", b.room.ID, desk.PostSent, "k", desk.Say("made")
		return nil
	})
	check(t, err)
	return p
}
