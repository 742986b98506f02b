package oncall

import (
	"context"
	"time"

	"breakwater/desk"
)

// view is what escalations look up, read once for a round.
type view struct {
	users     []desk.User
	schedules []desk.Schedule
	policies  []desk.EscalationPolicy
	teams     map[int64]*team // by brand
}

func (e *Escalator) view(ctx context.Context) (v *view, err error) {
	v = &view{teams: make(map[int64]*team)}
	if v.users, err = e.Store.Users(ctx); err != nil {
		return nil, err
	}
	if v.schedules, err = e.Store.Schedules(ctx, 0); err != nil {
		return nil, err
	}
	v.policies, err = e.Store.EscalationPolicies(ctx, 0)
	return v, err
}

func (v *view) policyFor(m desk.Matter) desk.EscalationPolicy {
	if m.Stage == desk.StageRehearsal {
		return rehearsal
	}
	return PolicyFor(v.policies, m)
}

// team is what is known of a brand's people.
func (v *view) team(ctx context.Context, e *Escalator, brandID int64) (*team, error) {
	if t := v.teams[brandID]; t != nil {
		return t, nil
	}
	t := &team{brand: brandID, users: v.users, zone: time.UTC}
	for _, s := range v.schedules {
		if s.BrandID == 0 || brandID == 0 || s.BrandID == brandID {
			t.schedules = append(t.schedules, s)
		}
	}
	if b, err := e.Store.Brand(ctx, brandID); err == nil { // a brand that is gone leaves its people
		if z, err := time.LoadLocation(b.Zone); err == nil {
			t.zone = z
		}
	}
	t.roles = func(name string, deputy bool) int64 {
		if e.Role == nil {
			return 0
		}
		id, err := e.Role(ctx, brandID, name, deputy)
		if err != nil {
			e.Log.Error("the plan's roles could not be read", "brand", brandID, "error", err)
			return 0 // the leads are called instead
		}
		return id
	}
	v.teams[brandID] = t
	return t, nil
}

// rehearsal calls everybody, and each has to answer.
var rehearsal = desk.EscalationPolicy{Name: "Rehearsal", Stage: desk.StageRehearsal, Steps: []desk.EscalationStep{
	{To: []desk.Callee{{Kind: desk.CalleeEverybody}}, Wait: 24 * 60 * 60, Each: true},
}}
