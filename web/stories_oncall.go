package web

import (
	"slices"
	"time"

	"breakwater/desk"
	"breakwater/oncall"
)

func oncallStories() []story {
	return []story{
		{"oncall/oncall", "empty", func(t teller) page {
			return &oncallPage{Frame: t.frame(desk.Lead), Defaults: policyViews(defaultsBeside(nil), nil)}
		}},
		{"oncall/oncall", "full", func(t teller) page {
			names, now := t.names(), storyNow()
			gappy := t.schedule()
			gappy.ID, gappy.Name, gappy.Layers = 4, long(), gappy.Layers[1:]
			own := desk.DefaultEscalation(desk.StageAlert)
			own.ID, own.Name, own.Steps[1].Each, own.Steps[1].From, own.Steps[1].Until = 2, long(), true, "08:00", "18:00"
			own.Steps[0].To = append(own.Steps[0].To, desk.Callee{Kind: desk.CalleePerson, ID: 2})
			return &oncallPage{Frame: t.frame(desk.Lead), Names: names, Schedules: []scheduleView{newScheduleView(t.schedule(), names, now), newScheduleView(gappy, names, now)},
				Policies: policyViews([]desk.EscalationPolicy{own}, names), Defaults: policyViews(defaultsBeside([]desk.EscalationPolicy{own}), names), Running: []callView{newCallView(t.escalation(), names)}}
		}},
		{"oncall/oncall", "viewer", func(t teller) page {
			return &oncallPage{Frame: t.frame(desk.Viewer), Names: t.names(), Schedules: []scheduleView{newScheduleView(t.schedule(), t.names(), storyNow())}}
		}},
		{"oncall/schedule", "full", func(t teller) page { return t.schedulePage(desk.Lead) }},
		{"oncall/schedule", "viewer", func(t teller) page { return t.schedulePage(desk.Viewer) }},
		{"oncall/schedule", "wrong", func(t teller) page {
			p := fillSchedule(desk.Schedule{Zone: "UTC"}, t.names(), storyNow())
			p.Frame, p.Owners = t.frame(desk.Lead), []choice{{"0", desk.Say("All brands")}}
			p.Layers[0].People = long()
			p.Problems = []*desk.Invalid{desk.Wrong("name", "Give the schedule a name."), desk.Wrong("layers", "Nobody here is called {name}.", "name", long()), desk.Wrong("holidays", "Write each holiday as a day and its name: 2026-12-25 Christmas.")}
			return p
		}},
		{"oncall/policy", "full", func(t teller) page {
			p := t.policyPage(desk.Lead)
			p.Problems = []*desk.Invalid{desk.Wrong("steps", "Choose who is called in each step.")}
			return p
		}},
		{"oncall/policy", "viewer", func(t teller) page { return t.policyPage(desk.Viewer) }},
		{"oncall/calls", "empty", func(t teller) page { return &callsPage{Frame: t.frame(desk.Viewer)} }},
		{"oncall/calls", "many", func(t teller) page {
			p := &callsPage{Frame: t.frame(desk.Viewer), Pager: pagerView{Next: "/oncall/calls?before=3"}}
			for i, state := range []string{desk.EscalationRunning, desk.EscalationTaken, desk.EscalationSpent, desk.EscalationOver, desk.EscalationMuted} {
				e := t.escalation()
				e.ID, e.State = int64(i+1), state
				if i == 1 {
					e.Acks, e.Title = []desk.Ack{{UserID: 1, Name: t.person(0), At: storyNow(), How: "link"}}, desk.Say("{title}", "title", long())
				}
				p.Calls = append(p.Calls, newCallView(e, t.names()))
			}
			return p
		}},
		{"oncall/call", "full", func(t teller) page { return t.callPage(desk.Responder) }},
		{"oncall/call", "taken", func(t teller) page {
			p := t.callPage(desk.Viewer)
			p.CanTake, p.Call.State, p.Call.Acks = false, desk.EscalationTaken, []desk.Ack{{UserID: 2, Name: t.person(1), At: storyNow(), How: "telegram"}}
			return p
		}},
		{"oncall/rehearsal", "never", func(t teller) page {
			return &rehearsalPage{callPage: callPage{Frame: t.frame(desk.Admin)}, Heart: t.heart(false)}
		}},
		{"oncall/rehearsal", "full", func(t teller) page {
			return &rehearsalPage{callPage: *t.callPage(desk.Admin), Any: true, Reached: 2, People: 3, Heart: t.heart(true)}
		}},
		{"oncall/link", "asks", func(t teller) page { return t.linkPage(linkPage{}) }},
		{"oncall/link", "done", func(t teller) page {
			p := t.linkPage(linkPage{Took: true})
			p.Asked.Escalation.Take(desk.Ack{UserID: 1, Name: t.person(0), At: storyNow()})
			return p
		}},
		{"oncall/link", "muted", func(t teller) page {
			return t.linkPage(linkPage{Asked: oncall.Asked{Spent: desk.SpentLink{Seal: "x", Did: desk.AnswerMute}}})
		}},
		{"oncall/link", "wrong", func(t teller) page {
			p := t.linkPage(linkPage{})
			p.Problems = []*desk.Invalid{desk.Wrong("why", "Say in a few words why this alert is muted.")}
			return p
		}},
		{"oncall/link", "spent", func(t teller) page { return t.linkPage(linkPage{Spent: true}) }},
	}
}

func (t teller) names() map[int64]string {
	return map[int64]string{1: t.person(0), 2: t.person(1), 3: t.person(2)}
}

