package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"breakwater/desk"
)

// writer hands out connections to transactions that write.
type writer struct {
	db *sql.DB
	d  dialect

	mu    sync.Mutex // guards stmts
	stmts map[*sql.Conn]map[string]*sql.Stmt
	keep  chan *sql.Conn // connections with their prepared statements; as many as may write at once
}

func newWriter(db *sql.DB, d dialect, n int) *writer {
	w := &writer{db: db, d: d, stmts: map[*sql.Conn]map[string]*sql.Stmt{}, keep: make(chan *sql.Conn, n)}
	for range n {
		w.keep <- nil
	}
	return w
}

// acquire waits for a connection.
func (w *writer) acquire(ctx context.Context) (*sql.Conn, error) {
	select {
	case c, ok := <-w.keep:
		if !ok {
			return nil, errors.New("the store is closed")
		}
		if c != nil {
			return c, nil
		}
		c, err := w.db.Conn(ctx)
		if err != nil {
			w.keep <- nil
		}
		return c, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// release gives a connection back; a broken one is closed and replaced at the next use.
func (w *writer) release(c *sql.Conn, broken bool) {
	if broken {
		w.forget(c)
		c = nil
	}
	w.keep <- c
}

func (w *writer) forget(c *sql.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.stmts[c] {
		s.Close()
	}
	delete(w.stmts, c)
	c.Close()
}

func (w *writer) close() error {
	for range cap(w.keep) {
		if c := <-w.keep; c != nil {
			w.forget(c)
		}
	}
	close(w.keep)
	return w.db.Close()
}

// prepared is the statement for query on c, prepared once.
func (w *writer) prepared(ctx context.Context, c *sql.Conn, query string) (*sql.Stmt, error) {
	w.mu.Lock()
	s := w.stmts[c][query]
	w.mu.Unlock()
	if s != nil {
		return s, nil
	}
	s, err := c.PrepareContext(ctx, w.d.rebind(query)) //nolint:sqlclosecheck // kept for the next time; closed with its connection
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", query, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stmts[c] == nil {
		w.stmts[c] = map[string]*sql.Stmt{}
	}
	w.stmts[c][query] = s
	return s, nil
}

// tx is a transaction that writes. Once begun it is not interrupted by the caller's context: it is short, and half of it
// would only have to be done again.
type tx struct {
	ctx     context.Context
	db      *DB
	w       *writer
	conn    *sql.Conn
	entries []desk.Entry // written, to be announced after the commit
	chained bool         // holds db.chain
	turns   []turn       // for SQLite's search index, handed over after the commit
}

// write runs f in a transaction. What it changed is found by searches when it returns.
func (db *DB) write(ctx context.Context, durable bool, f func(*tx) error) error {
	t, err := db.commit(ctx, durable, f)
	if err == nil && len(t.turns) > 0 {
		// It is kept, whatever becomes of the index.
		_ = db.Searchable(ctx)
	}
	return err
}

// commit is write that does not wait for searches.
func (db *DB) commit(ctx context.Context, durable bool, f func(*tx) error) (*tx, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c, err := db.writer.acquire(ctx)
	if err != nil {
		return nil, err
	}
	t := &tx{ctx: context.WithoutCancel(ctx), db: db, w: db.writer, conn: c}
	begin := func(ctx context.Context, c *sql.Conn) error { return db.d.begin(ctx, c, durable) }
	err, broken := t.run(begin, f)
	if err == nil {
		db.hooks.enqueue(t.entries)
		db.d.committed(t)
	}
	if t.chained {
		db.chain.Unlock()
	}
	db.writer.release(c, broken)
	if err == nil && len(t.entries) > 0 {
		db.hooks.call()
	}
	return t, err
}

func (t *tx) run(begin func(context.Context, *sql.Conn) error, f func(*tx) error) (err error, broken bool) {
	if err := begin(t.ctx, t.conn); err != nil {
		return err, true
	}
	defer func() {
		if p := recover(); p != nil {
			t.rollback() //nolint:errcheck // the panic says more
			if t.chained {
				t.db.chain.Unlock()
			}
			t.w.release(t.conn, true)
			panic(p)
		}
	}()
	if err := f(t); err != nil {
		return err, t.rollback() != nil
	}
	if err := t.exec("COMMIT"); err != nil {
		return fmt.Errorf("commit: %w", err), t.rollback() != nil
	}
	return nil, false
}

func (t *tx) rollback() error {
	_, err := t.conn.ExecContext(t.ctx, "ROLLBACK")
	return err
}

// exec runs a statement, prepared once per connection.
func (t *tx) exec(query string, args ...any) error {
	_, err := t.execN(query, args...)
	return err
}

// execN is exec that tells how many rows it changed.
func (t *tx) execN(query string, args ...any) (int64, error) {
	s, err := t.w.prepared(t.ctx, t.conn, query) //nolint:sqlclosecheck // the writer keeps it
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, fmt.Errorf("%w in %q", err, brief(query))
	}
	return r.RowsAffected()
}

func (t *tx) query(query string, args ...any) (*sql.Rows, error) {
	s, err := t.w.prepared(t.ctx, t.conn, query) //nolint:sqlclosecheck // the writer keeps it
	if err != nil {
		return nil, err
	}
	return s.QueryContext(t.ctx, args...)
}

// query reads outside of any transaction.
func (db *DB) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return db.read.QueryContext(ctx, db.d.rebind(query), args...)
}

// brief is a statement as an error shows it.
func brief(query string) string {
	if len(query) > 120 {
		return query[:120] + "…"
	}
	return query
}
