package reply_test

import (
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/reply"
)

// Who wrote before a crisis was opened is part of it as those are who write in it: with its clock and its signature.
func TestWhoWroteBeforeTheCrisisIsPartOfIt(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	b.policy(t, func(p *desk.ReplyPolicy) {
		p.Clocks = []desk.Clock{{First: 600, Next: 600}, {}, {}, {First: 10, Next: 10}, {}}
		p.Sign = desk.Crisis
	})
	before := b.wrote(t, "eva", nil)
	room, err := b.db.ChangeIncident(t.Context(), 0, desk.Act{Who: "desk", Do: "incident.open"}, func(i *desk.Incident, out *desk.Out) error {
		i.BrandID, i.Title, i.State, i.Level, out.Say = b.brand, "Glass", desk.IncidentOpen, desk.Crisis, desk.Say("x")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Reclock(t.Context(), b.brand); err != nil {
		t.Fatal(err)
	}
	if c := b.now(t, before.ID); c.IncidentID != room.ID || c.Due.Sub(c.Since) != 10*time.Minute {
		t.Errorf("in room %d, due after %s", c.IncidentID, c.Due.Sub(c.Since))
	}
	c, err := b.Answer(as(t, bo), before.ID, reply.Answer{Text: "Please unplug it.", Seen: before.Last})
	if err != nil || c.State != desk.ConversationSigning {
		t.Errorf("an answer in the crisis is %s, %v", c.State, err)
	}
}

// What is taken up again or handed over has a clock at once, whatever the way.
// Who looks at a conversation of a crisis that is over sees that one, whatever is open by now.
func TestALookMovesNobodyIntoACrisis(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	c := b.wrote(t, "eva", nil)
	room := func(state string) desk.Incident {
		t.Helper()
		i, err := b.db.ChangeIncident(t.Context(), 0, desk.Act{Who: "desk", Do: "incident.open"}, func(i *desk.Incident, out *desk.Out) error {
			i.BrandID, i.Title, i.State, i.Level, out.Say = b.brand, "Kettles", state, desk.Crisis, desk.Say("x")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	over := room(desk.IncidentClosed)
	if _, err := b.db.ChangeConversation(t.Context(), c.ID, desk.Act{Who: "desk", Do: "x"}, func(c *desk.Conversation, out *desk.Out) error {
		c.IncidentID, out.Say = over.ID, desk.Say("x")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	room(desk.IncidentOpen)
	one, err := b.One(as(t, bo), c.ID, 0)
	if err != nil || one.IncidentID != over.ID || one.Level != desk.Crisis {
		t.Errorf("it is looked at as part of %d at %v, not of %d; %v", one.IncidentID, one.Level, over.ID, err)
	}
}

func TestTakenUpAgainItHasAClock(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	b.Services = []string{"mailbox"}
	b.policy(t, func(p *desk.ReplyPolicy) { p.Clocks = []desk.Clock{{First: 60, Next: 60}} })
	for name, again := range map[string]func(id int64) (desk.Conversation, error){
		"taken up":    func(id int64) (desk.Conversation, error) { return b.Reopen(as(t, bo), id) },
		"handed over": func(id int64) (desk.Conversation, error) { return b.HandOver(as(t, bo), id, 0, "Refund her.") },
	} {
		c := b.wrote(t, name, nil)
		if _, err := b.Leave(as(t, bo), c.ID, "a robot"); err != nil {
			t.Fatal(err)
		}
		c, err := again(c.ID)
		if err != nil || c.Since.IsZero() || c.Due.Sub(c.Since) != time.Hour {
			t.Errorf("%s: since %s, due %s, %v", name, c.Since, c.Due, err)
		}
	}
}

// A rule gives work to nobody who may not answer for the brand.
func TestRulesNameWhoMayAnswer(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	if _, err := b.db.ChangeUser(t.Context(), bo, desk.Act{Who: "desk", Do: "user.save"}, func(u *desk.User, out *desk.Out) error {
		u.Disabled, out.Say = true, desk.Say("x")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	p, err := b.Policy(as(t, ana), b.brand)
	if err != nil {
		t.Fatal(err)
	}
	for user, want := range map[int64]bool{cy: true, bo: false, 99: false} {
		p.Rules = []desk.ReplyRule{{If: desk.Condition{Words: []string{"refund"}}, UserID: user}}
		saved, err := b.SavePolicy(as(t, ana), p)
		if (err == nil) != want {
			t.Errorf("user %d: %v", user, err)
		}
		if err == nil {
			p = saved
		}
	}
}
