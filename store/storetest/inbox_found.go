package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
)

var foundTests = map[string]func(*testing.T, Bed){
	"what a search leaves out is in no message of what it finds": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		say := func(id, who, text string) desk.Incoming {
			return wrote(b.ID, id, who, noon, func(in *desk.Incoming) { in.Text = text })
		}
		receive(t, db, say("1", "eva", "The kettle burns"), say("2", "eva", "Refund me"), say("3", "dan", "The kettle is loud"))
		rows := must(db.Conversations(ctx, desk.ConversationFilter{BrandID: b.ID, Text: "kettle -refund"}))(t)
		if len(rows) != 1 || rows[0].Person.NativeID != "dan" {
			t.Errorf("without refunds it finds %+v", rows)
		}
	},

	"people are found by words and names in any script": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		for i, text := range []string{"The kettle smells burnt.", "הקומקום נשרף", "熱水壺燒焦了", "Czajnik się spalił, żółty dym", "Kettles are fine"} {
			receive(t, db, wrote(b.ID, fmt.Sprint(i), fmt.Sprint("person", i), noon, func(in *desk.Incoming) {
				in.Text, in.Author.Name = text, []string{"Eva Berg", "דנה", "小明", "Łukasz", "Bo"}[i]
			}))
		}
		note := of(t, db, "mastodon", "4")
		must(db.Noted(ctx, note.ID, desk.Message{Kind: desk.MessageNote, At: noon, Text: "refund agreed"}, act("conversation.note"), func(_ *desk.Conversation, out *desk.Out) error { out.Say = desk.Say("x"); return nil }))(t)
		for text, want := range map[string][]string{
			"KETTLE": {"0", "4"}, "kettle smells": {"0"}, "קומקום": {"1"}, "水壺": {"2"}, "spalil": {"3"}, "zolty": {"3"}, "berg": {"0"}, "eva berg kettle": {"0"}, "lukasz": {"3"}, "小明": {"2"},
			"person3@social.example": {"3"}, "refund": {"4"}, "kettles -burnt": {"4"}, "-kettle -kettles -refund": {"1", "2", "3"}, "nothing": nil, `"smells burnt"`: {"0"}, "!": nil, "%": nil, "kett": {"0", "4"}, "ke": nil,
		} {
			var got []string
			for _, c := range must(db.Conversations(ctx, desk.ConversationFilter{BrandID: b.ID, Text: text}))(t) {
				got = append(got, strings.TrimPrefix(c.Person.NativeID, "person"))
			}
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("%q finds %q, want %q", text, got, want)
			}
		}
	},

	"the last answers are those of the brand, the newest first": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, other := must(addBrand(db))(t), must(addBrand(db))(t)
		say := func(brandID, incidentID int64, kind, text string, at time.Time) {
			c := talkWith(t, db, brandID, func(c *desk.Conversation) { c.IncidentID = incidentID })
			must(db.Noted(ctx, c.ID, desk.Message{Kind: kind, At: at, Text: text}, act("conversation.note"), func(_ *desk.Conversation, out *desk.Out) error { out.Say = desk.Say("x"); return nil }))(t)
		}
		say(b.ID, 0, desk.MessageOut, "first", noon)
		say(b.ID, 4, desk.MessageOut, "crisis", noon)
		say(b.ID, 0, desk.MessageNote, "note", noon)
		say(other.ID, 0, desk.MessageOut, "theirs", noon)
		say(b.ID, 0, desk.MessageOut, "old", noon.AddDate(0, -2, 0))
		say(b.ID, 0, desk.MessageOut, "last", noon)
		given := func(incidentID int64, n int) (all []string) {
			for _, m := range must(db.AnswersGiven(ctx, b.ID, incidentID, noon.AddDate(0, -1, 0), n))(t) {
				all = append(all, m.Text)
			}
			return all
		}
		if got := given(0, 10); !slices.Equal(got, []string{"last", "crisis", "first"}) {
			t.Errorf("answers %q", got)
		}
		if got := given(4, 10); !slices.Equal(got, []string{"crisis"}) || !slices.Equal(given(0, 1), []string{"last"}) {
			t.Errorf("answers %q", got)
		}
	},
}
