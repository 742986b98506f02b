package store

import (
	"cmp"
	"context"
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

// Learned gives the newest state of a monitor. The error wraps desk.ErrNotFound when there is none.
func (db *DB) Learned(ctx context.Context, monitorID int64) (desk.Learned, error) {
	l, err := selectOne(db.reader(ctx), scanLearned, "SELECT monitor_id, kept, at, state FROM learned WHERE monitor_id = ? AND kept = 0", monitorID)
	if err != nil {
		return l, fmt.Errorf("read what is known of monitor %d: %w", monitorID, err)
	}
	return l, nil
}

// Kept gives the states of a monitor from which the buckets in [from, to) can be replayed, ascending: the last one at or before
// from, and those between.
func (db *DB) Kept(ctx context.Context, monitorID int64, from, to time.Time) ([]desk.Learned, error) {
	all, err := selectAll(db.reader(ctx), scanLearned, "SELECT monitor_id, kept, at, state FROM learned WHERE monitor_id = ? AND kept = 1"+
		" AND at < ? AND at >= COALESCE((SELECT MAX(at) FROM learned WHERE monitor_id = ? AND kept = 1 AND at <= ?), ?) ORDER BY at",
		monitorID, to.Unix(), monitorID, from.Unix(), from.Unix())
	if err != nil {
		return nil, fmt.Errorf("read what was known of monitor %d: %w", monitorID, err)
	}
	return all, nil
}

func scanLearned(s scanner) (l desk.Learned, err error) {
	var kept, at int64
	err = s.Scan(&l.MonitorID, &kept, &at, &l.State)
	l.Keep, l.At = kept == 1, time.Unix(at, 0).UTC()
	return l, err
}

var (
	insertVerdicts = newBulk("INSERT INTO verdicts (monitor_id, at, body) VALUES", 3,
		"ON CONFLICT (monitor_id, at) DO UPDATE SET body = excluded.body")
	insertLearned = newBulk("INSERT INTO learned (monitor_id, kept, at, state) VALUES", 4,
		"ON CONFLICT (monitor_id, kept, at) DO UPDATE SET state = excluded.state")
)

// SaveLearned keeps states together with the verdicts that led to them, in one transaction. The newest replaces the one before;
// with one to replay from, verdicts and states that are too old go.
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
			if err := t.forgetBefore(w); err != nil {
				return err
			}
			kept := 0
			if w.Keep {
				kept = 1
			}
			rows = append(rows, w.MonitorID, kept, w.At.Unix(), w.State)
		}
		return insertLearned.run(t, rows)
	})
	if err != nil {
		return fmt.Errorf("save %d verdicts of %d monitors: %w", len(verdicts), len(learned), err)
	}
	return nil
}

// forgetBefore removes what w replaces, and with a kept state what is too old.
func (t *tx) forgetBefore(w desk.Learned) error {
	if !w.Keep {
		return t.exec("DELETE FROM learned WHERE monitor_id = ? AND kept = 0", w.MonitorID)
	}
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
