// Package assess finds out what is true in an incident and how bad it is: the ledger of facts, claims with their verdicts, the
// locker of evidence, advice on how to answer, and the brief for those who decide.
package assess

import (
	"context"
	"strings"
	"time"

	"breakwater/desk"
)

// LedgerStore is what the ledger needs of storage.
type LedgerStore interface {
	Incident(ctx context.Context, id int64) (desk.Incident, error)
	Facts(ctx context.Context, incidentID int64) ([]desk.Fact, error)
	Fact(ctx context.Context, id int64) (desk.Fact, error)
	Citing(ctx context.Context, f desk.Fact) ([]desk.Citing, error)
	ChangeFact(ctx context.Context, incidentID, id int64, act desk.Act, change func(*desk.Fact, *desk.Incident, []desk.Citing, *desk.Out) error) (desk.Fact, error)
}

// Ledger keeps the facts of incidents: everyone reads, responders write down what they hear, leads say what is true.
type Ledger struct {
	Store LedgerStore
	// Corrector is the role that is to correct texts when a fact changes, as the plan calls it.
	Corrector string
}

// Cited is a fact with the texts that rest on it.
type Cited struct {
	desk.Fact
	Citing []desk.Citing `json:"citing" doc:"Texts that rest on it"`
}

// List gives the facts of an incident by number.
func (l *Ledger) List(ctx context.Context, incidentID int64) ([]desk.Fact, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return l.Store.Facts(ctx, incidentID)
}

// One is a fact with the texts that rest on it and can still be read, or go out. desk.ErrNotFound.
func (l *Ledger) One(ctx context.Context, id int64) (Cited, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return Cited{}, err
	}
	f, err := l.Store.Fact(ctx, id)
	if err != nil {
		return Cited{}, err
	}
	texts, err := l.Store.Citing(ctx, f)
	return Cited{f, texts}, err
}

// Add writes down a fact; without a state it is unconfirmed. For responders; who adds it as confirmed vouches for it, so that
// takes a lead.
func (l *Ledger) Add(ctx context.Context, incidentID int64, f desk.Fact) (desk.Fact, error) {
	least := desk.Responder
	if f.State != "" && f.State != desk.FactUnconfirmed {
		least = desk.Lead
	}
	if err := desk.Need(ctx, least); err != nil {
		return f, err
	}
	act := desk.ActOf(ctx, "fact.add", "")
	return l.Store.ChangeFact(ctx, incidentID, 0, act, func(now *desk.Fact, in *desk.Incident, _ []desk.Citing, out *desk.Out) error {
		if in.State == desk.IncidentClosed {
			return desk.ErrInvalidTransition
		}
		now.BrandID, now.Added = in.BrandID, act.At
		write(now, f, act)
		if err := now.Check(); err != nil {
			return err
		}
		out.Say = desk.Say("{name} wrote down {fact}: {text}", "name", act.Name, "fact", now.Name(), "text", now.Text)
		return nil
	})
}

// Save changes a fact: its words, where it comes from, whether it is confirmed. Every text that rests on it gets a step "Correct"
// in the same transaction when it does not hold any more as it was; an incident that was closed is opened again for it. A version other than the stored one is desk.ErrConflict; 0 is
// not checked. *desk.Invalid; desk.ErrNotFound. For leads.
func (l *Ledger) Save(ctx context.Context, f desk.Fact) (Cited, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return Cited{}, err
	}
	act := desk.ActOf(ctx, "fact.save", strings.TrimSpace(f.Why))
	var shaken []desk.Citing
	kept, err := l.Store.ChangeFact(ctx, 0, f.ID, act, func(now *desk.Fact, in *desk.Incident, texts []desk.Citing, out *desk.Out) error {
		shaken = nil
		was := *now
		if f.Version != 0 && f.Version != was.Version {
			return desk.ErrConflict
		}
		write(now, f, act)
		if err := now.Check(); err != nil {
			return err
		}
		if was.Shakes(now) {
			shaken = texts
			if in.State == desk.IncidentClosed && len(texts) > 0 { // people read what is not so: the crisis is not over
				if err := in.Reopen(now.Name()); err != nil {
					return err
				}
			}
			in.Correct(now, texts, l.Corrector, act.At)
		}
		out.Say, out.Detail = saved(&was, now, act.Name), map[string]desk.Fact{"was": was, "is": *now}
		return nil
	})
	return Cited{kept, shaken}, err
}

// write puts what somebody says into the fact. Who confirms it is who verified it, unless they name somebody else.
func write(now *desk.Fact, f desk.Fact, act desk.Act) {
	was := now.State
	now.Text, now.State, now.Source, now.Link, now.Why = f.Text, f.State, f.Source, f.Link, f.Why
	switch {
	case !f.At.IsZero():
		now.At = f.At.Truncate(time.Second)
	case now.At.IsZero():
		now.At = act.At.Truncate(time.Second)
	}
	switch {
	case now.State != desk.FactConfirmed:
		now.CheckedBy, now.CheckedAt = "", time.Time{}
	case strings.TrimSpace(f.CheckedBy) != "" && f.CheckedBy != now.CheckedBy:
		now.CheckedBy, now.CheckedAt = f.CheckedBy, act.At
	case was != desk.FactConfirmed:
		now.CheckedBy, now.CheckedAt = act.Name, act.At
	}
	if now.State != desk.FactWithdrawn {
		now.Why = ""
	}
}

// saved is what the timeline says about a changed fact.
func saved(was, now *desk.Fact, name string) desk.Text {
	with := []any{"name", name, "fact", now.Name(), "text", now.Text, "by", now.CheckedBy, "why", now.Why}
	switch {
	case now.State == desk.FactConfirmed && was.State != desk.FactConfirmed:
		return desk.Say("{fact} is confirmed, verified by {by}: {text}", with...)
	case now.State == desk.FactWithdrawn && was.State != desk.FactWithdrawn:
		return desk.Say("{name} withdrew {fact}, “{text}”: {why}", with...)
	case now.State == desk.FactUnconfirmed && was.State != desk.FactUnconfirmed:
		return desk.Say("{name} set {fact} back to unconfirmed: {text}", with...)
	case now.Text != was.Text:
		return desk.Say("{name} changed {fact}. It says now: {text}", with...)
	}
	return desk.Say("{name} changed what is known about {fact}.", with...)
}
