package approve

import (
	"context"
	"errors"
	"strconv"
	"time"

	"breakwater/desk"
)

// What letters are about, beside desk.AskedPerson, desk.AskedDeputy and desk.AskedLeads.
const (
	letterApproved = "approved"
	letterBack     = "back"
	letterGlass    = "glass"  // a second person is needed
	letterReview   = "review" // a third looks at it afterwards
)

// letter writes what an errand tells, for its person. ok is false when it does not matter any more.
func (g *Gate) letter(ctx context.Context, key string, e errand) (l desk.Mail, ok bool, err error) {
	if e.Promise != 0 {
		return g.promiseLetter(ctx, key, e)
	}
	s, err := g.store.Statement(ctx, e.Statement)
	if err != nil {
		return l, false, err
	}
	l = desk.Mail{Key: key, BrandID: s.BrandID, Link: g.url + "/statements/" + strconv.FormatInt(s.ID, 10), Button: desk.Say("Open the statement")}
	same := s.Round == e.Round
	switch e.What {
	case desk.AskedPerson, desk.AskedDeputy, desk.AskedLeads:
		if !same || s.State != desk.StatementReview || e.Seat >= len(s.Needs) || s.Needs[e.Seat].Verdict != "" {
			return l, false, nil
		}
		g.request(&l, s, e)
	case letterApproved:
		ok = same && s.State == desk.StatementApproved
		l.Subject, l.Lines = desk.Say("Approved: {title}", "title", s.Title), []desk.Text{desk.Say("Every signature is there. It may go out as it stands.")}
		return drilled(l, s), ok, nil
	case letterBack:
		ok = same && s.State == desk.StatementDraft && s.Back != ""
		l.Subject, l.Lines = desk.Say("Sent back: {title}", "title", s.Title), []desk.Text{desk.Say("It was sent back with this reason: {why}", "why", s.Back)}
		return drilled(l, s), ok, nil
	case letterGlass:
		if ok = same && s.State == desk.StatementReview && s.Glass != nil; !ok {
			return l, false, nil
		}
		l.Subject = desk.Say("A second person is needed: {title}", "title", s.Title)
		l.Lines = []desk.Text{desk.Say("{name} wants it to go out without the missing signatures: {why}", "name", s.Glass.FirstName, "why", s.Glass.Why)}
	case letterReview:
		if ok = s.Glass.Unreviewed(); !ok {
			return l, false, nil
		}
		l.Subject = desk.Say("Look at it afterwards: {title}", "title", s.Title)
		l.Lines = []desk.Text{desk.Say("{first} and {second} let it out without all signatures. Somebody else has to look at it by {time}.",
			"first", s.Glass.FirstName, "second", s.Glass.SecondName, "time", s.Glass.ReviewDue)}
	}
	return drilled(l, s), true, nil
}

// request asks for a signature, by a link that needs no sign-in. The words themselves do not travel by mail.
func (g *Gate) request(l *desk.Mail, s desk.Statement, e errand) {
	n := s.Needs[e.Seat]
	l.Link, l.Button = g.signLink(&s, e.User, e.Seat, e.Since), desk.Say("Read and decide")
	l.Subject = desk.Say("Please sign: {title}", "title", s.Title)
	switch e.What {
	case desk.AskedPerson:
		l.Lines = append(l.Lines, desk.Say("Your signature as {role} is asked for.", "role", n.Role))
	case desk.AskedDeputy:
		l.Lines = append(l.Lines, desk.Say("You are asked as the deputy of {role}: the time to sign has passed, or nobody else may.", "role", n.Role))
	default:
		l.Lines = append(l.Lines, desk.Say("The signature of {role} is missing and nobody is there to give it. Any lead may.", "role", n.Role))
	}
	if !n.Due.IsZero() {
		l.Lines = append(l.Lines, desk.Say("Please decide by {time}; then the next is asked.", "time", n.Due))
	}
	l.Lines = append(l.Lines, desk.Say("The link works once, for you alone, with your PIN. Do not pass it on."))
}

// drilled marks what is only a rehearsal.
func drilled(l desk.Mail, s desk.Statement) desk.Mail {
	if s.DrillID != 0 {
		l.Lines = append([]desk.Text{desk.Say("DRILL"), desk.Say("This is a rehearsal. Nothing leaves the house.")}, l.Lines...)
	}
	return l
}

// deliver brings one letter, and writes down what became of it.
func (g *Gate) deliver(ctx context.Context, j desk.Job, e errand) error {
	to, err := g.store.User(ctx, e.User)
	if errors.Is(err, desk.ErrNotFound) || err == nil && to.Disabled || g.Post == nil {
		return g.store.FinishJob(ctx, j.ID)
	}
	if err != nil {
		return err
	}
	l, ok, err := g.letter(ctx, j.Key, e)
	if errors.Is(err, desk.ErrNotFound) || err == nil && !ok {
		return g.store.FinishJob(ctx, j.ID)
	}
	if err != nil {
		return err
	}
	send, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	if err := g.Post(send, to, l); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return g.unsent(ctx, j, e, to, err)
	}
	g.log.Info("letter sent", "what", e.What, "statement", e.Statement, "promise", e.Promise, "user", to.ID)
	return g.store.FinishJob(ctx, j.ID)
}

// unsent decides whether a letter is tried again. One that is not is a line in the journal: somebody was not told.
func (g *Gate) unsent(ctx context.Context, j desk.Job, e errand, to desk.User, cause error) error {
	now := time.Now().UTC()
	wait := min(firstRetry<<min(max(j.Attempts-1, 0), 10), longRetry)
	var retry *desk.Retry
	again := now.Add(wait)
	if errors.As(cause, &retry) {
		again = now.Add(max(wait, retry.After))
	}
	if now.Sub(e.Since) > giveUp {
		again = time.Time{}
	}
	g.log.Warn("letter not sent", "what", e.What, "statement", e.Statement, "user", to.ID, "tries", j.Attempts, "error", cause)
	err := g.store.FailJob(ctx, j.ID, again, cause.Error())
	if j.Attempts > 1 && !again.IsZero() {
		return err
	}
	out := desk.Out{Say: desk.Say("A letter did not reach {name}. Tell them yourself.", "name", to.Name)}
	if s, serr := g.store.Statement(ctx, e.Statement); serr == nil {
		out.IncidentID = s.IncidentID
	}
	_, failed := g.store.Record(ctx, theDesk("statement.unsent", now), on(e.Statement), out)
	return errors.Join(err, failed)
}
