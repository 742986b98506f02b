package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"breakwater/desk"
)

var escalations = &noun[desk.Escalation]{
	table: "escalations", word: "escalation",
	id:      func(e *desk.Escalation) *int64 { return &e.ID },
	version: func(e *desk.Escalation) *int { return &e.Version },
	columns: []string{"brand_id", "about", "state"},
	values:  func(e *desk.Escalation) []any { return []any{e.BrandID, e.About, e.State} },
	taken:   errStale, // two began it at once
	beside:  func(t *tx, e *desk.Escalation, _ desk.Act) error { return t.addCalls(e.Fresh) },
}

// Escalations lists escalations, newest first; brand 0 and an empty state do not restrict.
func (db *DB) Escalations(ctx context.Context, brandID int64, state string, p desk.Paging) ([]desk.Escalation, error) {
	var w where
	if brandID != 0 {
		w.and("brand_id = ?", brandID)
	}
	if state != "" {
		w.and("state = ?", state)
	}
	tail := w.page("id", p)
	return list(ctx, db, escalations, &w, tail)
}

// Escalation gives one escalation. desk.ErrNotFound.
func (db *DB) Escalation(ctx context.Context, id int64) (desk.Escalation, error) {
	return one(ctx, db, escalations, id)
}

// EscalationsByID gives those of the escalations that there are.
func (db *DB) EscalationsByID(ctx context.Context, ids []int64) ([]desk.Escalation, error) {
	var all []desk.Escalation
	for len(ids) > 0 {
		n := min(len(ids), 500)
		var w where
		among(&w, "id", ids[:n])
		some, err := list(ctx, db, escalations, &w, " ORDER BY id")
		if err != nil {
			return nil, err
		}
		all, ids = append(all, some...), ids[n:]
	}
	return all, nil
}

// EscalationAbout gives the escalation about a matter. desk.ErrNotFound.
func (db *DB) EscalationAbout(ctx context.Context, about string) (desk.Escalation, error) {
	id, err := selectOne(db.reader(ctx), value[int64], "SELECT id FROM escalations WHERE about = ?", about)
	if err != nil {
		return desk.Escalation{}, fmt.Errorf("escalation about %s: %w", about, err)
	}
	return one(ctx, db, escalations, id)
}

// NewestEscalation is the id of a brand's newest escalation about something of a kind ("rehearsal:"). desk.ErrNotFound.
func (db *DB) NewestEscalation(ctx context.Context, brandID int64, kind string) (int64, error) {
	return selectOne(db.reader(ctx), value[int64], "SELECT id FROM escalations WHERE brand_id = ? AND about LIKE ? ORDER BY id DESC LIMIT 1", brandID, kind+"%")
}

// ChangeEscalation changes an escalation, or makes one when id is 0, together with the calls that are Fresh.
func (db *DB) ChangeEscalation(ctx context.Context, id int64, act desk.Act, f func(*desk.Escalation, *desk.Out) error) (desk.Escalation, error) {
	return change(ctx, db, escalations, id, act, f)
}

// addCalls keeps calls; one that was made before is an error, because then a step would be taken twice.
func (t *tx) addCalls(calls []desk.Call) error {
	for _, c := range calls {
		id, err := t.nextID("calls")
		if err != nil {
			return err
		}
		if err := t.exec("INSERT INTO calls (id, user_id, escalation_id, level, name, made, due) VALUES (?, ?, ?, ?, ?, ?, ?)",
			id, c.UserID, c.EscalationID, int(c.Level), clean(c.Key), stamp(c.Made), stamp(c.Due)); err != nil {
			return fmt.Errorf("call %s: %w", c.Key, err)
		}
	}
	return nil
}

func scanCall(s scanner) (c desk.Call, err error) {
	var made, due int64
	err = s.Scan(&c.ID, &c.UserID, &c.EscalationID, &c.Level, &c.Key, &made, &due)
	c.Made, c.Due = unstamp(made), unstamp(due)
	return c, err
}

// Called lists the people who have calls that are to be put into letters by now.
func (db *DB) Called(ctx context.Context, now time.Time) ([]int64, error) {
	return selectAll(db.reader(ctx), value[int64], "SELECT DISTINCT user_id FROM calls WHERE due <= ? ORDER BY user_id", stamp(now))
}

// WaitingCalls lists up to n of a person's calls that are to be put into letters by now, oldest first.
func (db *DB) WaitingCalls(ctx context.Context, userID int64, now time.Time, n int) ([]desk.Call, error) {
	return selectAll(db.reader(ctx), scanCall, "SELECT id, user_id, escalation_id, level, name, made, due FROM calls WHERE user_id = ? AND due <= ? ORDER BY id LIMIT ?", userID, stamp(now), n)
}

