package approve

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"breakwater/desk"
)

// Submit sends a draft to review: the signatures that its level needs are asked for. What must not go out at all is an *desk.Invalid. For
// responders.
func (g *Gate) Submit(ctx context.Context, id int64, version int) (desk.Statement, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Statement{}, err
	}
	was, err := g.store.Statement(ctx, id)
	if err != nil {
		return was, err
	}
	if err := forAll(&was); err != nil {
		return was, err
	}
	if err := g.floor(ctx, was.IncidentID, &was.Level); err != nil {
		return was, err
	}
	found := g.findings(ctx, was, time.Time{}) // before the transaction: it asks other servers
	if err := blocked(found); err != nil {
		return was, err
	}
	needs, err := g.seats(ctx, was, found)
	if err != nil {
		return was, err
	}
	act := g.act(ctx, "statement.submit", "")
	return g.move(ctx, id, act, func(s *desk.Statement) (desk.Text, error) {
		if version != 0 && version != s.Version || s.Version != was.Version {
			return desk.Text{}, desk.ErrConflict
		}
		s.Level = was.Level // that of the crisis, when it is higher
		if err := s.ToReview(needs, act.At); err != nil {
			return desk.Text{}, err
		}
		if err := g.cite(ctx, s); err != nil {
			return desk.Text{}, err
		}
		if len(needs) == 0 {
			return desk.Say("{name} made {title} ready. At this level nobody has to sign.", "name", act.Name, "title", s.Title), nil
		}
		return desk.Say("{name} sent {title} to be signed.", "name", act.Name, "title", s.Title), nil
	})
}

// AskSecond asks for a second opinion on an approved statement: the day on which it is to go out needs one. What was signed stays
// signed. For responders.
func (g *Gate) AskSecond(ctx context.Context, id int64) (desk.Statement, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Statement{}, err
	}
	was, err := g.store.Statement(ctx, id)
	if err != nil {
		return was, err
	}
	rule, _, err := g.rule(ctx, was)
	if err != nil {
		return was, err
	}
	act := g.act(ctx, "statement.second", "")
	return g.move(ctx, id, act, func(s *desk.Statement) (desk.Text, error) {
		return desk.Say("{name} asks for a second opinion on {title}.", "name", act.Name, "title", s.Title), s.AskSecond(rule.Within, act.At)
	})
}

// cite notes the facts that the statement rests on as they stand: signatures hold for those.
func (g *Gate) cite(ctx context.Context, s *desk.Statement) error {
	if s.IncidentID == 0 {
		return nil
	}
	facts, err := g.store.Facts(ctx, s.IncidentID)
	if err != nil {
		return fmt.Errorf("read the facts of a statement: %w", err)
	}
	s.Cite(facts)
	return nil
}

// Sign approves the words of that hash as the acting person; a program signs with its owner's PIN. desk.ErrConflict: the words
// are others meanwhile.
func (g *Gate) Sign(ctx context.Context, id int64, hash, pin string) (desk.Statement, error) {
	how, err := g.hand(ctx, pin)
	if err != nil {
		return desk.Statement{}, err
	}
	return g.sign(ctx, id, -1, 0, hash, how)
}

// SendBack makes a statement a draft again as the acting person, for a reason.
func (g *Gate) SendBack(ctx context.Context, id int64, hash, why, pin string) (desk.Statement, error) {
	how, err := g.hand(ctx, pin)
	if err != nil {
		return desk.Statement{}, err
	}
	return g.sendBack(ctx, id, -1, 0, hash, why, how)
}

// hand says how the acting person signs: signed in themselves, or by a program that has to show their PIN.
func (g *Gate) hand(ctx context.Context, pin string) (string, error) {
	a := desk.ActorOf(ctx)
	if a.UserID == 0 {
		return "", desk.Wrong("sign", "Only a person signs.")
	}
	if strings.HasPrefix(a.Who, "user:") {
		return desk.SignedConsole, nil
	}
	return desk.SignedToken, g.PIN(ctx, a.UserID, pin)
}

// Signer is the acting person as one who signs; a program does so with its owner's PIN. An *desk.Invalid for what is nobody's.
func (g *Gate) Signer(ctx context.Context, pin string) (desk.Signer, error) {
	how, err := g.hand(ctx, pin)
	return g.signer(ctx, how), err
}

