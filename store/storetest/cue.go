package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

var cueTests = map[string]func(*testing.T, Bed){
	"a brand has one list of cues": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		if l := must(db.CueList(ctx, b.ID))(t); l.BrandID != b.ID || l.Version != 0 || l.Cues != nil {
			t.Errorf("before anything was said: %+v", l)
		}
		want := desk.CueList{BrandID: b.ID, Cues: []desk.OwnCue{{Type: "jars", Text: "צנצנת*", Lang: "he", Strong: true}}, Off: []string{"geopolitics"}, Quiet: []desk.QuietCue{{Type: "outage", Text: "is down"}}}
		for range 2 {
			must(db.ChangeCueList(ctx, b.ID, act("cues.save"), func(l *desk.CueList, out *desk.Out) error {
				l.Cues, l.Off, l.Quiet = want.Cues, want.Off, want.Quiet
				out.Say = desk.Say("changed")
				return nil
			}))(t)
		}
		got := must(db.CueList(ctx, b.ID))(t)
		want.ID, want.Version = got.ID, 2
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if all := must(db.CueLists(ctx))(t); len(all) != 1 {
			t.Errorf("%d lists, want 1", len(all))
		}
		if es := must(db.Journal(ctx, desk.EntryFilter{On: fmt.Sprint("cues:", got.ID)}))(t); len(es) != 2 {
			t.Errorf("%d entries, want 2", len(es))
		}
	},

	"what a person says of a cue stands, and what was found moves": func(t *testing.T, db Bed) {
		ctx := context.Background()
		_, ms := brandWith(t, db.DB, 1)
		m := said("1", noon, "glass in my jar", ms...)
		m.SetCues([]desk.Cue{{Type: "food_illness", Strength: 2, Words: []desk.Span{{Words: "glass", From: 0, To: 5}}}})
		id := keep(t, db.DB, desk.Batch{Mentions: []desk.Mention{m}}).First

		now := must(db.TagCue(ctx, id, "boycott", false, act("mention.cue")))(t)
		if diff := cmp.Diff([]string{"boycott", "food_illness"}, now.Cues); diff != "" {
			t.Errorf("marked by hand: %s", diff)
		}
		now = must(db.TagCue(ctx, id, "food_illness", true, act("mention.cue")))(t)
		must(db.TagCue(ctx, id, "food_illness", true, act("mention.cue")))(t) // says nothing new
		if diff := cmp.Diff([]string{"boycott"}, now.Cues); diff != "" {
			t.Errorf("taken off by hand: %s", diff)
		}
		if es := must(db.Journal(ctx, desk.EntryFilter{On: fmt.Sprint("mention:", id)}))(t); len(es) != 2 {
			t.Errorf("%d entries, want 2", len(es))
		}

		again := now
		again.Found, again.Cues = nil, nil
		again.SetCues([]desk.Cue{{Type: "food_illness", Strength: 2}, {Type: "outage", Strength: 3}})
		if n := must(db.Remark(ctx, []desk.Mention{again}))(t); n != 1 {
			t.Errorf("%d changed, want 1", n)
		}
		if n := must(db.Remark(ctx, []desk.Mention{again}))(t); n != 0 {
			t.Errorf("%d changed the second time, want 0", n)
		}
		for cue, want := range map[string]int{"boycott": 1, "outage": 1, "food_illness": 0} {
			if p := must(db.Mentions(ctx, desk.Filter{Cue: cue}))(t); len(p.Mentions) != want {
				t.Errorf("%d found by %s, want %d", len(p.Mentions), cue, want)
			}
		}

		again.Text = "other words"
		if n := must(db.Remark(ctx, []desk.Mention{again}))(t); n != 0 {
			t.Errorf("a reading of older words changed %d", n)
		}
		edited := said("1", noon, "it is down", ms...)
		edited.Edited = noon.Add(1)
		edited.SetCues([]desk.Cue{{Type: "labour", Strength: 2}})
		keep(t, db.DB, desk.Batch{Mentions: []desk.Mention{edited}})
		now = must(db.Mention(ctx, id))(t)
		if diff := cmp.Diff([]string{"boycott", "labour"}, now.Cues); diff != "" {
			t.Errorf("after an edit: %s", diff)
		}
		_, err := db.TagCue(ctx, id+1, "boycott", false, act("mention.cue"))
		is(t, err, desk.ErrNotFound)
	},
}
