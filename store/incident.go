package store

import (
	"context"
	"fmt"

	"breakwater/desk"
)

var incidents = &noun[desk.Incident]{
	table: "incidents", word: "incident",
	id:      func(i *desk.Incident) *int64 { return &i.ID },
	version: func(i *desk.Incident) *int { return &i.Version },
	columns: []string{"brand_id"},
	values:  func(i *desk.Incident) []any { return []any{i.BrandID} },
}

// Incidents lists a brand's incidents, newest first; brandID 0 lists those of all.
func (db *DB) Incidents(ctx context.Context, brandID int64, p desk.Paging) ([]desk.Incident, error) {
	var w where
	if brandID != 0 {
		w.and("brand_id = ?", brandID)
	}
	tail := w.page("id", p)
	return list(ctx, db, incidents, &w, tail)
}

// Incident gives one incident.
func (db *DB) Incident(ctx context.Context, id int64) (desk.Incident, error) {
	return one(ctx, db, incidents, id)
}

// ChangeIncident changes an incident, or makes one when id is 0. When its level changes or it ends, clocks of who waits follow.
func (db *DB) ChangeIncident(ctx context.Context, id int64, act desk.Act, f func(*desk.Incident, *desk.Out) error) (desk.Incident, error) {
	return change(ctx, db, incidents, id, act, func(i *desk.Incident, out *desk.Out) error {
		level, state, version := i.Level, i.State, i.Version
		err := f(i, out)
		if err == nil && id != 0 && (i.Level != level || i.State != state) {
			out.Jobs = append(out.Jobs, desk.ReclockJob(i.BrandID, fmt.Sprintf("incident:%d/%d", id, version)))
		}
		return err
	})
}
