package storetest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
)

var ruleTests = map[string]func(*testing.T, Bed){
	"who writes in a crisis is part of it, and the clock is the crisis's": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		savePolicy(t, db, b.ID, func(p *desk.ReplyPolicy) {
			p.Clocks = []desk.Clock{{First: 60, Next: 90}, {}, {}, {First: 10, Next: 20}, {}}
		})
		receive(t, db, wrote(b.ID, "1", "eva", noon, nil))
		first, second := room(t, db, b.ID), room(t, db, b.ID)
		must(db.ChangeIncident(ctx, second.ID, act("incident.save"), func(i *desk.Incident, out *desk.Out) error { i.Level, out.Say = 3, desk.Say("x"); return nil }))(t)
		receive(t, db, wrote(b.ID, "2", "bo", noon, nil))
		quiet, crisis := of(t, db, "mastodon", "1"), of(t, db, "mastodon", "2")
		if !quiet.Due.Equal(noon.Add(time.Hour)) || quiet.IncidentID != 0 || !crisis.Due.Equal(noon.Add(10*time.Minute)) || crisis.IncidentID != second.ID {
			t.Errorf("before the crisis %+v\nin it %+v", quiet, crisis)
		}
		jobs := must(db.ClaimJobs(ctx, desk.ReclockKind, 10, time.Minute))(t)
		if len(jobs) != 3 { // two were opened, and one was raised
			t.Errorf("clocks are set anew %d times", len(jobs))
		}
		over := room(t, db, b.ID)
		must(db.ChangeIncident(ctx, over.ID, act("incident.close"), func(i *desk.Incident, out *desk.Out) error {
			i.State, out.Say = desk.IncidentClosed, desk.Say("x")
			return nil
		}))(t)
		room(t, db, must(addBrand(db))(t).ID)
		if open := must(db.OpenIncidents(ctx, b.ID))(t); len(open) != 2 || open[0].ID != second.ID || open[1].ID != first.ID {
			t.Errorf("open are %+v", open)
		}
		changeTalk(t, db, quiet.ID, func(c *desk.Conversation) error { c.IncidentID = first.ID; return nil }) // somebody brought it there
		receive(t, db, wrote(b.ID, "3", "eva", noon.Add(time.Minute), nil))
		if c := of(t, db, "mastodon", "3"); c.IncidentID != first.ID {
			t.Errorf("what somebody brought to a room went to room %d by itself", c.IncidentID)
		}
	},

	"who wrote in the oldest of very many open crises stays part of it": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		var first int64
		const many = 60
		for range many {
			i := must(db.ChangeIncident(ctx, 0, act("incident.open"), func(i *desk.Incident, out *desk.Out) error {
				i.BrandID, i.State, i.Level, out.Say = b.ID, desk.IncidentOpen, desk.Crisis, desk.Say("x")
				return nil
			}))(t)
			if first == 0 {
				first = i.ID
				receive(t, db, wrote(b.ID, "1", "eva", noon, nil))
			}
		}
		if n := len(must(db.OpenIncidents(ctx, b.ID))(t)); n != many {
			t.Errorf("%d of %d are open", n, many)
		}
		receive(t, db, wrote(b.ID, "2", "eva", noon.Add(time.Hour), nil))
		if c := of(t, db, "mastodon", "2"); c.IncidentID != first || c.Heard != 2 {
			t.Errorf("she is part of %d, not of %d", c.IncidentID, first)
		}
	},

	"what is over is kept as long as its brand keeps it": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		receive(t, db, mailed(b.ID, "1", "eva", noon, nil), mailed(b.ID, "2", "dan", noon, nil), mailed(b.ID, "3", "mia", noon.Add(2*time.Hour), nil))
		over, waits, fresh := of(t, db, "email", "1"), of(t, db, "email", "2"), of(t, db, "email", "3")
		sent(t, db, "k", "ours", b.ID, over.ID)
		answered := must(answerTo(db, b.ID, over.ID))(t)
		for _, id := range []int64{over.ID, fresh.ID} {
			changeTalk(t, db, id, func(c *desk.Conversation) error { return c.Leave("Seen.") })
		}
		if n := must(db.PurgeTalks(ctx, b.ID, noon.Add(time.Hour), 10))(t); n != 1 {
			t.Errorf("%d conversations were removed", n)
		}
		_, err := db.Conversation(ctx, over.ID)
		is(t, err, desk.ErrNotFound)
		_, err = db.ConversationOf(ctx, desk.Ref{Network: "email", NativeID: "1"})
		is(t, err, desk.ErrNotFound)
		for _, row := range must(rawText(t, db, "SELECT body FROM posts UNION ALL SELECT body FROM statements"))(t) {
			if strings.Contains(strings.ToLower(row), "eva") {
				t.Errorf("whom it went to is still there: %s", row)
			}
		}
		if p := must(db.Post(ctx, answered))(t); p.Text != "Sorry" || p.Answer == nil || p.Answer.ConversationID != over.ID {
			t.Errorf("what we posted is %+v", p)
		}
		if left := must(db.Conversations(ctx, desk.ConversationFilter{BrandID: b.ID, Text: "kettle"}))(t); len(left) != 2 || of(t, db, "email", "2").ID != waits.ID {
			t.Errorf("left are %+v", left)
		}
		receive(t, db, mailed(b.ID, "4", "eva", noon, func(in *desk.Incoming) { in.To, in.Keys = "ours", []string{"k"} })) // she answers what is kept no more
		if c := of(t, db, "email", "4"); c.Heard != 1 {
			t.Errorf("she is in %+v", c)
		}
	},

	"a drill takes nobody who really wrote": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		sand := must(db.ChangeSource(ctx, 0, act("source.save"), func(s *desk.Source, out *desk.Out) error {
			s.BrandID, s.Kind, s.Name, out.Say = b.ID, desk.Sandbox, "Practice", desk.Say("x")
			return nil
		}))(t)
		drill, real := room(t, db, b.ID), room(t, db, b.ID)
		for id, level := range map[int64]desk.Level{drill.ID: 4, real.ID: 1} {
			must(db.ChangeIncident(ctx, id, act("incident.save"), func(i *desk.Incident, out *desk.Out) error {
				i.Level, out.Say = level, desk.Say("x")
				if id == drill.ID {
					i.DrillID = 9
				}
				return nil
			}))(t)
		}
		receive(t, db, wrote(b.ID, "1", "eva", noon, nil), wrote(b.ID, "2", "actor", noon, func(in *desk.Incoming) { in.SourceID = sand.ID }))
		if c := of(t, db, "mastodon", "1"); c.IncidentID != real.ID || c.DrillID != 0 || c.Rehearsed() {
			t.Errorf("who really wrote is in %+v", c)
		}
		if c := of(t, db, "mastodon", "2"); c.IncidentID != drill.ID || c.DrillID != 9 || !c.Practice {
			t.Errorf("who was played is in %+v", c)
		}
		receive(t, db, wrote(b.ID, "3", "actor", noon, nil))
		if c := of(t, db, "mastodon", "3"); c.Rehearsed() || c.DrillID != 0 || c.IncidentID != real.ID {
			t.Errorf("somebody who really wrote to who was played is in %+v", c)
		}
	},

	"rules give what comes in to people": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		cy := must(db.ChangeUser(ctx, 0, act("user.add"), func(u *desk.User, out *desk.Out) error {
			u.Name, u.Email, u.Role, out.Say = "Cy", "cy@example.org", desk.Responder, desk.Say("x")
			return nil
		}))(t)
		savePolicy(t, db, b.ID, func(p *desk.ReplyPolicy) {
			p.Rules = []desk.ReplyRule{{If: desk.Condition{Words: []string{"burnt"}}, UserID: cy.ID, Label: "fire"}, {If: desk.Condition{Langs: []string{"sv"}}, Snooze: 60}}
		})
		receive(t, db, wrote(b.ID, "1", "eva", noon, nil), wrote(b.ID, "2", "bo", noon, func(in *desk.Incoming) { in.Text, in.Lang = "Hej", "sv" }))
		if c := of(t, db, "mastodon", "1"); c.AssigneeID != cy.ID || c.Assignee != "Cy" || !slices.Equal(c.Labels, []string{"fire"}) {
			t.Errorf("the rule made %+v", c)
		}
		if c := of(t, db, "mastodon", "2"); c.State != desk.ConversationSnoozed || c.AssigneeID != 0 || !c.Until.Equal(noon.Add(time.Hour)) {
			t.Errorf("the other rule made %+v", c)
		}
		must(db.ChangeUser(ctx, cy.ID, act("user.close"), func(u *desk.User, out *desk.Out) error { u.Disabled, out.Say = true, desk.Say("x"); return nil }))(t)
		receive(t, db, wrote(b.ID, "3", "ada", noon, nil), wrote(b.ID, "4", "eva", noon.Add(time.Minute), nil))
		for _, id := range []string{"3", "4"} {
			if c := of(t, db, "mastodon", id); c.AssigneeID != 0 || c.Assignee != "" || !slices.Equal(c.Labels, []string{"fire"}) {
				t.Errorf("who may not answer any more has %+v", c)
			}
		}
		if labels := must(db.Labels(ctx, b.ID))(t); !slices.Equal(labels, []string{"fire"}) {
			t.Errorf("labels %q", labels)
		}
	},

	"a brand has one policy, the usual one until somebody says otherwise": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		if p := must(db.ReplyPolicy(ctx, b.ID))(t); p.ID != 0 || p.Version != 0 || p.Hours.Zone != "UTC" || len(p.Needs) == 0 || !p.Form {
			t.Errorf("the usual policy is %+v", p)
		}
		saved := savePolicy(t, db, b.ID, func(p *desk.ReplyPolicy) { p.Voices, p.Form = 99, false })
		if p := must(db.ReplyPolicy(ctx, b.ID))(t); p.ID != saved.ID || p.Voices != 99 || p.Form || p.Version != 1 {
			t.Errorf("kept %+v", p)
		}
		_, err := db.ChangeReplyPolicy(ctx, 0, act("reply-policy.save"), func(p *desk.ReplyPolicy, out *desk.Out) error {
			p.BrandID, out.Say = b.ID, desk.Say("x")
			return nil
		})
		is(t, err, desk.ErrConflict)
		if other := must(db.ReplyPolicy(ctx, must(addBrand(db))(t).ID))(t); other.Voices == 99 {
			t.Error("two brands share a policy")
		}
	},
}
