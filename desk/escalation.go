package desk

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// What an escalation may be about: its stage.
const (
	StageAlert     = "alert"     // an alert that nobody looked at yet
	StageRoom      = "room"      // a crisis that was declared, and that its team must come to
	StageClock     = "clock"     // a promise or a signature whose time is over
	StageRehearsal = "rehearsal" // a rehearsal of everybody's ways
)

// EscalationStages are the stages that a policy may be for.
var EscalationStages = []string{StageAlert, StageRoom, StageClock}

// EscalationPolicy says who is called, one after another, until somebody takes a matter up (ALT-2).
type EscalationPolicy struct {
	ID       int64            `json:"id,string"`
	BrandID  int64            `json:"brand_id,string"` // 0 all
	Name     string           `json:"name"`
	Stage    string           `json:"stage"`     // one of EscalationStages
	MinLevel Level            `json:"min_level"` // from this level on; of several the one with the highest holds
	Steps    []EscalationStep `json:"steps"`
	Repeat   int              `json:"repeat"`     // times that it begins again when nobody took it up
	Worse    bool             `json:"only_worse"` // after an acknowledgement people are called again only when the level rises
	Version  int              `json:"version"`
}

// EscalationStep is who is called together, and how long the next step waits for them.
type EscalationStep struct {
	To    []Callee `json:"to"`
	Wait  int      `json:"wait"`            // seconds
	Each  bool     `json:"each,omitempty"`  // everyone called must acknowledge; otherwise the first is enough
	Days  []int    `json:"days,omitempty"`  // only on these days, 0 Sunday … 6; empty: every day
	From  string   `json:"from,omitempty"`  // only from this time of the brand's clock …
	Until string   `json:"until,omitempty"` // … until this one, the day after when it is earlier
}

// Whom a step may call.
const (
	CalleeOnCall    = "oncall"    // who is on call by the schedule ID; 0: by every schedule of the brand
	CalleePerson    = "person"    // the person ID
	CalleeRole      = "role"      // who has the role Name in the brand's plan; nobody has it: the leads
	CalleeDeputy    = "deputy"    // the deputy of that role
	CalleeLeads     = "leads"     // everybody who may open a room
	CalleeEverybody = "everybody" // everybody who may acknowledge
)

// CalleeKinds are the kinds of callees in the order in which people choose.
var CalleeKinds = []string{CalleeOnCall, CalleePerson, CalleeRole, CalleeDeputy, CalleeLeads, CalleeEverybody}

// Callee is whom a step calls.
type Callee struct {
	Kind string `json:"kind"`
	ID   int64  `json:"id,string,omitempty"`
	Name string `json:"name,omitempty"`
}

const (
	maxEscalation = 20
	maxCallees    = 20
	maxRepeat     = 20
	maxWait       = 24 * 60 * 60 // seconds
)

// Check tidies the policy and answers an *Invalid for what is wrong with it.
func (p *EscalationPolicy) Check() error {
	p.Name = strings.TrimSpace(p.Name)
	switch {
	case p.Name == "" || len(p.Name) > 200:
		return Wrong("name", "Give the policy a name.")
	case !slices.Contains(EscalationStages, p.Stage):
		return Wrong("stage", "Choose what the policy is for.")
	case p.MinLevel < Normal || p.MinLevel > Severe:
		return Wrong("min_level", "Choose a level from 0 to 4.")
	case p.Repeat < 0 || p.Repeat > maxRepeat:
		return Wrong("repeat", "It begins again at most {n} times.", "n", maxRepeat)
	case len(p.Steps) == 0 || len(p.Steps) > maxEscalation:
		return Wrong("steps", "Give from one to {n} steps.", "n", maxEscalation)
	}
	for i := range p.Steps {
		if err := p.Steps[i].check(); err != nil {
			return err
		}
	}
	return nil
}

