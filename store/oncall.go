package store

import (
	"context"

	"breakwater/desk"
)

var schedules = &noun[desk.Schedule]{
	table: "schedules", word: "schedule",
	id:      func(s *desk.Schedule) *int64 { return &s.ID },
	version: func(s *desk.Schedule) *int { return &s.Version },
	columns: []string{"brand_id"},
	values:  func(s *desk.Schedule) []any { return []any{s.BrandID} },
}

// Schedules lists the schedules of a brand and of all brands, oldest first; 0 lists every one.
func (db *DB) Schedules(ctx context.Context, brandID int64) ([]desk.Schedule, error) {
	return list(ctx, db, schedules, ofBrand(brandID), " ORDER BY id")
}

// ofBrand restricts to a brand and what is for all; 0 does not restrict.
func ofBrand(brandID int64) *where {
	var w where
	if brandID != 0 {
		w.and("brand_id IN (0, ?)", brandID)
	}
	return &w
}

// Schedule gives one schedule. desk.ErrNotFound.
func (db *DB) Schedule(ctx context.Context, id int64) (desk.Schedule, error) {
	return one(ctx, db, schedules, id)
}

// ChangeSchedule changes a schedule, or makes one when id is 0.
func (db *DB) ChangeSchedule(ctx context.Context, id int64, act desk.Act, f func(*desk.Schedule, *desk.Out) error) (desk.Schedule, error) {
	return change(ctx, db, schedules, id, act, f)
}

// DeleteSchedule removes a schedule.
func (db *DB) DeleteSchedule(ctx context.Context, id int64, act desk.Act) error {
	say := func(s *desk.Schedule) desk.Text { return desk.Say("The schedule {name} was removed.", "name", s.Name) }
	return remove(ctx, db, schedules, id, act, say, nil)
}

var escalationPolicies = &noun[desk.EscalationPolicy]{
	table: "escalation_policies", word: "escalation-policy",
	id:      func(p *desk.EscalationPolicy) *int64 { return &p.ID },
	version: func(p *desk.EscalationPolicy) *int { return &p.Version },
	columns: []string{"brand_id"},
	values:  func(p *desk.EscalationPolicy) []any { return []any{p.BrandID} },
}

// EscalationPolicies lists the policies of a brand and of all brands, oldest first; 0 lists every one.
func (db *DB) EscalationPolicies(ctx context.Context, brandID int64) ([]desk.EscalationPolicy, error) {
	return list(ctx, db, escalationPolicies, ofBrand(brandID), " ORDER BY id")
}

// EscalationPolicy gives one policy. desk.ErrNotFound.
func (db *DB) EscalationPolicy(ctx context.Context, id int64) (desk.EscalationPolicy, error) {
	return one(ctx, db, escalationPolicies, id)
}

// ChangeEscalationPolicy changes a policy, or makes one when id is 0. Escalations that run go on by the one they began with.
func (db *DB) ChangeEscalationPolicy(ctx context.Context, id int64, act desk.Act, f func(*desk.EscalationPolicy, *desk.Out) error) (desk.EscalationPolicy, error) {
	return change(ctx, db, escalationPolicies, id, act, f)
}

// DeleteEscalationPolicy removes a policy.
func (db *DB) DeleteEscalationPolicy(ctx context.Context, id int64, act desk.Act) error {
	say := func(p *desk.EscalationPolicy) desk.Text {
		return desk.Say("The escalation policy {name} was removed.", "name", p.Name)
	}
	return remove(ctx, db, escalationPolicies, id, act, say, nil)
}

var reaches = &noun[desk.Reach]{
	table: "reaches", word: "reach",
	id:      func(r *desk.Reach) *int64 { return &r.ID },
	version: func(r *desk.Reach) *int { return &r.Version },
	columns: []string{"user_id"},
	values:  func(r *desk.Reach) []any { return []any{r.UserID} },
	taken:   desk.ErrConflict,
}

// Reach is how a person wants to be called; what they never said is as desk.DefaultReach has it.
func (db *DB) Reach(ctx context.Context, userID int64) (desk.Reach, error) {
	var w where
	w.and("user_id = ?", userID)
	all, err := list(ctx, db, reaches, &w, "")
	if err != nil || len(all) == 0 {
		return desk.DefaultReach(userID), err
	}
	return all[0], nil
}

// ChangeReach changes how a person wants to be called.
func (db *DB) ChangeReach(ctx context.Context, userID int64, act desk.Act, f func(*desk.Reach, *desk.Out) error) (desk.Reach, error) {
	now, err := db.Reach(ctx, userID)
	if err != nil {
		return now, err
	}
	return change(ctx, db, reaches, now.ID, act, func(r *desk.Reach, out *desk.Out) error {
		if r.UserID == 0 {
			*r = desk.DefaultReach(userID)
		}
		err := f(r, out)
		r.UserID = userID
		return err
	})
}