// sign gives a signature: in one seat of one round by a link, anywhere with -1 and 0.
func (g *Gate) sign(ctx context.Context, id int64, seat, round int, hash, how string) (desk.Statement, error) {
	act := g.act(ctx, "statement.sign", "")
	return g.move(ctx, id, act, func(s *desk.Statement) (desk.Text, error) {
		if round != 0 && round != s.Round {
			return desk.Text{}, desk.ErrConflict
		}
		if err := s.Sign(seat, g.signer(ctx, how), hash, act.At); err != nil {
			return desk.Text{}, err
		}
		if s.State == desk.StatementApproved {
			return desk.Say("{name} signed {title}. It is approved.", "name", act.Name, "title", s.Title), nil
		}
		return desk.Say("{name} signed {title}.", "name", act.Name, "title", s.Title), nil
	})
}

func (g *Gate) sendBack(ctx context.Context, id int64, seat, round int, hash, why, how string) (desk.Statement, error) {
	act := g.act(ctx, "statement.back", why)
	return g.move(ctx, id, act, func(s *desk.Statement) (desk.Text, error) {
		if round != 0 && round != s.Round {
			return desk.Text{}, desk.ErrConflict
		}
		err := s.SendBack(seat, g.signer(ctx, how), hash, why, act.At)
		return desk.Say("{name} sent {title} back.", "name", act.Name, "title", s.Title), err
	})
}

// BreakGlass is one of the two steps past the signatures that are missing. For two different leads or admins; a program takes a step
// with its owner's PIN.
func (g *Gate) BreakGlass(ctx context.Context, id int64, hash, why, pin string) (desk.Statement, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Statement{}, err
	}
	if _, err := g.hand(ctx, pin); err != nil {
		return desk.Statement{}, err
	}
	act := g.act(ctx, "statement.glass", why)
	return g.move(ctx, id, act, func(s *desk.Statement) (desk.Text, error) {
		if err := s.BreakGlass(g.signer(ctx, desk.SignedGlass), hash, why, act.At); err != nil {
			return desk.Text{}, err
		}
		if s.Glass.Opened() {
			return desk.Say("{name} took the second step: {title} goes out without the missing signatures. It has to be looked at afterwards.", "name", act.Name, "title", s.Title), nil
		}
		return desk.Say("{name} wants {title} to go out without the missing signatures. A second person has to agree.", "name", act.Name, "title", s.Title), nil
	})
}

// ReviewGlass notes what a third person found who looked at it afterwards. For leads.
func (g *Gate) ReviewGlass(ctx context.Context, id int64, finding string) (desk.Statement, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Statement{}, err
	}
	act := g.act(ctx, "statement.reviewed", finding)
	return g.move(ctx, id, act, func(s *desk.Statement) (desk.Text, error) {
		err := s.ReviewGlass(g.signer(ctx, ""), finding, act.At)
		return desk.Say("{name} looked at how {title} went out without all signatures.", "name", act.Name, "title", s.Title), err
	})
}

// move changes a statement and writes down, in the same transaction, who has to be told of it and when to look again.
func (g *Gate) move(ctx context.Context, id int64, act desk.Act, do func(*desk.Statement) (desk.Text, error)) (desk.Statement, error) {
	people, err := g.store.Users(ctx)
	if err != nil {
		return desk.Statement{}, err
	}
	return g.store.ChangeStatement(ctx, id, act, func(s *desk.Statement, out *desk.Out) (err error) {
		was := copyOf(s)
		out.IncidentID = s.IncidentID
		if out.Say, err = do(s); err != nil {
			return err
		}
		out.Jobs = errands(&was, s, people, act)
		return nil
	})
}

// copyOf is a statement whose signatures do not change with the other's.
func copyOf(s *desk.Statement) desk.Statement {
	c := *s
	c.Needs = append([]desk.Signature(nil), s.Needs...)
	return c
}

// Publish lets an approved statement out at a time; zero is now. What is not approved as it stands is desk.ErrInvalidTransition, what a check
// holds back at that time an *desk.Invalid: a second opinion that nobody gave holds it back too. For leads.
func (g *Gate) Publish(ctx context.Context, id int64, due time.Time) (desk.Statement, error) {
	all, err := g.PublishAll(ctx, []int64{id}, due)
	if len(all) == 0 {
		return desk.Statement{}, err
	}
	return all[0], err
}