func (s *EscalationStep) check() error {
	switch {
	case len(s.To) == 0 || len(s.To) > maxCallees:
		return Wrong("steps", "Choose who is called in each step.")
	case s.Wait < 1 || s.Wait > maxWait:
		return Wrong("steps", "A step waits from one second to one day.")
	case (s.From == "") != (s.Until == "") || s.From != "" && (!clockShape(s.From) || !clockShape(s.Until) || s.From == s.Until):
		return Wrong("steps", "Give both a beginning and an end of the hours, such as 18:00 and 08:00, or neither.")
	case slices.ContainsFunc(s.Days, func(d int) bool { return d < 0 || d > 6 }):
		return Wrong("steps", "Choose days of the week.")
	}
	for _, c := range s.To {
		switch {
		case !slices.Contains(CalleeKinds, c.Kind):
			return Wrong("steps", "Choose who is called in each step.")
		case c.Kind == CalleePerson && c.ID == 0:
			return Wrong("steps", "Choose the person who is called.")
		case (c.Kind == CalleeRole || c.Kind == CalleeDeputy) && c.Name == "":
			return Wrong("steps", "Choose the role that is called.")
		}
	}
	return nil
}

// Opens is when the step calls next, after a moment of the brand's clock at which it does not. Zero: within a week it never does.
func (s *EscalationStep) Opens(local time.Time) time.Time {
	hour, minute := 0, 0
	if s.From != "" {
		from, _ := time.Parse("15:04", s.From) // checked when it was saved
		hour, minute = from.Hour(), from.Minute()
	}
	for day := range 9 {
		at := time.Date(local.Year(), local.Month(), local.Day()+day, hour, minute, 0, 0, local.Location())
		for range 2 { // in spring a clock may pass over the hour itself
			if at.After(local) && s.On(at) {
				return at
			}
			at = at.Add(time.Hour)
		}
	}
	return time.Time{}
}

// On reports whether the step calls at a moment of the brand's clock. Hours over midnight belong to the day on which they begin.
func (s *EscalationStep) On(local time.Time) bool {
	day := int(local.Weekday())
	if s.From != "" {
		now := local.Format("15:04")
		over := s.Until < s.From
		switch {
		case !over && (now < s.From || now >= s.Until), over && now >= s.Until && now < s.From:
			return false
		case over && now < s.Until:
			day = (day + 6) % 7
		}
	}
	return len(s.Days) == 0 || slices.Contains(s.Days, day)
}

// onCallFirst is the name of what comes with the desk; screens translate it.
var onCallFirst = Say("On call, then the lead, then everybody")

// DefaultEscalation is what holds where a desk has said nothing: who is on call, then those who lead, then everybody.
func DefaultEscalation(stage string) EscalationPolicy {
	lead := "Communications lead"
	p := EscalationPolicy{Name: onCallFirst.Say, Stage: stage, MinLevel: Watch, Repeat: 2, Worse: true, Steps: []EscalationStep{
		{To: []Callee{{Kind: CalleeOnCall}}, Wait: 5 * 60},
		{To: []Callee{{Kind: CalleeRole, Name: lead}, {Kind: CalleeDeputy, Name: lead}}, Wait: 5 * 60},
		{To: []Callee{{Kind: CalleeEverybody}}, Wait: 10 * 60},
	}}
	if stage == StageRoom {
		p.Steps[0].To = append(p.Steps[0].To, p.Steps[1].To...)
		p.Steps = []EscalationStep{p.Steps[0], p.Steps[2]}
	}
	return p
}

// States of an escalation.
const (
	EscalationRunning = "running"
	EscalationTaken   = "taken" // somebody acknowledged, or each who had to
	EscalationSpent   = "spent" // everybody was called as often as the policy says, and nobody took it up
	EscalationOver    = "over"  // what it was about is over
	EscalationMuted   = "muted" // nobody is called until its time; then it goes on
)

// Matter is what somebody must take up.
type Matter struct {
	About   string `json:"about"` // "alert:12": one escalation about each
	Stage   string `json:"stage"`
	BrandID int64  `json:"brand_id,string"`
	Level   Level  `json:"level"`
	Title   Text   `json:"title"`
	Path    string `json:"path"`            // of the page in the console: /alerts/12
	Again   int    `json:"again,omitempty"` // times that it began again after it was over
}

