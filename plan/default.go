package plan

import (
	"breakwater/desk"
	"breakwater/internal/say"
)

// Roles of the default plan, after the usual crisis team.
const (
	CrisisLead   = "Crisis lead"
	CommsLead    = "Communications lead"
	SocialLead   = "Social media lead"
	Spokesperson = "Spokesperson"
	Legal        = "Legal"
	Care         = "Customer care"
	Staff        = "Staff and internal communication"
	Executive    = "Executive"
	Scribe       = "Scribe"
)

// defaultRoles are who does what. One person may have several; every role wants a deputy.
var defaultRoles = []desk.PlanRole{
	{Name: CrisisLead, Duties: []string{"Opens the room, sets the level and ends the crisis.", "Keeps everybody on the next step, and decides when opinions differ."}},
	{Name: CommsLead, Duties: []string{"Owns the facts, the key messages and every statement.", "Sees to it that what was promised in public is kept."}},
	{Name: SocialLead, Duties: []string{"Stops what is scheduled, publishes, and reads back what is live.", "Answers where it started, and watches how the mood moves."}},
	{Name: Spokesperson, Duties: []string{"Is the face and the voice: interviews, video, press.", "Says what is confirmed, and nothing else."}},
	{Name: Legal, Duties: []string{"Says within minutes what a text admits or promises.", "Knows who has to be told by law, and by when."}},
	{Name: Care, Duties: []string{"Answers people one by one, and tells the room what they ask most.", "Brings every case of harm to the crisis lead at once."}},
	{Name: Staff, Duties: []string{"Tells our own people first: what happened, and what they may say.", "Looks after colleagues who are attacked in public."}},
	{Name: Executive, Duties: []string{"Decides on recall, closure, refund and apology.", "Signs what is said at level 4."}},
	{Name: Scribe, Duties: []string{"Writes down facts, decisions and times.", "Sees to food, rest and handovers when it takes longer than a shift."}},
}

// defaultLevels are the five response levels. The clocks follow common practice: a first word within 15 to 60 minutes, the next
// update always at a time that was named.
var defaultLevels = []desk.LevelRule{
	{Level: desk.Normal, Name: "Normal", Signs: "Within what is usual.", Decides: Care},
	{Level: desk.Watch, Name: "Watch", Signs: "A rise on one network, a known matter, no media.", Decides: SocialLead, Acknowledge: 60, Update: 240, Approvers: []string{CommsLead}, Within: 30},
	{Level: desk.Issue, Name: "Issue", Signs: "Three times what is usual for a while, a key voice, or two networks.", Decides: CommsLead, Acknowledge: 30, Update: 120, Approvers: []string{CommsLead}, Within: 15},
	{Level: desk.Crisis, Name: "Crisis", Signs: "Twice the usual share of negative, three networks, media, or a call for a boycott.", Decides: CrisisLead, Acknowledge: 15, Update: 60, Approvers: []string{CrisisLead, Legal}, Within: 10},
	{Level: desk.Severe, Name: "Severe", Signs: "Safety, death, crime, a regulator, or national media.", Decides: Executive, Acknowledge: 15, Update: 30, Approvers: []string{CrisisLead, Legal, Executive}, Within: 10},
}

// defaultTasks are what the first hours ask of every team. The order and the clocks follow common practice: acknowledge within a
// quarter of an hour, first public words within half of one, the full statement within 90 minutes, those harmed before everybody
// else.
var defaultTasks = []desk.PlanTask{
	{ID: "harm", From: desk.Watch, After: 2, Role: CrisisLead, Do: "Ask first: is anybody in danger? If so, tell them what to do now, before anything else."},
	{ID: "stop", From: desk.Crisis, After: 3, Role: SocialLead, Do: "Stop everything that is scheduled, on every channel and in every other tool."},
	{ID: "facts", From: desk.Watch, After: 10, Role: CommsLead, Do: "Write down what is known, what is not known, and who is finding out."},
	{ID: "origin", From: desk.Watch, After: 10, Role: SocialLead, Do: "Keep the post that started it: link, picture, time, author."},
	{ID: "acknowledge", From: desk.Watch, After: 15, Role: SocialLead, Do: "Acknowledge where it started: we have seen it, we are looking into it, the next word comes at this time."},
	{ID: "team", From: desk.Issue, After: 15, Role: CrisisLead, Do: "Get the team into this room: communication, legal, customer care, and somebody who may decide."},
	{ID: "level", From: desk.Watch, After: 20, Role: CrisisLead, Do: "Check the level against the signs, and say why it is what it is."},
	{ID: "holding", From: desk.Issue, After: 30, Role: CommsLead, Do: "Publish a holding statement: what happened, what we do, when we speak again. No guesses, no blame."},
	{ID: "staff", From: desk.Crisis, After: 30, Role: Staff, Do: "Tell our own people what happened, what they may say, and where to send questions."},
	{ID: "care", From: desk.Issue, After: 30, Role: Care, Do: "Agree how people who write are answered, one by one, in their own words."},
	{ID: "regulator", From: desk.Crisis, After: 45, Role: Legal, Do: "Check who has to be told by law, and by when."},
	{ID: "decide", From: desk.Severe, After: 45, Role: Executive, Do: "Decide on the measure that puts it right: recall, closure, refund, apology."},
	{ID: "statement", From: desk.Crisis, After: 90, Role: CommsLead, Do: "Publish the full statement: what went wrong, what we do for those affected, what changes."},
	{ID: "mood", From: desk.Watch, After: 120, Role: SocialLead, Do: "Look whether the mood has turned, network by network, and say so here."},
	{ID: "rest", From: desk.Crisis, After: 240, Role: Scribe, Do: "Plan the shifts: who sleeps, who takes over, what they must know. Order food."},
}

