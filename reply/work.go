package reply

import (
	"context"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
)

// Assign gives a conversation to somebody; 0 takes it from whoever has it. For responders.
func (q *Queue) Assign(ctx context.Context, id, userID int64) (desk.Conversation, error) {
	var u desk.User
	if userID != 0 {
		var err error
		if u, err = q.Store.User(ctx, userID); err != nil {
			return desk.Conversation{}, err
		}
	}
	name := u.Name
	say := desk.Say("A conversation was given to {name}.", "name", name)
	if name == "" {
		say = desk.Say("A conversation is nobody's again.")
	}
	return q.change(ctx, id, "assign", say, func(c *desk.Conversation) error {
		if userID != 0 && !u.MayAnswer(c.BrandID) {
			return desk.Wrong("user", "Choose somebody who may answer.")
		}
		c.AssigneeID, c.Assignee = userID, name
		return nil
	})
}

// Label sets labels and takes others off. For responders.
func (q *Queue) Label(ctx context.Context, id int64, add, remove []string) (desk.Conversation, error) {
	return q.change(ctx, id, "label", desk.Say("The labels of a conversation were changed."), func(c *desk.Conversation) error {
		return c.Label(add, remove)
	})
}

// Snooze puts a conversation off until a time. For responders.
func (q *Queue) Snooze(ctx context.Context, id int64, until time.Time) (desk.Conversation, error) {
	until = until.UTC()
	return q.change(ctx, id, "snooze", desk.Say("A conversation was put off until {at}.", "at", until), func(c *desk.Conversation) error {
		return c.Snooze(until, time.Now().UTC())
	})
}

// Leave ends somebody's wait knowingly without an answer, for a reason. For responders.
func (q *Queue) Leave(ctx context.Context, id int64, why string) (desk.Conversation, error) {
	return q.change(ctx, id, "leave", desk.Say("A conversation was left without an answer: {why}", "why", strings.TrimSpace(why)), func(c *desk.Conversation) error {
		return c.Leave(why)
	})
}

// Done ends a conversation in which nobody waits. For responders.
func (q *Queue) Done(ctx context.Context, id int64) (desk.Conversation, error) {
	return q.change(ctx, id, "done", desk.Say("A conversation is done."), (*desk.Conversation).Done)
}

// Reopen makes a conversation wait again, and its clock run. For responders.
func (q *Queue) Reopen(ctx context.Context, id int64) (desk.Conversation, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Conversation{}, err
	}
	c, err := q.Store.Conversation(ctx, id)
	if err != nil {
		return c, err
	}
	clock, err := q.clock(ctx, c.BrandID)
	if err != nil {
		return c, err
	}
	return q.change(ctx, id, "reopen", desk.Say("A conversation was taken up again."), func(c *desk.Conversation) error {
		if err := c.Reopen(time.Now().UTC()); err != nil {
			return err
		}
		clock(c)
		return nil
	})
}

// Triage notes what people found out. For responders.
func (q *Queue) Triage(ctx context.Context, id int64, t desk.Triage) (desk.Conversation, error) {
	if err := t.Check(); err != nil {
		return desk.Conversation{}, err
	}
	return q.change(ctx, id, "triage", desk.Say("What is known of a conversation was noted."), func(c *desk.Conversation) error {
		t.By = desk.ActorOf(ctx).Name
		c.Triage = t
		switch t.Danger {
		case "yes":
			c.Danger = true
		case "no":
			c.Danger = false
		}
		return nil
	})
}

// Link says that somebody asked about a claim or spread it, or that they did not. For responders.
func (q *Queue) Link(ctx context.Context, id, claimID int64, on bool) (desk.Conversation, error) {
	claim, err := q.Store.Claim(ctx, claimID)
	if err != nil {
		return desk.Conversation{}, err
	}
	return q.change(ctx, id, "claim", desk.Say("A conversation is about claim {claim}.", "claim", claim.Name()), func(c *desk.Conversation) error {
		if c.BrandID != claim.BrandID {
			return desk.ErrNotFound
		}
		c.Claims = slices.DeleteFunc(c.Claims, func(one int64) bool { return one == claimID })
		if on {
			c.Claims = append(c.Claims, claimID)
			slices.Sort(c.Claims)
		}
		return nil
	})
}

// Raise makes a conversation part of a crisis. For responders.
func (q *Queue) Raise(ctx context.Context, id, incidentID int64) (desk.Conversation, error) {
	i, err := q.Store.Incident(ctx, incidentID)
	if err != nil {
		return desk.Conversation{}, err
	}
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Conversation{}, err
	}
	c, err := q.Store.Conversation(ctx, id)
	if err != nil {
		return c, err
	}
	p, err := q.Store.ReplyPolicy(ctx, c.BrandID)
	if err != nil {
		return c, err
	}
	level := i.Level
	if i.State == desk.IncidentClosed {
		level = desk.Normal
	}
	act := desk.ActOf(ctx, "conversation.raise", "")
	return q.Store.ChangeConversation(ctx, id, act, func(c *desk.Conversation, out *desk.Out) error {
		if c.BrandID != i.BrandID {
			return desk.ErrNotFound
		}
		if !c.Fits(&i) {
			return desk.Wrong("incident", "This is a drill, and they really wrote. Somebody real cannot be part of it.")
		}
		c.IncidentID, c.DrillID = i.ID, i.DrillID
		c.Reclock(&p, level)
		out.IncidentID = i.ID
		out.Say = desk.Say("{name} brought conversation {n} to the room.", "name", act.Name, "n", c.ID)
		return nil
	})
}

// Note keeps something for us alone. For responders.
func (q *Queue) Note(ctx context.Context, id int64, text string) (desk.Conversation, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Conversation{}, err
	}
	text, err := desk.CheckNote(text)
	if err != nil {
		return desk.Conversation{}, err
	}
	act := desk.ActOf(ctx, "conversation.note", "")
	m := desk.Message{Kind: desk.MessageNote, At: act.At, Author: desk.Author{Handle: q.who(ctx), Name: act.Name}, Text: text}
	return q.Store.Noted(ctx, id, m, act, func(_ *desk.Conversation, out *desk.Out) error {
		out.Say = desk.Say("{name} noted something in a conversation.", "name", act.Name)
		return nil
	})
}
