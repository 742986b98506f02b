package storetest

import (
	"context"
	"testing"
	"time"

	"breakwater/desk"
)

var briefingTests = map[string]func(*testing.T, Bed){
	"an edition goes to its readers and is read once": func(t *testing.T, db Bed) {
		ctx := context.Background()
		ana := keepContact(t, db, desk.Contact{Name: "Ana", Added: noon})
		bo := keepContact(t, db, desk.Contact{Name: "Bo", Added: noon})
		publish := func(id int64, to ...int64) desk.Briefing {
			return must(db.ChangeBriefing(ctx, id, act("briefing.publish"), func(b *desk.Briefing, out *desk.Out) error {
				b.BrandID, b.IncidentID = 1, 5
				b.Texts = []desk.BriefingText{{Lang: "en", Title: "Recall", Happened: "a", Doing: "b", MaySay: "c", MayNot: "d", Questions: "e"}}
				out.Say = desk.Say("published")
				out.Jobs = []desk.Job{{Kind: "staff.send", Key: "x"}}
				return b.Publish("", "Ana", to, noon)
			}))(t)
		}
		b := publish(0, ana.ID, bo.ID)
		if jobs := must(db.ClaimJobs(ctx, "staff.send", 9, time.Minute))(t); len(jobs) != 1 {
			t.Errorf("%d jobs beside the edition", len(jobs))
		}
		ok(t, db.SetReaderSent(ctx, b.ID, 1, ana.ID, noon, false, ""))
		ok(t, db.SetReaderSent(ctx, b.ID, 1, bo.ID, time.Time{}, false, "refused"))
		ok(t, db.SetReaderSent(ctx, b.ID, 1, ana.ID, noon.Add(time.Hour), true, ""))
		read := act("briefing.read")
		read.At = noon.Add(time.Hour)
		before := len(must(db.Journal(ctx, desk.EntryFilter{}))(t))
		ok(t, db.ReadBriefing(ctx, b.ID, 1, ana.ID, read))
		read.At = noon.Add(2 * time.Hour)
		ok(t, db.ReadBriefing(ctx, b.ID, 1, ana.ID, read))
		if n := len(must(db.Journal(ctx, desk.EntryFilter{}))(t)) - before; n != 1 {
			t.Errorf("%d entries for one reading", n)
		}
		is(t, db.ReadBriefing(ctx, b.ID, 2, ana.ID, read), desk.ErrNotFound)
		got := must(db.Readers(ctx, b.ID, 1))(t)
		want := []desk.Reader{{ContactID: ana.ID, Edition: 1, Sent: noon.Add(time.Hour), Read: noon.Add(time.Hour), Reminded: 1}, {ContactID: bo.ID, Edition: 1, Problem: "refused"}}
		if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
			t.Errorf("readers %+v, want %+v", got, want)
		}
		b = publish(b.ID, ana.ID)
		if r := must(db.ReaderOf(ctx, b.ID, 2, ana.ID))(t); !r.Read.IsZero() {
			t.Errorf("the new edition is read already: %+v", r)
		}
		_, err := db.ReaderOf(ctx, b.ID, 2, bo.ID)
		is(t, err, desk.ErrNotFound)
		if all := must(db.Readers(ctx, b.ID, 0))(t); len(all) != 3 {
			t.Errorf("%d readers of all editions", len(all))
		}
		if of := must(db.Briefings(ctx, 1, 5, desk.Paging{}))(t); len(of) != 1 || of[0].Current().Edition != 2 {
			t.Errorf("of the incident %+v", of)
		}
		if of := must(db.Briefings(ctx, 1, 6, desk.Paging{}))(t); len(of) != 0 {
			t.Errorf("of another incident %+v", of)
		}
	},
	"shares are counted without names": func(t *testing.T, db Bed) {
		ctx := context.Background()
		for _, shared := range []bool{false, false, true} {
			ok(t, db.CountShare(ctx, 4, "s1", shared))
		}
		ok(t, db.CountShare(ctx, 4, "s2", false))
		got := must(db.ShareCounts(ctx, 4))(t)
		if len(got) != 2 || got[0] != (desk.ShareCount{ID: "s1", Opened: 2, Shared: 1}) || got[1].Opened != 1 {
			t.Errorf("counted %+v", got)
		}
	},
	"rumours are listed by room, page and answer": func(t *testing.T, db Bed) {
		ctx := context.Background()
		ask := func(id int64, change func(*desk.Rumour)) desk.Rumour {
			return must(db.ChangeRumour(ctx, id, act("rumour.ask"), func(r *desk.Rumour, out *desk.Out) error {
				change(r)
				out.Say = desk.Say("asked")
				return r.Check()
			}))(t)
		}
		first := ask(0, func(r *desk.Rumour) {
			r.BrandID, r.IncidentID, r.BriefingID, r.ContactID, r.Text = 1, 5, 2, 9, "Is the plant closing?"
		})
		ask(0, func(r *desk.Rumour) {
			r.BrandID, r.IncidentID, r.BriefingID, r.ContactID, r.Text = 1, 6, 3, 9, "Who pays?"
		})
		ask(first.ID, func(r *desk.Rumour) { r.Answer = "No." })
		for _, tt := range []struct {
			what                      string
			brand, incident, briefing int64
			open                      bool
			want                      int
		}{
			{"of the brand", 1, 0, 0, false, 2}, {"of a room", 1, 5, 0, false, 1}, {"of a page", 0, 0, 3, false, 1}, {"open", 1, 0, 0, true, 1}, {"open of the room", 1, 5, 0, true, 0},
			{"of another brand", 2, 0, 0, false, 0},
		} {
			if got := must(db.Rumours(ctx, tt.brand, tt.incident, tt.briefing, tt.open, desk.Paging{}))(t); len(got) != tt.want {
				t.Errorf("%s: %d, want %d", tt.what, len(got), tt.want)
			}
		}
		if n := must(db.CountRumours(ctx, 2, 9))(t); n != 1 {
			t.Errorf("%d asked by the page", n)
		}
	},
}
