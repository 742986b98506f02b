package desk

import (
	"slices"
	"time"
)

// Evidence is what a signal or alert shows for itself (DET-8).
type Evidence struct {
	Observed float64   `json:"observed"` // in the measure's unit, over Window
	Expected float64   `json:"expected"`
	High     float64   `json:"high"`               // upper edge of what is usual
	Window   int       `json:"window"`             // minutes
	Since    time.Time `json:"since"`              // when it began to move
	Rule     Text      `json:"rule"`               // which detector or threshold, at which setting
	Doubling int       `json:"doubling,omitempty"` // minutes in which the volume doubles; 0 not growing, negative: halves
	Phase    string    `json:"phase,omitempty"`    // rising, peaking, falling
	Networks []Share   `json:"networks,omitempty"`
	Words    []Share   `json:"words,omitempty"`    // rising most
	Cues     []Share   `json:"cues,omitempty"`     // words that point to a crisis, with how many people said them
	Cue      string    `json:"cue,omitempty"`      // type of cue that the sentence counts
	Voices   []Voice   `json:"voices,omitempty"`   // of greatest reach
	Mentions IDs       `json:"mentions,omitempty"` // examples, at most five
	People   int       `json:"people,omitempty"`   // distinct authors of what the sentence counts; 0 not known
	Copies   int       `json:"copies,omitempty"`   // how many of them fold into others
	Crowd    *Crowd    `json:"crowd,omitempty"`    // how many of those people speak in their own words
	Gaps     []Text    `json:"gaps,omitempty"`     // what we could not hear meanwhile
	Every    float64   `json:"every,omitempty"`    // hours between two such readings by chance alone; 0 not known
	Topic    string    `json:"topic,omitempty"`    // what it is about, by its words
	TopicID  string    `json:"topic_id,omitempty"` // of that topic: its name may get better from reading to reading
	Looks    Text      `json:"looks,omitzero"`     // what it looks like besides a crisis: robots, copies, a busy platform
	Occasion string    `json:"occasion,omitempty"` // known beforehand, and on at the time: it may explain the volume
	Doubts   []Text    `json:"doubts,omitempty"`   // what would have to be true for this to be no alert
	Sources  int       `json:"sources,omitempty"`  // that listen for the brand
	Deaf     int       `json:"deaf,omitempty"`     // of Sources, those that did not hear in the window
}

// Share is a name with its count and how many times usual that is (0 not known).
type Share struct {
	Name  string  `json:"name"`
	Count int     `json:"count"`
	Ratio float64 `json:"ratio,omitempty"`
}

// Signal is a detector's statement that something is unusual.
type Signal struct {
	Detector  string    `json:"detector"`          // surge, mood, voice, threshold, cue, silence
	MonitorID int64     `json:"monitor_id,string"` // 0 for silence
	SourceID  int64     `json:"source_id,string"`  // for silence
	At        time.Time `json:"at"`                // of the window's end
	Strength  float64   `json:"strength"`          // ≥ 1 is worth an alert; log10 of how rare for surge and mood
	Level     Level     `json:"level"`             // suggested response level
	Why       Text      `json:"why"`               // a sentence a duty officer can act on
	Evidence  Evidence  `json:"evidence"`
	Trigger   int64     `json:"trigger,string"` // id of the mention that tipped it, 0 when none did
}

// States of an alert.
const (
	AlertOpen    = "open"    // nobody looked yet
	AlertSeen    = "seen"    // acknowledged
	AlertDecided = "decided" // routine, watch or crisis
	AlertEnded   = "ended"   // what moved is back where it was
)

// First decisions on an alert (ALT-5).
const (
	DecisionRoutine   = "routine" // customer service answers one by one
	DecisionWatch     = "watch"
	DecisionCrisis    = "crisis"     // the plan starts: an incident is opened
	DecisionNotUseful = "not_useful" // with a reason
)

// Reasons why an alert was not useful.
const (
	BecauseCampaign = "campaign"     // our own doing
	BecauseJoke     = "joke"         // nobody means it
	BecauseNotUs    = "not_about_us" // the query catches something else
	BecauseKnown    = "known"        // known already
	BecauseSmall    = "too_small"
	BecauseOther    = "other"
)

// Becauses are the reasons in the order in which people are asked.
var Becauses = []string{BecauseCampaign, BecauseJoke, BecauseNotUs, BecauseKnown, BecauseSmall, BecauseOther}

