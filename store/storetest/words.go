package storetest

import (
	"context"
	"testing"
	"time"

	"breakwater/desk"
)

var wordTests = map[string]func(*testing.T, Bed){
	"every version of a statement is kept once": func(t *testing.T, db Bed) {
		ctx := context.Background()
		write := func(id int64, text, state string) desk.Statement {
			return must(db.ChangeStatement(ctx, id, act("statement.write"), func(s *desk.Statement, out *desk.Out) error {
				s.BrandID, s.Title, s.State, out.Say = 3, "x", state, desk.Say("changed")
				s.Variants = []desk.Variant{{ID: "v1", Lang: "en", Text: text}}
				return nil
			}))(t)
		}
		s := write(0, "one", desk.StatementDraft)
		write(s.ID, "one", desk.StatementReview) // the same words
		write(s.ID, "two", desk.StatementDraft)
		write(s.ID, "one", desk.StatementDraft)
		write(0, "another", desk.StatementDraft)
		all := must(db.StatementVersions(ctx, s.ID, desk.Paging{}))(t)
		if len(all) != 3 || all[0].Number != 3 || all[0].Words.Variants[0].Text != "one" || all[1].Words.Variants[0].Text != "two" || all[2].Name != "Ana" {
			t.Errorf("versions %+v", all)
		}
		if older := must(db.StatementVersions(ctx, s.ID, desk.Paging{Before: 3, Limit: 1}))(t); len(older) != 1 || older[0].Number != 2 {
			t.Errorf("the version before the third: %+v", older)
		}
	},
	"what somebody looked at before": func(t *testing.T, db Bed) {
		ctx := context.Background()
		for _, step := range []struct{ now, before int64 }{{4, 0}, {4, 0}, {7, 4}, {7, 4}, {9, 7}} {
			if got := must(db.Look(ctx, 1, "statement:5", step.now))(t); got != step.before {
				t.Errorf("looking at %d: before it was %d, want %d", step.now, got, step.before)
			}
		}
		if got := must(db.Look(ctx, 2, "statement:5", 9))(t); got != 0 {
			t.Errorf("somebody else's first look: %d", got)
		}
		seen, before, err := db.Looked(ctx, 1, "statement:5")
		if err != nil || seen != 9 || before != 7 {
			t.Errorf("Looked = %d, %d, %v", seen, before, err)
		}
		if seen, _, err := db.Looked(ctx, 9, "statement:5"); err != nil || seen != 0 {
			t.Errorf("who never looked: %d, %v", seen, err)
		}
	},
	"promises come in the order in which they are due": func(t *testing.T, db Bed) {
		ctx := context.Background()
		for i, due := range []time.Duration{3, 1, 2} {
			must(db.ChangePromise(ctx, 0, act("promise.make"), func(p *desk.Promise, out *desk.Out) error {
				p.BrandID, p.IncidentID, p.State, p.Due, out.Say = 1, int64(i), desk.PromiseOpen, noon.Add(due*time.Hour), desk.Say("promised")
				return nil
			}))(t)
		}
		all := must(db.Promises(ctx, 1, 0, desk.PromiseOpen, time.Time{}, 10))(t)
		if len(all) != 3 || !all[0].Due.Equal(noon.Add(time.Hour)) || !all[2].Due.Equal(noon.Add(3*time.Hour)) {
			t.Errorf("promises %+v", all)
		}
		if late := must(db.Promises(ctx, 0, 2, "", noon.Add(2*time.Hour), 10))(t); len(late) != 1 {
			t.Errorf("of one incident from a time on: %+v", late)
		}
	},
	"the PIN is sealed and comes back": func(t *testing.T, db Bed) {
		ctx := context.Background()
		u := must(db.ChangeUser(ctx, 0, act("user.add"), func(u *desk.User, out *desk.Out) error {
			u.Email, u.Role, u.PIN, u.Password, out.Say = "pin@example.org", desk.Viewer, "$pin", "$password", desk.Say("added")
			return nil
		}))(t)
		if got := must(db.User(ctx, u.ID))(t); got.PIN != "$pin" || got.Password != "$password" {
			t.Errorf("the person comes back with %q and %q", got.PIN, got.Password)
		}
	},
	"a sheet about a post": func(t *testing.T, db Bed) {
		ctx := context.Background()
		r := must(db.ChangeRemoval(ctx, 0, act("removal.begin"), func(r *desk.Removal, out *desk.Out) error {
			r.BrandID, r.Text, r.State, out.Say = 1, "words", desk.RemovalPending, desk.Say("asked")
			return nil
		}))(t)
		if got := must(db.Removal(ctx, r.ID))(t); got.Text != "words" {
			t.Errorf("the sheet comes back as %+v", got)
		}
		if all := must(db.Removals(ctx, 2, desk.Paging{}))(t); len(all) != 0 {
			t.Errorf("another brand's: %+v", all)
		}
	},
}
