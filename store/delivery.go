package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"breakwater/desk"
)

// DueDeliveries are up to n letters of a mailing that may go now, with the addresses they go to: those that nobody tried first.
func (db *DB) DueDeliveries(ctx context.Context, mailingID int64, n int) ([]desk.Delivery, error) {
	now, err := db.Now(ctx)
	if err != nil {
		return nil, err
	}
	var all []desk.Delivery
	for _, state := range []string{desk.DeliveryDue, desk.DeliveryLater} {
		some, err := selectAll(db.reader(ctx), func(s scanner) (l desk.Delivery, err error) {
			var sealed string
			var fresh int
			if err := s.Scan(&l.SubscriberID, &l.Tries, &fresh, &sealed, &l.Lang); err != nil {
				return l, err
			}
			l.MailingID, l.State, l.Fresh = mailingID, state, fresh == 1
			l.Address, err = db.unsealed(sealed, addressOf(l.SubscriberID))
			return l, err
		}, "SELECT l.subscriber_id, l.tries, l.fresh, COALESCE(s.address, ''), COALESCE(s.lang, '') FROM mailing_deliveries l LEFT JOIN subscribers s ON s.id = l.subscriber_id"+
			fmt.Sprintf(" WHERE l.mailing_id = ? AND l.state = ? AND l.due <= ? ORDER BY l.due, l.subscriber_id LIMIT %d", n-len(all)), mailingID, state, stamp(now))
		if err != nil {
			return nil, err
		}
		if all = append(all, some...); len(all) >= n {
			break
		}
	}
	return all, nil
}

// NextDelivery is when the next letter of a mailing that the mail server put off is due; zero when none is left.
func (db *DB) NextDelivery(ctx context.Context, mailingID int64) (time.Time, error) {
	at, err := found(selectOne(db.reader(ctx), value[int64], "SELECT due FROM mailing_deliveries WHERE mailing_id = ? AND state IN ('due', 'later') ORDER BY due LIMIT 1", mailingID))
	if err != nil || at == 0 {
		return time.Time{}, err
	}
	return unstamp(at), nil
}

// MarkDeliveries notes news of letters in one transaction. A mark that asks whether a letter may go (DeliveryTrying) is answered with false
// when it may not: its subscriber left, a hold holds it, somebody stopped the mailing or took it over. held says whether any of the live
// holds means the mailing; from the moment a hold is written no letter may go, for both happen in one transaction of the send path.
func (db *DB) MarkDeliveries(ctx context.Context, m *desk.Mailing, epoch int64, lease time.Duration, news []desk.Mark, held func([]desk.Hold) bool) (may []bool, stopped bool, err error) {
	now, err := db.Now(ctx)
	if err != nil {
		return nil, false, err
	}
	may = make([]bool, len(news))
	err = db.write(ctx, true, func(t *tx) error {
		if slices.ContainsFunc(news, func(n desk.Mark) bool { return n.State == desk.DeliveryTrying }) {
			if err := db.d.lock(t.ctx, t, lockSending); err != nil {
				return err
			}
			live, err := (sending{t}).LiveHolds()
			if err != nil {
				return err
			}
			mine, err := t.execN("UPDATE mailings SET lease = ? WHERE id = ? AND epoch = ? AND open = 1", stamp(now.Add(lease)), m.ID, epoch)
			if err != nil {
				return err
			}
			stopped = mine == 0 || len(live) > 0 && held(live)
		}
		for i, n := range news {
			if may[i], err = t.markLetter(m, &n, now, stopped); err != nil {
				return err
			}
		}
		return nil
	})
	return may, stopped, err
}

