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
