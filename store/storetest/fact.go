package storetest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

// room opens an incident.
func room(t *testing.T, db Bed, brandID int64) desk.Incident {
	t.Helper()
	return must(db.ChangeIncident(context.Background(), 0, act("incident.open"), func(i *desk.Incident, out *desk.Out) error {
		i.BrandID, i.Title, i.State, i.Opened, out.Say = brandID, "Glass", desk.IncidentOpen, noon, desk.Say("x")
		return nil
	}))(t)
}

// addFact writes down a fact of an incident.
func addFact(t *testing.T, db Bed, incidentID int64, text string) desk.Fact {
	t.Helper()
	return must(db.ChangeFact(context.Background(), incidentID, 0, act("fact.add"), func(f *desk.Fact, _ *desk.Incident, _ []desk.Citing, out *desk.Out) error {
		f.Text, f.State, f.Source, f.CheckedBy, f.At, out.Say = text, desk.FactConfirmed, "Plant", "Ana", noon, desk.Say("x")
		return nil
	}))(t)
}

// publish makes a statement that rests on facts, with a post in each of the states.
func publish(t *testing.T, db Bed, in desk.Incident, facts desk.IDs, states ...string) desk.Statement {
	t.Helper()
	ctx := context.Background()
	s := must(db.ChangeStatement(ctx, 0, act("statement.save"), func(s *desk.Statement, out *desk.Out) error {
		s.BrandID, s.IncidentID, s.Title, s.State, out.Say = in.BrandID, in.ID, "Our jars", desk.StatementPublished, desk.Say("x")
		s.Messages = []desk.KeyMessage{{Text: "Bring them back", Facts: facts}}
		s.Variants = []desk.Variant{{ID: "a", Lang: "en", Text: "Bring them back"}}
		return nil
	}))(t)
	for i, state := range states {
		must(db.ChangePost(ctx, 0, act("post.make"), func(p *desk.Post, out *desk.Out) error {
			p.BrandID, p.IncidentID, p.StatementID, p.VariantID, p.State, p.Due = in.BrandID, in.ID, s.ID, "a", state, noon
			p.Key, out.Say = fmt.Sprint(s.ID, "/", i), desk.Say("x")
			return nil
		}))(t)
	}
	return s
}

var factTests = map[string]func(*testing.T, Bed){
	"facts are numbered within their incident": func(t *testing.T, db Bed) {
		b, _ := brandWith(t, db.DB, 0)
		one, other := room(t, db, b.ID), room(t, db, b.ID)
		var wg sync.WaitGroup
		for i := range 6 {
			wg.Go(func() { addFact(t, db, []int64{one.ID, other.ID}[i%2], fmt.Sprint("fact ", i)) })
		}
		wg.Wait()
		for _, in := range []desk.Incident{one, other} {
			var got []int
			for _, f := range must(db.Facts(context.Background(), in.ID))(t) {
				got = append(got, f.Number)
			}
			if diff := cmp.Diff([]int{1, 2, 3}, got); diff != "" {
				t.Errorf("numbers (-want +got):\n%s", diff)
			}
		}
		_, err := db.ChangeFact(context.Background(), 99, 0, act("fact.add"), func(*desk.Fact, *desk.Incident, []desk.Citing, *desk.Out) error { return nil })
		is(t, err, desk.ErrNotFound)
	},

	"what rests on a fact is given with it, and the incident's steps are kept with the change": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		in, other := room(t, db, b.ID), room(t, db, b.ID)
		f, rest := addFact(t, db, in.ID, "The glass is from line 3"), addFact(t, db, in.ID, "No one was hurt")
		publish(t, db, in, desk.IDs{f.ID}, desk.PostWaiting, desk.PostVerified, desk.PostDropped, desk.PostSent)
		publish(t, db, in, desk.IDs{rest.ID}, desk.PostSent)
		publish(t, db, in, desk.IDs{f.ID, rest.ID}) // no post yet
		publish(t, db, other, desk.IDs{f.ID + 100}, desk.PostSent)
		change := func(text string) (states []string) {
			must(db.ChangeFact(ctx, in.ID, f.ID, act("fact.save"), func(f *desk.Fact, i *desk.Incident, texts []desk.Citing, out *desk.Out) error {
				states = nil
				for _, c := range texts {
					states = append(states, c.Post.State)
				}
				f.Text, out.Say, out.Detail = text, desk.Say("x"), f
				i.Correct(f, texts, "Communications lead", noon)
				return nil
			}))(t)
			return states
		}
		if diff := cmp.Diff([]string{desk.PostWaiting, desk.PostVerified, desk.PostSent, ""}, change("Line 4")); diff != "" {
			t.Errorf("texts (-want +got):\n%s", diff)
		}
		change("Line 5")
		got := must(db.Incident(ctx, in.ID))(t)
		if len(got.Steps) != 4 || got.Version != 2 {
			t.Errorf("%d steps in version %d, want 4 in version 2: one for each text, once", len(got.Steps), got.Version)
		}
		es := must(db.Journal(ctx, desk.EntryFilter{IncidentID: in.ID}))(t)
		acts := []string{}
		for _, e := range es {
			acts = append(acts, e.Do)
		}
		if diff := cmp.Diff([]string{"fact.save", "incident.correct", "fact.save"}, acts[:3]); diff != "" {
			t.Errorf("journal (-want +got):\n%s", diff)
		}
		ok(t, db.VerifyJournal(ctx, nil))
		if n := len(must(db.Citing(ctx, must(db.Fact(ctx, f.ID))(t)))(t)); n != 4 {
			t.Errorf("%d texts rest on the fact, want 4", n)
		}
		_, err := db.ChangeFact(ctx, other.ID, f.ID, act("fact.save"), func(*desk.Fact, *desk.Incident, []desk.Citing, *desk.Out) error { return nil })
		is(t, err, desk.ErrNotFound)
	},

	"a fact and its incident change at once": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		in := room(t, db, b.ID)
		f := addFact(t, db, in.ID, "Line 3")
		publish(t, db, in, desk.IDs{f.ID}, desk.PostSent)
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				must(db.ChangeIncident(ctx, in.ID, act("incident.describe"), func(x *desk.Incident, out *desk.Out) error {
					x.Known, out.Say = fmt.Sprint(i), desk.Say("x")
					return nil
				}))(t)
			})
			wg.Go(func() {
				must(db.ChangeFact(ctx, in.ID, f.ID, act("fact.save"), func(f *desk.Fact, x *desk.Incident, texts []desk.Citing, out *desk.Out) error {
					f.Text, out.Say = fmt.Sprint(i), desk.Say("x")
					x.Correct(f, texts, "", noon.Add(time.Hour))
					return nil
				}))(t)
			})
		}
		wg.Wait()
		got := must(db.Incident(ctx, in.ID))(t)
		if len(got.Steps) != 1 || slices.ContainsFunc(got.Steps, desk.Step.Done) {
			t.Errorf("steps %+v, want one, open", got.Steps)
		}
		ok(t, db.VerifyJournal(ctx, nil))
	},
}
