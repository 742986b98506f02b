package reply

import (
	"context"
	"fmt"
	"slices"

	"breakwater/desk"
)

// CheckAccount is the warning that an answer goes out as somebody else than the last one of its writer did; Hear has the others.
const CheckAccount = "account"

// Checks are what a guard warns of, by the names under which a writer goes past it.
var Checks = []string{CheckAccount, "copied", "deaf", "argues", "belittles", "explains"}

// checkNames are the warnings as people read them in the middle of a sentence.
var checkNames = map[string]desk.Text{
	CheckAccount: desk.Say("another account than before"),
	"copied":     desk.Say("copied"),
	"deaf":       desk.Say("past what they wrote"),
	"argues":     desk.Say("arguing"),
	"belittles":  desk.Say("making the brand small"),
	"explains":   desk.Say("explaining too much"),
}

// PastWarnings names the warnings that an answer was sent past, as people read them; zero for none.
func PastWarnings(checks []string) (all desk.Text) {
	for _, name := range checks {
		say, ok := checkNames[name]
		switch {
		case !ok:
		case all.IsZero():
			all = say
		default:
			all = desk.Say("{some}, {more}", "some", all, "more", say)
		}
	}
	return all
}

// Warned holds an answer back of which a guard warns: nothing was sent. Answer.Despite with the checks of its warnings goes past it, and is
// remembered with the answer.
type Warned struct{ Findings []desk.Finding } // warnings, and hints beside them

func (e *Warned) Error() string { return fmt.Sprintf("the guard warns of %v", e.Checks()) }

// Unwrap is desk.ErrConflict.
func (e *Warned) Unwrap() error { return desk.ErrConflict }

// Checks are the names of the warnings.
func (e *Warned) Checks() (names []string) {
	for _, f := range e.Findings {
		if f.Weight == desk.FindingWarn && !slices.Contains(names, f.Check) {
			names = append(names, f.Check)
		}
	}
	return names
}

// guard reads an answer before it goes on its way, and notes on it what was measured. It answers *Warned unless its writer saw all that
// there is to warn of.
func (q *Queue) guard(ctx context.Context, c *desk.Conversation, s *desk.Statement, despite []string) error {
	v, to := &s.Variants[0], s.Answers
	heard, near, err := q.hear(ctx, c, v.Lang, v.Text)
	if err != nil {
		return err
	}
	other, err := q.otherAccount(ctx, c.BrandID, v.ChannelID)
	if err != nil {
		return err
	}
	checks, err := past(append(other, heard...), despite)
	if err != nil {
		return err
	}
	to.IncidentID, to.Writer, to.Alike, to.Despite = s.IncidentID, desk.ActorOf(ctx).Writer(), near, checks
	return nil
}

// past are the checks of the warnings that somebody goes past, *Warned unless they saw them all.
func past(found []desk.Finding, despite []string) ([]string, error) {
	w := &Warned{found}
	checks := w.Checks()
	if slices.ContainsFunc(checks, func(name string) bool { return !slices.Contains(despite, name) }) {
		return nil, w
	}
	return checks, nil
}

// hear is what a reader hears in words to somebody, and how close they come to an answer before.
func (q *Queue) hear(ctx context.Context, c *desk.Conversation, lang, text string) (found []desk.Finding, near float64, err error) {
	s := Spoken{Lang: lang, Text: text}
	if s.Near, s.Of, err = q.nearest(ctx, c, text); err != nil {
		return nil, 0, err
	}
	all, err := q.Store.Messages(ctx, c.ID, desk.Paging{Limit: 20})
	if err != nil {
		return nil, 0, err
	}
	if i := slices.IndexFunc(all, func(m desk.Message) bool { return m.Kind == desk.MessageIn }); i >= 0 {
		s.Theirs = all[i].Text
	}
	return Hear(s), s.Near, nil
}

// Check reads an answer without sending it: what a guard hears in its words. For responders.
func (q *Queue) Check(ctx context.Context, id int64, lang, text string) ([]desk.Finding, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return nil, err
	}
	c, err := q.Store.Conversation(ctx, id)
	if err != nil {
		return nil, err
	}
	if c, _, err = q.joined(ctx, c); err != nil {
		return nil, err
	}
	found, _, err := q.hear(ctx, &c, firstOf(lang, known(c.Lang), "en"), text)
	return found, err
}
