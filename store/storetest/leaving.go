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

// hung is a desk on whose Ana everything hangs that can, with Bo who stays and Cy who stands in for her.
type hung struct{ ana, bo, cy desk.User }

func hang(t *testing.T, db Bed) (h hung) {
	t.Helper()
	ctx := context.Background()
	say := desk.Say("x")
	person := func(name string) desk.User {
		return must(db.ChangeUser(ctx, 0, act("user.add"), func(u *desk.User, out *desk.Out) error {
			u.Name, u.Email, u.Role, u.Password, out.Say = name, name+"@example.org", desk.Lead, "x", say
			u.PIN, u.Second, u.Factors.TOTP, u.Grants = "x", true, "x", []desk.Grant{{BrandID: 1, Role: desk.Lead}}
			return nil
		}))(t)
	}
	h = hung{person("Ana"), person("Bo"), person("Cy")}
	ana, bo, cy := h.ana.ID, h.bo.ID, h.cy.ID
	soon := time.Now().UTC().Add(time.Hour)
	for i, u := range []int64{ana, bo} {
		ok(t, db.AddSession(ctx, desk.Session{ID: []byte{byte(i)}, UserID: u, Agent: "Firefox", Created: soon, Seen: soon, Expires: soon}))
		must(db.AddToken(ctx, desk.Token{Name: "script", Role: desk.Lead, Hash: []byte{byte(i)}, UserID: u}, act("token.add")))(t)
		must(db.ChangeWay(ctx, 0, act("way.save"), func(w *desk.Way, out *desk.Out) error {
			w.Name, w.Kind, w.UserID, out.Say = "push", "push", u, say
			return nil
		}))(t)
	}
	must(db.ChangeSchedule(ctx, 0, act("schedule.save"), func(s *desk.Schedule, out *desk.Out) error {
		s.Name, s.Zone, out.Say = "Nights", "UTC", say
		s.Layers = []desk.Layer{{Name: "first", People: []int64{ana, bo, ana}}, {Name: "alone", People: []int64{ana}}}
		s.Overrides = []desk.Override{{Number: 1, From: soon, To: soon.Add(time.Hour), UserID: ana}, {Number: 2, From: soon.AddDate(-1, 0, 0), To: soon.AddDate(-1, 0, 1), UserID: ana}}
		return nil
	}))(t)
	must(db.ChangeEscalationPolicy(ctx, 0, act("policy.save"), func(p *desk.EscalationPolicy, out *desk.Out) error {
		p.Name, out.Say = "Calls", say
		p.Steps = []desk.EscalationStep{{To: []desk.Callee{{Kind: desk.CalleePerson, ID: ana}}}, {To: []desk.Callee{{Kind: desk.CalleePerson, ID: bo}, {Kind: desk.CalleePerson, ID: ana}}}}
		return nil
	}))(t)
	for edition := 1; edition <= 2; edition++ {
		must(db.ChangePlan(ctx, 0, act("plan.save"), func(p *desk.Plan, out *desk.Out) error {
			p.BrandID, p.Edition, p.Published, out.Say = 1, edition, noon, say
			p.Roles = []desk.PlanRole{{Name: "Legal", UserID: ana, DeputyID: cy}, {Name: "Press", UserID: bo, DeputyID: ana}}
			return nil
		}))(t)
	}
	must(db.ChangeStatement(ctx, 0, act("statement.save"), func(s *desk.Statement, out *desk.Out) error {
		s.BrandID, s.Title, s.State, s.Author, out.Say = 1, "Sorry", desk.StatementReview, "user:99", say
		s.Needs = []desk.Signature{{Role: "Legal", UserID: ana, DeputyID: cy, Asked: desk.AskedPerson, Due: soon}}
		return nil
	}))(t)
	must(db.ChangeIncident(ctx, 0, act("incident.open"), func(i *desk.Incident, out *desk.Out) error {
		i.BrandID, i.Title, i.State, i.Lead, out.Say = 1, "Recall", desk.IncidentOpen, "Ana", say
		i.Steps = []desk.Step{{ID: "a", Do: say, UserID: ana, Owner: "Ana"}, {ID: "b", Do: say, UserID: ana, Owner: "Ana", DoneAt: noon}, {ID: "c", Do: say, UserID: bo, Owner: "Bo"}}
		return nil
	}))(t)
	must(db.ChangePromise(ctx, 0, act("promise.make"), func(p *desk.Promise, out *desk.Out) error {
		p.BrandID, p.Text, p.By, p.State, p.Due, out.Say = 1, "by five", "Ana", desk.PromiseOpen, soon, say
		return nil
	}))(t)
	must(db.ChangeContact(ctx, 0, act("contact.save"), func(c *desk.Contact, out *desk.Out) error {
		c.Kind, c.Name, c.UserID, out.Say = desk.ContactStaff, "Ana", ana, say
		return nil
	}))(t)
	must(db.ChangeReplyPolicy(ctx, 0, act("reply-policy.save"), func(p *desk.ReplyPolicy, out *desk.Out) error {
		p.BrandID, p.Rules, out.Say = 1, []desk.ReplyRule{{Label: "refund", UserID: ana}, {UserID: bo}}, say
		return nil
	}))(t)
	for brandID, states := range map[int64][]string{1: {desk.ConversationWaiting, desk.ConversationHanded, desk.ConversationAnswered}, 2: {desk.ConversationSnoozed, desk.ConversationDone}} {
		for _, state := range states {
			talkWith(t, db, brandID, func(c *desk.Conversation) {
				c.AssigneeID, c.Assignee, c.State, c.Person.Handle = ana, "Ana", state, "secret@home.example"
			})
		}
	}
	return h
}

