package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"breakwater/desk"
)

// scanner is a row to read.
type scanner interface{ Scan(dest ...any) error }

// asker runs queries: tx, or reader outside of a transaction.
type asker interface {
	query(query string, args ...any) (*sql.Rows, error)
}

// reader asks outside of a transaction.
type reader struct {
	ctx context.Context
	db  *DB
}

func (r reader) query(query string, args ...any) (*sql.Rows, error) {
	return r.db.query(r.ctx, query, args...)
}

func (db *DB) reader(ctx context.Context) reader { return reader{ctx, db} }

// selectAll reads all rows of a query. An empty result is an empty slice, not nil.
func selectAll[T any](a asker, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	out := []T{}
	err := each(a, func(s scanner) error {
		v, err := scan(s)
		out = append(out, v)
		return err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// each hands every row of a query to f.
func each(a asker, f func(scanner) error, query string, args ...any) error {
	rows, err := a.query(query, args...)
	if err != nil {
		return fmt.Errorf("%w in %q", err, brief(query))
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// selectOne reads the only row of a query; without one it answers desk.ErrNotFound.
func selectOne[T any](a asker, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	all, err := selectAll(a, scan, query, args...)
	if err == nil && len(all) == 0 {
		err = desk.ErrNotFound
	}
	if err != nil {
		var zero T
		return zero, err
	}
	return all[0], nil
}

// value reads rows of a single column.
func value[T any](s scanner) (v T, err error) {
	err = s.Scan(&v)
	return v, err
}

// found turns desk.ErrNotFound into the zero value.
func found[T any](v T, err error) (T, error) {
	if errors.Is(err, desk.ErrNotFound) {
		err = nil
	}
	return v, err
}

// where collects conditions.
type where struct {
	conds []string
	args  []any
}

// and adds a condition.
func (w *where) and(cond string, args ...any) {
	w.conds = append(w.conds, cond)
	w.args = append(w.args, args...)
}

// among adds column IN (values); no values do not restrict.
func among[T any](w *where, column string, values []T) {
	switch len(values) {
	case 0:
		return
	case 1: // an engine that sees one value uses an index's order behind it
		w.and(column+" = ?", values[0])
		return
	}
	w.conds = append(w.conds, column+" IN ("+marks(len(values))+")")
	for _, v := range values {
		w.args = append(w.args, v)
	}
}

// String is the WHERE clause, empty without conditions.
func (w *where) String() string {
	if len(w.conds) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conds, " AND ")
}

// page adds the paging of a list by id, newest first, and gives ORDER BY and LIMIT.
func (w *where) page(column string, p desk.Paging) string {
	if p.Before > 0 {
		w.and(column+" < ?", p.Before)
	}
	return fmt.Sprintf(" ORDER BY %s DESC LIMIT %d", column, limit(p.Limit))
}

// limit is a caller's limit within 1 … 200; 0 is 50.
func limit(n int) int {
	if n <= 0 {
		return 50
	}
	return min(n, 200)
}

// marks is "?, ?, …".
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// bulkRows is how many rows one INSERT takes: with more the engines gain nothing (measured: 25 against 100 within 2 %).
const bulkRows = 32

// bulk inserts many rows with few statements.
type bulk struct {
	into string // INSERT INTO t (a, b) VALUES
	tail string // ON CONFLICT …
	cols int
	one  string
	many string
}

func newBulk(into string, cols int, tail string) *bulk {
	row := "(" + marks(cols) + ")"
	return &bulk{into: into, tail: tail, cols: cols, one: into + " " + row + " " + tail,
		many: into + " " + strings.TrimSuffix(strings.Repeat(row+", ", bulkRows), ", ") + " " + tail}
}

// run inserts rows whose values lie in args one row after the other.
func (b *bulk) run(t *tx, args []any) error {
	for full := b.cols * bulkRows; len(args) >= full; args = args[full:] {
		if err := t.exec(b.many, args[:full]...); err != nil {
			return err
		}
	}
	for ; len(args) > 0; args = args[b.cols:] {
		if err := t.exec(b.one, args[:b.cols]...); err != nil {
			return err
		}
	}
	return nil
}

// selectIn runs a query whose only list "IN (@)" may be long, in pieces, and hands every row to f.
func selectIn[K any](a asker, query string, keys []K, f func(scanner) error) error {
	const piece = 64
	for len(keys) > 0 {
		n := min(piece, len(keys))
		// Always the same few statements, so that they stay prepared.
		size := 1
		for size < n {
			size *= 2
		}
		args := make([]any, size)
		for i := range args {
			args[i] = keys[min(i, n-1)]
		}
		if err := each(a, f, strings.Replace(query, "@", marks(size), 1), args...); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

// stamp is a time as the database keeps it: microseconds UTC, 0 for the zero time.
func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// unstamp is the time of a stamp.
func unstamp(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// toJSON is v as JSON. What the store keeps can always be marshalled.
func toJSON(v any) (string, error) {
	w := jsonWriters.Get().(*jsonWriter)
	w.text.Reset()
	if err := w.Encode(v); err != nil {
		return "", fmt.Errorf("write as JSON: %w", err)
	}
	text := string(bytes.TrimSuffix(w.text.Bytes(), []byte("\n")))
	if w.text.Cap() <= 1<<16 {
		jsonWriters.Put(w)
	}
	return text, nil
}

// jsonWriter encodes into a buffer that is used again: texts are then allocated once, as long as they are.
type jsonWriter struct {
	*json.Encoder
	text bytes.Buffer
}

var jsonWriters = sync.Pool{New: func() any {
	w := &jsonWriter{}
	w.Encoder = json.NewEncoder(&w.text)
	w.SetEscapeHTML(false)
	return w
}}

// clean is s as both engines can keep it: valid UTF-8 without NUL.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// nextID counts a table's ids. They are never used again, not even after a deletion.
func (t *tx) nextID(table string) (int64, error) {
	return selectOne(t, value[int64],
		"INSERT INTO counters (name, n) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET n = counters.n + 1 RETURNING n", table)
}
