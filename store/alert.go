package store

import (
	"context"

	"breakwater/desk"
)

var alerts = &noun[desk.Alert]{
	table: "alerts", word: "alert",
	id:      func(a *desk.Alert) *int64 { return &a.ID },
	version: func(a *desk.Alert) *int { return &a.Version },
	columns: []string{"brand_id", "monitor_id", "source_id", "incident_id", "live"},
	values: func(a *desk.Alert) []any {
		live := 0
		if a.Live() {
			live = 1
		}
		return []any{a.BrandID, a.MonitorID, a.SourceID, a.IncidentID, live}
	},
}

// Alerts lists alerts, newest first.
func (db *DB) Alerts(ctx context.Context, f desk.AlertFilter) ([]desk.Alert, error) {
	var w where
	for column, id := range map[string]int64{
		"brand_id": f.BrandID, "monitor_id": f.MonitorID, "source_id": f.SourceID, "incident_id": f.IncidentID,
	} {
		if id != 0 {
			w.and(column+" = ?", id)
		}
	}
	if f.Live {
		w.and("live = 1")
	}
	tail := w.page("id", f.Paging)
	return list(ctx, db, alerts, &w, tail)
}

// Alert gives one alert.
func (db *DB) Alert(ctx context.Context, id int64) (desk.Alert, error) {
	return one(ctx, db, alerts, id)
}

// ChangeAlert changes an alert, or makes one when id is 0.
func (db *DB) ChangeAlert(ctx context.Context, id int64, act desk.Act, f func(*desk.Alert, *desk.Out) error) (desk.Alert, error) {
	return change(ctx, db, alerts, id, act, f)
}
