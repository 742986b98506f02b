package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

// numbers are what roll-ups say of a brand.
func numbers(t testing.TB, db Bed, brandID int64) []desk.Point {
	t.Helper()
	return must(db.Series(context.Background(), desk.Ask{BrandID: brandID, By: "mood"}))(t)
}

var lessonTests = map[string]func(*testing.T, Bed){
	"corrections are listed by brand and taken back": func(t *testing.T, db Bed) {
		ctx := context.Background()
		a, mine := brandWith(t, db.DB, 2)
		b, theirs := brandWith(t, db.DB, 1)
		one, two := said("1", noon, "Great, late again", mine...), said("2", noon.Add(time.Minute), "Acme against Apex", mine[0], theirs[0])
		one.Mood, one.Sentiment = desk.Positive, .8
		first := appendAll(t, db.DB, one).First
		both := appendAll(t, db.DB, two).First
		before, start := numbers(t, db, a.ID), must(db.CorrectionMark(ctx))(t)
		for _, mood := range []desk.Mood{desk.Neutral, desk.Negative} { // a second thought
			must(db.Correct(ctx, first, mood, act("mention.correct")))(t)
		}
		must(db.Correct(ctx, both, desk.Negative, act("mention.correct")))(t)

		got := must(db.Corrections(ctx, a.ID, desk.Paging{}))(t)
		if len(got) != 2 || got[0].Mention.ID != both || !got[0].Shared || got[1].Shared || got[1].Was != desk.Positive ||
			got[1].Mention.Mood != desk.Negative || got[1].Name != "Ana" || got[1].At.IsZero() {
			t.Fatalf("corrections %+v", got)
		}
		if page := must(db.Corrections(ctx, a.ID, desk.Paging{Before: got[0].ID, Limit: 1}))(t); len(page) != 1 || page[0].Mention.ID != first {
			t.Errorf("the second page has %+v", page)
		}
		if other := must(db.Corrections(ctx, b.ID, desk.Paging{}))(t); len(other) != 1 || other[0].Mention.ID != both {
			t.Errorf("the other brand has %+v", other)
		}
		if must(db.CorrectionMark(ctx))(t) == start {
			t.Error("the mark stayed")
		}
		is(t, db.Uncorrect(ctx, desk.Mention{ID: 5}, act("mention.uncorrect")), desk.ErrNotFound)
		for _, m := range []desk.Mention{{ID: first, Mood: desk.Positive, Sentiment: .8, Confidence: .5}, {ID: both, Confidence: .5}} {
			ok(t, db.Uncorrect(ctx, m, act("mention.uncorrect")))
			is(t, db.Uncorrect(ctx, m, act("mention.uncorrect")), desk.ErrNotFound)
		}
		if left := must(db.Corrections(ctx, a.ID, desk.Paging{}))(t); len(left) != 0 {
			t.Errorf("left %+v", left)
		}
		if m := must(db.Mention(ctx, first))(t); m.CorrectedBy != "" || m.Mood != desk.Positive || m.Sentiment != .8 {
			t.Errorf("taken back: %+v", m)
		}
		after := numbers(t, db, a.ID)
		must(db.Correct(ctx, first, desk.Negative, act("mention.correct")))(t)
		if len(before) == 0 || cmp.Equal(after, numbers(t, db, a.ID)) {
			t.Error("the numbers do not follow")
		}
		if es := must(db.Journal(ctx, desk.EntryFilter{Do: "mention.uncorrect"}))(t); len(es) != 2 || es[0].Who != "user:1" {
			t.Errorf("journal %+v", es)
		}
	},

	"what is gone or rewritten teaches nobody": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, ms := brandWith(t, db.DB, 1)
		var all []desk.Mention
		for i := range 4 {
			all = append(all, said(fmt.Sprint(i), noon.Add(time.Duration(i)*time.Hour), "Great, late again", ms...))
		}
		appendAll(t, db.DB, all...)
		for i := range all {
			must(db.Correct(ctx, find(t, db.DB, fmt.Sprint(i)).ID, desk.Negative, act("mention.correct")))(t)
		}
		keep(t, db.DB, desk.Batch{Gone: []desk.Ref{all[1].Ref}})
		all[2].Text, all[2].Edited = "Great", noon.Add(9*time.Hour)
		appendAll(t, db.DB, all[2])
		must(db.Purge(ctx, b.ID, noon.Add(time.Minute), 10))(t)
		got := must(db.Corrections(ctx, b.ID, desk.Paging{}))(t)
		if len(got) != 1 || got[0].Mention.NativeID != "3" {
			t.Errorf("still corrected: %+v", got)
		}
		var n int
		if err := db.Raw.QueryRow("SELECT COUNT(*) FROM corrections").Scan(&n); err != nil || n != 1 {
			t.Errorf("%d rows, %v", n, err)
		}
	},

	"stored mentions are read again": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, ms := brandWith(t, db.DB, 1)
		for i := range 5 {
			appendAll(t, db.DB, said(fmt.Sprint(i), noon.Add(time.Duration(i)*time.Hour), "Great, late again", ms...))
		}
		must(db.Correct(ctx, find(t, db.DB, "4").ID, desk.Positive, act("mention.correct")))(t)
		outside := find(t, db.DB, "3")
		outside.Mood, outside.Sentiment, outside.Confidence, outside.ReadBy = desk.Positive, .9, .9, "Judge"
		if touched := must(db.ReadOutside(ctx, []desk.Mention{outside}))(t); len(touched) != 1 || touched[0] != ms[0] {
			t.Errorf("an engine outside touched %v", touched)
		}
		page := must(db.BrandMentions(ctx, b.ID, noon.Add(time.Hour), 0, 3))(t)
		rest := must(db.BrandMentions(ctx, b.ID, noon.Add(time.Hour), page[len(page)-1].ID, 3))(t)
		if len(page) != 3 || page[0].NativeID != "4" || len(rest) != 1 || rest[0].NativeID != "1" {
			t.Fatalf("pages of %d and %d", len(page), len(rest))
		}
		page = append(page, rest...)
		for i := range page {
			page[i].Mood, page[i].Sentiment, page[i].Confidence, page[i].ReadBy = desk.Negative, -.7, .8, ""
		}
		page[3].Text = "Other words" // that it no longer has
		l := desk.Lesson{BrandID: b.ID, Learned: noon, Taught: 1, Mark: "m", From: noon.Add(time.Hour), Before: page[3].ID, Read: 4, Differ: 1}
		if touched := must(db.Reread(ctx, page, l))(t); len(touched) != 1 {
			t.Errorf("touched %v", touched)
		}
		if again := must(db.Reread(ctx, page, l))(t); len(again) != 0 {
			t.Errorf("the second time touched %v", again)
		}
		for id, want := range map[string]desk.Mood{"0": desk.Neutral, "1": desk.Neutral, "2": desk.Negative, "3": desk.Positive, "4": desk.Positive} {
			if m := find(t, db.DB, id); m.Mood != want {
				t.Errorf("%s is %v, want %v", id, m.Mood, want)
			}
		}
		if diff := cmp.Diff(l, must(db.Lesson(ctx, b.ID))(t)); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		if none := must(db.Lesson(ctx, 77))(t); none != (desk.Lesson{BrandID: 77}) {
			t.Errorf("nothing taught %+v", none)
		}
		series := numbers(t, db, b.ID)
		got := map[string]int{}
		for _, p := range series {
			got[p.Name] += p.Count
		}
		if want := map[string]int{"negative": 1, "neutral": 2, "positive": 2}; !cmp.Equal(got, want) {
			t.Errorf("the roll-ups say %v, want %v", got, want)
		}
	},
}
