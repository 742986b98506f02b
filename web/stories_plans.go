package web

import (
	"time"

	"breakwater/desk"
	"breakwater/plan"
)

func planStories() []story {
	return []story{
		{"plans/plan", "default", func(t teller) page {
			p := newPlansPage(plan.Default(t.speak.Tag()), t.users(), "")
			p.Frame, p.Current = t.frame(desk.Lead), true
			return p
		}},
		{"plans/plan", "many", func(t teller) page {
			one := t.plan()
			p := newPlansPage(one, t.users(), "")
			p.Frame, p.Current, p.Draft, p.Editions = t.frame(desk.Lead), true, &desk.Plan{ID: 9}, []desk.Plan{{ID: 9, Edition: 4, By: t.person(1)}, one}
			p.Editions[1].Note = long()
			return p
		}},
		{"plans/plan", "viewer", func(t teller) page {
			p := newPlansPage(t.plan(), t.users(), "")
			p.Frame = t.frame(desk.Viewer)
			return p
		}},
		{"plans/plan", "wrong", func(t teller) page {
			p := newPlansPage(plan.Default(t.speak.Tag()), t.users(), "")
			p.Frame, p.Current = t.frame(desk.Lead), true
			p.Problems = []*desk.Invalid{desk.Wrong("file", "Line {line}, {field}: {reason}", "line", 7, "field", "scenarios[0].level", "reason", desk.Say("A whole number belongs here."))}
			return p
		}},
		{"plans/compare", "many", func(t teller) page {
			was, now := plan.Default(t.speak.Tag()), t.plan()
			now.Roles[1].Duties[0], now.Levels[2].Update = long(), 90
			now.Scenarios, now.Tasks[0].Do = now.Scenarios[1:], "<b>"
			p := &comparePage{Frame: t.frame(desk.Viewer), Was: was, Now: now, Editions: editionChoices([]desk.Plan{now})}
			p.Differences = plan.Compare(&was, &now, func(id int64) string { return t.person(int(id)) })[:12]
			return p
		}},
		{"plans/compare", "empty", func(t teller) page {
			return &comparePage{Frame: t.frame(desk.Viewer), Was: t.plan(), Now: t.plan(), Editions: editionChoices(nil)}
		}},
		{"plans/draft", "new", func(t teller) page {
			one := plan.Default(t.speak.Tag())
			one.ID, one.Edition = 9, 1
			p := newDraftPage(one, 0, 1)
			p.Frame = t.frame(desk.Admin)
			return p
		}},
		{"plans/draft", "wrong", func(t teller) page {
			one := t.plan()
			one.Published, one.Roles = time.Time{}, one.Roles[1:]
			p := newDraftPage(one, 3, 4)
			p.Frame = t.frame(desk.Lead)
			p.Note = long()
			return p
		}},
		{"plans/names", "new", func(t teller) page {
			one := plan.Default(t.speak.Tag())
			p := newNamesPage(one, t.users()[:1], 1)
			p.Frame = t.frame(desk.Admin)
			p.Guide = newGuide(newDesk())
			return p
		}},
		{"plans/names", "many", func(t teller) page {
			one := t.plan()
			one.Published, one.Roles[1].Name, one.Roles[1].Duties[0] = time.Time{}, long(), long()
			p := newNamesPage(one, t.users(), 1)
			p.Frame, p.Waits = t.frame(desk.Lead), "/plans/compare?was=1&now=3"
			return p
		}},
		{"people/several", "new", func(t teller) page {
			p := newColleaguesPage()
			p.Frame = t.frame(desk.Admin)
			return p
		}},
		{"people/several", "wrong", func(t teller) page {
			p := newColleaguesPage(colleague{Name: long(), Email: "x", Role: "lead", Wrong: desk.Say("This is not an e-mail address.")})
			p.Frame, p.Made = t.frame(desk.Admin), []colleague{{Name: t.person(1), Email: "omar@example.org", Password: "iyqk-mhtt-3i67-mium"}, {Name: long(), Email: "very.long.address.of.a.person@example.org", Password: "a2mq-5waf-mxjl-ukcs"}}
			p.Guide = newGuide(newDesk())
			return p
		}},
		{"plans/ready", "empty", func(t teller) page {
			p := newReadyPage(newDesk())
			p.Frame = t.frame(desk.Lead)
			return p
		}},
		{"plans/ready", "many", func(t teller) page {
			p := newReadyPage([]plan.Need{
				{Name: "plan", State: plan.Good, Say: desk.Say("Edition {edition} is in force.", "edition", 3), Path: "/plans"},
				{Name: "roles", State: plan.Bad, Say: desk.Say("{n} roles of the plan have nobody who can take them.", "n", 3), Path: "/plans#roles"},
				{Name: "deputies", State: plan.Soon, Say: desk.Say("{n} roles have no deputy.", "n", 1), Path: "/plans#roles"},
				{Name: "contacts", State: plan.Soon, Say: desk.Say("{n} ways of alerting were never tried.", "n", 2), Path: "/people#ways"},
				{Name: "drill", State: plan.Good, Say: desk.Say("The last rehearsal was on {date}.", "date", storyNow().AddDate(0, -1, 0)), Path: "/help#rehearse"},
				{Name: "policies", State: plan.Soon, Say: desk.Say("{policy} should have been looked through by now.", "policy", long()), Path: "/policies"},
			})
			p.Frame = t.frame(desk.Lead)
			return p
		}},
		{"plans/policies", "empty", func(t teller) page { return &policiesPage{Frame: t.frame(desk.Lead), Starters: startersBeside(nil)} }},
		{"plans/policies", "many", func(t teller) page {
			p := &policiesPage{Frame: t.frame(desk.Lead), Pager: pagerView{Next: "/policies?before=2"}}
			for i, kind := range desk.PolicyKinds {
				one := t.policy()
				one.ID, one.Kind = int64(i+1), kind
				p.Policies = append(p.Policies, newPolicyRow(one, t.readers(), int64(i%3+1)))
			}
			p.Policies[1].Name, p.Policies[2].Retired = long(), true
			p.Starters = startersBeside(p.Policies)
			return p
		}},
		{"plans/policy", "unread", func(t teller) page {
			p := newPolicyPage(t.policy(), t.readers(), 1)
			p.Frame = t.frame(desk.Viewer)
			return p
		}},
		{"plans/policy", "many", func(t teller) page {
			one := t.policy()
			one.Editions[0].Text = t.hostile().Text + "\n\n" + long()
			p := newPolicyPage(one, t.readers(), 3)
			p.Frame = t.frame(desk.Lead)
			return p
		}},
		{"plans/policy", "wrong", func(t teller) page {
			p := newPolicyPage(desk.Policy{Kind: "social"}, nil, 0)
			p.Frame, p.Text = t.frame(desk.Lead), starters[0].words(t.speak)
			p.Problems = []*desk.Invalid{desk.Wrong("name", "Give a name of at most {n} characters.", "n", 160)}
			return p
		}},
		{"plans/committee", "empty", func(t teller) page {
			p := newCommitteePage(nil, nil, "https://desk.example.org/committee/feed/ABCDEFGHIJKLMNOP.ics", desk.Meeting{Minutes: 45, Repeat: "quarter"}, time.UTC)
			p.Frame = t.frame(desk.Lead)
			return p
		}},
		{"plans/committee", "many", func(t teller) page {
			m := desk.Meeting{ID: 4, Name: t.pick("ועדת משבר", "危機小組", "Crisis committee"), At: storyNow(), Minutes: 45, Repeat: "month", Place: long(), Agenda: t.said(1), Version: 2}
			var dates []plan.Date
			for i := range 5 {
				dates = append(dates, plan.Date{Meeting: m, Begins: m.At.AddDate(0, i, 0)})
			}
			p := newCommitteePage([]desk.Meeting{m}, dates, "https://desk.example.org/committee/feed/ABCDEFGHIJKLMNOP.ics", m, time.UTC)
			p.Frame = t.frame(desk.Lead)
			return p
		}},
		{"plans/part", "roles", func(t teller) page { return t.part("roles") }},
		{"plans/part", "levels", func(t teller) page { return t.part("levels") }},
		{"plans/part", "tasks", func(t teller) page { return t.part("tasks") }},
		{"plans/part", "duties", func(t teller) page { return t.part("duties") }},
		{"plans/part", "channels", func(t teller) page { return t.part("channels") }},
		{"plans/part", "basics", func(t teller) page { return t.part("basics") }},
		{"plans/part", "full", func(t teller) page { return t.part("scenario-product-harm") }},
		{"plans/part", "message", func(t teller) page { return t.part("message-holding") }},
		{"plans/part", "wrong", func(t teller) page {
			p := t.part("scenario-new")
			p.Problems = []*desk.Invalid{desk.Wrong("name", "Give the scenario a name.")}
			return p
		}},
	}
}

