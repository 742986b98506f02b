package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"breakwater/desk"
)

// crowd is twelve people: one says something, three copy it, five repost it, one says the same three times, one something else, and
// one account repeats others' words all the time.
func crowd(t *testing.T, db Bed, monitors []int64) (origin desk.Mention) {
	t.Helper()
	origin = said("origin", noon, "The yoghurt of Acme made my whole family sick, my order went into the bin", monitors...)
	all := []desk.Mention{origin}
	add := func(id, author string, after int, text string, fold int64, repost bool) {
		m := said(id, noon.Add(time.Duration(after)*time.Minute), text, monitors...)
		m.Author.NativeID, m.Author.Handle, m.Fold = author, author, fold
		if repost {
			m.Kind, m.RepostOf = desk.KindRepost, "origin"
		}
		all = append(all, m)
	}
	fold := origin.Key().Fold()
	for i := range 3 {
		add(fmt.Sprint("copy", i), fmt.Sprint("copier", i), 1+i, "the yoghurt of ACME made my whole family sick, my order went into the bin!!", fold, false)
	}
	for i := range 5 {
		add(fmt.Sprint("repost", i), fmt.Sprint("fan", i), 5, "", fold, true)
	}
	same := desk.Ref{Network: "mastodon", NativeID: "same0"}.Key().Fold()
	for i := range 3 {
		add(fmt.Sprint("same", i), "stubborn", 10+i, "Shame on Acme", same, false)
	}
	add("other", "calm", 20, "What does Acme say about it?", 0, false)
	for i := range 6 {
		add(fmt.Sprint("again", i), "user8812345", 20+i, "The yoghurt of Acme made my whole family sick", fold, false)
	}
	appendAll(t, db.DB, all...)
	appendAll(t, db.DB, all[:4]...) // again
	return find(t, db.DB, "origin")
}