// kinds counts ties by kind, those that somebody takes with their heir.
func kinds(ties []desk.Tie) map[string][]int64 {
	all := make(map[string][]int64)
	for _, t := range ties {
		all[t.Kind] = append(all[t.Kind], t.Heir)
	}
	return all
}

var leavingTests = map[string]func(*testing.T, Bed){
	"very many conversations of somebody who leaves change hands some at a time, unless they come back": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		person := func(name string) desk.User {
			return must(db.ChangeUser(ctx, 0, act("user.add"), func(u *desk.User, out *desk.Out) error {
				u.Name, u.Email, u.Role, out.Say = name, name+"@example.org", desk.Responder, desk.Say("x")
				return nil
			}))(t)
		}
		ana, bo := person("Ana"), person("Bo")
		savePolicy(t, db, b.ID, func(p *desk.ReplyPolicy) { p.Rules = []desk.ReplyRule{{UserID: ana.ID}} })
		const many = 450
		var all []desk.Incoming
		for i := range many {
			all = append(all, wrote(b.ID, fmt.Sprint(i), fmt.Sprint("person", i), noon, nil))
		}
		receive(t, db, all...)
		has := func(u desk.User) int {
			t.Helper()
			return must(db.CountConversations(ctx, b.ID, u.ID, noon))(t).Mine
		}
		over := desk.Handover{User: ana, At: noon, Names: map[int64]string{bo.ID: "Bo"}, Rest: bo.ID}
		ties := must(db.Leave(ctx, over, act("user.leave"), nil))(t)
		if n := has(bo); n == 0 || n+has(ana) != many || n == many || kinds(ties)[desk.TieExchange][0] != bo.ID {
			t.Errorf("at once %d of %d changed hands, %+v", n, many, ties)
		}
		jobs := must(db.ClaimJobs(ctx, desk.ExchangeHandoverKind, 10, time.Minute))(t)
		if len(jobs) != 1 {
			t.Fatalf("the rest is asked for by %+v", jobs)
		}
		rest := desk.ExchangeHandover{UserID: ana.ID, Name: "Ana", BrandID: b.ID, Heir: bo.ID}
		if rest.Job().Payload != jobs[0].Payload {
			t.Errorf("the job says %s", jobs[0].Payload)
		}
		disabled := func(u desk.User, is bool) {
			must(db.ChangeUser(ctx, u.ID, act("user.save"), func(u *desk.User, out *desk.Out) error {
				u.Disabled, out.Say = is, desk.Say("x")
				return nil
			}))(t)
		}
		disabled(ana, false)
		before := has(ana)
		if more := must(db.HandOverTalks(ctx, rest, act("conversation.handover")))(t); more || has(ana) != before {
			t.Error("something was taken from somebody who is back")
		}
		disabled(ana, true)
		if more := must(db.HandOverTalks(ctx, rest, act("conversation.handover")))(t); !more {
			t.Error("all of it was given in two pieces")
		}
		disabled(bo, true)
		given := has(bo)
		for must(db.HandOverTalks(ctx, rest, act("conversation.handover")))(t) {
		}
		if n := must(db.CountConversations(ctx, b.ID, 0, noon))(t); has(ana) != 0 || has(bo) != given || n.Unassigned != many-given {
			t.Errorf("Ana has %d, Bo, who left, too, has %d of %d, nobody %d", has(ana), has(bo), given, n.Unassigned)
		}
	},

	"somebody leaves": func(t *testing.T, db Bed) {
		ctx := context.Background()
		h := hang(t, db)
		ana, bo, cy := h.ana.ID, h.bo.ID, h.cy.ID
		over := desk.Handover{User: h.ana, At: time.Now().UTC(), Names: map[int64]string{bo: "Bo", cy: "Cy"}, Rest: bo, Heirs: map[string]int64{"incident:1/step:a": cy, "schedule:1/layer:1": 0, "brand:2/conversations": cy}}
		head := must(db.Journal(ctx, desk.EntryFilter{}))(t)[0].Seq
		before := must(db.Ties(ctx, over))(t)
		if now := must(db.Journal(ctx, desk.EntryFilter{}))(t)[0].Seq; now != head || must(db.User(ctx, ana))(t).Disabled {
			t.Error("to look changed something")
		}
		asked := 0
		ties := must(db.Leave(ctx, over, act("user.leave"), func(was, is *desk.Statement) []desk.Job {
			if asked++; was.Needs[0].UserID != ana || is.Needs[0].UserID != cy || is.Needs[0].Asked != desk.AskedPerson {
				t.Errorf("from %+v to %+v", was.Needs, is.Needs)
			}
			return []desk.Job{{Kind: "letter", Key: "1"}}
		}))(t)
		if !slices.Equal(before, ties) || asked != 1 {
			t.Errorf("seen %+v\ndone %+v, asked %d", before, ties, asked)
		}
		got := kinds(ties)
		for kind, want := range map[string][]int64{
			desk.TieSession: {0}, desk.TieToken: {0}, desk.TieWay: {0}, desk.TieFactors: {0}, desk.TieGrants: {0}, desk.TieContact: {0},
			desk.TieLayer: {bo, 0}, desk.TieOverride: {bo}, desk.TieStep: {bo, bo}, desk.TieRole: {cy}, desk.TieDeputy: {0}, desk.TieSignature: {cy},
			desk.TieTask: {cy}, desk.TieLead: {bo}, desk.TiePromise: {bo},
			desk.TieRule: {bo}, desk.TieExchange: {bo, cy},
		} {
			if !slices.Equal(got[kind], want) {
				t.Errorf("%s goes to %v, want %v", kind, got[kind], want)
			}
		}
		u := must(db.User(ctx, ana))(t)
		if !u.Disabled || u.Role != desk.Viewer || len(u.Grants) > 0 || u.Password != "" || u.PIN != "" || u.Factors.Any() || u.Second {
			t.Errorf("the account is %+v", u)
		}
		if s := must(db.Sessions(ctx, ana))(t); len(s) != 0 || len(must(db.Sessions(ctx, bo))(t)) != 1 {
			t.Errorf("sessions %v", s)
		}
		if k := must(db.Tokens(ctx))(t); len(k) != 1 || k[0].UserID != bo {
			t.Errorf("tokens %+v", k)
		}
		if w := must(db.Ways(ctx))(t); len(w) != 1 || w[0].UserID != bo {
			t.Errorf("ways %+v", w)
		}
		s := must(db.Schedule(ctx, 1))(t)
		if len(s.Layers) != 1 || !slices.Equal(s.Layers[0].People, []int64{bo}) || len(s.Overrides) != 2 || s.Overrides[0].UserID != bo {
			t.Errorf("schedule %+v", s)
		}
		p := must(db.EscalationPolicy(ctx, 1))(t)
		if want := (desk.Callee{Kind: desk.CalleePerson, ID: bo}); len(p.Steps[0].To) != 1 || p.Steps[0].To[0] != want || len(p.Steps[1].To) != 1 || p.Steps[1].To[0] != want {
			t.Errorf("policy %+v", p.Steps)
		}
		if old, now := must(db.Plan(ctx, 1))(t), must(db.Plan(ctx, 2))(t); old.Roles[0].UserID != ana || now.Roles[0].UserID != cy || now.Roles[0].DeputyID != 0 || now.Roles[1].DeputyID != 0 {
			t.Errorf("the edition before has %+v, the one in force %+v", old.Roles, now.Roles)
		}
		i := must(db.Incident(ctx, 1))(t)
		if i.Lead != "Bo" || i.Steps[0].UserID != cy || i.Steps[0].Owner != "Cy" || i.Steps[1].UserID != ana || i.Steps[2].UserID != bo {
			t.Errorf("room %+v", i)
		}
		if p := must(db.Promise(ctx, 1))(t); p.By != "Bo" {
			t.Errorf("promise %+v", p)
		}
		if p := must(db.ReplyPolicy(ctx, 1))(t); p.Rules[0].UserID != bo || p.Rules[1].UserID != bo {
			t.Errorf("rules %+v", p.Rules)
		}
		for _, c := range must(db.Conversations(ctx, desk.ConversationFilter{}))(t) {
			want := map[string]int64{desk.ConversationWaiting: bo, desk.ConversationHanded: bo, desk.ConversationSnoozed: cy}[c.State]
			if want == 0 {
				want = ana
			}
			if c.AssigneeID != want {
				t.Errorf("the conversation %s is now with %d %s", c.State, c.AssigneeID, c.Assignee)
			}
		}
		for _, row := range must(rawText(t, db, "SELECT say || detail FROM journal"))(t) {
			if strings.Contains(row, "secret@") {
				t.Errorf("the journal knows a stranger: %s", row)
			}
		}
		if c := must(db.Contact(ctx, 1))(t); c.UserID != 0 {
			t.Errorf("contact %+v", c)
		}
		if again := must(db.Ties(ctx, desk.Handover{User: u, At: time.Now()}))(t); len(again) != 0 {
			t.Errorf("still hanging: %+v", again)
		}
		ok(t, db.VerifyJournal(ctx, nil))
	},

	"somebody leaves, or nothing happens": func(t *testing.T, db Bed) {
		ctx := context.Background()
		h := hang(t, db)
		_, err := db.Raw.ExecContext(ctx, "UPDATE contacts SET body = 'torn'") // what is looked at last cannot be read
		ok(t, err)
		head := must(db.Journal(ctx, desk.EntryFilter{}))(t)[0].Seq
		if _, err := db.Leave(ctx, desk.Handover{User: h.ana, At: time.Now()}, act("user.leave"), nil); err == nil {
			t.Fatal("it went through")
		}
		s, u := must(db.Schedule(ctx, 1))(t), must(db.User(ctx, h.ana.ID))(t)
		if u.Disabled || len(s.Layers) != 2 || len(must(db.Sessions(ctx, u.ID))(t)) != 1 || len(must(db.Tokens(ctx))(t)) != 2 || must(db.Journal(ctx, desk.EntryFilter{}))(t)[0].Seq != head {
			t.Errorf("half of it happened: %+v %+v", u, s)
		}
	},
}
