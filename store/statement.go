package store

import (
	"context"

	"breakwater/desk"
)

var statements = &noun[desk.Statement]{
	table: "statements", word: "statement",
	id:      func(s *desk.Statement) *int64 { return &s.ID },
	version: func(s *desk.Statement) *int { return &s.Version },
	columns: []string{"brand_id", "incident_id", "state"},
	values:  func(s *desk.Statement) []any { return []any{s.BrandID, s.IncidentID, s.State} },
}

// Statements lists a brand's statements, newest first; 0 and empty do not restrict.
func (db *DB) Statements(ctx context.Context, brandID, incidentID int64, state string, p desk.Paging) ([]desk.Statement, error) {
	var w where
	if brandID != 0 {
		w.and("brand_id = ?", brandID)
	}
	if incidentID != 0 {
		w.and("incident_id = ?", incidentID)
	}
	if state != "" {
		w.and("state = ?", state)
	}
	tail := w.page("id", p)
	return list(ctx, db, statements, &w, tail)
}

// Statement gives one statement. desk.ErrNotFound.
func (db *DB) Statement(ctx context.Context, id int64) (desk.Statement, error) {
	return one(ctx, db, statements, id)
}

// ChangeStatement changes a statement, or makes one when id is 0.
func (db *DB) ChangeStatement(ctx context.Context, id int64, act desk.Act, f func(*desk.Statement, *desk.Out) error) (desk.Statement, error) {
	return change(ctx, db, statements, id, act, f)
}
