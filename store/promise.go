package store

import (
	"context"
	"fmt"
	"time"

	"breakwater/desk"
)

var promises = &noun[desk.Promise]{
	table: "promises", word: "promise",
	id:      func(p *desk.Promise) *int64 { return &p.ID },
	version: func(p *desk.Promise) *int { return &p.Version },
	columns: []string{"brand_id", "incident_id", "state", "due"},
	values:  func(p *desk.Promise) []any { return []any{p.BrandID, p.IncidentID, p.State, stamp(p.Due)} },
}

// Promises lists promises in the order in which they are due; 0 and empty do not restrict. from bounds Due from below; zero does not.
func (db *DB) Promises(ctx context.Context, brandID, incidentID int64, state string, from time.Time, n int) ([]desk.Promise, error) {
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
	if !from.IsZero() {
		w.and("due >= ?", stamp(from))
	}
	return list(ctx, db, promises, &w, fmt.Sprintf(" ORDER BY due, id LIMIT %d", limit(n)))
}

// Promise gives one promise. desk.ErrNotFound.
func (db *DB) Promise(ctx context.Context, id int64) (desk.Promise, error) {
	return one(ctx, db, promises, id)
}

// ChangePromise changes a promise, or makes one when id is 0.
func (db *DB) ChangePromise(ctx context.Context, id int64, act desk.Act, f func(*desk.Promise, *desk.Out) error) (desk.Promise, error) {
	return change(ctx, db, promises, id, act, f)
}

var removals = &noun[desk.Removal]{
	table: "removals", word: "removal",
	id:      func(r *desk.Removal) *int64 { return &r.ID },
	version: func(r *desk.Removal) *int { return &r.Version },
	columns: []string{"brand_id", "incident_id"},
	values:  func(r *desk.Removal) []any { return []any{r.BrandID, r.IncidentID} },
}

// Removals lists the sheets about our own posts, newest first.
func (db *DB) Removals(ctx context.Context, brandID int64, p desk.Paging) ([]desk.Removal, error) {
	var w where
	if brandID != 0 {
		w.and("brand_id = ?", brandID)
	}
	tail := w.page("id", p)
	return list(ctx, db, removals, &w, tail)
}

// Removal gives one sheet. desk.ErrNotFound.
func (db *DB) Removal(ctx context.Context, id int64) (desk.Removal, error) {
	return one(ctx, db, removals, id)
}

// ChangeRemoval changes a sheet, or makes one when id is 0.
func (db *DB) ChangeRemoval(ctx context.Context, id int64, act desk.Act, f func(*desk.Removal, *desk.Out) error) (desk.Removal, error) {
	return change(ctx, db, removals, id, act, f)
}
