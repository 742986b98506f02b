package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"breakwater/desk"
)

// Clock is where the store gets the time from.
type Clock struct {
	Wall  func() time.Time     // what the machine's clock shows; people and programs may set it
	Since func() time.Duration // passed since some moment: nobody can set it, and it goes on while the machine sleeps
	Boot  string               // names the run of the machine in which Since counts; empty: it does not outlive the process
}

// jumped is from where on a difference between wall and passed time is a jump of the clock rather than its being kept right.
const jumped = 5 * time.Second

// guardedClock notices when somebody sets the machine's clock. What was to happen "in five minutes" then still happens in five
// minutes: before anything due is looked for, all that waits for a span is moved by the jump, and never to later than the whole
// span from now. What was to happen at a time of day stays at its time of day.
//
// While the desk is down the difference is kept in the database: a clock that is set meanwhile is noticed at the start, as long
// as the machine did not start anew. After a new start of the machine its clock is believed.
type guardedClock struct {
	Clock

	steady atomic.Int64 // the offset by which rows are written; changed in the transaction that moves them

	mu     sync.Mutex    // guards what follows; held while waiting rows are moved, because nothing may be claimed meanwhile
	seen   bool          // offset is known
	offset time.Duration // wall, as time since 1970, less Since
	kept   time.Duration // offset as the database has it
}

// MachineClock is this machine's clock.
func MachineClock() Clock { return machineClock() }

func newGuardedClock(c *Clock) *guardedClock {
	if c == nil {
		m := machineClock()
		c = &m
	}
	return &guardedClock{Clock: *c}
}

// Now is the time by which the store decides what is due, after whatever waits was put right with it.
func (db *DB) Now(ctx context.Context) (time.Time, error) {
	c := db.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	wall := c.Wall().UTC()
	offset := time.Duration(wall.UnixNano()) - c.Since()
	moved := (offset - c.offset).Abs()
	if c.seen && moved < jumped && (offset-c.kept).Abs() < time.Second {
		c.offset = offset
		c.steady.Store(int64(offset))
		return wall, nil
	}
	if err := db.settle(ctx, wall, offset); err != nil {
		return wall, fmt.Errorf("put right what waits: %w", err)
	}
	c.seen, c.offset, c.kept = true, offset, offset
	return wall, nil
}

// settle moves what waits by the jump of the clock, once for all processes of a machine, and keeps the new offset.
func (db *DB) settle(ctx context.Context, wall time.Time, offset time.Duration) error {
	c := db.clock
	name := "clock:" + c.Boot
	return db.write(ctx, true, func(t *tx) error {
		before, known := c.offset, c.seen
		if c.Boot != "" {
			text, err := found(selectOne(t, value[string], "SELECT value FROM settings WHERE name = ?", name))
			if err != nil {
				return err
			}
			if n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64); err == nil {
				before, known = time.Duration(n), true
			}
			if err := t.exec("INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
				name, strconv.FormatInt(int64(offset), 10)); err != nil {
				return err
			}
		}
		if by := offset - before; known && by.Abs() >= jumped {
			db.log.Warn("the machine's clock was set; what waits is moved with it", "by", by.Round(time.Second))
			if err := t.shift(wall, by); err != nil {
				return err
			}
		}
		c.steady.Store(int64(offset))
		return nil
	})
}

// now is the time by which a transaction writes when something is due: that of the clock as it was when what waits was moved
// last, so that a jump in between moves this as well.
func (t *tx) now() time.Time {
	c := t.db.clock
	return time.Unix(0, int64(c.Since())+c.steady.Load()).UTC()
}

// shift moves what waits for a span by the jump of the clock to now.
func (t *tx) shift(now time.Time, by time.Duration) error {
	us, jump := stamp(now), by.Microseconds()
	for _, table := range []string{"jobs", "letters"} {
		if err := t.exec("UPDATE "+table+" SET due = CASE WHEN due + ? > ? + wait THEN ? + wait ELSE due + ? END WHERE wait > 0", jump, us, us, jump); err != nil {
			return err
		}
	}
	if by < 0 { // what was due already stays due
		if err := t.exec("UPDATE jobs SET due = ? WHERE wait = 0 AND dead = 0 AND due > ? AND due <= ?", us, us, us-jump); err != nil {
			return err
		}
	}
	return t.exec("UPDATE calls SET due = ?", us) // whoever puts them into letters decides anew
}

// ReleaseLeases makes due what another process had taken. Only who knows that there is no other process may call it.
func (db *DB) ReleaseLeases(ctx context.Context) error {
	now, err := db.Now(ctx)
	if err != nil {
		return err
	}
	return db.write(ctx, true, func(t *tx) error {
		for _, table := range []string{"jobs", "letters"} {
			if err := t.exec("UPDATE "+table+" SET due = ?, leased = 0 WHERE leased > 0", stamp(now)); err != nil {
				return err
			}
		}
		// A mailing that nobody takes any more would say forever that a letter is being handed over.
		if err := t.exec("UPDATE mailing_deliveries SET state = ? WHERE state = ? AND mailing_id IN (SELECT id FROM mailings WHERE open = 0)", desk.DeliveryUnknown, desk.DeliveryTrying); err != nil {
			return err
		}
		return t.exec("UPDATE mailings SET lease = 0 WHERE lease > 0")
	})
}
