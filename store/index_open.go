package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"breakwater/desk"
)

// indexSchema is the index file. The tokens come from internal/words, separated by spaces, and facets (network, language,
// monitor …) as tokens that begin with a character of the private use area. The ascii tokenizer only has to split them.
// Fewer, larger merges than the defaults (4, 16, 1 MB), with which half of the time of an insert went into merging: a question
// now meets up to some fifty segments instead of some fifteen, which costs it less than a millisecond.
var indexSchema = []string{
	"CREATE TABLE progress (identity TEXT NOT NULL, layout TEXT NOT NULL, seq BIGINT NOT NULL)",
	"CREATE TABLE followed (seq INTEGER PRIMARY KEY, ids BLOB NOT NULL)",
	"CREATE VIRTUAL TABLE search USING fts5 (words, content='', contentless_delete=1, tokenize='ascii')",
	"INSERT INTO search (search, rank) VALUES ('automerge', 64)",
	"INSERT INTO search (search, rank) VALUES ('crisismerge', 128)",
	"INSERT INTO search (search, rank) VALUES ('hashsize', 8388608)",
}

// openIndex opens the index file and brings it up to the database; it is made anew when it is missing, belongs to another database or cannot be brought up to it.
func openIndex(ctx context.Context, path string, db *DB) (*index, error) {
	x := &index{path: path, db: db, log: db.log, queue: make(chan turn, turnsWaiting), ended: make(chan struct{}), seg: newSegment()}
	x.moved = sync.NewCond(&x.mu)
	fits, err := x.open(ctx)
	if err == nil && !fits {
		err = x.rebuild(ctx)
	}
	if err == nil {
		err = x.catchUp(ctx)
	}
	if err != nil {
		if x.w != nil {
			err = errors.Join(err, x.shut())
		}
		return nil, fmt.Errorf("open the search index: %w", err)
	}
	return x, nil
}

// shut closes the connections.
func (x *index) shut() error { return errors.Join(x.own.close(), x.w.close()) }

// start has the index follow what is handed to it from now on.
func (x *index) start() (err error) {
	if x.copier, err = newCheckpointer(x.path, x.log); err != nil {
		return err
	}
	x.handed = x.seq
	go x.run()
	return nil
}

// open opens the file and reports whether it can follow the database from where it is.
func (x *index) open(ctx context.Context) (fits bool, err error) {
	if err := keepPrivate(x.path); err != nil {
		return false, err
	}
	connect := func(cache string) (*sql.DB, error) {
		pool, err := sql.Open("sqlite", sqliteDSN(x.path, "busy_timeout(1000)", "journal_mode(WAL)", "synchronous(FULL)", lastCheckpoint,
			"journal_size_limit(134217728)", cache, "temp_store(MEMORY)"))
		if err == nil {
			pool.SetMaxOpenConns(1)
		}
		return pool, err
	}
	pool, err := connect("cache_size(-3000)")
	if err != nil {
		return false, err
	}
	own, err := connect("cache_size(-6000)") // a flood's turn, most often whole
	if err != nil {
		return false, errors.Join(err, pool.Close())
	}
	x.w, x.own = newWriter(pool, x.db.d, 1), newWriter(own, x.db.d, 1)
	var identity, layout string
	if err := pool.QueryRowContext(ctx, "SELECT identity, layout, seq FROM progress").Scan(&identity, &layout, &x.seq); err != nil {
		return false, nil //nolint:nilerr // a new file, or one that was left half made
	}
	ours, err := selectOne(x.db.reader(ctx), value[string], "SELECT id FROM identity")
	if err != nil || identity != ours || layout != indexLayout {
		return false, err
	}
	last, err := x.last(ctx)
	if err != nil {
		return false, err
	}
	if x.seq > last {
		return x.stepBack(ctx, last)
	}
	waiting, err := selectOne(x.db.reader(ctx), value[int64], "SELECT COUNT(*) FROM unindexed WHERE seq > ?", x.seq)
	return waiting == last-x.seq, err
}

// last is the number of the database's last turn.
func (x *index) last(ctx context.Context) (int64, error) {
	return found(selectOne(x.db.reader(ctx), value[int64], "SELECT seq FROM sqlite_sequence WHERE name = 'unindexed'"))
}

