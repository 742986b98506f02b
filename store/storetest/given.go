package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"breakwater/desk"
)

// given makes a post that answers somebody.
func given(t testing.TB, db Bed, key, state string, change func(*desk.Post)) desk.Post {
	t.Helper()
	return waiting(t, db, key, func(p *desk.Post) {
		p.State, p.Answer = state, &desk.Answering{ConversationID: 77, Writer: 5}
		if change != nil {
			change(p)
		}
	})
}

var givenTests = map[string]func(*testing.T, Bed){
	"answers count when people got them, and copies among them": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		in := func(brand, incident int64, alike float64) func(*desk.Post) {
			return func(p *desk.Post) {
				p.BrandID, p.Answer.IncidentID, p.Answer.Alike = brand, incident, alike
			}
		}
		given(t, db, "own words", desk.PostVerified, in(b.ID, 3, 0.2))
		given(t, db, "nearly", desk.PostSent, in(b.ID, 3, 0.59))
		copied := given(t, db, "copied", desk.PostSent, in(b.ID, 3, 0.6))
		later := given(t, db, "withdrawn there", desk.PostWithdrawn, in(b.ID, 3, 1))
		given(t, db, "undone", desk.PostDropped, in(b.ID, 3, 1))
		given(t, db, "on its way", desk.PostWaiting, in(b.ID, 3, 1))
		given(t, db, "another crisis", desk.PostSent, in(b.ID, 4, 1))
		given(t, db, "another brand", desk.PostSent, in(b.ID+1, 0, 1))
		given(t, db, "a drill", desk.PostSent, func(p *desk.Post) {
			in(b.ID, 9, 1)(p)
			p.DrillID = 2
		})
		given(t, db, "long ago", desk.PostSent, func(p *desk.Post) {
			in(b.ID, 0, 1)(p)
			p.Due = noon.AddDate(0, 0, -31)
		})
		waiting(t, db, "no answer", func(p *desk.Post) { p.BrandID, p.State = b.ID, desk.PostSent })
		for _, row := range []struct {
			f    desk.AnswerFilter
			want desk.AnswerCounts
		}{
			{desk.AnswerFilter{IncidentID: 3}, desk.AnswerCounts{Answers: 4, Copied: 2}},
			{desk.AnswerFilter{IncidentID: 9}, desk.AnswerCounts{Answers: 1, Copied: 1}},
			{desk.AnswerFilter{BrandID: b.ID}, desk.AnswerCounts{Answers: 6, Copied: 4}},
			{desk.AnswerFilter{BrandID: b.ID, Since: noon.AddDate(0, 0, -30)}, desk.AnswerCounts{Answers: 5, Copied: 3}},
			{desk.AnswerFilter{}, desk.AnswerCounts{Answers: 7, Copied: 5}},
			{desk.AnswerFilter{IncidentID: 5}, desk.AnswerCounts{}},
		} {
			if got := must(db.CountAnswers(ctx, row.f))(t); got != row.want {
				t.Errorf("%+v: %+v, want %+v", row.f, got, row.want)
			}
		}
		var keys []string
		for f := (desk.AnswerFilter{IncidentID: 3, Paging: desk.Paging{Limit: 1}}); ; {
			piece := must(db.CopiedAnswers(ctx, f))(t)
			if len(piece) == 0 {
				break
			}
			keys, f.Before = append(keys, piece[0].Key), piece[0].ID
		}
		if fmt.Sprint(keys) != fmt.Sprint([]string{later.Key, copied.Key}) {
			t.Errorf("copied are %v", keys)
		}
		elsewhere := desk.WithActor(ctx, desk.Actor{Who: "user:8", UserID: 8, Role: desk.Viewer, Grants: []desk.Grant{{BrandID: b.ID + 1, Role: desk.Lead}}})
		if n := must(db.CountAnswers(elsewhere, desk.AnswerFilter{}))(t); n.Answers != 1 {
			t.Errorf("who sees another brand counts %+v", n)
		}
	},

	"somebody's last answers are theirs, but for what they took back": func(t *testing.T, db Bed) {
		ctx := context.Background()
		one := given(t, db, "one", desk.PostSent, nil)
		given(t, db, "undone", desk.PostDropped, nil)
		given(t, db, "somebody else's", desk.PostSent, func(p *desk.Post) { p.Answer.Writer = 6 })
		program := given(t, db, "a program's", desk.PostSent, func(p *desk.Post) { p.Answer.Writer = -6 })
		last := given(t, db, "last", desk.PostWaiting, func(p *desk.Post) { p.Due = noon.Add(time.Hour) })
		for writer, want := range map[int64][]int64{5: {last.ID, one.ID}, -6: {program.ID}, 0: nil, 7: nil} {
			var got []int64
			for _, p := range must(db.AnswersBy(ctx, writer, 10))(t) {
				got = append(got, p.ID)
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("of %d: %v, want %v", writer, got, want)
			}
		}
	},
}
