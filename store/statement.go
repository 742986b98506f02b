package store

import (
	"context"
	"time"

	"breakwater/desk"
)

var statements = &noun[desk.Statement]{
	table: "statements", word: "statement",
	id:      func(s *desk.Statement) *int64 { return &s.ID },
	version: func(s *desk.Statement) *int { return &s.Version },
	columns: []string{"brand_id", "incident_id", "state", "conversation_id"},
	values: func(s *desk.Statement) []any {
		return []any{s.BrandID, s.IncidentID, s.State, conversationOf(s.Answers)}
	},
	beside: keepWords,
}

// keepWords keeps what a statement says whenever that is other words than before.
func keepWords(t *tx, s *desk.Statement, act desk.Act) error {
	v := desk.StatementVersion{StatementID: s.ID, At: act.At, Who: act.Who, Name: act.Name, Words: s.Words()}
	if v.At.IsZero() {
		v.At = time.Now().UTC()
	}
	words, err := toJSON(v.Words)
	if err != nil {
		return err
	}
	type kept struct {
		number int
		words  string
	}
	last, err := found(selectOne(t, func(s scanner) (k kept, err error) {
		err = s.Scan(&k.number, &k.words)
		return k, err
	}, "SELECT number, words FROM statement_versions WHERE statement_id = ? ORDER BY number DESC LIMIT 1", s.ID))
	if err != nil || last.words == digest(words) {
		return err
	}
	v.Number = last.number + 1
	body, err := toJSON(v)
	if err != nil {
		return err
	}
	return t.exec("INSERT INTO statement_versions (statement_id, number, at, words, body) VALUES (?, ?, ?, ?, ?)",
		s.ID, v.Number, stamp(v.At), digest(words), body)
}

// Statements lists a brand's statements to everybody, newest first; 0 and empty do not restrict.
func (db *DB) Statements(ctx context.Context, brandID, incidentID int64, state string, p desk.Paging) ([]desk.Statement, error) {
	var w where
	w.and("conversation_id = 0")
	if brandID != 0 {
		w.and("brand_id = ?", brandID)
	}
	if incidentID != 0 {
		w.and("incident_id = ?", incidentID)
	}
	if state != "" {
		w.and("state = ?", state)
	}
	tail := w.page("id", p)
	return list(ctx, db, statements, &w, tail)
}

// Statement gives one statement. desk.ErrNotFound.
func (db *DB) Statement(ctx context.Context, id int64) (desk.Statement, error) {
	return one(ctx, db, statements, id)
}

// ChangeStatement changes a statement, or makes one when id is 0. Other words than before are kept as a version.
func (db *DB) ChangeStatement(ctx context.Context, id int64, act desk.Act, f func(*desk.Statement, *desk.Out) error) (desk.Statement, error) {
	return change(ctx, db, statements, id, act, f)
}

// StatementVersions lists what a statement said, newest first; Before is a version's number.
func (db *DB) StatementVersions(ctx context.Context, id int64, p desk.Paging) ([]desk.StatementVersion, error) {
	var w where
	w.and("statement_id = ?", id)
	tail := w.page("number", p)
	return selectAll(db.reader(ctx), func(s scanner) (v desk.StatementVersion, err error) {
		var body string
		if err := s.Scan(&body); err != nil {
			return v, err
		}
		err = decode(body, &v)
		return v, err
	}, "SELECT body FROM statement_versions"+w.String()+tail, w.args...)
}

// Look notes that a person looks at a thing ("statement:12") as it is now, and gives what they looked at the time before: 0 when
// never. The same look twice gives the same answer.
func (db *DB) Look(ctx context.Context, userID int64, thing string, now int64) (before int64, err error) {
	err = db.write(ctx, false, func(t *tx) error {
		before, err = selectOne(t, value[int64], "INSERT INTO looks (user_id, thing, before, seen) VALUES (?, ?, 0, ?)"+
			" ON CONFLICT (user_id, thing) DO UPDATE SET before = CASE WHEN looks.seen = excluded.seen THEN looks.before ELSE looks.seen END,"+
			" seen = excluded.seen RETURNING before", userID, clean(thing), now)
		return err
	})
	return before, err
}

// Looked gives what a person looked at last, and the time before that; 0 when never.
func (db *DB) Looked(ctx context.Context, userID int64, thing string) (seen, before int64, err error) {
	type look struct{ seen, before int64 }
	l, err := found(selectOne(db.reader(ctx), func(s scanner) (l look, err error) {
		err = s.Scan(&l.seen, &l.before)
		return l, err
	}, "SELECT seen, before FROM looks WHERE user_id = ? AND thing = ?", userID, clean(thing)))
	return l.seen, l.before, err
}
