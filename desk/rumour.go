package desk

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Rumour is what one of our own people heard and asks about, with our answer. It is a claim only when somebody makes it one.
type Rumour struct {
	ID         int64     `json:"id,string"`
	BrandID    int64     `json:"brand_id,string"`
	IncidentID int64     `json:"incident_id,string"` // whose room it stands in
	BriefingID int64     `json:"briefing_id,string"` // by whose page it was asked
	ContactID  int64     `json:"contact_id,string"`  // who asked; the page that all read does not say it
	Lang       string    `json:"lang"`
	Text       string    `json:"text"`
	At         time.Time `json:"at"`
	Shown      string    `json:"shown,omitempty"` // the question as all read it, where it was put into other words
	Answer     string    `json:"answer,omitempty"`
	AnsweredBy string    `json:"answered_by,omitempty"`
	AnsweredAt time.Time `json:"answered_at,omitzero"`
	ClaimID    int64     `json:"claim_id,string"` // what it is about, where that is a claim of the incident
	FactID     int64     `json:"fact_id,string"`  // what shows the answer
	Private    bool      `json:"private"`         // only who asked reads question and answer
	Version    int       `json:"version"`
}

const maxRumour = 1000

// Answered reports whether somebody answered.
func (r *Rumour) Answered() bool { return r.Answer != "" }

// Question is what all read.
func (r *Rumour) Question() string {
	if r.Shown != "" {
		return r.Shown
	}
	return r.Text
}

// Check tidies the rumour and answers an *Invalid for what is wrong with it.
func (r *Rumour) Check() error {
	for _, s := range []*string{&r.Text, &r.Shown, &r.Answer} {
		*s = strings.TrimSpace(strings.ReplaceAll(*s, "\r\n", "\n"))
	}
	switch {
	case r.Text == "" || utf8.RuneCountInString(r.Text) > maxRumour:
		return Wrong("question", "Ask in at most {n} characters.", "n", maxRumour)
	case utf8.RuneCountInString(r.Shown) > maxRumour:
		return Wrong("shown", "This is too long.")
	case utf8.RuneCountInString(r.Answer) > maxBriefing:
		return Wrong("answer", "This is too long.")
	}
	return nil
}