// defaultDuties say for each activity who does it (responsible), who answers for it (accountable), who is asked and who is told.
var defaultDuties = []desk.RACI{
	{Activity: "Open the room and set the level", Accountable: CrisisLead, Responsible: []string{CommsLead}, Consulted: []string{SocialLead, Executive}, Informed: []string{Legal, Spokesperson, Care, Staff, Scribe}},
	{Activity: "Stop all posts", Accountable: CrisisLead, Responsible: []string{CommsLead, SocialLead}, Informed: []string{Legal, Spokesperson, Care, Staff, Executive, Scribe}},
	{Activity: "Keep the facts", Accountable: CrisisLead, Responsible: []string{Scribe}, Consulted: []string{CommsLead, SocialLead, Legal, Care, Staff}, Informed: []string{Spokesperson, Executive}},
	{Activity: "Holding statement", Accountable: CrisisLead, Responsible: []string{CommsLead}, Consulted: []string{SocialLead, Legal, Spokesperson}, Informed: []string{Care, Staff, Executive, Scribe}},
	{Activity: "Full statement or apology", Accountable: CrisisLead, Responsible: []string{CommsLead}, Consulted: []string{SocialLead, Legal, Spokesperson, Executive}, Informed: []string{Care, Staff, Scribe}},
	{Activity: "Answers to people who write", Accountable: CommsLead, Responsible: []string{SocialLead, Care}, Consulted: []string{Legal}, Informed: []string{CrisisLead, Spokesperson, Staff, Executive, Scribe}},
	{Activity: "Word to our own people", Accountable: Staff, Responsible: []string{Staff}, Consulted: []string{CrisisLead, CommsLead}, Informed: []string{SocialLead, Legal, Spokesperson, Care, Executive, Scribe}},
	{Activity: "Notice to a regulator", Accountable: Legal, Responsible: []string{Legal}, Consulted: []string{CrisisLead}, Informed: []string{CommsLead, Executive, Scribe}},
	{Activity: "Public crisis page", Accountable: CommsLead, Responsible: []string{SocialLead}, Consulted: []string{Legal, Care}, Informed: []string{CrisisLead, Spokesperson, Staff, Executive, Scribe}},
	{Activity: "Close and review", Accountable: CrisisLead, Responsible: []string{CommsLead, Scribe}, Consulted: []string{SocialLead, Legal, Spokesperson, Care, Staff}, Informed: []string{Executive}},
}

// defaultChannels are told in this order, after the place where it started.
var defaultChannels = []string{"mastodon", "bluesky", "wordpress", "email", "hook", "checklist"}

// Default is the plan that comes with the program, in one of the languages that the desk speaks: complete but for names. Its
// library is written in all of them.
func Default(lang string) desk.Plan {
	if !say.Known(lang) {
		lang = "en"
	}
	p := desk.Plan{Edition: 0, Name: "Crisis communication plan", Lang: lang, Levels: defaultLevels, Roles: defaultRoles, Tasks: defaultTasks,
		Scenarios: defaultScenarios, Duties: defaultDuties, Channels: defaultChannels, Library: defaultLibrary()}
	speak := say.For(lang, "")
	p.Name = speak.T(p.Name)
	return reworded(p, func(sentence string) string { return speak.T(sentence) })
}

// reworded is a copy of the plan with every sentence and name put into other words; ids, kinds and the library's texts stay.
func reworded(p desk.Plan, in func(string) string) desk.Plan {
	each := func(all []string) (out []string) {
		for _, s := range all {
			out = append(out, in(s))
		}
		return out
	}
	tasks := func(all []desk.PlanTask) (out []desk.PlanTask) {
		for _, t := range all {
			t.Do, t.Role = in(t.Do), in(t.Role)
			out = append(out, t)
		}
		return out
	}
	q := p
	q.Levels, q.Roles, q.Scenarios, q.Duties, q.Library = nil, nil, nil, nil, nil
	for _, l := range p.Levels {
		l.Name, l.Signs, l.Decides, l.Approvers = in(l.Name), in(l.Signs), in(l.Decides), each(l.Approvers)
		q.Levels = append(q.Levels, l)
	}
	for _, r := range p.Roles {
		r.Name, r.Duties = in(r.Name), each(r.Duties)
		q.Roles = append(q.Roles, r)
	}
	q.Tasks = tasks(p.Tasks)
	for _, s := range p.Scenarios {
		s.Name, s.Signs, s.Advice, s.Tasks = in(s.Name), each(s.Signs), in(s.Advice), tasks(s.Tasks)
		q.Scenarios = append(q.Scenarios, s)
	}
	for _, d := range p.Duties {
		d.Activity, d.Accountable = in(d.Activity), in(d.Accountable)
		d.Responsible, d.Consulted, d.Informed = each(d.Responsible), each(d.Consulted), each(d.Informed)
		q.Duties = append(q.Duties, d)
	}
	for _, m := range p.Library {
		m.Name = in(m.Name)
		q.Library = append(q.Library, m)
	}
	return q
}
