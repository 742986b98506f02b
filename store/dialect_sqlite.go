package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"breakwater/internal/words"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
)

// File is the database's name in the data folder.
const File = "breakwater.db"

// readers is how many queries may run beside the writer.
const readers = 8

// sqliteDialect is SQLite in WAL mode with one connection that writes.
type sqliteDialect struct {
	full atomic.Bool // synchronous is FULL on the writer's connection
}

func openSQLite(ctx context.Context, c Config, db *DB) error {
	if err := os.MkdirAll(c.Path, 0o700); err != nil {
		return err
	}
	path := filepath.Join(c.Path, File)
	w, err := sql.Open("sqlite", sqliteDSN(path, "journal_mode(WAL)", "synchronous(NORMAL)", "wal_autocheckpoint(16000)",
		"journal_size_limit(134217728)", "cache_size(-24000)", "temp_store(MEMORY)"))
	if err != nil {
		return err
	}
	w.SetMaxOpenConns(1)
	if err := migrate(ctx, goose.DialectSQLite3, w, "sqlite"); err != nil {
		return errors.Join(err, w.Close())
	}
	r, err := sql.Open("sqlite", sqliteDSN(path, "query_only(1)", "cache_size(-4000)", "temp_store(MEMORY)"))
	if err != nil {
		return errors.Join(err, w.Close())
	}
	r.SetMaxOpenConns(readers)
	r.SetMaxIdleConns(readers)
	d := &sqliteDialect{}
	db.d, db.read, db.writer = d, r, newWriter(w, d, 1)
	return nil
}

func sqliteDSN(path string, pragmas ...string) string {
	q := url.Values{"_pragma": append([]string{"busy_timeout(10000)"}, pragmas...), "_txlock": {"immediate"}}
	return (&url.URL{Scheme: "file", Path: path, OmitHost: true, RawQuery: q.Encode()}).String()
}

func (*sqliteDialect) rebind(query string) string { return query }

func (d *sqliteDialect) begin(ctx context.Context, c *sql.Conn, durable bool) error {
	if d.full.Load() != durable {
		level := "NORMAL"
		if durable {
			level = "FULL"
		}
		if _, err := c.ExecContext(ctx, "PRAGMA synchronous = "+level); err != nil {
			return fmt.Errorf("set synchronous: %w", err)
		}
		d.full.Store(durable)
	}
	if _, err := c.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	return nil
}

// lock has nothing to do: BEGIN IMMEDIATE holds the only lock there is.
func (*sqliteDialect) lock(context.Context, *tx, lock) error { return nil }

func (*sqliteDialect) skipLocked() string { return "" }

func (*sqliteDialect) unique(err error) bool {
	var e *sqlite.Error
	const constraintUnique, constraintPrimaryKey = 2067, 1555
	return errors.As(err, &e) && (e.Code() == constraintUnique || e.Code() == constraintPrimaryKey)
}

func (*sqliteDialect) backup(ctx context.Context, db *sql.DB, path string) error {
	if _, err := os.Stat(path); err == nil {
		return os.ErrExist
	}
	c, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	// The readers' connections refuse to write, also into another file.
	if _, err := c.ExecContext(ctx, "PRAGMA query_only = 0"); err != nil {
		return err
	}
	_, err = c.ExecContext(ctx, "VACUUM INTO ?", path)
	_, back := c.ExecContext(context.WithoutCancel(ctx), "PRAGMA query_only = 1")
	return errors.Join(err, back)
}

func (*sqliteDialect) searchTokens(tokens []byte) string { return string(tokens) }

// CROSS JOIN keeps the order: newest first out of the index, rows only for what it finds.
func (*sqliteDialect) searchFrom() string {
	return "search CROSS JOIN mentions m ON m.id = search.rowid WHERE search MATCH ?"
}

func (*sqliteDialect) searchID() string { return "search.rowid" }

func (*sqliteDialect) searchAsk(q searchAsk) string {
	return q.render(" AND ", " OR ", " NOT ", func(p words.Phrase) string {
		s := `"` + strings.Join(p.Tokens, " ") + `"`
		if p.Prefix {
			s += " *"
		}
		return s
	})
}

// index replaces stale tokens and adds those of values (id, tokens, …), which ascend by id. Row by row: an INSERT of several rows
// begins with a savepoint, at which FTS5 writes out what it has gathered, so that a transaction would leave dozens of small
// segments that have to be merged; that was half of the time of an append. For the same reason this comes last.
func (*sqliteDialect) index(t *tx, stale []int64, values []any) error {
	for _, id := range stale {
		if err := t.exec("DELETE FROM search WHERE rowid = ?", id); err != nil {
			return err
		}
	}
	for ; len(values) > 0; values = values[2:] {
		if err := t.exec("INSERT INTO search (rowid, words) VALUES (?, ?)", values[:2]...); err != nil {
			return err
		}
	}
	return nil
}
