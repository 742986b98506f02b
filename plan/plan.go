// Package plan turns prepared steps into the steps of an incident, with owners and clocks.
package plan

import (
	"time"

	"breakwater/desk"
)

// Roles of the default plan, after the usual crisis team: English names, translated on the page.
const (
	CrisisLead = "Crisis lead"
	CommsLead  = "Communications lead"
	SocialLead = "Social media lead"
	Legal      = "Legal"
	Care       = "Customer care"
	Staff      = "Staff and internal communication"
	Executive  = "Executive"
)

// prepared is a step of the default plan.
type prepared struct {
	id    string
	from  desk.Level    // from this level up
	after time.Duration // since the incident was declared
	role  string
	do    string
}

// firstHour is what the first hour asks of a team that has no plan of its own. The order and the clocks follow common
// practice: acknowledge within a quarter of an hour, first public words within half of one, the full statement within 90
// minutes, those harmed before everybody else.
var firstHour = []prepared{
	{"harm", desk.Watch, 2 * time.Minute, CrisisLead, "Ask first: is anybody in danger? If so, tell them what to do now, before anything else."},
	{"stop", desk.Crisis, 3 * time.Minute, SocialLead, "Stop everything that is scheduled, on every channel and in every other tool."},
	{"facts", desk.Watch, 10 * time.Minute, CommsLead, "Write down what is known, what is not known, and who is finding out."},
	{"origin", desk.Watch, 10 * time.Minute, SocialLead, "Keep the post that started it: link, picture, time, author."},
	{"acknowledge", desk.Watch, 15 * time.Minute, SocialLead, "Acknowledge where it started: we have seen it, we are looking into it, the next word comes at this time."},
	{"team", desk.Issue, 15 * time.Minute, CrisisLead, "Get the team into this room: communication, legal, customer care, and somebody who may decide."},
	{"level", desk.Watch, 20 * time.Minute, CrisisLead, "Check the level against the signs, and say why it is what it is."},
	{"holding", desk.Issue, 30 * time.Minute, CommsLead, "Publish a holding statement: what happened, what we do, when we speak again. No guesses, no blame."},
	{"staff", desk.Crisis, 30 * time.Minute, Staff, "Tell our own people what happened, what they may say, and where to send questions."},
	{"care", desk.Issue, 30 * time.Minute, Care, "Agree how people who write are answered, one by one, in their own words."},
	{"regulator", desk.Crisis, 45 * time.Minute, Legal, "Check who has to be told by law, and by when."},
	{"decide", desk.Severe, 45 * time.Minute, Executive, "Decide on the measure that puts it right: recall, closure, refund, apology."},
	{"statement", desk.Crisis, 90 * time.Minute, CommsLead, "Publish the full statement: what went wrong, what we do for those affected, what changes."},
	{"mood", desk.Watch, 2 * time.Hour, SocialLead, "Look whether the mood has turned, network by network, and say so here."},
}

// FirstHour gives the steps for an incident of the level, declared at. A level of 0 has none.
func FirstHour(level desk.Level, declared time.Time) []desk.Step {
	var steps []desk.Step
	for _, p := range firstHour {
		if level < desk.Watch || level < p.from {
			continue
		}
		steps = append(steps, desk.Step{ID: p.id, Do: desk.Say(p.do), Role: p.role, Due: declared.Add(p.after)})
	}
	return steps
}

// Raise gives the incident the steps that its level asks for and that it does not have yet; nothing done is lost.
func Raise(i *desk.Incident, now time.Time) {
	have := make(map[string]bool, len(i.Steps))
	for _, s := range i.Steps {
		have[s.ID] = true
	}
	for _, s := range FirstHour(i.Level, now) {
		if !have[s.ID] {
			i.Steps = append(i.Steps, s)
		}
	}
}
