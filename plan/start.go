package plan

import (
	"context"
	"errors"
	"slices"
	"time"

	"breakwater/desk"
)

// Steps are what a plan asks of an incident on a scenario ("" is none) at a level, in the order in which they are due. A level
// of 0 has none. A scenario's task takes the place of the plan's with the same id.
func Steps(p *desk.Plan, scenario string, level desk.Level, declared time.Time) []desk.Step {
	s, _ := p.Scenario(scenario)
	own := func(t desk.PlanTask) bool {
		return slices.ContainsFunc(s.Tasks, func(o desk.PlanTask) bool { return o.ID == t.ID })
	}
	tasks := append(slices.DeleteFunc(slices.Clone(p.Tasks), own), s.Tasks...)
	slices.SortStableFunc(tasks, func(a, b desk.PlanTask) int { return a.After - b.After })
	var steps []desk.Step
	for _, t := range tasks {
		if level < desk.Watch || level < t.From {
			continue
		}
		steps = append(steps, desk.Step{ID: t.ID, Do: desk.Text{Say: t.Do}, Role: t.Role, Due: declared.Add(time.Duration(t.After) * time.Minute)})
	}
	return steps
}

// Start gives an incident what its plan asks for, when it is opened and whenever its level changes: tasks with owners and clocks
// that it does not have yet. Nothing done is lost. The jobs belong into the same transaction: they write the scenario's drafts,
// also when the desk dies in between.
//
// An incident runs by the edition that was current when it was opened. A scenario that this one does not have is refused.
func (b *Board) Start(ctx context.Context, i *desk.Incident, now time.Time) ([]desk.Job, error) {
	fresh := i.Version == 0
	p, err := b.runsBy(ctx, i, fresh)
	if err != nil {
		return nil, err
	}
	if fresh {
		i.PlanID = p.ID
		if _, ok := p.Scenario(i.Scenario); i.Scenario != "" && !ok {
			return nil, desk.Wrong("scenario", "The plan has no such scenario.")
		}
	}
	users, err := b.Store.Users(ctx)
	if err != nil {
		return nil, err
	}
	Raise(&p, i, users, now)
	if !fresh || i.Scenario == "" {
		return nil, nil
	}
	return []desk.Job{startJob(i.ID)}, nil
}

// runsBy is the plan that the incident runs by.
func (b *Board) runsBy(ctx context.Context, i *desk.Incident, fresh bool) (desk.Plan, error) {
	switch {
	case fresh:
		all := desk.WithActor(ctx, desk.Actor{Who: "desk", Name: "Breakwater", Role: desk.Admin}) // whoever may open a room may start its plan
		return b.Current(all, i.BrandID)
	case i.PlanID == 0:
		return Default("en"), nil
	}
	p, err := b.Store.Plan(ctx, i.PlanID)
	if errors.Is(err, desk.ErrNotFound) {
		return Default("en"), nil
	}
	return p, err
}

// Runs is the scenario that an incident started on; one without id when it started on none.
func (b *Board) Runs(ctx context.Context, i desk.Incident) (desk.Scenario, error) {
	if i.Scenario == "" {
		return desk.Scenario{}, nil
	}
	p, err := b.runsBy(ctx, &i, false)
	s, _ := p.Scenario(i.Scenario)
	return s, err
}

// Raise gives the incident the steps of a plan that its level asks for and that it does not have yet, each with the person whose
// role it is.
func Raise(p *desk.Plan, i *desk.Incident, users []desk.User, now time.Time) {
	have := make(map[string]bool, len(i.Steps))
	for _, s := range i.Steps {
		have[s.ID] = true
	}
	seats := seatsOf(p, users)
	for _, s := range Steps(p, i.Scenario, i.Level, now) {
		if have[s.ID] {
			continue
		}
		seat := seats[s.Role]
		s.UserID, s.Owner, s.Deputy = seat.id, seat.name, seat.deputy
		i.Steps = append(i.Steps, s)
	}
}

// seat is who has a role.
type seat struct {
	id           int64
	name, deputy string
}

// seatsOf are who has which role. Somebody who is locked out has none: then it is the deputy's.
func seatsOf(p *desk.Plan, users []desk.User) map[string]seat {
	names := make(map[int64]string, len(users))
	for _, u := range users {
		if !u.Disabled {
			names[u.ID] = u.Name
		}
	}
	seats := make(map[string]seat, len(p.Roles))
	for _, r := range p.Roles {
		s := seat{r.UserID, names[r.UserID], names[r.DeputyID]}
		if s.name == "" {
			s = seat{r.DeputyID, names[r.DeputyID], ""}
		}
		if s.name == "" {
			s.id = 0
		}
		seats[r.Name] = s
	}
	return seats
}

// Candidate is a scenario of a plan and what speaks for it.
type Candidate struct {
	desk.Scenario
	Cues     []string // types of cue that were heard
	Monitors []string // monitors that told
}

// Suggest orders a plan's scenarios by how much of what was heard points to them: types of cue with how often each was heard,
// and the names of the monitors that told. Those that nothing points to follow in the plan's order.
func Suggest(p *desk.Plan, cues map[string]int, monitors []string) []Candidate {
	all := make([]Candidate, len(p.Scenarios))
	weight := make(map[string]int, len(all))
	for i, s := range p.Scenarios {
		all[i].Scenario = s
		for _, c := range s.Cues {
			if n := cues[c]; n > 0 {
				all[i].Cues = append(all[i].Cues, c)
				weight[s.ID] += n * cueWeight(c)
			}
		}
		for _, m := range s.Monitors {
			if slices.Contains(monitors, m) {
				all[i].Monitors = append(all[i].Monitors, m)
				weight[s.ID] += monitorWeight
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Candidate) int { return weight[b.ID] - weight[a.ID] })
	return all
}

// monitorWeight is how much a monitor counts that the team itself bound to a scenario: as three mentions of danger.
const monitorWeight = 30

// cueWeight is how much one mention of a cue says about what kind of crisis it is. Danger to people decides it, however many speak of
// something else; a call for a boycott, or rage, follows any kind and tells little of the cause.
func cueWeight(cue string) int {
	switch cue {
	case "safety_injury", "food_illness", "violence_threat":
		return 10
	case "boycott", "service_rage":
		return 1
	}
	return 3
}

// Points reports whether anything points to the scenario.
func (s Candidate) Points() bool { return len(s.Cues)+len(s.Monitors) > 0 }

// For suggests the scenarios of a brand's current plan for what was heard: ids of monitors, types of cue with how often each was
// heard.
func (b *Board) For(ctx context.Context, brandID int64, monitorIDs []int64, cues map[string]int) ([]Candidate, error) {
	p, err := b.Current(ctx, brandID)
	if err != nil {
		return nil, err
	}
	var names []string
	if len(monitorIDs) > 0 {
		monitors, err := b.Store.Monitors(ctx, brandID)
		if err != nil {
			return nil, err
		}
		for _, m := range monitors {
			if slices.Contains(monitorIDs, m.ID) {
				names = append(names, m.Name)
			}
		}
	}
	return Suggest(&p, cues, names), nil
}
