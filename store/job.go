package store

import (
	"context"
	"time"

	"breakwater/desk"
)

const jobColumns = "id, kind, name, payload, due, attempts, problem"

func scanJob(s scanner) (j desk.Job, err error) {
	var due int64
	err = s.Scan(&j.ID, &j.Kind, &j.Key, &j.Payload, &due, &j.Attempts, &j.Problem)
	j.Due = unstamp(due)
	return j, err
}

// enqueue keeps jobs. One whose key is among the unfinished of its kind already is left out; without a time it is due now.
func (t *tx) enqueue(jobs []desk.Job) error {
	for _, j := range jobs {
		id, err := t.nextID("jobs")
		if err != nil {
			return err
		}
		wait := j.Wait
		if j.Due.IsZero() {
			wait = max(wait, time.Millisecond) // at once is a span, too: a clock that is set makes nobody wait
			j.Due = t.now().Add(j.Wait)
		} else {
			wait = 0
		}
		if err := t.exec("INSERT INTO jobs (id, kind, name, payload, due, wait) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			id, clean(j.Kind), clean(j.Key), clean(j.Payload), stamp(j.Due), max(wait, 0).Microseconds()); err != nil {
			return err
		}
	}
	return nil
}

// ClaimJobs takes up to n jobs of a kind that are due, the longest due first. They are the caller's for the time of the
// lease: one that is neither finished nor failed by then is due again. Attempts counts this one.
func (db *DB) ClaimJobs(ctx context.Context, kind string, n int, lease time.Duration) (jobs []desk.Job, err error) {
	now, err := db.Now(ctx)
	if err != nil {
		return nil, err
	}
	due, err := selectAll(db.reader(ctx), value[int64],
		"SELECT id FROM jobs WHERE dead = 0 AND kind = ? AND due <= ? ORDER BY due LIMIT 1", kind, stamp(now))
	if err != nil || len(due) == 0 {
		return nil, err // the usual case takes no lock
	}
	err = db.write(ctx, true, func(t *tx) error {
		jobs, err = selectAll(t, scanJob, "UPDATE jobs SET due = ?, wait = ?, leased = 1, attempts = attempts + 1 WHERE id IN (SELECT id FROM jobs"+
			" WHERE dead = 0 AND kind = ? AND due <= ? ORDER BY due LIMIT ?"+db.d.skipLocked()+") RETURNING "+jobColumns,
			stamp(now.Add(lease)), lease.Microseconds(), kind, stamp(now), n)
		return err
	})
	return jobs, err
}

// FinishJob forgets a job that is done.
func (db *DB) FinishJob(ctx context.Context, id int64) error {
	return db.write(ctx, true, func(t *tx) error { return t.exec("DELETE FROM jobs WHERE id = ?", id) })
}

// FailJob notes what went wrong with a job: it is due again at the time given, or dead without one.
func (db *DB) FailJob(ctx context.Context, id int64, again time.Time, problem string) error {
	dead := 0
	if again.IsZero() {
		dead = 1
	}
	wait := max(again.Sub(db.clock.Wall()), 0)
	return db.write(ctx, true, func(t *tx) error {
		return t.exec("UPDATE jobs SET due = ?, wait = ?, leased = 0, dead = ?, problem = ? WHERE id = ?", stamp(again), wait.Microseconds(), dead, clean(problem), id)
	})
}

// Jobs lists the dead jobs or the waiting ones, newest first.
func (db *DB) Jobs(ctx context.Context, dead bool, p desk.Paging) ([]desk.Job, error) {
	var w where
	w.and("dead = ?", map[bool]int{true: 1}[dead])
	tail := w.page("id", p)
	return selectAll(db.reader(ctx), scanJob, "SELECT "+jobColumns+" FROM jobs"+w.String()+tail, w.args...)
}
