package store

import (
	"context"

	"breakwater/desk"
)

var facts = &noun[desk.Fact]{
	table: "facts", word: "fact",
	id:      func(f *desk.Fact) *int64 { return &f.ID },
	version: func(f *desk.Fact) *int { return &f.Version },
	columns: []string{"incident_id", "number"},
	values:  func(f *desk.Fact) []any { return []any{f.IncidentID, f.Number} },
}

// Facts lists the facts of an incident by their numbers.
func (db *DB) Facts(ctx context.Context, incidentID int64) ([]desk.Fact, error) {
	var w where
	w.and("incident_id = ?", incidentID)
	return list(ctx, db, facts, &w, " ORDER BY number")
}

// Fact gives one fact. desk.ErrNotFound.
func (db *DB) Fact(ctx context.Context, id int64) (desk.Fact, error) { return one(ctx, db, facts, id) }

// ChangeFact changes a fact, or makes one when id is 0.
func (db *DB) ChangeFact(ctx context.Context, id int64, act desk.Act, f func(*desk.Fact, *desk.Out) error) (desk.Fact, error) {
	return change(ctx, db, facts, id, act, f)
}