// BeginKind is the kind of the jobs that begin escalations.
const BeginKind = "oncall.begin"

// Job is what begins an escalation: put into Out.Jobs by whoever decides that somebody must take the matter up, so that both
// happen or neither. A matter that is told again begins anew only when it got worse.
func (m Matter) Job() Job {
	payload, _ := json.Marshal(m) // strings and numbers
	return Job{Kind: BeginKind, Key: fmt.Sprintf("%s/%d/%d", m.About, m.Level, m.Again), Payload: string(payload)}
}

// Escalation is a matter on its way to somebody who takes it up. Its timer is a job; Turn counts the timers that it had, so that
// none of them is ever worked twice.
type Escalation struct {
	ID int64 `json:"id,string"`
	Matter
	State  string           `json:"state"`
	Policy EscalationPolicy `json:"policy"` // as it was at the start
	Turn   int              `json:"turn"`
	Next   int              `json:"next"`  // step of the policy that comes next
	Round  int              `json:"round"` // times that it began again
	Due    time.Time        `json:"due,omitzero"`
	Began  time.Time        `json:"began"`
	Ended  time.Time        `json:"ended,omitzero"`
	Mute   time.Time        `json:"muted_until,omitzero"`
	Called []Called         `json:"called"` // whom, oldest first
	Acks   []Ack            `json:"acks"`
	Spent  []SpentLink      `json:"spent_links,omitempty"` // newest last
	// Fresh are the calls that this change makes: kept in the same transaction.
	Fresh   []Call `json:"-"`
	Version int    `json:"version"`
}

// Called is a person who was called.
type Called struct {
	UserID int64     `json:"user_id,string"`
	Step   int       `json:"step"` // of the policy, from 0
	Round  int       `json:"round,omitempty"`
	At     time.Time `json:"at"`
	Each   bool      `json:"each,omitempty"` // has to acknowledge
}

// Ack is somebody who took it up.
type Ack struct {
	UserID int64     `json:"user_id,string"` // 0: by a way that several read
	Name   string    `json:"name"`
	At     time.Time `json:"at"`
	How    string    `json:"how"` // console, link, or the kind of the way: slack, telegram, voice, sms
}

// SpentLink is a link of a message by which somebody did something: it does nothing more, and shows what it did.
type SpentLink struct {
	Seal string    `json:"seal"` // of the link; it opens nothing
	Did  string    `json:"did"`  // AnswerTake, AnswerMute
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}

// mostSpent is how many spent links an escalation remembers.
const mostSpent = 500

// Spend remembers what a link did.
func (e *Escalation) Spend(l SpentLink) {
	e.Spent = append(e.Spent, l)
	e.Spent = e.Spent[max(len(e.Spent)-mostSpent, 0):]
}

// SpentBy is what the link of a seal did; zero: nothing yet.
func (e *Escalation) SpentBy(seal string) (l SpentLink) {
	if i := slices.IndexFunc(e.Spent, func(l SpentLink) bool { return l.Seal == seal }); i >= 0 {
		l = e.Spent[i]
	}
	return l
}

// Acked reports whether a person acknowledged.
func (e *Escalation) Acked(user int64) bool {
	return slices.ContainsFunc(e.Acks, func(a Ack) bool { return a.UserID == user })
}

// Missing are the people who still have to acknowledge.
func (e *Escalation) Missing() (all []int64) {
	for _, c := range e.Called {
		if c.Each && !e.Acked(c.UserID) && !slices.Contains(all, c.UserID) {
			all = append(all, c.UserID)
		}
	}
	return all
}

// Take records that somebody took the matter up. The escalation ends with it, unless others have to acknowledge as well.
func (e *Escalation) Take(a Ack) {
	if a.UserID == 0 || !e.Acked(a.UserID) {
		e.Acks = append(e.Acks, a)
	}
	if e.Open() && len(e.Missing()) == 0 {
		e.Stop(EscalationTaken, a.At)
	}
}

