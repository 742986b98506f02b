package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"breakwater/desk"
)

var mailings = &noun[desk.Mailing]{
	table: "mailings", word: "mailing",
	id:      func(m *desk.Mailing) *int64 { return &m.ID },
	version: func(m *desk.Mailing) *int { return &m.Version },
	columns: []string{"brand_id", "centre_id", "name", "open"},
	values: func(m *desk.Mailing) []any {
		open := 0
		if m.Open() {
			open = 1
		}
		return []any{m.BrandID, m.CentreID, clean(m.Key), open}
	},
	taken: desk.ErrConflict,
}

// Mailings lists a brand's mailings, newest first; 0 does not restrict.
func (db *DB) Mailings(ctx context.Context, brandID, centreID int64, p desk.Paging) ([]desk.Mailing, error) {
	var w where
	if brandID != 0 {
		w.and("brand_id = ?", brandID)
	}
	if centreID != 0 {
		w.and("centre_id = ?", centreID)
	}
	tail := w.page("id", p)
	return list(ctx, db, mailings, &w, tail)
}

// OpenMailings are those that are on their way.
func (db *DB) OpenMailings(ctx context.Context, brandID int64) ([]desk.Mailing, error) {
	var w where
	w.and("open = 1")
	if brandID != 0 {
		w.and("brand_id = ?", brandID)
	}
	return list(ctx, db, mailings, &w, " ORDER BY id")
}

// Mailing gives one mailing. desk.ErrNotFound.
func (db *DB) Mailing(ctx context.Context, id int64) (desk.Mailing, error) {
	return one(ctx, db, mailings, id)
}

// MailingOf gives the newest mailing of a statement's words. desk.ErrNotFound.
func (db *DB) MailingOf(ctx context.Context, key string) (desk.Mailing, error) {
	var w where
	w.and("name = ?", key)
	all, err := list(ctx, db, mailings, &w, " LIMIT 1")
	if err != nil || len(all) == 0 {
		return desk.Mailing{}, orNotFound(err)
	}
	return all[0], nil
}

// ChangeMailing changes a mailing, or makes one when id is 0: a second one of the same Key is desk.ErrConflict.
func (db *DB) ChangeMailing(ctx context.Context, id int64, act desk.Act, f func(*desk.Mailing, *desk.Out) error) (desk.Mailing, error) {
	return change(ctx, db, mailings, id, act, f)
}

// TakeMailing takes the mailing that waits longest, for the time of the lease; desk.ErrNotFound when none is due. Letters that whoever had
// it before was handing over are unknown from then on. epoch names this taking: only its marks count.
func (db *DB) TakeMailing(ctx context.Context, lease time.Duration) (m desk.Mailing, epoch int64, err error) {
	now, err := db.Now(ctx)
	if err != nil {
		return m, 0, err
	}
	due, err := selectAll(db.reader(ctx), value[int64], "SELECT id FROM mailings WHERE open = 1 AND due <= ? AND lease <= ? ORDER BY due, id LIMIT 1", stamp(now), stamp(now))
	if err != nil || len(due) == 0 {
		return m, 0, orNotFound(err)
	}
	err = db.write(ctx, true, func(t *tx) error {
		epoch, err = selectOne(t, value[int64], "UPDATE mailings SET epoch = epoch + 1, lease = ? WHERE id = ? AND open = 1 AND lease <= ? RETURNING epoch",
			stamp(now.Add(lease)), due[0], stamp(now))
		if err != nil {
			return err
		}
		if err := t.exec("UPDATE mailing_deliveries SET state = ? WHERE mailing_id = ? AND state = ?", desk.DeliveryUnknown, due[0], desk.DeliveryTrying); err != nil {
			return err
		}
		m, err = oneIn(t, mailings, due[0])
		return err
	})
	return m, epoch, err
}

// GiveMailing gives a mailing back: it is due again at a time.
func (db *DB) GiveMailing(ctx context.Context, id, epoch int64, due time.Time) error {
	return db.write(ctx, true, func(t *tx) error {
		return t.exec("UPDATE mailings SET lease = 0, due = ? WHERE id = ? AND epoch = ?", stamp(due), id, epoch)
	})
}

// FillMailing makes letters for the next n subscribers that a mailing is for, and reports whether there are more.
func (db *DB) FillMailing(ctx context.Context, m desk.Mailing, n int) (more bool, err error) {
	err = db.write(ctx, true, func(t *tx) error {
		at, err := selectOne(t, func(s scanner) (x [2]int64, err error) { err = s.Scan(&x[0], &x[1]); return x, err }, "SELECT reached, filled FROM mailings WHERE id = ?", m.ID)
		if err != nil || at[1] != 0 {
			return err
		}
		ids, err := receivers(t, &m, at[0], n)
		if err != nil {
			return err
		}
		var args []any
		for _, r := range ids {
			args = append(args, m.ID, r[0], desk.DeliveryDue, stamp(m.Made), 0, 0, r[1])
		}
		if err := insertDeliveries.run(t, args); err != nil {
			return err
		}
		if more = len(ids) == n; more {
			return t.exec("UPDATE mailings SET reached = ? WHERE id = ?", ids[len(ids)-1][0], m.ID)
		}
		return t.exec("UPDATE mailings SET filled = 1 WHERE id = ?", m.ID)
	})
	return more, err
}

