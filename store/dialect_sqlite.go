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
	full   atomic.Bool // synchronous is FULL on the writer's connection
	search *index
	copier *checkpointer
}

func openSQLite(ctx context.Context, c Config, db *DB) error {
	if err := os.MkdirAll(c.Path, 0o700); err != nil {
		return err
	}
	path := filepath.Join(c.Path, File)
	if err := keepPrivate(path); err != nil {
		return err
	}
	w, err := sql.Open("sqlite", sqliteDSN(path, "busy_timeout(10000)", "journal_mode(WAL)", "synchronous(NORMAL)", lastCheckpoint,
		"journal_size_limit(134217728)", "cache_size(-16000)", "temp_store(MEMORY)"))
	if err != nil {
		return err
	}
	w.SetMaxOpenConns(1)
	if err := migrate(ctx, goose.DialectSQLite3, w, "sqlite"); err != nil {
		return errors.Join(err, w.Close())
	}
	d := &sqliteDialect{}
	db.d, db.read, db.writer = d, w, newWriter(w, d, 1)
	searchPath := filepath.Join(c.Path, IndexFile)
	if d.search, err = openIndex(ctx, searchPath, db); err != nil {
		return errors.Join(err, w.Close())
	}
	// From here on the index file is the one that stays: whoever reads sees it beside the database.
	db.read = sql.OpenDB(beside{
		driver: w.Driver(), dsn: sqliteDSN(path, "busy_timeout(10000)", "query_only(1)", "cache_size(-4000)", "temp_store(MEMORY)"), file: searchPath,
	})
	db.read.SetMaxOpenConns(readers)
	db.read.SetMaxIdleConns(readers)
	if d.copier, err = newCheckpointer(path, c.Log); err != nil {
		return err
	}
	return d.search.start()
}

// keepPrivate makes the file of a database before SQLite does, for its owner alone: SQLite gives the files beside it the same rights,
// and the folder may be one that others can read. From a file that is there already it takes what others may.
func keepPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		is, err := os.Stat(name)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if mode := is.Mode().Perm(); mode&0o007 != 0 {
			if err := os.Chmod(name, mode&^0o007); err != nil {
				return err
			}
		}
	}
	return nil
}

func sqliteDSN(path string, pragmas ...string) string {
	q := url.Values{"_pragma": pragmas, "_txlock": {"immediate"}}
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
	return beginImmediate(ctx, c)
}

// beginImmediate takes the file's only lock for writing at once.
func beginImmediate(ctx context.Context, c *sql.Conn) error {
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

func (*sqliteDialect) searchTokens(tokens string) string { return tokens }

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

func (*sqliteDialect) talkWordsID() string { return "rowid" }

// The sign before id has the rows come in the list's order, each asked whether it is among those found: the other way round a common word
// has all that say it read and sorted for one page.
func (*sqliteDialect) talksThatSay() string {
	return "+id IN (SELECT rowid >> 32 FROM talk_words WHERE talk_words MATCH ?)"
}

// index leaves a turn for the search index. It forgets the turns that the index holds.
func (d *sqliteDialect) index(t *tx, stale []int64, values []any) error {
	n := turn{stale: stale, values: values}
	if len(stale) == 0 && len(values) == 0 {
		return nil
	}
	if err := t.exec("DELETE FROM unindexed WHERE seq <= ?", d.search.done()); err != nil {
		return err
	}
	var err error
	n.seq, err = selectOne(t, value[int64], "INSERT INTO unindexed (ids) VALUES (?) RETURNING seq", n.ids())
	t.turns = append(t.turns, n)
	return err
}

func (d *sqliteDialect) committed(t *tx) {
	for _, n := range t.turns {
		d.search.hand(n)
		d.copier.wrote(len(n.values) / 2)
	}
}

func (d *sqliteDialect) searchable(ctx context.Context) error { return d.search.settle(ctx) }

func (d *sqliteDialect) close() error { return errors.Join(d.search.close(), d.copier.close()) }
