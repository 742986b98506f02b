package store

import (
	"context"

	"breakwater/desk"
)

var plans = &noun[desk.Plan]{
	table: "plans", word: "plan",
	id:      func(p *desk.Plan) *int64 { return &p.ID },
	version: func(p *desk.Plan) *int { return &p.Version },
	columns: []string{"brand_id", "edition"},
	values:  func(p *desk.Plan) []any { return []any{p.BrandID, p.Edition} },
}

// Plans lists a brand's plans, the newest edition first.
func (db *DB) Plans(ctx context.Context, brandID int64, p desk.Paging) ([]desk.Plan, error) {
	var w where
	w.and("brand_id = ?", brandID)
	tail := w.page("id", p)
	return list(ctx, db, plans, &w, tail)
}

// Plan gives one plan. desk.ErrNotFound.
func (db *DB) Plan(ctx context.Context, id int64) (desk.Plan, error) { return one(ctx, db, plans, id) }

// ChangePlan changes a plan, or makes one when id is 0.
func (db *DB) ChangePlan(ctx context.Context, id int64, act desk.Act, f func(*desk.Plan, *desk.Out) error) (desk.Plan, error) {
	return change(ctx, db, plans, id, act, f)
}

// DeletePlan throws a plan away.
func (db *DB) DeletePlan(ctx context.Context, id int64, act desk.Act) error {
	say := func(p *desk.Plan) desk.Text {
		return desk.Say("{name} threw the draft of edition {edition} away.", "name", act.Name, "edition", p.Edition)
	}
	return remove(ctx, db, plans, id, act, say, nil)
}