// RecallDeliveries settles letters that a holder of a mailing who is dead was handing over, by what it noted beside the store. Those that
// were not under way stay as they are. desk.ErrConflict when somebody else had the mailing since: then they are unknown.
func (db *DB) RecallDeliveries(ctx context.Context, mailingID, epoch int64, news []desk.Mark) error {
	now, err := db.Now(ctx)
	if err != nil {
		return err
	}
	return db.write(ctx, true, func(t *tx) error {
		last, err := selectOne(t, value[int64], "SELECT epoch FROM mailings WHERE id = ?", mailingID)
		if err != nil || last != epoch {
			return errors.Join(err, errOvertaken(last, epoch))
		}
		m := desk.Mailing{ID: mailingID}
		for _, n := range news {
			under, err := t.execN("UPDATE mailing_deliveries SET state = ? WHERE mailing_id = ? AND subscriber_id = ? AND state IN (?, ?)",
				desk.DeliveryTrying, mailingID, n.SubscriberID, desk.DeliveryTrying, desk.DeliveryUnknown)
			if err != nil {
				return err
			}
			if under == 0 {
				continue
			}
			if _, err := t.markLetter(&m, &n, now, true); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *tx) markLetter(m *desk.Mailing, n *desk.Mark, now time.Time, stopped bool) (bool, error) {
	const of = " WHERE mailing_id = ? AND subscriber_id = ?"
	switch n.State {
	case "": // somebody waits for what came before
		return true, nil
	case desk.DeliveryTrying:
		if stopped {
			return false, nil
		}
		went, err := t.execN("UPDATE mailing_deliveries SET state = 'trying', tries = tries + 1"+of+" AND state IN ('due', 'later') AND EXISTS (SELECT 1 FROM subscribers s WHERE s.id = ? AND "+subscribed+")",
			m.ID, n.SubscriberID, n.SubscriberID, m.Notify, m.CentreID)
		if err != nil || went > 0 {
			return went > 0, err
		}
		return false, t.exec("UPDATE mailing_deliveries SET state = 'left'"+of+" AND state IN ('due', 'later')", m.ID, n.SubscriberID)
	case desk.DeliveryDue: // it surely did not go
		return true, t.exec("UPDATE mailing_deliveries SET state = 'due', tries = tries - 1"+of+" AND state IN ('trying', 'unknown')", m.ID, n.SubscriberID)
	case desk.DeliveryLater:
		return true, t.exec("UPDATE mailing_deliveries SET state = 'later', code = ?, due = ?, tries = tries + CASE WHEN state = 'trying' OR CAST(? AS BIGINT) = 0 THEN 0 ELSE 1 END"+of+" AND state IN ('due', 'later', 'trying', 'unknown')",
			n.Code, stamp(now.Add(n.Again)), n.Code, m.ID, n.SubscriberID)
	}
	// It may have come back before its sender notes that it went.
	if err := t.exec("UPDATE mailing_deliveries SET state = ?, code = ?"+of+" AND state <> 'back'", n.State, n.Code, m.ID, n.SubscriberID); err != nil {
		return false, err
	}
	if n.Bounce != "" {
		_, err := t.bounce(n.SubscriberID, n.Bounce == desk.BounceHard, now)
		return true, err
	}
	return true, nil
}

// bounce notes that an address did not take a letter, and reports whether it is written to no more. Somebody who was forgotten meanwhile is
// none.
func (t *tx) bounce(id int64, hard bool, now time.Time) (stopped bool, err error) {
	s, err := t.db.subscriber(t, "id = ?", id)
	if err != nil {
		return false, ignoreNotFound(err)
	}
	before := s
	stopped = s.Bounce(hard, now)
	if s.Bounces == before.Bounces {
		return false, nil
	}
	return stopped, t.saveSubscriber(&s)
}

func ignoreNotFound(err error) error {
	if errors.Is(err, desk.ErrNotFound) {
		return nil
	}
	return err
}

// ReturnDelivery notes that a letter came back after the mail server had it; known is false, and nothing changes, unless it was handed over
// and did not come back before. A letter from before its reader's last confirmation says nothing of the address any more.
func (db *DB) ReturnDelivery(ctx context.Context, mailingID, subscriberID int64, code int, hard bool) (known, stopped bool, err error) {
	now, err := db.Now(ctx)
	if err != nil {
		return false, false, err
	}
	err = db.write(ctx, true, func(t *tx) error {
		known, stopped = false, false
		n, err := t.execN("UPDATE mailing_deliveries SET state = ?, code = ? WHERE mailing_id = ? AND subscriber_id = ? AND state IN (?, ?, ?, ?)",
			desk.DeliveryBack, code, mailingID, subscriberID, desk.DeliverySent, desk.DeliveryUnknown, desk.DeliveryLetBe, desk.DeliveryTrying)
		if known = n > 0; err != nil || !known {
			return err
		}
		m, err := oneIn(t, mailings, mailingID)
		if err != nil {
			return err
		}
		s, err := t.db.subscriber(t, "id = ?", subscriberID)
		if err != nil || m.Made.Before(s.Settled) {
			return ignoreNotFound(err)
		}
		stopped, err = t.bounce(subscriberID, hard, now)
		return err
	})
	return known, stopped, err
}

// InTheAir reports whether a letter to a subscriber is being handed over by somebody who lives.
func (db *DB) InTheAir(ctx context.Context, brandID, subscriberID int64) (bool, error) {
	now, err := db.Now(ctx)
	if err != nil {
		return false, err
	}
	n, err := selectOne(db.reader(ctx), value[int64], "SELECT COUNT(*) FROM mailings m JOIN mailing_deliveries l ON l.mailing_id = m.id AND l.subscriber_id = ?"+
		" WHERE m.brand_id = ? AND m.lease > ? AND l.state = ?", subscriberID, brandID, stamp(now), desk.DeliveryTrying)
	return n > 0, err
}

// DecideDeliveries puts a mailing's letters of which nobody knows into another state, DeliveryDue or DeliveryLetBe: all of them, or with to
// those of some subscribers. change says what that makes of the mailing; n is how many letters there were, and followed that another mailing
// of the same update was made since. desk.ErrNotFound.
func (db *DB) DecideDeliveries(ctx context.Context, mailingID int64, to desk.IDs, state string, act desk.Act, change func(m *desk.Mailing, n int, followed bool, out *desk.Out) error) (m desk.Mailing, err error) {
	now, err := db.Now(ctx)
	if err != nil {
		return m, err
	}
	err = db.write(ctx, true, func(t *tx) error {
		if m, err = oneIn(t, mailings, mailingID); err != nil {
			return err
		}
		n := int64(0)
		decide := func(which string, args ...any) error {
			k, err := t.execN("UPDATE mailing_deliveries SET state = ?, due = ? WHERE mailing_id = ? AND state = ?"+which, append([]any{state, stamp(now), mailingID, desk.DeliveryUnknown}, args...)...)
			n += k
			return err
		}
		if len(to) == 0 {
			err = decide("")
		}
		for _, id := range to {
			err = errors.Join(err, decide(" AND subscriber_id = ?", id))
		}
		if err != nil {
			return err
		}
		later, err := selectOne(t, value[int64], "SELECT COUNT(*) FROM mailings WHERE name LIKE ? AND id > ?", m.Update()+"/%", mailingID)
		if err != nil {
			return err
		}
		var out desk.Out
		if err := change(&m, int(n), later > 0, &out); err != nil {
			return err
		}
		body, err := saveIn(t, mailings, &m, m.Version)
		if err != nil {
			return err
		}
		if m.Open() { // its turn may have been later
			if err := t.exec("UPDATE mailings SET due = ? WHERE id = ?", stamp(now), mailingID); err != nil {
				return err
			}
		}
		return t.record(act, mailings.on(mailingID), out, "", digest(body))
	})
	return m, err
}

// CountDeliveries counts a mailing's letters by state.
func (db *DB) CountDeliveries(ctx context.Context, mailingID int64) (desk.MailingCount, error) {
	c := desk.MailingCount{}
	err := each(db.reader(ctx), func(s scanner) error {
		var state string
		var n int
		err := s.Scan(&state, &n)
		c[state] = n
		return err
	}, "SELECT state, COUNT(*) FROM mailing_deliveries WHERE mailing_id = ? GROUP BY state", mailingID)
	return c, err
}

// Deliveries lists a mailing's letters in a state by subscriber, from after on.
func (db *DB) Deliveries(ctx context.Context, mailingID int64, state string, after int64, n int) ([]desk.Delivery, error) {
	if _, err := db.Mailing(ctx, mailingID); err != nil {
		return nil, err
	}
	return selectAll(db.reader(ctx), func(s scanner) (l desk.Delivery, err error) {
		var sealed string
		if err := s.Scan(&l.SubscriberID, &l.Tries, &l.Code, &sealed, &l.Lang); err != nil {
			return l, err
		}
		l.MailingID, l.State = mailingID, state
		l.Address, err = db.unsealed(sealed, addressOf(l.SubscriberID))
		return l, err
	}, "SELECT l.subscriber_id, l.tries, l.code, COALESCE(s.address, ''), COALESCE(s.lang, '') FROM mailing_deliveries l LEFT JOIN subscribers s ON s.id = l.subscriber_id"+
		fmt.Sprintf(" WHERE l.mailing_id = ? AND l.state = ? AND l.subscriber_id > ? ORDER BY l.subscriber_id LIMIT %d", n), mailingID, state, after)
}
