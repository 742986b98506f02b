package store

import (
	"context"
	"slices"
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

// enqueue keeps jobs. One whose key is among the unfinished of its kind already is left out, or hastens that; without a time it is due now.
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
		if j.Sooner {
			if err := t.exec("UPDATE jobs SET due = ?, wait = ? WHERE kind = ? AND name = ? AND dead = 0 AND leased = 0 AND due > ?",
				stamp(j.Due), max(wait, 0).Microseconds(), clean(j.Kind), clean(j.Key), stamp(j.Due)); err != nil {
				return err
			}
		}
	}
	return nil
}

// HastenJobs makes waiting jobs of a kind due now, by their keys. Those that are under way or unknown are left.
func (db *DB) HastenJobs(ctx context.Context, kind string, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	return db.write(ctx, false, func(t *tx) error {
		now := stamp(t.now())
		var w where
		w.and("kind = ?", kind)
		w.and("dead = 0")
		w.and("leased = 0")
		w.and("due > ?", now)
		among(&w, "name", keys)
		return t.exec("UPDATE jobs SET due = ?, wait = ?"+w.String(), slices.Concat([]any{now, time.Millisecond.Microseconds()}, w.args)...)
	})
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
	return db.FailJobs(ctx, []int64{id}, again, problem)
}

// FinishJobs forgets jobs that are done, all of them or none.
func (db *DB) FinishJobs(ctx context.Context, ids []int64) error {
	return db.eachJobs(ctx, ids, "DELETE FROM jobs")
}

// FailJobs is FailJob for several.
func (db *DB) FailJobs(ctx context.Context, ids []int64, again time.Time, problem string) error {
	dead := 0
	if again.IsZero() {
		dead = 1
	}
	wait := max(again.Sub(db.clock.Wall()), 0)
	return db.eachJobs(ctx, ids, "UPDATE jobs SET due = ?, wait = ?, leased = 0, dead = ?, problem = ?", stamp(again), wait.Microseconds(), dead, clean(problem))
}

// PostponeJobs gives claimed jobs back until a time, as if nobody had taken them.
func (db *DB) PostponeJobs(ctx context.Context, ids []int64, until time.Time) error {
	wait := max(until.Sub(db.clock.Wall()), time.Millisecond)
	return db.eachJobs(ctx, ids, "UPDATE jobs SET due = ?, wait = ?, leased = 0, attempts = attempts - 1", stamp(until), wait.Microseconds())
}

// eachJobs does one thing to jobs, some hundred at a time, in one transaction.
func (db *DB) eachJobs(ctx context.Context, ids []int64, do string, args ...any) error {
	return db.write(ctx, true, func(t *tx) error {
		for some := range slices.Chunk(ids, 500) {
			var w where
			among(&w, "id", some)
			if err := t.exec(do+w.String(), slices.Concat(args, w.args)...); err != nil {
				return err
			}
		}
		return nil
	})
}

// Jobs lists the dead jobs or the waiting ones, newest first.
func (db *DB) Jobs(ctx context.Context, dead bool, p desk.Paging) ([]desk.Job, error) {
	var w where
	w.and("dead = ?", map[bool]int{true: 1}[dead])
	tail := w.page("id", p)
	return selectAll(db.reader(ctx), scanJob, "SELECT "+jobColumns+" FROM jobs"+w.String()+tail, w.args...)
}
