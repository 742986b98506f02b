package storetest

import (
	"context"
	"sync"
	"testing"
	"time"

	"breakwater/desk"
)

var lockerTests = map[string]func(*testing.T, Bed){
	"exhibits share their bytes, and the last one takes them along": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		in := room(t, db, b.ID)
		hash := must(db.KeepBlob(ctx, []byte("picture")))(t)
		keep := func() desk.Exhibit {
			return must(db.ChangeExhibit(ctx, 0, act("evidence.keep"), [][]byte{[]byte("picture")}, func(e *desk.Exhibit, out *desk.Out) error {
				e.IncidentID, e.Files, e.Until, out.Say = in.ID, []desk.ExhibitFile{{Name: "a.png", Hash: hash}}, noon, desk.Say("x")
				return nil
			}))(t)
		}
		var wg sync.WaitGroup
		all := make([]desk.Exhibit, 2)
		for i := range all {
			wg.Go(func() { all[i] = keep() })
		}
		wg.Wait()
		if all[0].Number+all[1].Number != 3 || len(must(db.Exhibits(ctx, in.ID))(t)) != 2 {
			t.Errorf("exhibits %+v", all)
		}
		drop := func(e desk.Exhibit) {
			t.Helper()
			ok(t, db.DeleteExhibit(ctx, e.ID, act("evidence.discard"), func(*desk.Exhibit) desk.Out { return desk.Out{Say: desk.Say("x"), IncidentID: in.ID} }))
		}
		if n := len(must(db.Expired(ctx, noon, 9))(t)); n != 0 {
			t.Errorf("%d expired on their day", n)
		}
		if n := len(must(db.Expired(ctx, noon.Add(time.Second), 9))(t)); n != 2 {
			t.Errorf("%d expired after their day, want 2", n)
		}
		drop(all[0])
		if got := must(db.Blob(ctx, hash))(t); string(got) != "picture" {
			t.Errorf("the other one lost its bytes: %q", got)
		}
		publish(t, db, in, nil, desk.PostSent)
		must(db.ChangeStatement(ctx, 1, act("statement.save"), func(s *desk.Statement, out *desk.Out) error {
			s.Variants[0].Media, out.Say = []desk.Media{{Hash: hash}}, desk.Say("x")
			return nil
		}))(t)
		drop(all[1])
		if got := must(db.Blob(ctx, hash))(t); string(got) != "picture" {
			t.Errorf("a text of ours lost its picture: %q", got)
		}
		last := keep()
		must(db.ChangeStatement(ctx, 1, act("statement.save"), func(s *desk.Statement, out *desk.Out) error {
			s.Variants, out.Say = nil, desk.Say("x")
			return nil
		}))(t)
		drop(last)
		_, err := db.Blob(ctx, hash)
		is(t, err, desk.ErrNotFound)
		is(t, db.DeleteExhibit(ctx, last.ID, act("evidence.discard"), nil), desk.ErrNotFound)
	},
}
