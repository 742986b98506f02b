package desk

import "time"

// Step is one thing to do in an incident, with who does it and by when.
type Step struct {
	ID     string    `json:"id"`               // stable within the incident
	Do     Text      `json:"do"`               // what to do
	Role   string    `json:"role"`             // who: English name of the role, translated on the page
	UserID int64     `json:"user_id,string"`   // whose task it is; 0 nobody's yet
	Owner  string    `json:"owner,omitempty"`  // their name
	Deputy string    `json:"deputy,omitempty"` // who stands in for them
	Due    time.Time `json:"due"`
	DoneBy string    `json:"done_by,omitempty"`
	DoneAt time.Time `json:"done_at,omitzero"`
}

// Done reports whether somebody ticked the step.
func (s Step) Done() bool { return !s.DoneAt.IsZero() }

// Late reports whether the step is open after its time.
func (s Step) Late(now time.Time) bool { return !s.Done() && now.After(s.Due) }

// Tick marks a step as done, or as open again when it was.
// It returns ErrNotFound for a step that the incident does not have and ErrInvalidTransition once the incident is closed.
func (i *Incident) Tick(step, who string, at time.Time) (Step, error) {
	if i.State == IncidentClosed {
		return Step{}, ErrInvalidTransition
	}
	for k := range i.Steps {
		s := &i.Steps[k]
		if s.ID != step {
			continue
		}
		if s.Done() {
			s.DoneBy, s.DoneAt = "", time.Time{}
		} else {
			s.DoneBy, s.DoneAt = who, at
		}
		return *s, nil
	}
	return Step{}, ErrNotFound
}

// Give hands an open step to a person; the zero User leaves it to nobody. Who stood in for the one before stands in no more.
// It returns ErrNotFound for a step that the incident does not have and ErrInvalidTransition for one that is done, and once the
// incident is closed.
func (i *Incident) Give(step string, to User) (Step, error) {
	if i.State == IncidentClosed {
		return Step{}, ErrInvalidTransition
	}
	for k := range i.Steps {
		s := &i.Steps[k]
		if s.ID != step {
			continue
		}
		if s.Done() {
			return *s, ErrInvalidTransition
		}
		s.UserID, s.Owner, s.Deputy = to.ID, to.Name, ""
		return *s, nil
	}
	return Step{}, ErrNotFound
}

// Next is the open step that is due first. ok is false when all are done.
func (i *Incident) Next() (next Step, ok bool) {
	for _, s := range i.Steps {
		if !s.Done() && (!ok || s.Due.Before(next.Due)) {
			next, ok = s, true
		}
	}
	return next, ok
}
