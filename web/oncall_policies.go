package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"breakwater/desk"
)

// escalationPolicyPage shows and changes one policy.
type escalationPolicyPage struct {
	Frame
	Policy desk.EscalationPolicy
	View   policyView
	Stages []choice
	Levels []choice
	Owners []choice
	Steps  []stepForm
}

// stepForm is a step as a form shows it.
type stepForm struct {
	N, No   int // counted from 0 for the form, from 1 for people
	Step    desk.EscalationStep
	Minutes string
	To      [calleesShown]string
	Who     []choice
	Days    string
	Spans   []choice
}

// calleesShown is how many callees a step of the form has; the API takes more.
const calleesShown = 3

func calleeValue(c desk.Callee) string {
	if c.Name != "" {
		return c.Kind + ":" + c.Name
	}
	if c.ID != 0 {
		return c.Kind + ":" + itoa(c.ID)
	}
	return c.Kind
}

func calleeOf(value string) desk.Callee {
	kind, rest, _ := strings.Cut(value, ":")
	if kind == desk.CalleeRole || kind == desk.CalleeDeputy {
		return desk.Callee{Kind: kind, Name: rest}
	}
	return desk.Callee{Kind: kind, ID: number(rest)}
}

// callees are whom a step may call, for choosing.
func (c *Console) callees(ctx context.Context, brandID int64) ([]choice, error) {
	all := []choice{{"", desk.Say("Nobody else")}, {desk.CalleeOnCall, desk.Say("Who is on call")}}
	schedules, err := c.Roster.Schedules(ctx, brandID)
	if err != nil {
		return nil, err
	}
	for _, s := range schedules {
		all = append(all, choice{desk.CalleeOnCall + ":" + itoa(s.ID), desk.Say("On call by {schedule}", "schedule", s.Name)})
	}
	all = append(all, choice{desk.CalleeLeads, desk.Say("Everybody who leads")}, choice{desk.CalleeEverybody, desk.Say("Everybody")})
	plan, err := c.Plans.Current(ctx, brandID)
	if err == nil {
		for _, r := range plan.Roles {
			all = append(all, choice{desk.CalleeRole + ":" + r.Name, desk.Say("Role: {role}", "role", desk.Say(r.Name))}, choice{desk.CalleeDeputy + ":" + r.Name, desk.Say("Deputy: {role}", "role", desk.Say(r.Name))})
		}
	}
	people, err := c.Roster.People(ctx)
	for _, p := range people {
		if !p.Gone {
			all = append(all, choice{desk.CalleePerson + ":" + itoa(p.ID), own(p.Name)})
		}
	}
	return all, err
}

func (c *Console) newPolicyPage(ctx context.Context, r *http.Request, p desk.EscalationPolicy) (*escalationPolicyPage, error) {
	who, err := c.callees(ctx, visitOf(r).brand.ID)
	if err != nil {
		return nil, err
	}
	page := fillPolicy(p, who)
	names, _, err := c.everybody(ctx)
	if err != nil {
		return nil, err
	}
	page.View = policyViews([]desk.EscalationPolicy{p}, names)[0]
	page.Owners = []choice{{"0", desk.Say("All brands")}}
	for _, b := range visitOf(r).brands {
		page.Owners = append(page.Owners, choice{itoa(b.ID), own(b.Name)})
	}
	return page, nil
}

func fillPolicy(p desk.EscalationPolicy, who []choice) *escalationPolicyPage {
	page := &escalationPolicyPage{Policy: p, Stages: named("stage", desk.EscalationStages...), Levels: levels(desk.Normal)}
	for i, s := range append(slices.Clone(p.Steps), desk.EscalationStep{Wait: 300}) {
		f := stepForm{N: i, No: i + 1, Step: s, Minutes: strconv.FormatFloat(float64(s.Wait)/60, 'f', -1, 64), Who: who, Days: daysValue(s.Days)}
		f.Spans = spansFor(f.Days)
		for j, callee := range s.To[:min(len(s.To), calleesShown)] {
			f.To[j] = calleeValue(callee)
			if !slices.ContainsFunc(who, func(c choice) bool { return c.Value == f.To[j] }) {
				f.Who = append(slices.Clone(f.Who), choice{f.To[j], calleeText(callee)})
			}
		}
		page.Steps = append(page.Steps, f)
	}
	return page
}

// calleeText says whom a callee stands for, where names are not at hand.
func calleeText(c desk.Callee) desk.Text {
	switch c.Kind {
	case desk.CalleeRole:
		return desk.Say("Role: {role}", "role", desk.Say(c.Name))
	case desk.CalleeDeputy:
		return desk.Say("Deputy: {role}", "role", desk.Say(c.Name))
	case desk.CalleeLeads:
		return desk.Say("Everybody who leads")
	case desk.CalleeEverybody:
		return desk.Say("Everybody")
	case desk.CalleePerson:
		return desk.Say("Person {id}", "id", c.ID)
	}
	return desk.Say("Who is on call")
}

