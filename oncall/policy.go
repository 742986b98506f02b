package oncall

import (
	"slices"
	"time"

	"breakwater/desk"
)

// PolicyFor is the policy that holds for a matter: of those for its stage, its brand and its level the one for the brand before
// the one for all, then the one with the highest level. Where a desk has none, desk.DefaultEscalation holds.
func PolicyFor(all []desk.EscalationPolicy, m desk.Matter) desk.EscalationPolicy {
	best := -1
	for i, p := range all {
		if p.Stage != m.Stage || p.BrandID != 0 && p.BrandID != m.BrandID || p.MinLevel > m.Level {
			continue
		}
		if best < 0 || rank(p) > rank(all[best]) {
			best = i
		}
	}
	if best < 0 {
		return desk.DefaultEscalation(m.Stage)
	}
	return all[best]
}

func rank(p desk.EscalationPolicy) int {
	n := int(p.MinLevel)
	if p.BrandID != 0 {
		n += 100
	}
	return n
}

// team is what is known at a moment of whom callees stand for.
type team struct {
	brand     int64
	users     []desk.User
	schedules []desk.Schedule
	roles     func(name string, deputy bool) int64 // in the brand's plan; 0 nobody
	zone      *time.Location                       // of the brand
}

// people are those whom a step calls, each once. Who is locked out, or has nothing to do with the brand, is not called.
func (t *team) people(s desk.EscalationStep, now time.Time) (all []int64) {
	for _, c := range s.To {
		for _, id := range t.callee(c, now) {
			if t.has(id) && !slices.Contains(all, id) {
				all = append(all, id)
			}
		}
	}
	return all
}

func (t *team) callee(c desk.Callee, now time.Time) (all []int64) {
	switch c.Kind {
	case desk.CalleePerson:
		return []int64{c.ID}
	case desk.CalleeLeads:
		return t.atLeast(desk.Lead)
	case desk.CalleeEverybody:
		return t.atLeast(desk.Responder)
	case desk.CalleeRole, desk.CalleeDeputy:
		id := t.roles(c.Name, c.Kind == desk.CalleeDeputy)
		if id == 0 && c.Kind == desk.CalleeRole {
			return t.atLeast(desk.Lead)
		}
		return []int64{id}
	}
	for i := range t.schedules {
		if s := &t.schedules[i]; c.ID == 0 || c.ID == s.ID {
			all = append(all, On(s, now).UserID)
		}
	}
	return all
}

// has reports whether somebody works for the brand.
func (t *team) has(id int64) bool {
	return slices.ContainsFunc(t.users, func(u desk.User) bool { return u.ID == id && !u.Disabled && u.As("").Sees(t.brand) })
}

// atLeast are those with a role in the brand.
func (t *team) atLeast(r desk.Role) (all []int64) {
	for i := range t.users {
		if t.users[i].MayTake(t.brand, r) {
			all = append(all, t.users[i].ID)
		}
	}
	return all
}
