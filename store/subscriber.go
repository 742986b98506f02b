package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"breakwater/desk"
)

const subscriberColumns = "id, brand_id, mailbox, address, lang, state, made, asked, asks, asked_day, confirmed, settled, bounces, origin, bounced"

// addressOf names the row that an address is sealed for.
func addressOf(id int64) string { return "subscriber:" + strconv.FormatInt(id, 10) }

// scanSubscriber reads a row with its address open.
func (db *DB) scanSubscriber(s scanner) (x desk.Subscriber, err error) {
	var made, asked, day, confirmed, settled, bounced int64
	var sealed string
	if err := s.Scan(&x.ID, &x.BrandID, &x.Mailbox, &sealed, &x.Lang, &x.State, &made, &asked, &x.Asks, &day, &confirmed, &settled, &x.Bounces, &x.Origin, &bounced); err != nil {
		return x, err
	}
	x.Made, x.Asked, x.AskedDay, x.Confirmed, x.Settled = unstamp(made), unstamp(asked), unstamp(day), unstamp(confirmed), unstamp(settled)
	x.Bounced = unstamp(bounced)
	if x.Address, err = db.unsealed(sealed, addressOf(x.ID)); err != nil {
		return x, fmt.Errorf("unseal the address of subscriber %d: %w", x.ID, err)
	}
	return x, nil
}

// withCentres adds what a subscriber gets the updates of.
func withCentres(a asker, x *desk.Subscriber) (err error) {
	x.Centres, err = selectAll(a, value[int64], "SELECT centre_id FROM subscriptions WHERE subscriber_id = ? ORDER BY centre_id", x.ID)
	return err
}

// Subscriber gives one subscriber. desk.ErrNotFound.
func (db *DB) Subscriber(ctx context.Context, id int64) (desk.Subscriber, error) {
	return db.subscriber(db.reader(ctx), "id = ?", id)
}

// SubscriberOf gives the subscriber of a brand with a mailbox. desk.ErrNotFound.
func (db *DB) SubscriberOf(ctx context.Context, brandID int64, mailbox string) (desk.Subscriber, error) {
	return db.subscriber(db.reader(ctx), "brand_id = ? AND mailbox = ?", brandID, mailbox)
}

func (db *DB) subscriber(a asker, cond string, args ...any) (desk.Subscriber, error) {
	x, err := selectOne(a, db.scanSubscriber, "SELECT "+subscriberColumns+" FROM subscribers WHERE "+cond, args...)
	if err != nil {
		return x, err
	}
	if ids, all := desk.ActorOf(ctxOf(a)).Brands(); !all && !slices.Contains(ids, x.BrandID) {
		return desk.Subscriber{}, desk.ErrNotFound
	}
	return x, withCentres(a, &x)
}

// Subscribers lists a brand's subscribers in a state ("": all), by id from after on.
func (db *DB) Subscribers(ctx context.Context, brandID int64, state string, after int64, n int) ([]desk.Subscriber, error) {
	var w where
	w.and("id > ?", after)
	return db.subscribers(ctx, &w, brandID, state, "id", n)
}

// NewestSubscribers lists them newest first, those before an id; 0 begins.
func (db *DB) NewestSubscribers(ctx context.Context, brandID int64, state string, before int64, n int) ([]desk.Subscriber, error) {
	var w where
	if before > 0 {
		w.and("id < ?", before)
	}
	return db.subscribers(ctx, &w, brandID, state, "id DESC", n)
}

