package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the database/sql driver
	"github.com/pressly/goose/v3"

	"breakwater/internal/words"
)

// postgresDialect is PostgreSQL 15 and later.
type postgresDialect struct {
	bound sync.Map // query with ? to query with $1
}

// connections a desk holds at most: readers, and of those that write.
const pgReaders, pgWriters = 8, 4

func openPostgres(ctx context.Context, c Config, db *DB) error {
	w, err := sql.Open("pgx", c.DSN)
	if err != nil {
		return err
	}
	w.SetMaxOpenConns(pgWriters)
	if err := migratePostgres(ctx, w); err != nil {
		return errors.Join(away(err), w.Close())
	}
	r, err := sql.Open("pgx", c.DSN)
	if err != nil {
		return errors.Join(err, w.Close())
	}
	r.SetMaxOpenConns(pgReaders)
	r.SetMaxIdleConns(pgReaders)
	d := &postgresDialect{}
	db.d, db.read, db.writer = d, r, newWriter(w, d, pgWriters)
	return nil
}

// ErrUnreachable says that there is no database server, or that it is not ready: it may be later.
var ErrUnreachable = errors.New("the database server cannot be reached")

// away marks errors that pass when the server is there: no connection, or one that is starting, stopping or full (class 57P and 53300 of
// PostgreSQL's error codes). What it refuses for good, a wrong password, stays as it is.
func away(err error) error {
	var said *pgconn.PgError
	var failed *pgconn.ConnectError
	switch {
	case errors.As(err, &said):
		if !strings.HasPrefix(said.Code, "57P") && said.Code != "53300" {
			return err
		}
	case !errors.As(err, &failed):
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnreachable, err)
}

// migratePostgres lets one process migrate at a time: several may start together.
func migratePostgres(ctx context.Context, db *sql.DB) error {
	c, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.ExecContext(ctx, "SELECT pg_advisory_lock($1)", advisory); err != nil {
		return err
	}
	err = migrate(ctx, goose.DialectPostgres, db, "postgres")
	_, unlock := c.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", advisory)
	return errors.Join(err, unlock)
}

// advisory is where our advisory locks begin ("brkw"), so that they do not meet those of others in the same database.
const advisory = 0x62726b77_00

func (d *postgresDialect) rebind(query string) string {
	if q, ok := d.bound.Load(query); ok {
		return q.(string)
	}
	var b strings.Builder
	for i, part := range strings.Split(query, "?") {
		if i > 0 {
			b.WriteString("$" + strconv.Itoa(i))
		}
		b.WriteString(part)
	}
	d.bound.Store(query, b.String())
	return b.String()
}

func (*postgresDialect) begin(ctx context.Context, c *sql.Conn, durable bool) error {
	if _, err := c.ExecContext(ctx, "BEGIN"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if durable {
		return nil
	}
	if _, err := c.ExecContext(ctx, "SET LOCAL synchronous_commit = off"); err != nil {
		return fmt.Errorf("set synchronous_commit: %w", err)
	}
	return nil
}

func (*postgresDialect) lock(_ context.Context, t *tx, l lock) error {
	return t.exec("SELECT pg_advisory_xact_lock(?)", int64(advisory)+int64(l))
}

func (*postgresDialect) skipLocked() string { return " FOR UPDATE SKIP LOCKED" }

func (*postgresDialect) unique(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "23505"
}

func (*postgresDialect) backup(context.Context, *sql.DB, string) error {
	return errors.New("a PostgreSQL database is backed up with pg_dump")
}

// searchTokens writes the tokens as a tsvector with their positions. Tokens have no sign that would need quoting.
func (*postgresDialect) searchTokens(tokens string) string {
	const lastPosition = 16383 // of a tsvector; further words share it
	var b strings.Builder
	b.Grow(2 * len(tokens))
	for i, tok := range strings.Fields(tokens) {
		b.WriteByte('\'')
		b.WriteString(tok)
		b.WriteString("':")
		b.WriteString(strconv.Itoa(min(i+1, lastPosition)))
		b.WriteByte(' ')
	}
	return b.String()
}

func (*postgresDialect) searchFrom() string {
	return "search JOIN mentions m ON m.id = search.id WHERE search.words @@ CAST(? AS TSQUERY)"
}

func (*postgresDialect) searchID() string { return "search.id" }

func (*postgresDialect) searchAsk(q searchAsk) string {
	return q.render(" & ", " | ", " & !", func(p words.Phrase) string {
		s := "'" + strings.Join(p.Tokens, "' <-> '") + "'"
		if p.Prefix {
			s += ":*"
		}
		return s
	})
}

func (*postgresDialect) talkWordsID() string { return "id" }

func (*postgresDialect) talksThatSay() string {
	return "id IN (SELECT id >> 32 FROM talk_words WHERE words @@ CAST(? AS TSQUERY))"
}

var insertSearchPostgres = newBulk("INSERT INTO search (id, words) VALUES", 2, "ON CONFLICT (id) DO UPDATE SET words = excluded.words")

func (*postgresDialect) index(t *tx, stale []int64, values []any) error {
	for _, id := range stale {
		if err := t.exec("DELETE FROM search WHERE id = ?", id); err != nil {
			return err
		}
	}
	return insertSearchPostgres.run(t, values)
}

// committed has nothing to do: the index is in the same transaction.
func (*postgresDialect) committed(*tx) {}

func (*postgresDialect) searchable(context.Context) error { return nil }

func (*postgresDialect) close() error { return nil }