// policyView is a policy in words.
type policyView struct {
	desk.EscalationPolicy
	Ladder []rung
}

// rung is a step in words.
type rung struct {
	Who         []desk.Text
	Minutes     int
	Each        bool
	From, Until string
}

func policyViews(all []desk.EscalationPolicy, names map[int64]string) []policyView {
	views := make([]policyView, len(all))
	for i, p := range all {
		views[i].EscalationPolicy = p
		for _, s := range p.Steps {
			one := rung{Minutes: (s.Wait + 59) / 60, Each: s.Each, From: s.From, Until: s.Until}
			for _, callee := range s.To {
				who := calleeText(callee)
				if name := names[callee.ID]; callee.Kind == desk.CalleePerson && name != "" {
					who = own(name)
				}
				one.Who = append(one.Who, who)
			}
			views[i].Ladder = append(views[i].Ladder, one)
		}
	}
	return views
}

func (c *Console) escalationPolicyNew(w http.ResponseWriter, r *http.Request) error {
	stage := r.URL.Query().Get("stage")
	if !slices.Contains(desk.EscalationStages, stage) {
		stage = desk.StageAlert
	}
	p := desk.DefaultEscalation(stage)
	p.BrandID, p.Name = visitOf(r).brand.ID, visitOf(r).speak.Text(desk.Text{Say: p.Name})
	page, err := c.newPolicyPage(r.Context(), r, p)
	if err != nil {
		return err
	}
	return c.render(w, r, "oncall/policy", page)
}

func (c *Console) escalationPolicy(r *http.Request) (desk.EscalationPolicy, error) {
	if r.PathValue("id") == "new" {
		return desk.EscalationPolicy{}, nil
	}
	id, err := pathID(r)
	if err != nil {
		return desk.EscalationPolicy{}, err
	}
	return c.Roster.Policy(r.Context(), id)
}

func (c *Console) escalationPolicyShow(w http.ResponseWriter, r *http.Request) error {
	p, err := c.escalationPolicy(r)
	if err != nil {
		return err
	}
	page, err := c.newPolicyPage(r.Context(), r, p)
	if err != nil {
		return err
	}
	return c.render(w, r, "oncall/policy", page)
}

func (c *Console) escalationPolicySave(w http.ResponseWriter, r *http.Request) error {
	was, err := c.escalationPolicy(r)
	if err != nil {
		return err
	}
	p := desk.EscalationPolicy{ID: was.ID, Name: r.PostFormValue("name"), Stage: r.PostFormValue("stage"), MinLevel: desk.Level(number(r.PostFormValue("min_level"))),
		BrandID: number(r.PostFormValue("owner")), Repeat: int(number(r.PostFormValue("repeat"))), Worse: r.PostFormValue("worse") != "", Version: int(number(r.PostFormValue("version"))),
		Steps: stepsOf(r, was.Steps)}
	if _, err := c.Roster.SavePolicy(r.Context(), p); err != nil {
		page, perr := c.newPolicyPage(r.Context(), r, p)
		if perr != nil {
			return perr
		}
		return c.again(w, r, "oncall/policy", page, err)
	}
	return seeOther(w, r, "/oncall", "saved")
}

// stepsOf reads the steps of a form. Those that call nobody are left out: so a step is removed. What the form does not show of a
// step stays.
func stepsOf(r *http.Request, was []desk.EscalationStep) (steps []desk.EscalationStep) {
	for i := range 30 {
		get := func(name string) string { return r.PostFormValue(name + "." + strconv.Itoa(i)) }
		var s desk.EscalationStep
		for j := range calleesShown {
			if v := get("to" + strconv.Itoa(j)); v != "" {
				s.To = append(s.To, calleeOf(v))
			}
		}
		if len(s.To) == 0 {
			continue
		}
		if i < len(was) && len(was[i].To) > calleesShown {
			s.To = append(s.To, was[i].To[calleesShown:]...)
		}
		minutes, _ := strconv.ParseFloat(strings.ReplaceAll(get("wait"), ",", "."), 64) // no number waits for nothing, and is refused
		s.Wait, s.Each, s.From, s.Until, s.Days = int(minutes*60), get("each") != "", get("from"), get("until"), daysOf(get("days"))
		steps = append(steps, s)
	}
	return steps
}

func (c *Console) escalationPolicyDelete(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := c.Roster.DeletePolicy(r.Context(), id); err != nil {
		return err
	}
	return seeOther(w, r, "/oncall", "deleted")
}
