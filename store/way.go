package store

import (
	"context"
	"time"

	"breakwater/desk"
)

var ways = &noun[desk.Way]{
	table: "ways", word: "way",
	brand:   func(w *desk.Way) int64 { return w.BrandID },
	id:      func(w *desk.Way) *int64 { return &w.ID },
	version: func(w *desk.Way) *int { return &w.Version },
	hide: func(w *desk.Way) secret {
		defer func() { w.Settings = nil }()
		return secret{Settings: w.Settings}
	},
	reveal: func(w *desk.Way, s secret) { w.Settings = s.Settings },
}

// Ways lists the ways in which alerts reach people, oldest first.
func (db *DB) Ways(ctx context.Context) ([]desk.Way, error) {
	return list(ctx, db, ways, &where{}, " ORDER BY id")
}

// Way gives one way.
func (db *DB) Way(ctx context.Context, id int64) (desk.Way, error) { return one(ctx, db, ways, id) }

// ChangeWay changes a way, or makes one when id is 0.
func (db *DB) ChangeWay(ctx context.Context, id int64, act desk.Act, f func(*desk.Way, *desk.Out) error) (desk.Way, error) {
	return change(ctx, db, ways, id, act, f)
}

// DeleteWay removes a way.
func (db *DB) DeleteWay(ctx context.Context, id int64, act desk.Act) error {
	say := func(w *desk.Way) desk.Text { return desk.Say("{name} gets no more alerts.", "name", w.Name) }
	return remove(ctx, db, ways, id, act, say, nil)
}

// SetWayResult notes how the last message went: problem is empty when it arrived. It is no act of a person, so the journal
// has nothing of it; its version does not change.
func (db *DB) SetWayResult(ctx context.Context, id int64, at time.Time, problem string) error {
	return db.write(ctx, false, func(t *tx) error {
		w, _, err := load(t, db, ways, id)
		if err != nil {
			return err
		}
		if w.Problem = clean(problem); problem == "" {
			w.LastOK = at.UTC()
		}
		body, err := ways.pack(db, w)
		if err != nil {
			return err
		}
		return t.exec("UPDATE ways SET body = ? WHERE id = ? AND version = ?", body, id, w.Version)
	})
}
