package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"breakwater/desk"
)

var exhibits = &noun[desk.Exhibit]{
	table: "exhibits", word: "exhibit",
	id:      func(e *desk.Exhibit) *int64 { return &e.ID },
	version: func(e *desk.Exhibit) *int { return &e.Version },
	columns: []string{"incident_id", "number", "until"},
	values:  func(e *desk.Exhibit) []any { return []any{e.IncidentID, e.Number, stamp(e.Until)} },
	taken:   errStale, // two took the same number at once
}

// Exhibits lists what is kept of an incident, by number.
func (db *DB) Exhibits(ctx context.Context, incidentID int64) ([]desk.Exhibit, error) {
	var w where
	w.and("incident_id = ?", incidentID)
	return list(ctx, db, exhibits, &w, " ORDER BY number")
}

// Exhibit gives one exhibit. desk.ErrNotFound.
func (db *DB) Exhibit(ctx context.Context, id int64) (desk.Exhibit, error) {
	return one(ctx, db, exhibits, id)
}

// Expired lists up to n exhibits whose day is over.
func (db *DB) Expired(ctx context.Context, now time.Time, n int) ([]desk.Exhibit, error) {
	var w where
	w.and("until > 0 AND until < ?", stamp(now))
	return list(ctx, db, exhibits, &w, fmt.Sprintf(" ORDER BY until LIMIT %d", n))
}

// ChangeExhibit changes an exhibit, or makes one when id is 0, with the next number of the incident that f puts it in. bodies are
// the bytes of its new files, kept in the same transaction under their hashes.
func (db *DB) ChangeExhibit(ctx context.Context, id int64, act desk.Act, bodies [][]byte, f func(*desk.Exhibit, *desk.Out) error) (e desk.Exhibit, err error) {
	for range triesToChange {
		e, err = db.tryExhibit(ctx, id, act, bodies, f)
		if !errors.Is(err, errStale) {
			return e, err
		}
	}
	return e, fmt.Errorf("%s: %w", exhibits.on(id), desk.ErrConflict)
}

func (db *DB) tryExhibit(ctx context.Context, id int64, act desk.Act, bodies [][]byte, f func(*desk.Exhibit, *desk.Out) error) (e desk.Exhibit, err error) {
	err = db.write(ctx, true, func(t *tx) error {
		before := ""
		if id != 0 {
			if e, before, err = load(t, db, exhibits, id); err != nil {
				return err
			}
		} else if e.ID, err = t.nextID("exhibits"); err != nil {
			return err
		}
		version := e.Version
		var out desk.Out
		if err := f(&e, &out); err != nil || out.Skip {
			return err
		}
		if id == 0 {
			if e.Number, err = selectOne(t, value[int], "SELECT COALESCE(MAX(number), 0) + 1 FROM exhibits WHERE incident_id = ?", e.IncidentID); err != nil {
				return err
			}
		}
		for _, body := range bodies {
			if _, err := t.keepBlob(body); err != nil {
				return err
			}
		}
		after, err := saveIn(t, exhibits, &e, version)
		if err != nil {
			return err
		}
		for _, file := range e.Files {
			if err := t.exec("INSERT INTO exhibit_blobs (exhibit_id, hash) VALUES (?, ?) ON CONFLICT DO NOTHING", e.ID, file.Hash); err != nil {
				return err
			}
		}
		return t.record(act, exhibits.on(e.ID), out, digest(before), digest(after))
	})
	return e, err
}

// DeleteExhibit deletes an exhibit, and the bytes that no other exhibit and none of our own texts needs. The journal keeps that it
// was there, and its hash.
func (db *DB) DeleteExhibit(ctx context.Context, id int64, act desk.Act, say func(*desk.Exhibit) desk.Out) error {
	return db.write(ctx, true, func(t *tx) error {
		e, before, err := load(t, db, exhibits, id)
		if err != nil {
			return err
		}
		for _, query := range []string{"DELETE FROM exhibits WHERE id = ?", "DELETE FROM exhibit_blobs WHERE exhibit_id = ?"} {
			if err := t.exec(query, id); err != nil {
				return err
			}
		}
		for _, f := range e.Files {
			if _, err := t.dropBlob(f.Hash, time.Now()); err != nil {
				return err
			}
		}
		return t.record(act, exhibits.on(id), say(&e), digest(before), "")
	})
}
