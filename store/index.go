package store

import (
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// IndexFile is the search index's name in the data folder. Backups leave it out: it is made anew from the database.
const IndexFile = "search.db"

const (
	// indexLayout changes when tokens or tables do: an index of another layout is made anew.
	indexLayout = "1"
	// turnsWaiting is how many transactions the index may be behind before writers wait for it: what waits is in memory.
	turnsWaiting = 1
	// turnsKept is how many turns the index remembers, for a database that lost its last transactions in a power cut.
	turnsKept = 1000
	// flood is from how many new mentions on a turn becomes a segment of the index at once, see segment. Of fewer FTS5 makes one
	// with less work, and one that it merges by itself.
	flood = 200
	// rebuildPiece is how many mentions a rebuild takes per transaction.
	rebuildPiece = 5000
	// retryAfter spaces the tries of an index that could not be written.
	retryAfter = time.Second
)

// index is SQLite's search index: a file of its own with a writer of its own, so that keeping mentions does not wait for the
// tokens of their texts to be sorted in; that is half of the work.
//
// Every transaction of the database that changes tokens leaves a turn in its table unindexed: the next number and the ids. The
// index takes the turns in their order, each together with its number in one transaction, so that after a crash on either
// side it knows where to go on; the tokens of turns that are not in memory any more it makes again from the mentions. Turns
// are on disk in the index (synchronous FULL) before the database forgets them.
type index struct {
	path string
	db   *DB
	w    *writer  // by FTS5
	own  *writer  // of whole segments; a connection apart, for FTS5 only looks for what others changed
	seg  *segment // belongs to run
	log  *slog.Logger

	copier *checkpointer

	queue chan turn
	ended chan struct{}

	mu     sync.Mutex // guards what follows
	moved  *sync.Cond // seq or behind changed
	handed int64      // the last turn that the database committed
	seq    int64      // the last turn that the index holds
	behind bool       // the index could not be written: turns are left to unindexed
}

// turn is what one transaction changed: tokens of stale ids go, values (id, tokens, …) come, ascending.
type turn struct {
	seq    int64
	stale  []int64
	values []any
}

// ids are those that the turn touches, as unindexed keeps them.
func (t *turn) ids() []byte {
	b := make([]byte, 0, 8*(len(t.stale)+len(t.values)/2))
	for _, id := range t.stale {
		b = binary.LittleEndian.AppendUint64(b, uint64(id))
	}
	for i := 0; i < len(t.values); i += 2 {
		b = binary.LittleEndian.AppendUint64(b, uint64(t.values[i].(int64)))
	}
	return b
}

func idsOf(b []byte) (ids []int64) {
	for ; len(b) >= 8; b = b[8:] {
		ids = append(ids, int64(binary.LittleEndian.Uint64(b)))
	}
	return ids
}

// put removes the tokens of stale and adds those of values. Row by row: an INSERT of several rows begins with a savepoint, at
// which FTS5 writes out what it has gathered, so that a transaction would leave dozens of small segments that have to be
// merged.
func (x *index) put(t *tx, stale []int64, values []any) error {
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

// putFlood is put for many new mentions: it writes their segment, and answers what is to be merged now.
func (x *index) putFlood(t *tx, values []any) (due, error) {
	x.seg.reset()
	for ; len(values) > 0; values = values[2:] {
		x.seg.add(values[0].(int64), values[1].(string))
	}
	return x.seg.write(t)
}

// merge makes larger segments of smaller ones.
func (x *index) merge(ctx context.Context, d due) error {
	if d.oldest {
		err := x.writeBy(ctx, x.own, mergeOldest)
		if err == nil {
			// Many pages went through; SQLite's caches lend each other theirs and would together keep more from then on.
			return x.writeBy(ctx, x.own, func(t *tx) error { return t.exec("PRAGMA shrink_memory") })
		}
		if !errors.Is(err, errSegments) {
			return err
		}
		x.log.Warn("segments of the search index are not as we write them; they are left to SQLite", "error", err)
	}
	if d.pages == 0 {
		return nil
	}
	return x.write(ctx, func(t *tx) error { return t.exec("INSERT INTO search (search, rank) VALUES ('merge', ?)", d.pages) })
}

// write runs f in a transaction of the index file.
func (x *index) write(ctx context.Context, f func(*tx) error) error { return x.writeBy(ctx, x.w, f) }

func (x *index) writeBy(ctx context.Context, w *writer, f func(*tx) error) error {
	c, err := w.acquire(ctx)
	if err != nil {
		return err
	}
	t := &tx{ctx: context.WithoutCancel(ctx), db: x.db, w: w, conn: c}
	err, broken := t.run(beginImmediate, f)
	w.release(c, broken)
	return err
}

// hand gives the index a turn that the database has committed; turns are handed in their order. It waits while too many do.
func (x *index) hand(t turn) {
	x.mu.Lock()
	x.handed = t.seq
	behind := x.behind
	x.mu.Unlock()
	if !behind {
		x.queue <- t
	}
}

// done is the last turn that the index holds.
func (x *index) done() int64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.seq
}

// errBehind says that the index could not be written.
var errBehind = errors.New("the search index is behind: see the log")

// settle waits until the index holds everything that was committed before the call.
func (x *index) settle(ctx context.Context) error {
	defer context.AfterFunc(ctx, x.moved.Broadcast)()
	x.mu.Lock()
	defer x.mu.Unlock()
	for want := x.handed; x.seq < want; x.moved.Wait() {
		if x.behind {
			return errBehind
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// run takes turns until the queue is closed.
func (x *index) run() {
	defer close(x.ended)
	ctx := context.Background()
	for t := range x.queue {
		if err := x.take(ctx, t); err != nil {
			x.recover(ctx, err)
		}
	}
}

// take follows one turn, or all that came since the last one when there is a hole between them.
func (x *index) take(ctx context.Context, t turn) error {
	at := x.done()
	if t.seq <= at {
		return nil
	}
	if t.seq > at+1 {
		return x.catchUp(ctx)
	}
	w, merges := x.w, due{}
	put := func(tr *tx) error { return x.put(tr, t.stale, t.values) }
	if len(t.stale) == 0 && len(t.values)/2 >= flood {
		w = x.own
		put = func(tr *tx) (err error) { merges, err = x.putFlood(tr, t.values); return err }
	}
	err := x.writeBy(ctx, w, func(tr *tx) error {
		if err := put(tr); err != nil {
			return err
		}
		return progressed(tr, t.seq, t.ids())
	})
	if err != nil {
		return err
	}
	x.reached(t.seq)
	x.copier.wrote(len(t.values) / 2)
	return x.merge(ctx, merges)
}

// progressed notes that a turn was followed.
func progressed(t *tx, seq int64, ids []byte) error {
	if err := t.exec("INSERT INTO followed (seq, ids) VALUES (?, ?)", seq, ids); err != nil {
		return err
	}
	if err := t.exec("DELETE FROM followed WHERE seq <= ?", seq-turnsKept); err != nil {
		return err
	}
	return t.exec("UPDATE progress SET seq = ?", seq)
}

func (x *index) reached(seq int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.seq = seq
	x.moved.Broadcast()
}

// catchUp follows the turns that are only in the database.
func (x *index) catchUp(ctx context.Context) error {
	for {
		var turns []turn
		var ids [][]byte
		err := each(x.db.reader(ctx), func(s scanner) error {
			var t turn
			var b []byte
			err := s.Scan(&t.seq, &b)
			turns, ids = append(turns, t), append(ids, b)
			return err
		}, "SELECT seq, ids FROM unindexed WHERE seq > ? ORDER BY seq LIMIT 16", x.done())
		if err != nil || len(turns) == 0 {
			return err
		}
		for i, t := range turns {
			err := x.write(ctx, func(tr *tx) error {
				if err := x.again(ctx, tr, idsOf(ids[i])); err != nil {
					return err
				}
				return progressed(tr, t.seq, ids[i])
			})
			if err != nil {
				return err
			}
			x.reached(t.seq)
		}
	}
}

// recover tries until the index has caught up. Meanwhile nobody waits for it.
func (x *index) recover(ctx context.Context, err error) {
	for ; err != nil; err = x.catchUp(ctx) {
		x.log.Error("the search index cannot be written; what comes in is kept and will be indexed", "error", err)
		x.setBehind(true)
		for drained := false; !drained; {
			select {
			case _, open := <-x.queue:
				if !open {
					return
				}
			case <-time.After(retryAfter):
				drained = true
			}
		}
		x.setBehind(false) // from here on turns are handed over again; those before are in unindexed
	}
	x.log.Info("the search index has caught up")
}

func (x *index) setBehind(b bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.behind = b
	x.moved.Broadcast()
}

// close follows what is handed over already and closes the file. Nothing may be handed over any more.
func (x *index) close() error {
	close(x.queue)
	<-x.ended
	return errors.Join(x.copier.close(), x.shut())
}

// Searchable waits until everything that was kept before the call is found by a search. A write that fails to reach the search
// index is kept all the same; this then answers an error until the index has caught up.
func (db *DB) Searchable(ctx context.Context) error { return db.d.searchable(ctx) }
