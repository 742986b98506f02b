package storetest

import (
	"context"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/store"
)

var mentionTests = map[string]func(*testing.T, *store.DB){
	"keep": func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		b, ms := brandWith(t, db, 2)
		m := said("1", noon, "The kettle exploded", ms...)
		got := appendAll(t, db, m)
		if got.New != 1 || got.First == 0 || got.First != got.Last {
			t.Fatalf("stored %+v", got)
		}
		m1 := must(db.Mention(ctx, got.First))(t)
		if m1.Text != m.Text || m1.Like != 1 || len(m1.Monitors) != 2 {
			t.Fatalf("got %+v", m1)
		}
		again := appendAll(t, db, m)
		if again.Known != 1 || again.New != 0 {
			t.Fatalf("stored again %+v", again)
		}
		for _, f := range []desk.Filter{
			{},
			{Text: "kettle"},
			{BrandID: b.ID},
			{Monitors: ms[1:]},
			{Author: "@ana.1"},
			{Text: `"kettle exploded" -teapot`, Langs: []string{"en", "pl"}, Moods: []desk.Mood{0}, Listed: true},
			{MinReach: 100},
		} {
			p := must(db.Mentions(ctx, f))(t)
			if len(p.Mentions) != 1 {
				t.Errorf("%+v finds %d", f, len(p.Mentions))
			}
		}
		for _, f := range []desk.Filter{
			{Text: "teapot"}, {BrandID: b.ID + 1}, {MinReach: 121}, {From: noon.Add(time.Second)}, {To: noon},
		} {
			p := must(db.Mentions(ctx, f))(t)
			if len(p.Mentions) != 0 {
				t.Errorf("%+v finds %d", f, len(p.Mentions))
			}
		}
		s := must(db.Series(ctx, desk.Ask{BrandID: b.ID, From: noon.Add(-time.Hour), To: noon.Add(time.Hour)}))(t)
		if len(s) != 1 || s[0].Count != 1 || s[0].Reach != 120 {
			t.Fatalf("series %+v", s)
		}
		v := must(db.Voices(ctx, desk.Ask{Monitors: ms}, 5))(t)
		if len(v) != 1 || v[0].Mentions != 1 || v[0].Author.Handle != "Ana.1" {
			t.Fatalf("voices %+v", v)
		}
		if n := must(db.People(ctx, desk.Ask{BrandID: b.ID}))(t); n != 1 {
			t.Fatalf("%d people", n)
		}
		ok(t, db.VerifyJournal(ctx, nil))
	},
}