var insertDeliveries = newBulk("INSERT INTO mailing_deliveries (mailing_id, subscriber_id, state, due, tries, code, fresh) VALUES", 7, "ON CONFLICT DO NOTHING")

// subscribed is the condition that a subscriber s gets a mailing; its arguments are those of subscribedTo.
const subscribed = "s.state = 'live' AND (? = 'brand' OR EXISTS (SELECT 1 FROM subscriptions x WHERE x.subscriber_id = s.id AND x.centre_id IN (0, ?)))"

// receivers are the ids of the next subscribers that a mailing is for, by id, each with 1 when it had not got what the mailing corrects.
func receivers(t *tx, m *desk.Mailing, after int64, n int) ([][2]int64, error) {
	pair := func(s scanner) (x [2]int64, err error) { err = s.Scan(&x[0], &x[1]); return x, err }
	limit := fmt.Sprintf(" ORDER BY 1 LIMIT %d", n)
	if m.Corrects != 0 && !m.Rest {
		return selectAll(t, pair, "SELECT subscriber_id, 0 FROM mailing_deliveries WHERE mailing_id = ? AND subscriber_id > ? AND state IN ('sent', 'unknown')"+limit, m.Corrects, after)
	}
	until := m.Made
	if m.Corrects != 0 {
		was, err := oneIn(t, mailings, m.Corrects)
		if err != nil {
			return nil, err
		}
		until = was.Made
	}
	return selectAll(t, pair, "SELECT s.id, CASE WHEN EXISTS (SELECT 1 FROM mailing_deliveries l WHERE l.mailing_id = ? AND l.subscriber_id = s.id AND l.state IN ('sent', 'unknown', 'trying'))"+
		" THEN 0 ELSE 1 END FROM subscribers s WHERE s.brand_id = ? AND s.id > ? AND s.confirmed <= ? AND "+subscribed+limit,
		m.Corrects, m.BrandID, after, stamp(until), m.Notify, m.CentreID)
}

// CorrectMailing makes the mailing that corrects another one. When that is still on its way it ends, and who had not got it gets the
// correction instead.
func (db *DB) CorrectMailing(ctx context.Context, m desk.Mailing, act desk.Act, out desk.Out) (made desk.Mailing, err error) {
	id, err := db.newID(ctx, mailings.table)
	if err != nil {
		return m, err
	}
	err = db.write(ctx, true, func(t *tx) error {
		was, err := oneIn(t, mailings, m.Corrects)
		if err != nil {
			return err
		}
		if m.Rest = was.State != desk.MailingDone && was.State != desk.MailingStopped; m.Rest {
			was.State, was.Ended = desk.MailingStopped, m.Made
			if _, err := saveIn(t, mailings, &was, was.Version); err != nil {
				return err
			}
			if err := t.exec("UPDATE mailings SET epoch = epoch + 1 WHERE id = ?", was.ID); err != nil {
				return err
			}
		}
		made = m
		made.ID, made.Version = id, 0
		body, err := saveIn(t, mailings, &made, 0)
		if err != nil {
			return err
		}
		return t.record(act, mailings.on(id), out, "", digest(body))
	})
	return made, err
}

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
		return true, t.exec("UPDATE mailing_deliveries SET state = 'due'"+of+" AND state IN ('trying', 'unknown')", m.ID, n.SubscriberID)
	case desk.DeliveryLater:
		return true, t.exec("UPDATE mailing_deliveries SET state = 'later', code = ?, due = ?, tries = tries + CASE WHEN state = 'trying' OR CAST(? AS BIGINT) = 0 THEN 0 ELSE 1 END"+of+" AND state IN ('due', 'later', 'trying', 'unknown')",
			n.Code, stamp(now.Add(n.Again)), n.Code, m.ID, n.SubscriberID)
	}
	if err := t.exec("UPDATE mailing_deliveries SET state = ?, code = ?"+of, n.State, n.Code, m.ID, n.SubscriberID); err != nil {
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
		n, err := t.execN("UPDATE mailing_deliveries SET state = ?, code = ? WHERE mailing_id = ? AND subscriber_id = ? AND state IN (?, ?)",
			desk.DeliveryBack, code, mailingID, subscriberID, desk.DeliverySent, desk.DeliveryUnknown)
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

// EndMailing ends a mailing of which nobody is left, if the caller still has it.
func (db *DB) EndMailing(ctx context.Context, id, epoch int64, act desk.Act, f func(*desk.Mailing, *desk.Out) error) (m desk.Mailing, err error) {
	err = db.write(ctx, true, func(t *tx) error {
		held, err := selectOne(t, value[int64], "SELECT epoch FROM mailings WHERE id = ? AND open = 1", id)
		if err != nil || held != epoch {
			return errors.Join(err, errOvertaken(held, epoch))
		}
		if m, err = oneIn(t, mailings, id); err != nil {
			return err
		}
		var out desk.Out
		if err := f(&m, &out); err != nil {
			return err
		}
		body, err := saveIn(t, mailings, &m, m.Version)
		if err != nil {
			return err
		}
		if err := t.exec("UPDATE mailings SET lease = 0 WHERE id = ?", id); err != nil {
			return err
		}
		return t.record(act, mailings.on(id), out, "", digest(body))
	})
	return m, err
}

func errOvertaken(held, epoch int64) error {
	if held != epoch {
		return desk.ErrConflict
	}
	return nil
}
