package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"breakwater/desk"
)

const (
	// verdictsFor is how long verdicts are kept: the time machine looks back a year.
	verdictsFor = 400 * 24 * time.Hour
	// learnedFor is how long states are kept from which buckets can be replayed.
	learnedFor = 9 * 24 * time.Hour
)

// Learned gives what is known about a monitor: the newest with at zero, otherwise the latest kept one at or before at.
// The error wraps desk.ErrNotFound when there is none.
func (db *DB) Learned(ctx context.Context, monitorID int64, at time.Time) (desk.Learned, error) {
	query, args := "SELECT at, state FROM learned WHERE monitor_id = ? AND kept = 0", []any{monitorID}
	if !at.IsZero() {
		query, args = "SELECT at, state FROM learned WHERE monitor_id = ? AND kept = 1 AND at <= ? ORDER BY at DESC LIMIT 1", []any{monitorID, at.Unix()}
	}
	w := desk.Learned{MonitorID: monitorID, Keep: !at.IsZero()}
	var seconds int64
	err := db.read.QueryRowContext(ctx, db.d.rebind(query), args...).Scan(&seconds, &w.State)
	if errors.Is(err, sql.ErrNoRows) {
		err = desk.ErrNotFound
	}
	if err != nil {
		return w, fmt.Errorf("read what is known of monitor %d: %w", monitorID, err)
	}
	w.At = time.Unix(seconds, 0).UTC()
	return w, nil
}

var (
	insertVerdicts = newBulk("INSERT INTO verdicts (monitor_id, at, body) VALUES", 3,
		"ON CONFLICT (monitor_id, at) DO UPDATE SET body = excluded.body")
	insertLearned = newBulk("INSERT INTO learned (monitor_id, kept, at, state) VALUES", 4,
		"ON CONFLICT (monitor_id, kept, at) DO UPDATE SET state = excluded.state")
)

// SaveLearned keeps states together with the verdicts that led to them, in one transaction. Old verdicts and states of the
// same monitors are removed when one is kept.
func (db *DB) SaveLearned(ctx context.Context, learned []desk.Learned, verdicts []desk.Verdict) error {
	err := db.write(ctx, false, func(t *tx) error {
		var rows []any
		for i := range verdicts {
			body, err := toJSON(&verdicts[i])
			if err != nil {
				return err
			}
			rows = append(rows, verdicts[i].MonitorID, verdicts[i].At.Unix(), body)
		}
		if err := insertVerdicts.run(t, rows); err != nil {
			return err
		}
		rows = nil
		for _, w := range learned {
			if err := t.exec("DELETE FROM learned WHERE monitor_id = ? AND kept = 0", w.MonitorID); err != nil {
				return err
			}
			rows = append(rows, w.MonitorID, 0, w.At.Unix(), w.State)
			if !w.Keep {
				continue
			}
			rows = append(rows, w.MonitorID, 1, w.At.Unix(), w.State)
			if err := t.forgetBefore(w); err != nil {
				return err
			}
		}
		return insertLearned.run(t, rows)
	})
	if err != nil {
		return fmt.Errorf("save %d verdicts of %d monitors: %w", len(verdicts), len(learned), err)
	}
	return nil
}

func (t *tx) forgetBefore(w desk.Learned) error {
	if err := t.exec("DELETE FROM verdicts WHERE monitor_id = ? AND at < ?", w.MonitorID, w.At.Add(-verdictsFor).Unix()); err != nil {
		return err
	}
	return t.exec("DELETE FROM learned WHERE monitor_id = ? AND kept = 1 AND at < ?", w.MonitorID, w.At.Add(-learnedFor).Unix())
}

// Verdicts gives a monitor's verdicts of the buckets that begin in [from, to), ascending. Buckets in which nothing came have none.
func (db *DB) Verdicts(ctx context.Context, monitorID int64, from, to time.Time) ([]desk.Verdict, error) {
	scan := func(s scanner) (v desk.Verdict, err error) {
		var at int64
		var body string
		if err := s.Scan(&at, &body); err != nil {
			return v, err
		}
		err = decode(body, &v)
		v.MonitorID, v.At = monitorID, time.Unix(at, 0).UTC()
		return v, err
	}
	all, err := selectAll(db.reader(ctx), scan, "SELECT at, body FROM verdicts WHERE monitor_id = ? AND at >= ? AND at < ?", monitorID, from.Unix(), to.Unix())
	if err != nil {
		return nil, fmt.Errorf("read verdicts of monitor %d: %w", monitorID, err)
	}
	slices.SortFunc(all, func(x, y desk.Verdict) int { return cmp.Compare(x.At.Unix(), y.At.Unix()) })
	return all, nil
}
