package store

import (
	"context"
	"database/sql"
	"log/slog"
)

const (
	// checkpointEvery is after how many mentions a log is copied into its file: some 50 MB of it.
	checkpointEvery = 8000
	// lastCheckpoint is the length in pages at which SQLite does it by itself, where few mentions come or copying fell behind.
	lastCheckpoint = "wal_autocheckpoint(32000)"
	// copyRounds bounds how often copying tries to catch up with those who write.
	copyRounds = 16
)

// checkpointer copies a write-ahead log into its file beside those who write. Left to SQLite the commit that makes the log long
// does it, and in the middle of a flood everybody waits for the disk.
type checkpointer struct {
	pool  *sql.DB
	log   *slog.Logger
	due   chan struct{}
	ended chan struct{}
	since int // mentions since it was due last; belongs to who writes
}

func newCheckpointer(path string, log *slog.Logger) (*checkpointer, error) {
	pool, err := sql.Open("sqlite", sqliteDSN(path, "busy_timeout(1000)", "journal_mode(WAL)", "synchronous(NORMAL)", "cache_size(-200)"))
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	c := &checkpointer{pool: pool, log: log, due: make(chan struct{}, 1), ended: make(chan struct{})}
	go c.run()
	return c, nil
}

// wrote counts what was committed. It does not wait.
func (c *checkpointer) wrote(mentions int) {
	if c.since += mentions; c.since < checkpointEvery {
		return
	}
	select {
	case c.due <- struct{}{}:
		c.since = 0
	default: // it is at it
	}
}

func (c *checkpointer) run() {
	defer close(c.ended)
	for range c.due {
		if err := c.copy(context.Background()); err != nil {
			c.log.Warn("a write-ahead log was not copied into its file; it is tried again", "error", err)
		}
	}
}

// copy goes on until nothing came meanwhile: only then is the log written from its beginning again.
func (c *checkpointer) copy(ctx context.Context) error {
	for before, round := 0, 0; round < copyRounds; round++ {
		var busy, pages, copied int
		if err := c.pool.QueryRowContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &pages, &copied); err != nil {
			return err
		}
		if pages <= before || copied < pages { // it has caught up, or a reader still needs what is there
			return nil
		}
		before = copied
	}
	return nil
}

func (c *checkpointer) close() error {
	close(c.due)
	<-c.ended
	return c.pool.Close()
}
