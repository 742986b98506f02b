package desk

import "time"

// States of an incident.
const (
	IncidentOpen    = "open"
	IncidentWatched = "watched" // stepped down, kept in view for a relapse
	IncidentClosed  = "closed"
)

// Incident is a situation that the desk handles in a room.
type Incident struct {
	ID       int64     `json:"id,string"`
	BrandID  int64     `json:"brand_id,string"`
	Title    string    `json:"title"`
	State    string    `json:"state"`
	Level    Level     `json:"level"`
	Monitors IDs       `json:"monitors"`        // what the room looks at
	AlertID  int64     `json:"alert_id,string"` // the one it was opened from, 0 by hand
	Known    string    `json:"known"`           // what we know, in a few words
	Lead     string    `json:"lead"`            // who leads
	Began    time.Time `json:"began"`           // when the conversation began to move
	Opened   time.Time `json:"opened"`          // declared
	Closed   time.Time `json:"closed,omitzero"`
	Outcome  string    `json:"outcome,omitempty"`  // how it ended, in the closer's words
	Steps    []Step    `json:"steps"`              // what to do next, by the plan
	PlanID   int64     `json:"plan_id,string"`     // the edition that it runs by; 0 the plan that comes with the program
	Scenario string    `json:"scenario,omitempty"` // of that plan; empty none
	DrillID  int64     `json:"drill_id,string"`
	Version  int       `json:"version"`
}

// Ask is what was heard of the incident: since it began, until it was closed or now.
func (i *Incident) Ask(now time.Time) Ask {
	if i.State == IncidentClosed {
		now = i.Closed
	}
	return Ask{BrandID: i.BrandID, Monitors: i.Monitors, From: i.Began, To: now}
}

// SetLevel changes the response level; a change needs a reason.
func (i *Incident) SetLevel(l Level, why string) error {
	if i.State == IncidentClosed {
		return ErrInvalidTransition
	}
	if l < Normal || l > Severe {
		return Wrong("level", "Choose a level from 0 to 4.")
	}
	if l != i.Level && why == "" {
		return Wrong("why", "Say in a few words why the level changes.")
	}
	i.Level = l
	return nil
}

// Close ends the incident; how it ended must be said.
func (i *Incident) Close(outcome string, at time.Time) error {
	if i.State == IncidentClosed {
		return ErrInvalidTransition
	}
	if outcome == "" {
		return Wrong("outcome", "Say in a sentence how it ended.")
	}
	i.State, i.Closed, i.Outcome = IncidentClosed, at, outcome
	return nil
}

// Reopen takes a closed incident up again.
func (i *Incident) Reopen(why string) error {
	if i.State != IncidentClosed {
		return ErrInvalidTransition
	}
	if why == "" {
		return Wrong("why", "Say in a few words why it is opened again.")
	}
	i.State, i.Closed = IncidentOpen, time.Time{}
	return nil
}