// newDesk is what a desk with one source and nothing else is missing.
func newDesk() []plan.Need {
	return []plan.Need{
		{Name: "sources", State: plan.Good, Say: desk.Say("All {n} sources listen well", "n", 1), Path: "/sources"},
		{Name: "team", State: plan.Bad, Say: desk.Say("Only one person has an account here, so nobody can stand in."), Path: "/people/several"},
		{Name: "plan", State: plan.Bad, Say: desk.Say("You run by the plan that comes with the program: nobody's name stands in it."), Path: "/plans/names"},
		{Name: "contacts", State: plan.Bad, Say: desk.Say("Nobody is told when an alert opens."), Path: "/ways/new"},
		{Name: "channels", State: plan.Bad, Say: desk.Say("There is no channel to publish to."), Path: "/channels/new"},
		{Name: "drill", State: plan.Soon, Say: desk.Say("No crisis was ever rehearsed."), Path: "/help#rehearse"},
	}
}

// users are the team.
func (t teller) users() (all []desk.User) {
	for i := range 3 {
		all = append(all, desk.User{ID: int64(i + 1), Name: t.person(i)})
	}
	return all
}

// plan is a published one with most seats filled.
func (t teller) plan() desk.Plan {
	p := plan.Default(t.speak.Tag())
	p.ID, p.BrandID, p.Edition, p.By, p.Published, p.Review = 3, 1, 3, t.person(0), storyNow().AddDate(0, -2, 0), storyNow().AddDate(0, 4, 0)
	for i := range p.Roles[:6] {
		p.Roles[i].UserID, p.Roles[i].DeputyID = int64(i%3+1), int64((i+1)%3+1)
	}
	p.Roles[6].Person = "ana@example.org"
	p.Scenarios[0].Monitors = []string{t.brand(), long()}
	p.Scenarios[1].Name = long()
	return p
}

func (t teller) part(name string) *partPage {
	one := t.plan()
	one.Published = time.Time{}
	p, _ := newPartPage(one, name, t.users(), []desk.Monitor{{Name: t.brand()}})
	p.Frame = t.frame(desk.Lead)
	return p
}

// policy is one with two editions.
func (t teller) policy() desk.Policy {
	words := starters[0].words(t.speak)
	return desk.Policy{ID: 5, BrandID: 1, Kind: "social", Name: t.speak.T("Social media policy"), Review: storyNow().AddDate(1, 0, 0), Version: 3, Editions: []desk.PolicyEdition{
		{Edition: 2, Text: words, Note: t.said(2), By: t.person(0), At: storyNow().AddDate(0, -1, 0)}, {Edition: 1, Text: words, By: t.person(1), At: storyNow().AddDate(-1, 0, 0)},
	}}
}

// readers are two who have not read yet and one who has.
func (t teller) readers() []plan.Reader {
	return []plan.Reader{{UserID: 1, Name: t.person(0)}, {UserID: 2, Name: t.person(1), Before: 1}, {UserID: 3, Name: t.person(2), At: storyNow()}}
}