// stepBack takes back what the database lost: the turns after last are made again from what it has.
func (x *index) stepBack(ctx context.Context, last int64) (possible bool, err error) {
	var ids []int64
	n := int64(0)
	err = x.write(ctx, func(t *tx) error {
		err := each(t, func(s scanner) error {
			var b []byte
			err := s.Scan(&b)
			ids = append(ids, idsOf(b)...)
			n++
			return err
		}, "SELECT ids FROM followed WHERE seq > ?", last)
		if err != nil || n != x.seq-last {
			return err
		}
		if err := x.again(ctx, t, ids); err != nil {
			return err
		}
		if err := t.exec("DELETE FROM followed WHERE seq > ?", last); err != nil {
			return err
		}
		return t.exec("UPDATE progress SET seq = ?", last)
	})
	if err != nil || n != x.seq-last {
		return false, err
	}
	x.seq = last
	return true, nil
}

// rebuild makes the file anew from all mentions. It is whole when its progress is there, not before.
func (x *index) rebuild(ctx context.Context) error {
	if err := x.shut(); err != nil {
		return err
	}
	for _, suffix := range []string{"-wal", "-shm", ""} {
		if err := os.Remove(x.path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if _, err := x.open(ctx); err != nil {
		return err
	}
	last, err := x.last(ctx)
	if err != nil {
		return err
	}
	if err := x.write(ctx, func(t *tx) error {
		for _, s := range indexSchema {
			if err := t.exec(s); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	if err := x.refill(ctx); err != nil {
		return err
	}
	identity, err := selectOne(x.db.reader(ctx), value[string], "SELECT id FROM identity")
	if err != nil {
		return err
	}
	x.seq = last
	return x.write(ctx, func(t *tx) error {
		return t.exec("INSERT INTO progress (identity, layout, seq) VALUES (?, ?, ?)", identity, indexLayout, last)
	})
}

// refill indexes all mentions.
func (x *index) refill(ctx context.Context) error {
	told := time.Now()
	for from, n := int64(0), 0; ; {
		ids, err := selectAll(x.db.reader(ctx), value[int64], "SELECT id FROM mentions WHERE id > ? ORDER BY id LIMIT ?", from, rebuildPiece)
		if err != nil || len(ids) == 0 {
			return err
		}
		if err := x.write(ctx, func(t *tx) error { return x.again(ctx, t, ids) }); err != nil {
			return err
		}
		from, n = ids[len(ids)-1], n+len(ids)
		if time.Since(told) > 5*time.Second {
			told = time.Now()
			x.log.Info("the search index is being made anew", "mentions", n)
		}
	}
}

// again makes the tokens of mentions from what the database has of them.
func (x *index) again(ctx context.Context, t *tx, ids []int64) error {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	r := x.db.reader(ctx)
	var found []desk.Mention
	err := selectIn(r, "SELECT "+mentionColumns+" FROM mentions m WHERE m.deleted = 0 AND m.id IN (@)", ids, func(s scanner) error {
		m, err := scanMention(s)
		found = append(found, m)
		return err
	})
	if err != nil {
		return err
	}
	slices.SortFunc(found, func(a, b desk.Mention) int { return compareID(&a, &b) })
	found = slices.CompactFunc(found, func(a, b desk.Mention) bool { return a.ID == b.ID })
	values := make([]any, 0, 2*len(found))
	for i := range found {
		scopes, err := x.db.scopes(r, &found[i])
		if err != nil {
			return err
		}
		values = append(values, found[i].ID, string(tokens(nil, &found[i], scopes)))
	}
	return x.put(t, ids, values)
}

// beside opens connections that see a second file as schema idx.
type beside struct {
	driver    driver.Driver
	dsn, file string
}

// Driver is the driver behind the connections.
func (b beside) Driver() driver.Driver { return b.driver }

// Connect opens a connection.
func (b beside) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := b.driver.Open(b.dsn)
	if err != nil {
		return nil, err
	}
	x, able := c.(driver.ExecerContext)
	if !able {
		return nil, errors.Join(errors.New("the SQLite driver cannot attach files"), c.Close())
	}
	_, err = x.ExecContext(ctx, "ATTACH DATABASE ? AS idx", []driver.NamedValue{{Ordinal: 1, Value: b.file}})
	if err == nil {
		_, err = x.ExecContext(ctx, "PRAGMA idx.cache_size = -4000", nil)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("attach %s: %w", b.file, err), c.Close())
	}
	return c, nil
}
