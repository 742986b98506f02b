// Package store keeps the desk's nouns in one database: SQLite by default, PostgreSQL when it grows.
//
// There is one set of SQL. What the engines do differently sits in dialect_sqlite.go and dialect_postgres.go; storetest says
// what both must do. Every exported method is one transaction. What people do is on disk when the method returns (it survives
// a power cut); batches of mentions survive a crash of the process at once and a power cut when their sender was told so.
//
// Errors are those of package desk where they mean something to the caller: desk.ErrNotFound, desk.ErrConflict,
// *desk.Invalid.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"breakwater/desk"
)

// Config says where the database is.
type Config struct {
	Path string       // folder for SQLite; made when missing
	DSN  string       // postgres://…; empty is SQLite
	Seal Sealer       // for settings of sources and ways; nil keeps them plain (tests)
	Log  *slog.Logger // nil discards
	// Clock is where the time comes from; nil: this machine. Only tests of clocks that jump need another.
	Clock *Clock
}

// Sealer encrypts what must not be read from a stolen database. aad names the row, so that sealed values cannot be swapped.
type Sealer interface {
	Seal(plain []byte, aad string) ([]byte, error)
	Open(sealed []byte, aad string) ([]byte, error)
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	d      dialect
	read   *sql.DB
	writer *writer
	seal   Sealer
	log    *slog.Logger
	clock  *guardedClock
	brands brandMap

	homeless seldom // by source: what no brand has
	hooks    hooks
	closing  sync.Once
	closed   error

	chain sync.Mutex // held from a transaction's first entry until it is announced: entries are announced in their order
}

// dialect is what the engines do differently.
type dialect interface {
	// rebind turns ? into what the engine understands.
	rebind(query string) string
	// begin starts a transaction that writes; durable ones survive a power cut.
	begin(ctx context.Context, c *sql.Conn, durable bool) error
	// lock waits until no other transaction holds the lock, and holds it to the end of the transaction.
	lock(ctx context.Context, t *tx, l lock) error
	// searchTokens gives the value that the search table keeps for space-separated tokens.
	searchTokens(tokens string) string
	// searchFrom is the FROM and first WHERE of a search, searchID the column that names the mention in it, searchAsk its argument.
	searchFrom() string
	searchID() string
	searchAsk(q searchAsk) string
	// index replaces the search tokens of stale mentions and adds values: id, tokens, id, tokens …, ascending.
	index(t *tx, stale []int64, values []any) error
	// talkWordsID is the column of talk_words that is a row's id; talksThatSay the condition that a conversation's id is among those
	// that a question to the index finds.
	talkWordsID() string
	talksThatSay() string
	// committed is told of every transaction, in their order.
	committed(t *tx)
	// searchable waits until searches find all that was committed.
	searchable(ctx context.Context) error
	// close closes what the dialect itself has open, after the last transaction.
	close() error
	// skipLocked is what a claim adds to leave alone what another claim holds.
	skipLocked() string
	// unique reports whether err says that a unique key exists already.
	unique(err error) bool
	backup(ctx context.Context, db *sql.DB, path string) error
}

// lock names what only one transaction at a time may do, where the engine itself would let several.
type lock int

const (
	lockMentions lock = 1 + iota // rows, search index and roll-ups of mentions
	lockJournal                  // the end of the hash chain; taken after the others when both are
	lockSending                  // claims of posts and presses of holds
	lockInbox                    // conversations; taken after lockMentions and lockSending, before the journal
)

// Open opens the database and brings its schema up to date.
func Open(ctx context.Context, c Config) (*DB, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	db := &DB{seal: c.Seal, log: c.Log, clock: newGuardedClock(c.Clock)}
	open := openSQLite
	if c.DSN != "" {
		open = openPostgres
	}
	if err := open(ctx, c, db); err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if _, err := db.Now(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := db.indexTalks(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("index the conversations: %w", err), db.Close())
	}
	return db, nil
}

// Close waits for what is being written and closes the database. Closing it again does nothing.
func (db *DB) Close() error {
	db.closing.Do(func() { db.closed = errors.Join(db.writer.close(), db.d.close(), db.read.Close()) })
	return db.closed
}

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	var one int
	return db.read.QueryRowContext(ctx, "SELECT 1").Scan(&one)
}

// Backup writes a consistent copy of the database to a new file at path while everything goes on.
func (db *DB) Backup(ctx context.Context, path string) error {
	if err := db.d.backup(ctx, db.read, path); err != nil {
		return fmt.Errorf("back up to %s: %w", path, err)
	}
	return nil
}

// OnJournal has f called for every entry that this process wrote, in their order, after it is on disk. f must be
// quick, and must not change the store.
func (db *DB) OnJournal(f func(desk.Entry)) { db.hooks.add(f) }

// hooks hand journal entries on in their order.
type hooks struct {
	mu    sync.Mutex // guards what follows
	fs    []func(desk.Entry)
	queue []desk.Entry

	calling sync.Mutex // held while calling; taken before mu
}

func (h *hooks) add(f func(desk.Entry)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fs = append(h.fs, f)
}

// enqueue is called while the writing transaction still holds its lock, so that the queue has the chain's order.
func (h *hooks) enqueue(es []desk.Entry) {
	if len(es) == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.queue = append(h.queue, es...)
}

// call hands on what is queued; whoever comes second waits until the first has handed on its entries too.
func (h *hooks) call() {
	h.calling.Lock()
	defer h.calling.Unlock()
	h.mu.Lock()
	es, fs := h.queue, h.fs
	h.queue = nil
	h.mu.Unlock()
	for _, e := range es {
		for _, f := range fs {
			f(e)
		}
	}
}
