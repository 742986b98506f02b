package store

import (
	"context"

	"breakwater/desk"
)

var monitors = &noun[desk.Monitor]{
	table: "monitors", word: "monitor",
	id:      func(m *desk.Monitor) *int64 { return &m.ID },
	version: func(m *desk.Monitor) *int { return &m.Version },
	columns: []string{"brand_id"},
	values:  func(m *desk.Monitor) []any { return []any{m.BrandID} },
}

// Monitors lists a brand's monitors, oldest first; brandID 0 lists all.
func (db *DB) Monitors(ctx context.Context, brandID int64) ([]desk.Monitor, error) {
	var w where
	if brandID != 0 {
		w.and("brand_id = ?", brandID)
	}
	return list(ctx, db, monitors, &w, " ORDER BY id")
}

// Monitor gives one monitor.
func (db *DB) Monitor(ctx context.Context, id int64) (desk.Monitor, error) {
	return one(ctx, db, monitors, id)
}

// ChangeMonitor changes a monitor, or makes one when id is 0. It stays with its brand: what it heard is counted there.
func (db *DB) ChangeMonitor(ctx context.Context, id int64, act desk.Act, f func(*desk.Monitor, *desk.Out) error) (desk.Monitor, error) {
	return change(ctx, db, monitors, id, act, func(m *desk.Monitor, out *desk.Out) error {
		brand := m.BrandID
		if err := f(m, out); err != nil {
			return err
		}
		if id != 0 && m.BrandID != brand {
			return desk.Wrong("brand_id", "A monitor stays with its brand. Make a new one for the other brand.")
		}
		return nil
	})
}

// DeleteMonitor removes a monitor. What it heard stays, and stays counted.
func (db *DB) DeleteMonitor(ctx context.Context, id int64, act desk.Act) error {
	say := func(m *desk.Monitor) desk.Text { return desk.Say("The monitor {name} was deleted.", "name", m.Name) }
	return remove(ctx, db, monitors, id, act, say, func(t *tx, m *desk.Monitor) error {
		for _, table := range []string{"learned", "verdicts", "topic_states", "topics"} {
			if err := t.exec("DELETE FROM "+table+" WHERE monitor_id = ?", id); err != nil {
				return err
			}
		}
		return t.exec("INSERT INTO past_monitors (id, brand_id) VALUES (?, ?)", id, m.BrandID)
	})
}