// schedule is a rotation by the week with nights of another team above it, and an override.
func (t teller) schedule() desk.Schedule {
	now := storyNow()
	start := now.AddDate(0, 0, -40).Format(time.DateOnly)
	return desk.Schedule{ID: 3, BrandID: 1, Name: t.pick("משמרת ראשית", "主要值班", "First line"), Zone: "Europe/Stockholm", Version: 4, Layers: []desk.Layer{
		{Name: t.pick("יום", "日班", "Days"), People: []int64{1, 2, 3}, Every: desk.EveryWeek, Start: start, At: "09:00"},
		{Name: t.pick("לילה", "夜班", "Nights"), People: []int64{2, 3}, Every: desk.EveryDay, Start: start, At: "18:00", From: "18:00", To: "08:00", Days: []int{1, 2, 3, 4, 5}, Holidays: desk.HolidayRest},
	}, Overrides: []desk.Override{{Number: 1, From: now.Add(20 * time.Hour), To: now.Add(44 * time.Hour), UserID: 1, Why: t.said(2)}}, Holidays: []desk.Holiday{{Day: "2026-12-25", Name: t.pick("חג", "聖誕節", "Christmas")}}}
}

func (t teller) schedulePage(role desk.Role) *schedulePage {
	p := fillSchedule(t.schedule(), t.names(), storyNow())
	p.Frame = t.frame(role)
	p.Owners, p.People = []choice{{"0", desk.Say("All brands")}, {"1", own(t.brand())}}, []choice{{"1", own(t.person(0))}, {"2", own(t.person(1))}}
	p.Feed, p.Mine = "/calendar/oncall/aQMAAQCx2yP7vJ0nq3y0oVbHcH1M.ics", "/calendar/oncall/aQMBAQCx2yP7vJ0nq3y0oVbHcH1M.ics"
	return p
}

func (t teller) policyPage(role desk.Role) *escalationPolicyPage {
	e := desk.DefaultEscalation(desk.StageAlert)
	e.ID, e.Steps[2].Each, e.Steps[2].From, e.Steps[2].Until, e.Steps[1].Days = 2, true, "22:00", "06:00", []int{1, 3}
	p := fillPolicy(e, []choice{{"", desk.Say("Nobody else")}, {desk.CalleeOnCall, desk.Say("Who is on call")}, {desk.CalleePerson + ":1", own(t.person(0))}})
	p.Frame, p.View, p.Owners = t.frame(role), policyViews([]desk.EscalationPolicy{e}, t.names())[0], []choice{{"0", desk.Say("All brands")}}
	return p
}

// escalation is an alert that two steps were taken for.
func (t teller) escalation() desk.Escalation {
	now := storyNow()
	return desk.Escalation{ID: 9, State: desk.EscalationRunning, Began: now.Add(-7 * time.Minute), Due: now.Add(3 * time.Minute), Policy: desk.DefaultEscalation(desk.StageAlert),
		Matter: desk.Matter{About: "alert:7", Stage: desk.StageAlert, BrandID: 1, Level: desk.Crisis, Title: desk.Say("Unusually many mentions of {monitor}", "monitor", t.brand()), Path: "/alerts/7"},
		Called: []desk.Called{{UserID: 1, At: now.Add(-7 * time.Minute)}, {UserID: 2, Step: 1, At: now.Add(-2 * time.Minute)}, {UserID: 3, Step: 1, At: now.Add(-2 * time.Minute), Each: true}}}
}

func (t teller) callPage(role desk.Role) *callPage {
	e, names, now := t.escalation(), t.names(), storyNow()
	e.Acks = []desk.Ack{{UserID: 2, Name: t.person(1), At: now, How: "link"}}
	p := &callPage{Frame: t.frame(role), Call: newCallView(e, names), CanTake: role >= desk.Responder}
	for i, l := range []oncall.Told{
		{Letter: desk.Letter{UserID: 1, State: desk.LetterSent, Sent: now.Add(-7*time.Minute + 1400*time.Millisecond)}},
		{Letter: desk.Letter{UserID: 2, WayID: 1, State: desk.LetterSent, Sent: now.Add(-7*time.Minute + 300*time.Millisecond)}, Way: t.person(1)},
		{Letter: desk.Letter{UserID: 3, WayID: 2, State: desk.LetterDue, Problem: "Messages do not get through at the moment. They are tried again."}, Way: long()},
		{Letter: desk.Letter{UserID: 3, WayID: 3, State: desk.LetterFailed, Problem: "The other side refused a message. Check the settings of this way."}, Way: "SMS"},
		{Letter: desk.Letter{UserID: 1, WayID: 4, State: desk.LetterVain}, Way: "SMS"},
	} {
		l.ID, l.Asked = int64(i+1), now.Add(-7*time.Minute)
		p.Letters = append(p.Letters, newLetterView(l, e, names))
	}
	return p
}

func (t teller) linkPage(p linkPage) *linkPage {
	p.Frame = t.frame(desk.Viewer)
	p.SignedIn, p.Area, p.Link = false, "access", "token"
	p.Asked = oncall.Asked{Escalation: t.escalation(), User: desk.User{ID: 1, Name: t.person(0)}, Spent: p.Asked.Spent}
	p.Asked.Escalation.Called = slices.Clone(p.Asked.Escalation.Called[:1])
	return &p
}

// heart is a desk that is well and watched, or stuck and alone.
func (t teller) heart(well bool) heartView {
	v := heartView{Every: 60, There: well}
	for _, name := range []string{desk.PartStore, desk.PartWriter, desk.PartDetectors, desk.PartTimers, desk.PartMessages} {
		v.Parts = append(v.Parts, desk.Part{Name: name, Well: well || name != desk.PartWriter, Since: storyNow().Add(-4 * time.Minute)})
	}
	if well {
		v.URL, v.Beat = "https://hc.example.org/ping/5b1c8a0e", storyNow().Add(-20*time.Second)
	}
	return v
}