// Stop ends it: its timer, should one be on its way, finds another Turn.
func (e *Escalation) Stop(state string, at time.Time) {
	e.State, e.Ended, e.Due = state, at, time.Time{}
	e.Turn++
}

// Live reports whether somebody is still being called.
func (e *Escalation) Live() bool { return e.State == EscalationRunning }

// Open reports whether the escalation goes on: people are called now, or will be when it is not muted any more.
func (e *Escalation) Open() bool { return e.Live() || e.State == EscalationMuted }

// Hush has nobody be called until a time. The step that it interrupts is taken again then.
func (e *Escalation) Hush(until time.Time) {
	if e.Live() && e.Next > 0 {
		e.Next--
	}
	e.State, e.Mute, e.Due = EscalationMuted, until, until
	e.Turn++
}

// Call is one person to be told of one step, until it is put into a letter.
type Call struct {
	ID           int64
	UserID       int64
	EscalationID int64
	Level        Level
	Key          string // "escalation:12/0/3/7": round, step, person; never made twice
	Made         time.Time
	Due          time.Time
}

// States of a letter.
const (
	LetterDue    = "due"
	LetterSent   = "sent"
	LetterFailed = "failed"  // refused for good
	LetterVain   = "in vain" // not needed any more when its turn came
)

// Letter is one message to one way of a person: what it names, and what became of it. Letters to one way go out in their order.
type Letter struct {
	ID          int64     `json:"id,string"`
	UserID      int64     `json:"user_id,string"`
	WayID       int64     `json:"way_id,string"` // 0: to the address of their account, by the desk's own mail
	Level       Level     `json:"level"`         // the highest
	Escalations IDs       `json:"escalations"`
	Calls       []string  `json:"calls"` // keys of the calls that it answers
	State       string    `json:"state"`
	Asked       time.Time `json:"asked"` // when the first of its calls was made
	Made        time.Time `json:"made"`  // when it was written
	Sent        time.Time `json:"sent,omitzero"`
	Tries       int       `json:"tries,omitempty"`
	Problem     string    `json:"problem,omitempty"`
	Receipt     string    `json:"receipt,omitempty"`
	Version     int       `json:"version"`
}

// Reach is how a person wants to be called.
type Reach struct {
	ID      int64  `json:"id,string"`
	UserID  int64  `json:"user_id,string"`
	Zone    string `json:"zone"`
	From    string `json:"quiet_from,omitempty"`  // quiet hours from this time …
	Until   string `json:"quiet_until,omitempty"` // … until this one, the day after when it is earlier; empty both: none
	Through Level  `json:"through"`               // from this level on, quiet hours do not count
	Cap     int    `json:"cap"`                   // messages an hour on each way; Uncapped: as many as there are
	Version int    `json:"version"`
}

// Uncapped is the Cap of who wants every message by itself.
const Uncapped = -1

// DefaultReach is how people are called who have said nothing.
func DefaultReach(user int64) Reach {
	return Reach{UserID: user, Zone: "UTC", Through: Issue, Cap: MessagesAnHour}
}

// Check answers an *Invalid for what is wrong with it.
func (r *Reach) Check() error {
	_, err := time.LoadLocation(r.Zone)
	switch {
	case err != nil || r.Zone == "" || r.Zone == "Local":
		return Wrong("zone", "Choose a time zone by its name, such as Europe/Warsaw.")
	case (r.From == "") != (r.Until == "") || r.From != "" && (!clockShape(r.From) || !clockShape(r.Until) || r.From == r.Until):
		return Wrong("quiet_from", "Give both a beginning and an end of the hours, such as 18:00 and 08:00, or neither.")
	case r.Through < Normal || r.Through > Severe:
		return Wrong("through", "Choose a level from 0 to 4.")
	case r.Cap != Uncapped && (r.Cap < 1 || r.Cap > 1000):
		return Wrong("cap", "Choose how many messages an hour you want at most.")
	}
	return nil
}