// PublishAll is Publish for statements that go out together: all of them or none. It gives those that it looked at.
func (g *Gate) PublishAll(ctx context.Context, ids []int64, due time.Time) (all []desk.Statement, err error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return nil, err
	}
	if due.IsZero() {
		due = time.Now().UTC()
	}
	for _, id := range ids {
		s, err := g.store.Statement(ctx, id)
		if all = append(all, s); err != nil {
			return all, err
		}
		if err := g.goes(ctx, s, due); err != nil {
			return all, err
		}
	}
	return all, g.Outbox(ctx, ids, due)
}

// goes answers nil when a statement may go out at a time.
func (g *Gate) goes(ctx context.Context, s desk.Statement, due time.Time) error {
	if !s.Passed() {
		return desk.ErrInvalidTransition
	}
	if g.Outbox == nil {
		return desk.Wrong("publish", "No channel is connected yet.")
	}
	found := g.findings(ctx, s, due)
	if err := blocked(found); err != nil {
		return err
	}
	if f := of(desk.FindingSecond, found); f != nil && !s.Seconded() {
		return desk.Wrong("second", "{finding} Ask for a second opinion on the statement first, or choose another time.", "finding", f.Say)
	}
	return nil
}

// Correct begins the correction of what went out: a draft with the same words to change. For responders.
func (g *Gate) Correct(ctx context.Context, id int64) (desk.Statement, error) {
	s, err := g.One(ctx, id)
	if err != nil {
		return s, err
	}
	if s.State != desk.StatementPublished {
		return s, desk.ErrInvalidTransition
	}
	w := s.Words()
	w.Kind = "correction"
	return g.Begin(ctx, Draft{BrandID: s.BrandID, IncidentID: s.IncidentID, Replaces: s.ID, Words: w})
}

// Withdraw takes a statement back for good: nothing more of it goes out. What is live stays until its posts are withdrawn. For leads.
func (g *Gate) Withdraw(ctx context.Context, id int64, why string) (desk.Statement, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Statement{}, err
	}
	act := g.act(ctx, "statement.withdraw", why)
	return g.move(ctx, id, act, func(s *desk.Statement) (desk.Text, error) {
		return desk.Say("{name} withdrew {title}.", "name", act.Name, "title", s.Title), s.Withdraw(why, act.At)
	})
}

// WithdrawLive is Withdraw, and has every live copy deleted at its network too; a copy that cannot be is named in the errors, and
// the others go. For leads.
func (g *Gate) WithdrawLive(ctx context.Context, id int64, why string) (desk.Statement, error) {
	s, err := g.Withdraw(ctx, id, why)
	if err != nil || g.Retract == nil {
		return s, err
	}
	posts, err := g.store.PostsOf(ctx, id)
	if err != nil {
		return s, err
	}
	var all []error
	for _, p := range posts {
		if p.Published() && p.Leaving.IsZero() {
			all = append(all, g.Retract(ctx, p.ID, why))
		}
	}
	return s, errors.Join(all...)
}

// Rework makes a statement a draft again because its words are to be changed, for who takes a post of it back.
func (g *Gate) Rework(ctx context.Context, id int64, why string) error {
	act := g.act(ctx, "statement.rework", why)
	_, err := g.store.ChangeStatement(ctx, id, act, func(s *desk.Statement, out *desk.Out) error {
		if out.Skip = s.State != desk.StatementApproved && s.State != desk.StatementReview; out.Skip {
			return nil
		}
		s.Rework(act.At)
		out.IncidentID, out.Say = s.IncidentID, desk.Say("“{title}” is a draft again.", "title", s.Title)
		return nil
	})
	return err
}

// File puts a statement that was written outside of a crisis under an incident. Its words and signatures stay as they are; from then on
// the incident's level is asked of it. For leads.
func (g *Gate) File(ctx context.Context, id, incidentID int64) error {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return err
	}
	i, err := g.store.Incident(ctx, incidentID)
	if err != nil {
		return err
	}
	act := g.act(ctx, "statement.file", "")
	_, err = g.store.ChangeStatement(ctx, id, act, func(s *desk.Statement, out *desk.Out) error {
		switch {
		case s.IncidentID == i.ID:
			out.Skip = true
		case s.IncidentID != 0 || s.BrandID != i.BrandID || s.DrillID != i.DrillID:
			return desk.Wrong("incident", "This statement belongs to something else.")
		}
		s.IncidentID, out.IncidentID = i.ID, i.ID
		out.Say = desk.Say("{name} takes {title} into this crisis.", "name", act.Name, "title", s.Title)
		return nil
	})
	return err
}