func (db *DB) subscribers(ctx context.Context, w *where, brandID int64, state, order string, n int) ([]desk.Subscriber, error) {
	w.and("brand_id = ?", brandID)
	if state != "" {
		w.and("state = ?", state)
	}
	if ids, all := desk.ActorOf(ctx).Brands(); !all && !slices.Contains(ids, brandID) {
		return nil, nil
	}
	list, err := selectAll(db.reader(ctx), db.scanSubscriber, "SELECT "+subscriberColumns+" FROM subscribers"+w.String()+fmt.Sprintf(" ORDER BY %s LIMIT %d", order, n), w.args...)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if err := withCentres(db.reader(ctx), &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// ChangeSubscriber changes the subscriber of a brand with a mailbox, or makes one, in one transaction. What people do about themselves is
// no act of the desk: the row itself says when they asked, confirmed and left; an act of ours is journalled when out says something,
// without the address.
func (db *DB) ChangeSubscriber(ctx context.Context, brandID int64, mailbox string, act desk.Act, f func(*desk.Subscriber, *desk.Out) error) (x desk.Subscriber, err error) {
	err = db.write(ctx, true, func(t *tx) error {
		x, err = db.subscriber(t, "brand_id = ? AND mailbox = ?", brandID, mailbox)
		fresh := errors.Is(err, desk.ErrNotFound)
		if err != nil && !fresh {
			return err
		}
		if fresh {
			x = desk.Subscriber{BrandID: brandID, Mailbox: mailbox}
			if x.ID, err = t.nextID("subscribers"); err != nil {
				return err
			}
		}
		var out desk.Out
		if err := f(&x, &out); err != nil || out.Skip {
			return err
		}
		if err := t.saveSubscriber(&x); err != nil {
			return err
		}
		if !out.Say.IsZero() {
			return t.record(act, addressOf(x.ID), out, "", "")
		}
		return t.enqueue(out.Jobs)
	})
	return x, err
}

func (t *tx) saveSubscriber(x *desk.Subscriber) error {
	sealed := ""
	if x.Address != "" {
		var err error
		if sealed, err = t.db.sealed(clean(x.Address), addressOf(x.ID)); err != nil {
			return err
		}
	}
	err := t.exec("INSERT INTO subscribers ("+subscriberColumns+") VALUES ("+marks(15)+") ON CONFLICT (id) DO UPDATE SET address = excluded.address,"+
		" lang = excluded.lang, state = excluded.state, made = excluded.made, asked = excluded.asked, asks = excluded.asks, asked_day = excluded.asked_day,"+
		" confirmed = excluded.confirmed, settled = excluded.settled, bounces = excluded.bounces, origin = excluded.origin, bounced = excluded.bounced",
		x.ID, x.BrandID, x.Mailbox, sealed, clean(x.Lang), x.State, stamp(x.Made), stamp(x.Asked), x.Asks, stamp(x.AskedDay), stamp(x.Confirmed), stamp(x.Settled), x.Bounces, clean(x.Origin), stamp(x.Bounced))
	if err != nil {
		return fmt.Errorf("save subscriber %d: %w", x.ID, err)
	}
	if err := t.exec("DELETE FROM subscriptions WHERE subscriber_id = ?", x.ID); err != nil {
		return err
	}
	for _, c := range x.Centres {
		if err := t.exec("INSERT INTO subscriptions (subscriber_id, centre_id) VALUES (?, ?) ON CONFLICT DO NOTHING", x.ID, c); err != nil {
			return err
		}
	}
	return nil
}

// AddSubscribers adds subscribers whose consent was given elsewhere. Those that a brand knows already stay as they are, whether they get
// updates, left, or cannot be written to; known counts them.
func (db *DB) AddSubscribers(ctx context.Context, all []desk.Subscriber, act desk.Act, out desk.Out) (added, known int, err error) {
	err = db.write(ctx, true, func(t *tx) error {
		added, known = 0, 0
		for i := range all {
			x := all[i]
			n, err := selectOne(t, value[int64], "SELECT COUNT(*) FROM subscribers WHERE brand_id = ? AND mailbox = ? AND (state <> ? OR "+hadSettled+")", x.BrandID, x.Mailbox, desk.SubscriberAsked)
			if err != nil {
				return err
			}
			if n > 0 {
				known++
				continue
			}
			if err := t.exec("DELETE FROM subscribers WHERE brand_id = ? AND mailbox = ?", x.BrandID, x.Mailbox); err != nil { // asked, and never confirmed
				return err
			}
			if x.ID, err = t.nextID("subscribers"); err != nil {
				return err
			}
			if err := t.saveSubscriber(&x); err != nil {
				return err
			}
			added++
		}
		if out.Say.IsZero() {
			return nil
		}
		return t.record(act, "brand:"+strconv.FormatInt(brandOf(all), 10), out, "", "")
	})
	return added, known, err
}

func brandOf(all []desk.Subscriber) int64 {
	if len(all) == 0 {
		return 0
	}
	return all[0].BrandID
}

// NoteSubscribers journals what was done with a brand's subscribers: a list taken in, or given out.
func (db *DB) NoteSubscribers(ctx context.Context, brandID int64, act desk.Act, out desk.Out) error {
	return db.write(ctx, true, func(t *tx) error {
		return t.record(act, "brand:"+strconv.FormatInt(brandID, 10), out, "", "")
	})
}

// ForgetSubscriber deletes everything about a person, also what they were sent. desk.ErrNotFound.
func (db *DB) ForgetSubscriber(ctx context.Context, id int64, act desk.Act, say desk.Text) error {
	return db.write(ctx, true, func(t *tx) error {
		if _, err := db.subscriber(t, "id = ?", id); err != nil {
			return err
		}
		for _, q := range []string{"DELETE FROM subscribers WHERE id = ?", "DELETE FROM subscriptions WHERE subscriber_id = ?", "DELETE FROM mailing_deliveries WHERE subscriber_id = ?"} {
			if err := t.exec(q, id); err != nil {
				return err
			}
		}
		return t.record(act, addressOf(id), desk.Out{Say: say}, "", "")
	})
}

// hadSettled is who left, or could not be written to, before somebody typed their address again.
const hadSettled = "(settled <> 0 OR bounced <> 0)"

// DropUnconfirmed deletes who asked before a time and did not confirm, at most n of them, and gives how many. Of those who had left
// before, the mailbox's hash stays, so that no import writes to them.
func (db *DB) DropUnconfirmed(ctx context.Context, before time.Time, n int) (dropped int64, err error) {
	err = db.write(ctx, false, func(t *tx) error {
		late := "(SELECT id FROM subscribers WHERE state = ? AND asked < ? AND id <= ?)"
		args := []any{desk.SubscriberAsked, stamp(before)}
		last, err := selectOne(t, value[int64], fmt.Sprintf("SELECT COALESCE(MAX(id), 0) FROM (SELECT id FROM subscribers WHERE state = ? AND asked < ? ORDER BY id LIMIT %d) AS late", n), args...)
		if err != nil {
			return err
		}
		args = append(args, last)
		if err := t.exec("DELETE FROM subscriptions WHERE subscriber_id IN "+late, args...); err != nil {
			return err
		}
		if dropped, err = t.execN("DELETE FROM subscribers WHERE NOT "+hadSettled+" AND id IN "+late, args...); err != nil {
			return err
		}
		left, err := t.execN("UPDATE subscribers SET state = ?, address = '', asked = 0 WHERE "+hadSettled+" AND id IN "+late, append([]any{desk.SubscriberLeft}, args...)...)
		dropped += left
		return err
	})
	return dropped, err
}

// CountSubscribers counts a brand's subscribers by state, and who came and left on the days since.
func (db *DB) CountSubscribers(ctx context.Context, brandID int64, since time.Time) (c desk.SubscriberCount, err error) {
	c.States = map[string]int{}
	if ids, all := desk.ActorOf(ctx).Brands(); !all && !slices.Contains(ids, brandID) {
		return c, nil
	}
	err = each(db.reader(ctx), func(s scanner) error {
		var state string
		var n int
		err := s.Scan(&state, &n)
		c.States[state] = n
		return err
	}, "SELECT state, COUNT(*) FROM subscribers WHERE brand_id = ? GROUP BY state", brandID)
	if err != nil {
		return c, err
	}
	const day = int64(24 * time.Hour / time.Microsecond)
	days := map[int64]*desk.DayCount{}
	var order []int64
	for _, q := range []string{
		"SELECT confirmed / ? AS d, COUNT(*) FROM subscribers WHERE brand_id = ? AND confirmed >= ? GROUP BY d ORDER BY d",
		"SELECT settled / ? AS d, COUNT(*) FROM subscribers WHERE brand_id = ? AND settled >= ? AND state = 'left' GROUP BY d ORDER BY d",
	} {
		came := len(order) == 0 && q[7] == 'c'
		err := each(db.reader(ctx), func(s scanner) error {
			var d int64
			var n int
			if err := s.Scan(&d, &n); err != nil {
				return err
			}
			if days[d] == nil {
				days[d] = &desk.DayCount{Day: unstamp(d * day)}
				order = append(order, d)
			}
			if came {
				days[d].Came = n
			} else {
				days[d].Left = n
			}
			return nil
		}, q, day, brandID, stamp(since))
		if err != nil {
			return c, err
		}
	}
	for _, d := range slices.Sorted(slices.Values(order)) {
		c.Days = append(c.Days, *days[d])
	}
	return c, nil
}
