package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

var mentionTests = map[string]func(*testing.T, Bed){
	"a mention is kept once and found by everything": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, ms := brandWith(t, db.DB, 2)
		m := said("1", noon, "The kettle exploded", ms...)
		m.Cues, m.Links, m.Tags = []string{"boycott"}, []string{"https://a.example"}, []string{"kettle"}
		got := appendAll(t, db.DB, m)
		if want := (desk.Stored{New: 1, Touched: ms, First: got.First, Last: got.First}); got.First == 0 || !cmp.Equal(got, want) {
			t.Fatalf("stored %+v", got)
		}
		want := m
		want.ID, want.Like, want.Fold = got.First, 1, m.Key().Fold()
		if diff := cmp.Diff(want, must(db.Mention(ctx, got.First))(t)); diff != "" {
			t.Fatalf("-want +got\n%s", diff)
		}
		if again := appendAll(t, db.DB, m); again.Known != 1 || again.New+again.Edited != 0 || again.Touched != nil {
			t.Fatalf("stored again %+v", again)
		}
		for _, f := range []desk.Filter{
			{},
			{Text: "kettle"},
			{BrandID: b.ID},
			{Monitors: ms[1:]},
			{Monitors: []int64{99, ms[0]}},
			{Networks: []string{"bluesky", "mastodon"}},
			{Author: "@ana.1"},
			{Kinds: []string{desk.KindPost}, SourceID: 1, Cue: "boycott"},
			{Fold: m.Key().Fold()},
			{Text: `"kettle exploded" -teapot`, Langs: []string{"en", "pl"}, Moods: []desk.Mood{0}, Listed: true},
			{Text: "-teapot"},
			{MinReach: 120},
			{From: noon, To: noon.Add(time.Second)},
		} {
			if p := must(db.Mentions(ctx, f))(t); len(p.Mentions) != 1 || p.Next != 0 {
				t.Errorf("%+v finds %d", f, len(p.Mentions))
			}
		}
		for _, f := range []desk.Filter{
			{Text: "teapot"}, {Text: "-kettle"}, {Text: `"exploded kettle"`}, {BrandID: b.ID + 1}, {MinReach: 121}, {MinReach: 100_000},
			{From: noon.Add(time.Second)}, {To: noon}, {Before: got.First}, {Moods: []desk.Mood{desk.Negative}}, {Author: "ana"},
			{Cue: "recall"}, {SourceID: 2}, {Langs: []string{"he"}}, {Kinds: []string{desk.KindReply}},
		} {
			if p := must(db.Mentions(ctx, f))(t); len(p.Mentions) != 0 {
				t.Errorf("%+v finds %d", f, len(p.Mentions))
			}
		}
	},

	"what is not there is not found": func(t *testing.T, db Bed) {
		ctx := context.Background()
		_, err := db.Mention(ctx, 5)
		is(t, err, desk.ErrNotFound)
		_, err = db.MentionByRef(ctx, desk.Ref{Network: "a", NativeID: "b"})
		is(t, err, desk.ErrNotFound)
		_, err = db.Correct(ctx, 5, desk.Negative, act("mention.correct"))
		is(t, err, desk.ErrNotFound)
		ok(t, db.Rescore(ctx, []desk.Mention{{ID: 5}}))
		ok(t, db.Assign(ctx, 1, []int64{5}, []int64{6}))
		if got := keep(t, db.DB, desk.Batch{Gone: []desk.Ref{{Network: "a", NativeID: "b"}}}); got.Gone != 0 {
			t.Errorf("%+v", got)
		}
	},

	"pages follow each other without gap or repeat": func(t *testing.T, db Bed) {
		var all []desk.Mention
		for i := range 25 {
			all = append(all, said(fmt.Sprint(i), noon.Add(time.Duration(i%7)*time.Second), "kettle"))
		}
		appendAll(t, db.DB, all...)
		for _, f := range []desk.Filter{{Limit: 10}, {Limit: 10, Text: "kettle"}} {
			var ids []int64
			for {
				p := must(db.Mentions(t.Context(), f))(t)
				for _, m := range p.Mentions {
					ids = append(ids, m.ID)
				}
				if f.Before = p.Next; p.Next == 0 {
					break
				}
			}
			down := func(a, b int64) int { return int(b>>1 - a>>1) }
			if len(ids) != 25 || !slices.IsSortedFunc(ids, func(a, b int64) int { return down(a, b) }) || len(slices.Compact(ids)) != 25 {
				t.Errorf("%q: got %d ids: %v", f.Text, len(ids), ids)
			}
		}
	},

	"what was published in one instant is all kept": func(t *testing.T, db Bed) {
		day := noon.Truncate(24 * time.Hour)
		for part := range 3 {
			var all []desk.Mention
			for i := range 1500 {
				all = append(all, said(fmt.Sprint(part, "/", i), day, "same day"))
			}
			if got := appendAll(t, db.DB, all...); got.New != 1500 {
				t.Fatalf("stored %+v", got)
			}
		}
		s := must(db.Series(t.Context(), desk.Ask{}))(t)
		if len(s) != 1 || s[0].Count != 4500 {
			t.Errorf("series %+v", s)
		}
	},

	"times that cannot be": func(t *testing.T, db Bed) {
		for i, at := range []time.Time{{}, time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
			time.Date(-3000, 1, 1, 0, 0, 0, 0, time.UTC)} {
			m := said(fmt.Sprint(i), noon, "when?")
			m.Published = at
			got := appendAll(t, db.DB, m)
			if p := must(db.Mentions(t.Context(), desk.Filter{From: m.Arrived, To: m.Arrived.Add(time.Second)}))(t); got.New != 1 || len(p.Mentions) != i+1 {
				t.Errorf("published %v: stored %+v, found %d", at, got, len(p.Mentions))
			}
		}
	},

	"edits": func(t *testing.T, db Bed) {
		_, ms := brandWith(t, db.DB, 2)
		m := said("1", noon, "The kettle is fine", ms[0])
		appendAll(t, db.DB, m)
		changed := m
		changed.Text, changed.Edited, changed.Mood, changed.Monitors = "The kettle exploded", noon.Add(time.Minute), desk.Negative, ms[1:]
		changed.Published = noon.Add(time.Hour) // must not move it
		got := appendAll(t, db.DB, changed)
		if got.Edited != 1 || !cmp.Equal(got.Touched, ms) {
			t.Errorf("an edit: %+v", got)
		}
		if got := appendAll(t, db.DB, m); got.Known != 1 {
			t.Errorf("the older edition again: %+v", got)
		}
		now := find(t, db.DB, "1")
		if now.Text != changed.Text || now.Mood != desk.Negative || !now.Published.Equal(noon) || !slices.Equal(now.Monitors, ms[1:]) {
			t.Errorf("now %+v", now)
		}
		if n := len(must(db.Mentions(t.Context(), desk.Filter{Text: "fine"}))(t).Mentions); n != 0 {
			t.Error("the old words are still found")
		}
		popular := changed
		popular.Engagement, popular.Author.Followers, popular.Monitors = desk.Engagement{Reposts: 9}, 5000, nil
		if got := appendAll(t, db.DB, popular); got.Edited != 1 {
			t.Errorf("more reposts: %+v", got)
		}
		silent := changed
		silent.Author = desk.Author{Followers: -1}
		if got := appendAll(t, db.DB, silent); got.Known != 1 {
			t.Errorf("a network that says less: %+v", got)
		}
		now = find(t, db.DB, "1")
		if now.Engagement.Reposts != 9 || now.Author.Followers != 5000 || now.Author.Handle != "Ana.1" || !slices.Equal(now.Monitors, ms[1:]) {
			t.Errorf("now %+v", now)
		}
		s := must(db.Series(t.Context(), desk.Ask{Monitors: ms}))(t)
		if len(s) != 1 || s[0].Count != 1 || s[0].Negative != 1 || s[0].Reach != 5000 {
			t.Errorf("series %+v", s)
		}
	},

	"the same link from another source is no edit": func(t *testing.T, db Bed) {
		_, ms := brandWith(t, db.DB, 2)
		article := said("https://news.example/1", noon, "The kettle exploded and burnt a child, says the fire brigade", ms[0])
		article.Kind, article.Mood, article.Cues = desk.KindArticle, desk.Negative, []string{"safety_injury"}
		teaser := article
		teaser.SourceID, teaser.Text, teaser.Mood, teaser.Cues, teaser.Monitors = 2, "Kettles today", desk.Neutral, nil, ms[1:]
		teaser.Edited, teaser.Author.Handle = noon.Add(time.Minute), "aggregator" // it changed its own line
		check := func(when string, source int64) {
			t.Helper()
			now := find(t, db.DB, article.NativeID)
			if now.Text != article.Text || now.Mood != desk.Negative || !slices.Equal(now.Cues, article.Cues) || !slices.Equal(now.Monitors, ms) || now.SourceID != source {
				t.Errorf("%s: %+v", when, now)
			}
			for _, m := range ms {
				if s := must(db.Series(t.Context(), desk.Ask{Monitors: []int64{m}}))(t); len(s) != 1 || s[0].Count != 1 || s[0].Negative != 1 {
					t.Errorf("%s: series of %d %+v", when, m, s)
				}
			}
		}
		appendAll(t, db.DB, article)
		if got := appendAll(t, db.DB, teaser); got.Edited != 1 || !cmp.Equal(got.Touched, ms) {
			t.Errorf("a teaser: %+v", got)
		}
		check("the article, then a teaser", 1)
		if got := appendAll(t, db.DB, teaser, article); got.Known != 2 {
			t.Errorf("both again: %+v", got)
		}
		article.NativeID, teaser.NativeID = "https://news.example/2", "https://news.example/2"
		teaser.Edited = time.Time{}
		other := said("https://news.example/2", noon, "Kettles today", ms[1:]...)
		other.Kind, other.SourceID = desk.KindArticle, 2
		ok(t, db.Assign(t.Context(), ms[0], nil, []int64{find(t, db.DB, "https://news.example/1").ID}))
		ok(t, db.Assign(t.Context(), ms[1], nil, []int64{find(t, db.DB, "https://news.example/1").ID}))
		appendAll(t, db.DB, other, article, teaser)
		check("a teaser, then the article, then the teaser", 1)
	},

	"one edition told by two servers": func(t *testing.T, db Bed) {
		_, ms := brandWith(t, db.DB, 1)
		long, short := said("1", noon, "The kettle exploded in my hand", ms...), said("1", noon, "The kettle exploded", ms...)
		short.SourceID = 2
		appendAll(t, db.DB, long)
		if got := appendAll(t, db.DB, short); got.Known != 1 || find(t, db.DB, "1").Text != long.Text {
			t.Errorf("stored %+v as %q", got, find(t, db.DB, "1").Text)
		}
		short.Edited = noon.Add(time.Minute)
		if got := appendAll(t, db.DB, short); got.Edited != 1 || find(t, db.DB, "1").Text != short.Text {
			t.Errorf("an edit by way of the other: %+v as %q", got, find(t, db.DB, "1").Text)
		}
		if got := appendAll(t, db.DB, long); got.Known != 1 || find(t, db.DB, "1").Text != short.Text {
			t.Errorf("the older edition: %+v as %q", got, find(t, db.DB, "1").Text)
		}
	},

	"an edit that no monitor answers": func(t *testing.T, db Bed) {
		_, ms := brandWith(t, db.DB, 1)
		m := said("1", noon, "Kettles lie", ms...)
		m.Mood = desk.Negative
		appendAll(t, db.DB, m)
		m.Text, m.Mood, m.Monitors, m.Edited = "I was wrong, ignore me", desk.Neutral, nil, noon.Add(time.Minute)
		appendAll(t, db.DB, m)
		if now := find(t, db.DB, "1"); now.Text != m.Text || now.Mood != desk.Neutral || !slices.Equal(now.Monitors, ms) {
			t.Errorf("now %+v", now)
		}
		if s := must(db.Series(t.Context(), desk.Ask{Monitors: ms}))(t); len(s) != 1 || s[0].Count != 1 || s[0].Negative != 0 {
			t.Errorf("series %+v", s)
		}
	},

	"who pushes changes only what they brought": func(t *testing.T, db Bed) {
		heard, theirs := said("1", noon, "The kettle exploded"), said("2", noon, "The lid too")
		appendAll(t, db.DB, heard)
		pushed := func(m desk.Mention, gone ...desk.Ref) desk.Stored {
			m.SourceID = 0
			return keep(t, db.DB, desk.Batch{SourceID: 2, OwnOnly: true, Mentions: []desk.Mention{m}, Gone: gone})
		}
		if got := pushed(theirs, heard.Ref); got.New != 1 || got.Gone != 0 || got.Foreign != 1 {
			t.Errorf("a deletion of what another source heard: %+v", got)
		}
		forged := heard
		forged.Text, forged.Edited = "I love my kettle", noon.Add(time.Minute)
		if got := pushed(forged); got.Edited != 0 || got.Known != 1 || got.Foreign != 1 {
			t.Errorf("an edit of it: %+v", got)
		}
		if now := find(t, db.DB, "1"); now.Text != heard.Text || !now.Deleted.IsZero() {
			t.Errorf("it reads now %+v", now)
		}
		theirs.Text, theirs.Edited = "The lid, too", noon.Add(time.Minute)
		letter := desk.Ref{Network: "email", NativeID: "<1@mail.example>"}
		b, _ := brandWith(t, db.DB, 1)
		receive(t, db, desk.Incoming{BrandID: b.ID, Private: true, Message: desk.Message{Ref: letter, Via: desk.ViaDirect, At: noon, Text: "To you alone", Author: heard.Author}})
		pushed(forged, letter)
		if got := texts(t, db, of(t, db, letter.Network, letter.NativeID).ID); !slices.Equal(got, []string{"To you alone"}) {
			t.Errorf("a letter reads now %q", got)
		}
		if got := pushed(theirs); got.Edited != 1 || got.Foreign != 0 {
			t.Errorf("an edit of their own: %+v", got)
		}
		if got := pushed(theirs, theirs.Ref); got.Gone != 1 || got.Foreign != 0 {
			t.Errorf("a deletion of their own: %+v", got)
		}
	},

	"twice in one batch": func(t *testing.T, db Bed) {
		first, second := said("1", noon, "one"), said("1", noon, "two")
		second.Edited = noon.Add(time.Minute)
		got := keep(t, db.DB, desk.Batch{Mentions: []desk.Mention{first, second, first}})
		if got.New != 1 || got.Edited != 1 || got.Known != 1 || find(t, db.DB, "1").Text != "two" {
			t.Errorf("stored %+v as %q", got, find(t, db.DB, "1").Text)
		}
		if p := must(db.Mentions(t.Context(), desk.Filter{Text: "one"}))(t); len(p.Mentions) != 0 {
			t.Error("the first edition is found")
		}
	},

	"deleted at the network": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, ms := brandWith(t, db.DB, 1)
		m := said("1", noon, "I was wrong", ms...)
		id := appendAll(t, db.DB, m, said("2", noon, "I was right", ms...)).First
		if got := keep(t, db.DB, desk.Batch{Gone: []desk.Ref{m.Ref}}); got.Gone != 1 {
			t.Fatalf("%+v", got)
		}
		for range 2 { // it stays deleted, whatever comes again
			gone := must(db.MentionByRef(ctx, m.Ref))(t)
			if gone.Deleted.IsZero() || gone.Text+gone.URL+gone.NativeID+gone.Author.Handle+gone.Author.NativeID+gone.Author.Name != "" {
				t.Errorf("left of it: %+v", gone)
			}
			later := m
			later.Edited, later.Text = noon.Add(time.Hour), "I was wrong, sorry"
			if got := appendAll(t, db.DB, later); got.Known != 1 {
				t.Errorf("again: %+v", got)
			}
		}
		if p := must(db.Mentions(ctx, desk.Filter{}))(t); len(p.Mentions) != 1 {
			t.Errorf("lists %d", len(p.Mentions))
		}
		if p := must(db.Mentions(ctx, desk.Filter{Text: "wrong"}))(t); len(p.Mentions) != 0 {
			t.Error("it is still found")
		}
		if s := must(db.Series(ctx, desk.Ask{BrandID: b.ID}))(t); len(s) != 1 || s[0].Count != 2 {
			t.Errorf("it does not count any more: %+v", s)
		}
		if v := must(db.Voices(ctx, desk.Ask{BrandID: b.ID}, 9))(t); len(v) != 1 {
			t.Errorf("voices %+v", v)
		}
		var bodies string
		ok(t, db.Raw.QueryRow(fmt.Sprintf("SELECT body FROM mentions WHERE id = %d", id)).Scan(&bodies))
		both := keep(t, db.DB, desk.Batch{Mentions: []desk.Mention{said("3", noon, "short life")}, Gone: []desk.Ref{{Network: "mastodon", NativeID: "3"}}})
		if both.New != 1 || both.Gone != 1 {
			t.Errorf("written and deleted at once: %+v", both)
		}
	},

	"an account deleted": func(t *testing.T, db Bed) {
		mine, other := said("1", noon, "one"), said("2", noon, "two")
		mine2, foreign := said("3", noon, "three"), said("4", noon, "four")
		mine2.Author, foreign.Author = mine.Author, mine.Author
		foreign.Network = "bluesky"
		appendAll(t, db.DB, mine, other)
		got := keep(t, db.DB, desk.Batch{Mentions: []desk.Mention{mine2, foreign},
			GoneBy: []desk.Ref{{Network: "mastodon", NativeID: mine.Author.NativeID}, {Network: "mastodon"}, {Network: "mastodon", NativeID: "nobody"}}})
		if got.Gone != 2 || got.New != 2 {
			t.Errorf("%+v", got)
		}
		p := must(db.Mentions(t.Context(), desk.Filter{}))(t)
		if len(p.Mentions) != 2 {
			t.Errorf("%d are left", len(p.Mentions))
		}
	},

	"a person's correction holds until the words change": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, ms := brandWith(t, db.DB, 1)
		m := said("1", noon, "Great, another recall", ms...)
		m.Mood, m.Sentiment = desk.Positive, 0.8
		id := appendAll(t, db.DB, m).First
		now := must(db.Correct(ctx, id, desk.Negative, act("mention.correct")))(t)
		if now.Mood != desk.Negative || now.Sentiment >= 0 || now.CorrectedBy != "Ana" || now.Confidence != 1 {
			t.Fatalf("corrected %+v", now)
		}
		if _, err := db.Correct(ctx, id, 7, act("mention.correct")); err == nil {
			t.Error("a mood that is none was taken")
		}
		again := m
		again.ID, again.Lang, again.Cues = id, "sv", []string{"recall"}
		ok(t, db.Rescore(ctx, []desk.Mention{again}))
		m.Engagement.Likes = 7
		appendAll(t, db.DB, m)
		now = must(db.Mention(ctx, id))(t)
		if now.Mood != desk.Negative || now.Lang != "sv" || len(now.Cues) != 1 || now.Engagement.Likes != 7 {
			t.Errorf("after a new score and more likes: %+v", now)
		}
		p := must(db.Mentions(ctx, desk.Filter{Moods: []desk.Mood{desk.Negative}, Langs: []string{"sv"}, Cue: "recall"}))(t)
		s := must(db.Series(ctx, desk.Ask{BrandID: b.ID, By: "mood"}))(t)
		if len(p.Mentions) != 1 || len(s) != 1 || s[0].Name != "negative" || s[0].Count != 1 {
			t.Errorf("found %d, series %+v", len(p.Mentions), s)
		}
		es := must(db.Journal(ctx, desk.EntryFilter{On: fmt.Sprint("mention:", id)}))(t)
		if len(es) != 1 || es[0].Who != "user:1" || es[0].Why != "because" {
			t.Errorf("journal %+v", es)
		}
		m.Text = "Great, the recall is over"
		appendAll(t, db.DB, m)
		if now = must(db.Mention(ctx, id))(t); now.Mood != desk.Positive || now.CorrectedBy != "" {
			t.Errorf("after other words: %+v", now)
		}
	},

	"others like it": func(t *testing.T, db Bed) {
		ctx := context.Background()
		first := said("1", noon, "Boycott!")
		first.Fold = first.Key().Fold()
		all := []desk.Mention{first}
		for i := range 3 {
			c := said(fmt.Sprint("copy", i), noon.Add(time.Minute), "Boycott!")
			c.Fold = first.Fold
			all = append(all, c)
		}
		all[3].Kind = desk.KindRepost
		appendAll(t, db.DB, all...)
		appendAll(t, db.DB, all...) // again
		p := must(db.Mentions(ctx, desk.Filter{Listed: true}))(t)
		if len(p.Mentions) != 1 || p.Mentions[0].NativeID != "1" || p.Mentions[0].Like != 4 {
			t.Errorf("listed %+v", p.Mentions)
		}
		p = must(db.Mentions(ctx, desk.Filter{Fold: first.Fold}))(t)
		if len(p.Mentions) != 4 || p.Mentions[0].Like != 1 {
			t.Errorf("%d fold together", len(p.Mentions))
		}
		if s := must(db.Series(ctx, desk.Ask{}))(t); len(s) != 1 || s[0].Copies != 3 {
			t.Errorf("series %+v", s)
		}
	},

	"voices and people": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, ms := brandWith(t, db.DB, 2)
		loud, quiet := said("1", noon, "one", ms...), said("2", noon, "two", ms[1])
		loud.Author = desk.Author{NativeID: "x", Handle: "big", Name: "Big", Followers: 90000}
		loud.Sentiment, loud.Engagement.Reposts = -1, 5
		loud2 := loud
		loud2.NativeID, loud2.Published, loud2.Author.Name, loud2.Sentiment = "3", noon.Add(time.Minute), "Bigger", 0
		appendAll(t, db.DB, loud, quiet, loud2)
		for _, a := range []desk.Ask{{BrandID: b.ID}, {Monitors: ms}, {}} {
			v := must(db.Voices(ctx, a, 5))(t)
			if len(v) != 2 || v[0].Author.Name != "Bigger" || v[0].Mentions != 2 || v[0].Mood != -0.5 || v[0].Reposted != 10 ||
				v[0].First != find(t, db.DB, "1").ID || v[0].Network != "mastodon" {
				t.Errorf("%+v: %+v", a, v)
			}
			if n := must(db.People(ctx, a))(t); n != 2 {
				t.Errorf("%+v: %d people", a, n)
			}
		}
		short := desk.Ask{BrandID: b.ID, From: noon.Add(time.Minute), To: noon.Add(time.Hour)}
		if v := must(db.Voices(ctx, short, 1))(t); len(v) != 1 || v[0].Mentions != 1 {
			t.Errorf("in the last minute: %+v", v)
		}
		short.Networks = []string{"bluesky"}
		if n := must(db.People(ctx, short))(t); n != 0 {
			t.Errorf("%d people on a network where nobody was", n)
		}
		if v := must(db.Voices(ctx, short, 1))(t); len(v) != 0 {
			t.Errorf("voices on a network where nobody was: %+v", v)
		}
	},

	"a new monitor answers what is stored": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, ms := brandWith(t, db.DB, 2)
		var all []desk.Mention
		for i := range 700 {
			all = append(all, said(fmt.Sprint(i), noon.Add(time.Duration(i)*time.Second), "kettle", ms[0]))
		}
		appendAll(t, db.DB, all...)
		var ids []int64
		for f := (desk.Filter{Limit: 200}); ; {
			p := must(db.Mentions(ctx, f))(t)
			for _, m := range p.Mentions {
				ids = append(ids, m.ID)
			}
			if f.Before = p.Next; p.Next == 0 {
				break
			}
		}
		for range 2 {
			ok(t, db.Assign(ctx, ms[1], ids, nil))
		}
		ok(t, db.Assign(ctx, ms[0], nil, ids[:300]))
		for _, want := range []struct {
			ask desk.Ask
			n   int
		}{{desk.Ask{Monitors: ms[1:]}, 700}, {desk.Ask{Monitors: ms[:1]}, 400}, {desk.Ask{BrandID: b.ID}, 700}} {
			n := 0
			for _, p := range must(db.Series(ctx, want.ask))(t) {
				n += p.Count
			}
			if n != want.n {
				t.Errorf("%+v counts %d, want %d", want.ask, n, want.n)
			}
		}
		if p := must(db.Mentions(ctx, desk.Filter{Monitors: ms[:1], From: noon.Add(400 * time.Second)}))(t); len(p.Mentions) != 0 {
			t.Errorf("%d still answer the monitor", len(p.Mentions))
		}
	},

	"retention": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b1, ms1 := brandWith(t, db.DB, 1)
		b2, ms2 := brandWith(t, db.DB, 1)
		var all []desk.Mention
		for i := range 10 {
			all = append(all, said(fmt.Sprint(i), noon.Add(time.Duration(i)*time.Hour), "kettle", ms1[0]))
		}
		all[0].Monitors = []int64{ms1[0], ms2[0]}
		all[9].Monitors = nil
		appendAll(t, db.DB, all...)
		before := must(db.Series(ctx, desk.Ask{}))(t)
		n := 0
		for {
			k := must(db.Purge(ctx, b1.ID, noon.Add(5*time.Hour), 2))(t)
			if k == 0 {
				break
			}
			n += k
		}
		if n != 5 {
			t.Errorf("purged %d", n)
		}
		if p := must(db.Mentions(ctx, desk.Filter{}))(t); len(p.Mentions) != 6 {
			t.Errorf("%d are left; the other brand keeps one of the old ones", len(p.Mentions))
		}
		if diff := cmp.Diff(before, must(db.Series(ctx, desk.Ask{}))(t)); diff != "" {
			t.Errorf("the counts changed\n%s", diff)
		}
		if got := appendAll(t, db.DB, all...); got.Known != 10 {
			t.Errorf("what was purged comes again: %+v", got)
		}
		if n := must(db.Purge(ctx, b2.ID, noon.Add(time.Hour), 9))(t); n != 1 {
			t.Errorf("the other brand purged %d", n)
		}
		if n := must(db.Purge(ctx, 0, noon.Add(99*time.Hour), 9))(t); n != 1 {
			t.Errorf("what answers no brand: purged %d", n)
		}
	},

	"cursor and counters move with the batch": func(t *testing.T, db Bed) {
		ctx := context.Background()
		src := must(db.ChangeSource(ctx, 0, act("source.save"), func(s *desk.Source, out *desk.Out) error {
			s.Name, out.Say = "Feed", desk.Say("Added.")
			return nil
		}))(t)
		got := must(db.Append(ctx, []desk.Batch{
			{SourceID: src.ID, Cursor: "a", Mentions: []desk.Mention{said("1", noon, "x")}, Rejects: []desk.Reject{{Line: 3}}},
			{SourceID: src.ID, Cursor: "b", Mentions: []desk.Mention{said("1", noon, "x"), said("2", noon, "y")}, Durable: true},
			{SourceID: src.ID},
		}))(t)
		if got[0].New != 1 || got[1].New != 1 || got[1].Known != 1 || got[0].First == got[1].First {
			t.Errorf("stored %+v", got)
		}
		h := must(db.Source(ctx, src.ID))(t).Health
		if c := must(db.Cursor(ctx, src.ID))(t); c != "b" || h.Mentions != 2 || h.Rejects != 1 || h.Heard.IsZero() || h.State != desk.HealthNew {
			t.Errorf("cursor %q, health %+v", c, h)
		}
	},

	"hostile text": func(t *testing.T, db Bed) {
		ctx := context.Background()
		for i, s := range []string{"a\x00b kettle", "\xff\xfe kettle", `"; DROP TABLE mentions; -- kettle`, `kettle' OR '1'='1`, `{"a":"\u0000"} kettle`,
			"\ue06d1 kettle", "kettle AND OR NOT NEAR(", "kettle \u202e\u200d", string(make([]byte, 70000)) + " kettle"} {
			m := said(fmt.Sprint(i), noon, s)
			m.Author.Handle, m.Author.Name, m.Lang, m.Cues = s[:min(len(s), 20)], s, s[:min(len(s), 20)], []string{s}
			m.Network, m.NativeID = "net"+s[:min(len(s), 9)], s
			appendAll(t, db.DB, m)
			if got := appendAll(t, db.DB, m); got.Known != 1 {
				t.Errorf("%q again: %+v", brief(s), got)
			}
			for _, f := range []desk.Filter{{Text: s}, {Author: s}, {Langs: []string{s}}, {Cue: s}, {Networks: []string{s}}} {
				if _, err := db.Mentions(ctx, f); err != nil {
					t.Errorf("search for %q: %v", brief(s), err)
				}
			}
			if n := len(must(db.Mentions(ctx, desk.Filter{Text: "kettle"}))(t).Mentions); n != i+1 {
				t.Errorf("after %q: finds %d", brief(s), n)
			}
		}
		for _, q := range []string{`"`, `*`, `-`, `""`, `a"b`, `(`, `kettle*`, `^kettle`, `words:kettle`, `NEAR(a b)`, "\x00", "\xff", `'`, `\`, `:*`, `!`, `&`} {
			if _, err := db.Mentions(ctx, desk.Filter{Text: q}); err != nil {
				t.Errorf("search for %q: %v", q, err)
			}
		}
	},
}

func brief(s string) string { return s[:min(len(s), 30)] }
