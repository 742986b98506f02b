package desk

import (
	"strings"
	"time"
)

// States of a promise.
const (
	PromiseOpen    = "open"
	PromiseKept    = "kept"
	PromiseDropped = "dropped" // a person took it back, with a reason
)

// Promise is a time that we named in public: "next update by 17:00". It is kept by publishing an update, or said to be kept by
// a person who spoke elsewhere.
type Promise struct {
	ID          int64     `json:"id,string"`
	BrandID     int64     `json:"brand_id,string"`
	IncidentID  int64     `json:"incident_id,string"`
	StatementID int64     `json:"statement_id,string"` // that made it; 0: said elsewhere
	Text        string    `json:"text"`                // what was promised
	Due         time.Time `json:"due"`
	Made        time.Time `json:"made"`
	By          string    `json:"by"`
	State       string    `json:"state"`
	KeptBy      int64     `json:"kept_by,string"` // the statement that kept it, 0 by hand
	Ended       time.Time `json:"ended,omitzero"` // kept or dropped
	Why         string    `json:"why,omitempty"`
	Told        string    `json:"told,omitempty"` // what people were told of already: soon, late
	Version     int       `json:"version"`
}

// What people are told about a promise.
const (
	PromiseSoon = "soon"
	PromiseLate = "late"
)

// SoonBefore is how long before its time a promise is brought to mind: time enough to write and sign two sentences.
const SoonBefore = 10 * time.Minute

const maxPromise = 500 // bytes

// Check tidies the promise and answers an *Invalid for what is wrong with it.
func (p *Promise) Check() error {
	p.Text = strings.Join(strings.Fields(p.Text), " ")
	switch {
	case p.Text == "" || len(p.Text) > maxPromise:
		return Wrong("promise", "Say in a few words what was promised.")
	case p.Due.IsZero() || !p.Due.After(p.Made):
		return Wrong("due", "The promised time must lie ahead.")
	case p.Due.Sub(p.Made) > 60*24*time.Hour:
		return Wrong("due", "This is too far ahead for a promise. Choose a time within two months.")
	}
	return nil
}

// Late reports whether its time has passed and it is not kept.
func (p *Promise) Late(now time.Time) bool { return p.State == PromiseOpen && now.After(p.Due) }

// InTime reports whether it was kept by its time.
func (p *Promise) InTime() bool { return p.State == PromiseKept && !p.Ended.After(p.Due) }

// End closes an open promise; taking it back needs a reason.
func (p *Promise) End(state string, by int64, why string, at time.Time) error {
	why = strings.TrimSpace(why)
	switch {
	case p.State != PromiseOpen:
		return ErrInvalidTransition
	case state == PromiseDropped && why == "":
		return Wrong("why", "Say in a few words why the promise is taken back.")
	}
	p.State, p.KeptBy, p.Why, p.Ended = state, by, why, at
	return nil
}

// Tell gives what people are to be told by now and were not yet: soon, late or nothing.
func (p *Promise) Tell(now time.Time) string {
	switch {
	case p.State != PromiseOpen:
		return ""
	case !now.Before(p.Due):
		if p.Told != PromiseLate {
			return PromiseLate
		}
	case !now.Before(p.Due.Add(-SoonBefore)) && p.Told == "" && p.Due.Sub(p.Made) > SoonBefore:
		return PromiseSoon
	}
	return ""
}
