package store

import (
	"context"
	"fmt"
	"slices"

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

// OpenIncidents lists a brand's incidents that are open, newest first; brandID 0 lists those of all.
func (db *DB) OpenIncidents(ctx context.Context, brandID int64) ([]desk.Incident, error) {
	all, err := list(ctx, db, incidents, openOf(brandID), " ORDER BY id DESC")
	return slices.DeleteFunc(all, over), err
}

func (t *tx) openIncidents(brandID int64) ([]desk.Incident, error) {
	all, err := allIn(t, incidents, openOf(brandID), " ORDER BY id DESC")
	return slices.DeleteFunc(all, over), err
}

// openOf selects a brand's incidents that may be open: most are over, and need not be read. All of them: who wrote in the oldest is part of
// that one.
func openOf(brandID int64) *where {
	w := &where{}
	if brandID != 0 {
		w.and("brand_id = ?", brandID)
	}
	w.and(`body LIKE '%"state":"' || ? || '"%'`, desk.IncidentOpen)
	return w
}

func over(i desk.Incident) bool { return i.State != desk.IncidentOpen }

// Incident gives one incident.
func (db *DB) Incident(ctx context.Context, id int64) (desk.Incident, error) {
	return one(ctx, db, incidents, id)
}

// ChangeIncident changes an incident, or makes one when id is 0. When it opens or ends, or its level changes, the
// clocks of who waits follow.
func (db *DB) ChangeIncident(ctx context.Context, id int64, act desk.Act, f func(*desk.Incident, *desk.Out) error) (desk.Incident, error) {
	return change(ctx, db, incidents, id, act, func(i *desk.Incident, out *desk.Out) error {
		level, state, version := i.Level, i.State, i.Version
		err := f(i, out)
		if err == nil && (i.Level != level || i.State != state) {
			out.Jobs = append(out.Jobs, desk.ReclockJob(i.BrandID, fmt.Sprintf("incident:%d/%d", i.ID, version)))
		}
		return err
	})
}
