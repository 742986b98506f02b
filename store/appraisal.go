package store

import (
	"context"
	"errors"
	"fmt"

	"breakwater/desk"
)

var appraisals = &noun[desk.Appraisal]{
	table: "appraisals", word: "appraisal",
	id:      func(a *desk.Appraisal) *int64 { return &a.ID },
	version: func(a *desk.Appraisal) *int { return &a.Version },
	columns: []string{"incident_id"},
	values:  func(a *desk.Appraisal) []any { return []any{a.IncidentID} },
	taken:   errStale, // two wrote the first at once
}

// Appraisal gives how an incident is classified; one that nobody classified yet has an empty one with Version 0.
func (db *DB) Appraisal(ctx context.Context, incidentID int64) (desk.Appraisal, error) {
	var w where
	w.and("incident_id = ?", incidentID)
	all, err := list(ctx, db, appraisals, &w, "")
	if err != nil || len(all) == 0 {
		return desk.Appraisal{IncidentID: incidentID}, err
	}
	return all[0], nil
}

// ChangeAppraisal changes how an incident is classified.
func (db *DB) ChangeAppraisal(ctx context.Context, incidentID int64, act desk.Act, f func(*desk.Appraisal, *desk.Out) error) (a desk.Appraisal, err error) {
	for range triesToChange {
		if a, err = db.Appraisal(ctx, incidentID); err != nil {
			return a, err
		}
		a, err = tryChange(ctx, db, appraisals, a.ID, act, func(a *desk.Appraisal, out *desk.Out) error {
			a.IncidentID = incidentID
			return f(a, out)
		})
		if !errors.Is(err, errStale) {
			return a, err
		}
	}
	return a, fmt.Errorf("%s: %w", incidents.on(incidentID), desk.ErrConflict)
}