var crowdTests = map[string]func(*testing.T, Bed){
	"a crowd and its own words": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, ms := brandWith(t, db.DB, 2)
		origin := crowd(t, db, ms)
		for _, a := range []desk.Ask{{BrandID: b.ID}, {Monitors: ms}, {}} {
			c := must(db.Crowd(ctx, a))(t)
			if c.Posts != 19 || c.People != 12 || c.Own != 3 || c.Reposts != 5 || c.Copies != 9 || c.Groups != 1 {
				t.Errorf("%+v: %+v", a, c)
			}
			if len(c.Copied) != 1 || len(c.Spread) != 1 {
				t.Fatalf("%+v: %d texts copied, %d reposted", a, len(c.Copied), len(c.Spread))
			}
			g := c.Copied[0]
			if g.Mention != origin.ID || g.Text != origin.Text || g.Author.Handle != origin.Author.Handle || g.Posts != 10 || g.People != 5 || g.Reposts != 5 ||
				g.Reposters != 5 || !g.From.Equal(noon) || !g.To.Equal(noon.Add(25*time.Minute)) || g.Exact < 0.3 || g.Exact > 0.4 {
				t.Errorf("%+v: %+v", a, g)
			}
		}
		late := desk.Ask{BrandID: b.ID, From: noon.Add(10 * time.Minute), To: noon.Add(time.Hour)}
		if c := must(db.Crowd(ctx, late))(t); c.Posts != 10 || c.People != 3 || c.Groups != 0 {
			t.Errorf("in the last minutes: %+v", c)
		}
		if c := must(db.Crowd(ctx, desk.Ask{BrandID: b.ID + 7}))(t); c.Posts != 0 || c.Copied == nil {
			t.Errorf("of nobody: %+v", c)
		}
		must(db.Append(ctx, []desk.Batch{{SourceID: 1, Gone: []desk.Ref{origin.Ref}}}))(t)
		if c := must(db.Crowd(ctx, desk.Ask{BrandID: b.ID}))(t); c.People != 11 || c.Own != 2 || c.Copied[0].Text == origin.Text {
			t.Errorf("after the first was deleted: %+v", c)
		}
	},

	"who repeats whom, and what kind they are": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, ms := brandWith(t, db.DB, 1)
		other, _ := brandWith(t, db.DB, 1)
		origin := crowd(t, db, ms)
		voices := func(brand int64) map[string]desk.Voice {
			by := map[string]desk.Voice{}
			for _, v := range must(db.Voices(ctx, desk.Ask{BrandID: brand}, 50))(t) {
				by[v.Author.Handle] = v
			}
			return by
		}
		by := voices(b.ID)
		first, bot, fan, stubborn := by[origin.Author.Handle], by["user8812345"], by["fan1"], by["stubborn"]
		if first.Amplified != 14 || len(first.By) != 3 || first.By[0] != (desk.Share{Name: "user8812345", Count: 6}) {
			t.Errorf("the first: %+v", first)
		}
		if first.Kind != desk.VoiceCustomer || len(first.Why) != 1 || first.SetBy != "" {
			t.Errorf("the first counts as %q because %v", first.Kind, first.Why)
		}
		if bot.Kind != desk.VoiceBot || bot.Copied != 6 || len(bot.Why) < 2 || len(bot.Of) != 1 || bot.Of[0].Name != origin.Author.Handle {
			t.Errorf("the repeater: %+v", bot)
		}
		if fan.Reposts != 1 || fan.Kind != "" || stubborn.Same != 3 || stubborn.Copied != 0 {
			t.Errorf("fan %+v, stubborn %+v", fan, stubborn)
		}

		ask := desk.Ask{BrandID: b.ID, Rank: desk.ByAmplification}
		top := must(db.Voices(ctx, ask, 1))(t)
		ask.Rank = ""
		reach, round, err := db.VoicesBothWays(ctx, ask, 2, 1)
		if err != nil || !reflect.DeepEqual(reach, must(db.Voices(ctx, ask, 2))(t)) || !reflect.DeepEqual(round, top) {
			t.Errorf("both ways at once: %+v, %+v, %v", reach, round, err)
		}
		if len(top) != 1 || top[0].Author.Handle != origin.Author.Handle || top[0].Amplified != 14 || len(top[0].By) != 3 || by["user8812345"].Copied != 6 {
			t.Errorf("the most repeated: %+v", top)
		}
		ok(t, db.SetVoiceKind(ctx, b.ID, origin.ID, desk.VoiceUnknown, act("voice.kind")))
		if v := voices(b.ID)[origin.Author.Handle]; v.Kind != desk.VoiceUnknown || !v.Is(desk.VoiceUnknown) || v.SetBy != "Ana" {
			t.Errorf("after a person knew nothing of them: %+v", v)
		}
		ok(t, db.SetVoiceKind(ctx, b.ID, origin.ID, desk.VoiceEmployee, act("voice.kind")))
		if v := voices(b.ID)[origin.Author.Handle]; v.Kind != desk.VoiceEmployee || v.SetBy != "Ana" {
			t.Errorf("after a person said so: %+v", v)
		}
		if v := must(db.Voices(ctx, desk.Ask{Monitors: ms}, 50))(t); len(v) != 12 {
			t.Errorf("%d voices", len(v))
		}
		if k := voices(other.ID); len(k) != 0 {
			t.Errorf("another brand's voices: %v", k)
		}
		if last := must(db.Journal(ctx, desk.EntryFilter{Paging: desk.Paging{Limit: 1}}))(t); last[0].Do != "voice.kind" || last[0].Who != "user:1" {
			t.Errorf("journal: %+v", last[0])
		}
		ok(t, db.SetVoiceKind(ctx, b.ID, origin.ID, "", act("voice.kind")))
		if v := voices(b.ID)[origin.Author.Handle]; v.Kind != desk.VoiceCustomer || v.SetBy != "" {
			t.Errorf("left to the desk again: %+v", v)
		}
		var wrong *desk.Invalid
		if err := db.SetVoiceKind(ctx, b.ID, origin.ID, "pirate", act("voice.kind")); !errors.As(err, &wrong) {
			t.Errorf("a kind that is none: %v", err)
		}
		is(t, db.SetVoiceKind(ctx, b.ID, 12345, desk.VoiceMedia, act("voice.kind")), desk.ErrNotFound)
	},
}
