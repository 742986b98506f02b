package desk

import "time"

// States of a fact.
const (
	FactUnconfirmed = "unconfirmed" // heard, being checked: no text may state it
	FactConfirmed   = "confirmed"
	FactWithdrawn   = "withdrawn" // was wrong
)

// Fact is one thing that we know, or are finding out, about an incident (ASS-3). Texts cite it by its number.
type Fact struct {
	ID         int64     `json:"id,string"`
	BrandID    int64     `json:"brand_id,string"`
	IncidentID int64     `json:"incident_id,string"`
	Number     int       `json:"number"` // F1, F2 … within the incident
	Text       string    `json:"text"`
	State      string    `json:"state"`
	Source     string    `json:"source"`               // who or what it comes from
	Link       string    `json:"link,omitempty"`       // to it
	At         time.Time `json:"at"`                   // when it was so
	Added      time.Time `json:"added"`                // when we wrote it down
	CheckedBy  string    `json:"checked_by,omitempty"` // who verified it
	CheckedAt  time.Time `json:"checked_at,omitzero"`
	Why        string    `json:"why,omitempty"` // it was withdrawn
	Version    int       `json:"version"`
}
