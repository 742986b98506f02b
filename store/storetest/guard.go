package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

var guardTests = map[string]func(*testing.T, Bed){
	"a brand has one guard": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		if g := must(db.Guard(ctx, b.ID))(t); g.BrandID != b.ID || g.Version != 0 {
			t.Errorf("before anything was said: %+v", g)
		}
		want := desk.Guard{BrandID: b.ID, Words: []desk.GuardWord{{Topic: "competition", Text: "צנצנת*"}}, Quiet: []string{"god"}, Days: []desk.GuardDay{{Day: "05-03", Name: "Gdynia"}}, Names: []string{"Kavelund"}}
		for range 2 {
			must(db.ChangeGuard(ctx, b.ID, act("guard.save"), func(g *desk.Guard, out *desk.Out) error {
				g.Words, g.Quiet, g.Days, g.Names = want.Words, want.Quiet, want.Days, want.Names
				out.Say = desk.Say("changed")
				return nil
			}))(t)
		}
		got := must(db.Guard(ctx, b.ID))(t)
		want.ID, want.Version = got.ID, 2
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if es := must(db.Journal(ctx, desk.EntryFilter{On: fmt.Sprint("guard:", got.ID)}))(t); len(es) != 2 {
			t.Errorf("%d entries, want 2", len(es))
		}
	},
}