// WriteLetters puts calls into letters: the calls are gone and the letters wait for their turn, all of it or nothing. It answers with
// desk.ErrConflict when somebody else took one of the calls.
func (db *DB) WriteLetters(ctx context.Context, calls []int64, letters []desk.Letter) error {
	return db.write(ctx, true, func(t *tx) error {
		for _, id := range calls {
			n, err := t.execN("DELETE FROM calls WHERE id = ?", id)
			if err != nil {
				return err
			}
			if n == 0 {
				return fmt.Errorf("call %d: %w", id, desk.ErrConflict)
			}
		}
		for i := range letters {
			if err := t.addLetter(&letters[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// PostponeCalls has calls wait until a time.
func (db *DB) PostponeCalls(ctx context.Context, calls []int64, until time.Time) error {
	return db.write(ctx, false, func(t *tx) error {
		for _, id := range calls {
			if err := t.exec("UPDATE calls SET due = ? WHERE id = ?", stamp(until), id); err != nil {
				return err
			}
		}
		return nil
	})
}

var letters = &noun[desk.Letter]{
	table: "letters", word: "letter",
	id:      func(l *desk.Letter) *int64 { return &l.ID },
	version: func(l *desk.Letter) *int { return &l.Version },
	columns: []string{"user_id", "line", "state"},
	values:  func(l *desk.Letter) []any { return []any{l.UserID, line64(l), l.State} },
}

// line64 is what letters wait in line for.
func line64(l *desk.Letter) int64 {
	if l.WayID != 0 {
		return l.WayID
	}
	return -l.UserID
}

func (t *tx) addLetter(l *desk.Letter) (err error) {
	if l.ID, err = t.nextID("letters"); err != nil {
		return err
	}
	l.State = desk.LetterDue
	_, err = saveIn(t, letters, l, 0)
	return err
}

// Letters lists what was sent to a person (0: to everybody), newest first.
func (db *DB) Letters(ctx context.Context, userID int64, p desk.Paging) ([]desk.Letter, error) {
	var w where
	if userID != 0 {
		w.and("user_id = ?", userID)
	}
	tail := w.page("id", p)
	return list(ctx, db, letters, &w, tail)
}

// Letter gives one letter. desk.ErrNotFound.
func (db *DB) Letter(ctx context.Context, id int64) (desk.Letter, error) {
	return one(ctx, db, letters, id)
}

// ClaimLetters takes up to n letters of each of up to lines lines whose first is due, in their order. They are the caller's for the
// time of the lease.
func (db *DB) ClaimLetters(ctx context.Context, lines, n int, lease time.Duration) (all [][]desk.Letter, err error) {
	now, err := db.Now(ctx)
	if err != nil {
		return nil, err
	}
	first, err := selectAll(db.reader(ctx), value[int64], "SELECT l.line FROM letters l WHERE l.state = ? AND l.due <= ? AND NOT EXISTS"+
		" (SELECT 1 FROM letters m WHERE m.state = ? AND m.line = l.line AND m.id < l.id) ORDER BY l.due, l.id LIMIT ?", desk.LetterDue, stamp(now), desk.LetterDue, lines)
	if err != nil || len(first) == 0 {
		return nil, err // the usual case takes no lock
	}
	err = db.write(ctx, true, func(t *tx) error {
		for _, line := range first {
			some, err := t.claimLine(line, n, now, lease)
			if err != nil {
				return err
			}
			if len(some) > 0 {
				all = append(all, some)
			}
		}
		return nil
	})
	return all, err
}

// claimLine takes the first letters of a line, unless somebody took them meanwhile.
func (t *tx) claimLine(line int64, n int, now time.Time, lease time.Duration) ([]desk.Letter, error) {
	rows, err := selectAll(t, scanBody, "UPDATE letters SET due = ?, wait = ?, leased = 1 WHERE id IN (SELECT id FROM letters WHERE state = ? AND line = ? ORDER BY id LIMIT ?)"+
		" AND (SELECT MIN(due) FROM (SELECT due FROM letters WHERE state = ? AND line = ? ORDER BY id LIMIT 1) f) <= ? RETURNING id, body",
		stamp(now.Add(lease)), lease.Microseconds(), desk.LetterDue, line, n, desk.LetterDue, line, stamp(now))
	if err != nil {
		return nil, err
	}
	return sortedLetters(t.db, rows)
}

// EndLetters notes what became of letters that were claimed. It is the desk's own work, and so the journal has nothing of it but
// the failures that their sender records.
func (db *DB) EndLetters(ctx context.Context, done []desk.Letter) error {
	if len(done) == 0 {
		return nil
	}
	return db.write(ctx, true, func(t *tx) error {
		for i := range done {
			if _, err := saveIn(t, letters, &done[i], done[i].Version); err != nil {
				return err
			}
		}
		return nil
	})
}

// RetryLetter notes what became of a letter and has it, when it is still due, and the line behind it wait for a span.
func (db *DB) RetryLetter(ctx context.Context, l desk.Letter, wait time.Duration) error {
	return db.write(ctx, true, func(t *tx) error {
		if _, err := saveIn(t, letters, &l, l.Version); err != nil {
			return err
		}
		return t.exec("UPDATE letters SET due = ?, wait = ?, leased = 0 WHERE state = ? AND line = ?", stamp(t.now().Add(wait)), max(wait, time.Millisecond).Microseconds(), desk.LetterDue, line64(&l))
	})
}

func sortedLetters(db *DB, rows []bodyRow) ([]desk.Letter, error) {
	slices.SortFunc(rows, func(a, b bodyRow) int { return cmp.Compare(a.id, b.id) })
	all := make([]desk.Letter, len(rows))
	for i, r := range rows {
		var err error
		if all[i], err = letters.unpack(db, r.id, r.body); err != nil {
			return nil, err
		}
	}
	return all, nil
}