// Alert is one situation that somebody must be told about: signals that belong together.
type Alert struct {
	ID         int64     `json:"id,string"`
	BrandID    int64     `json:"brand_id,string"`
	MonitorID  int64     `json:"monitor_id,string"`
	SourceID   int64     `json:"source_id,string"`
	State      string    `json:"state"`
	Level      Level     `json:"level"`
	Title      Text      `json:"title"`
	Signals    []Signal  `json:"signals"` // newest of each detector, strongest first
	Opened     time.Time `json:"opened"`
	Updated    time.Time `json:"updated"`
	SeenBy     string    `json:"seen_by,omitempty"`
	SeenAt     time.Time `json:"seen_at,omitzero"`
	SeenUser   int64     `json:"seen_user_id,string,omitempty"` // who SeenBy is; 0: not known, such as who reads a way with others
	Decision   string    `json:"decision,omitempty"`
	DecidedBy  string    `json:"decided_by,omitempty"`
	DecidedAt  time.Time `json:"decided_at,omitzero"`
	Why        string    `json:"why,omitempty"`          // the decider's words
	Because    string    `json:"because,omitempty"`      // of "not useful": one of Becauses
	Relapses   int       `json:"relapses,omitempty"`     // times that it began again after its end
	Apart      bool      `json:"called_apart,omitempty"` // people are called by an escalation about something else: what makes it an alert
	MutedUntil time.Time `json:"muted_until,omitzero"`
	Scenario   string    `json:"scenario,omitempty"` // of the plan, chosen with the decision "crisis"
	IncidentID int64     `json:"incident_id,string"`
	Ended      time.Time `json:"ended,omitzero"`
	Version    int       `json:"version"`
}

// Live reports whether the alert still asks for attention.
func (a *Alert) Live() bool { return a.State == AlertOpen || a.State == AlertSeen }

// See acknowledges an open alert.
func (a *Alert) See(who string, at time.Time) error {
	if a.State != AlertOpen {
		return ErrInvalidTransition
	}
	a.State, a.SeenBy, a.SeenAt = AlertSeen, who, at
	return nil
}

// Renew has the alert be looked at anew, because it got worse or began again: who acknowledged or muted it did so when it was
// something else.
func (a *Alert) Renew() {
	a.SeenBy, a.SeenUser, a.SeenAt, a.MutedUntil = "", 0, time.Time{}, time.Time{}
	if a.State == AlertSeen {
		a.State = AlertOpen
	}
}

// Monitors are the monitors whose signals belong to the alert, strongest first, each once.
func (a *Alert) Monitors() []int64 {
	return a.each(func(s *Signal) int64 { return s.MonitorID }, a.MonitorID)
}

// Sources are the sources whose trouble belongs to the alert, each once.
func (a *Alert) Sources() []int64 {
	return a.each(func(s *Signal) int64 { return s.SourceID }, a.SourceID)
}

func (a *Alert) each(id func(*Signal) int64, first int64) []int64 {
	var ids []int64
	for i := range a.Signals {
		if n := id(&a.Signals[i]); n != 0 && !slices.Contains(ids, n) {
			ids = append(ids, n)
		}
	}
	if len(ids) == 0 && first != 0 {
		ids = []int64{first}
	}
	return ids
}

// Decision is what people say of an alert.
type Decision struct {
	Is      string // routine, watch, crisis or not_useful
	Because string // of "not useful": one of Becauses; empty with a Why is "other"
	Why     string // in their words
	// Scenario of the plan that a crisis starts on; empty: none.
	Scenario string
}

// Decide records the first decision. "Not useful" needs a reason; an ended alert takes no decision.
func (a *Alert) Decide(d Decision, who string, at time.Time) error {
	because, why := d.Because, d.Why
	switch d.Is {
	case DecisionRoutine, DecisionWatch, DecisionCrisis:
	case DecisionNotUseful:
		switch {
		case because == "" && why != "":
			because = BecauseOther
		case because == "", because == BecauseOther && why == "":
			return Wrong("why", "Say why this alert was not useful, so that the desk can learn from it.")
		case !slices.Contains(Becauses, because):
			return Wrong("because", "Choose one of the reasons.")
		}
	default:
		return Wrong("decision", "Choose routine, watch, crisis or not useful.")
	}
	if !a.Live() && !(a.State == AlertDecided && a.Decision == DecisionWatch) {
		return ErrInvalidTransition
	}
	if a.SeenBy == "" {
		a.SeenBy, a.SeenAt = who, at
	}
	if d.Is != DecisionNotUseful {
		because = ""
	}
	if d.Is == DecisionCrisis {
		a.Scenario = d.Scenario
	}
	a.State, a.Decision, a.DecidedBy, a.DecidedAt, a.Why, a.Because = AlertDecided, d.Is, who, at, why, because
	return nil
}
