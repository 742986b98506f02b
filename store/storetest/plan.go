package storetest

import (
	"context"
	"testing"
	"time"

	"breakwater/desk"
)

var planTests = map[string]func(*testing.T, Bed){
	"editions of a plan, and a draft that is thrown away": func(t *testing.T, db Bed) {
		ctx := context.Background()
		save := func(id int64, brand int64, edition int, published time.Time) desk.Plan {
			return must(db.ChangePlan(ctx, id, act("plan.edit"), func(p *desk.Plan, out *desk.Out) error {
				p.BrandID, p.Edition, p.Name, p.Published, out.Say = brand, edition, "תוכנית 計畫", published, desk.Say("changed")
				p.Roles = []desk.PlanRole{{Name: "Legal", UserID: 7, Duties: []string{"Says what a text admits."}}}
				return nil
			}))(t)
		}
		first := save(0, 3, 1, noon)
		draft := save(0, 3, 2, time.Time{})
		save(0, 4, 1, noon)
		all := must(db.Plans(ctx, 3, desk.Paging{Limit: 2}))(t)
		if len(all) != 2 || all[0].ID != draft.ID || !all[0].Draft() || all[1].Draft() || all[1].Roles[0].UserID != 7 || all[1].Name != "תוכנית 計畫" {
			t.Errorf("editions, the newest first: %+v", all)
		}
		if again := save(draft.ID, 3, 2, time.Time{}); again.Version != draft.Version+1 {
			t.Errorf("version %d after %d", again.Version, draft.Version)
		}
		ok(t, db.DeletePlan(ctx, draft.ID, act("plan.discard")))
		_, err := db.Plan(ctx, draft.ID)
		is(t, err, desk.ErrNotFound)
		is(t, db.DeletePlan(ctx, draft.ID, act("plan.discard")), desk.ErrNotFound)
		if left := must(db.Plans(ctx, 3, desk.Paging{}))(t); len(left) != 1 || left[0].ID != first.ID || !left[0].Published.Equal(noon) {
			t.Errorf("after the draft was thrown away: %+v", left)
		}
	},
	"who has read which edition of a policy": func(t *testing.T, db Bed) {
		ctx := context.Background()
		p := must(db.ChangePolicy(ctx, 0, act("policy.save"), func(p *desk.Policy, out *desk.Out) error {
			p.BrandID, p.Kind, p.Name, out.Say = 3, "privacy", "Privacy", desk.Say("made")
			return p.Publish("Ask before you name somebody.", "", "Ana", noon)
		}))(t)
		read := func(user int64, edition int, at time.Time) {
			ok(t, db.ReadPolicy(ctx, desk.Receipt{PolicyID: p.ID, Edition: edition, UserID: user, At: at}, act("policy.read")))
		}
		read(2, 1, noon.Add(time.Hour))
		read(1, 1, noon.Add(2*time.Hour))
		read(2, 1, noon.Add(3*time.Hour)) // the first time counts
		read(2, 2, noon.Add(4*time.Hour))
		got := must(db.Receipts(ctx, p.ID, 1))(t)
		if len(got) != 2 || got[0].UserID != 2 || !got[0].At.Equal(noon.Add(time.Hour)) || got[1].UserID != 1 {
			t.Errorf("readers of edition 1: %+v", got)
		}
		if all := must(db.Receipts(ctx, p.ID, 0))(t); len(all) != 3 {
			t.Errorf("%d receipts of all editions, want 3", len(all))
		}
		if n := len(must(db.Journal(ctx, desk.EntryFilter{Do: "policy.read", Paging: desk.Paging{Limit: 9}}))(t)); n != 3 {
			t.Errorf("%d entries for 3 readings", n)
		}
		is(t, db.ReadPolicy(ctx, desk.Receipt{PolicyID: p.ID + 1, Edition: 1, UserID: 1, At: noon}, act("policy.read")), desk.ErrNotFound)
		if other := must(db.Policies(ctx, 4, desk.Paging{}))(t); len(other) != 0 {
			t.Errorf("another brand's policies: %+v", other)
		}
	},
	"meetings, and the address that puts them into calendars": func(t *testing.T, db Bed) {
		ctx := context.Background()
		m := must(db.ChangeMeeting(ctx, 0, act("meeting.save"), func(m *desk.Meeting, out *desk.Out) error {
			m.BrandID, m.Name, m.At, m.Minutes, m.Repeat, out.Say = 3, "Committee", noon, 45, "quarter", desk.Say("made")
			return nil
		}))(t)
		if all := must(db.Meetings(ctx, 3, desk.Paging{}))(t); len(all) != 1 || all[0] != m || !all[0].At.Equal(noon) {
			t.Errorf("meetings: %+v", all)
		}
		_, err := db.CalendarKey(ctx, 3)
		is(t, err, desk.ErrNotFound)
		key := func(id int64, secret string) desk.CalendarKey {
			return must(db.ChangeCalendarKey(ctx, id, act("calendar.key"), func(k *desk.CalendarKey, out *desk.Out) error {
				k.BrandID, k.Key, out.Say = 3, secret, desk.Say("made")
				return nil
			}))(t)
		}
		k := key(0, "first-secret")
		if brand := must(db.CalendarBrand(ctx, "first-secret"))(t); brand != 3 {
			t.Errorf("the key opens the calendar of brand %d", brand)
		}
		key(k.ID, "second-secret")
		_, err = db.CalendarBrand(ctx, "first-secret")
		is(t, err, desk.ErrNotFound)
		if now := must(db.CalendarKey(ctx, 3))(t); now.Key != "second-secret" {
			t.Errorf("the key is %q now", now.Key)
		}
		var seen int
		ok(t, db.Raw.QueryRowContext(ctx, "SELECT COUNT(*) FROM calendar_keys WHERE body LIKE '%second-secret%'").Scan(&seen))
		if seen != 0 {
			t.Error("the key lies open in the database")
		}
		ok(t, db.DeleteMeeting(ctx, m.ID, act("meeting.delete")))
		_, err = db.Meeting(ctx, m.ID)
		is(t, err, desk.ErrNotFound)
	},
	"a rehearsal counts, however many rooms came after it": func(t *testing.T, db Bed) {
		ctx := context.Background()
		open := func(drill int64, at time.Time) {
			must(db.ChangeIncident(ctx, 0, act("incident.open"), func(i *desk.Incident, out *desk.Out) error {
				i.BrandID, i.Title, i.State, i.Opened, i.DrillID, out.Say = 3, "x", desk.IncidentOpen, at, drill, desk.Say("made")
				return nil
			}))(t)
		}
		if at := must(db.LastDrill(ctx, 3))(t); !at.IsZero() {
			t.Errorf("a rehearsal at %s before the first", at)
		}
		open(1, noon)
		open(0, noon.Add(time.Hour))
		if at := must(db.LastDrill(ctx, 3))(t); !at.Equal(noon) {
			t.Errorf("the last rehearsal was at %s", at)
		}
	},
}
