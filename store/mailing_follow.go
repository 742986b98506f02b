package store

import (
	"context"
	"fmt"
	"time"

	"breakwater/desk"
)

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

// had is the condition that a letter reached its reader, or may have.
const had = "l.state IN ('sent', 'unknown', 'letbe', 'trying')"

// receivers are the ids of the next subscribers that a mailing is for, by id, each with 1 when no earlier mailing of its update reached
// them.
func receivers(t *tx, m *desk.Mailing, after int64, n int) ([][2]int64, error) {
	earlier, err := earlierMailings(t, m)
	if err != nil {
		return nil, err
	}
	pair := func(s scanner) (x [2]int64, err error) { err = s.Scan(&x[0], &x[1]); return x, err }
	limit := fmt.Sprintf(" ORDER BY 1 LIMIT %d", n)
	if m.Corrects != 0 && !m.Rest {
		return selectAll(t, pair, "SELECT DISTINCT l.subscriber_id, 0 FROM mailing_deliveries l WHERE l.mailing_id IN ("+earlier.ids+") AND l.subscriber_id > ? AND "+had+limit, after)
	}
	reached := "EXISTS (SELECT 1 FROM mailing_deliveries l WHERE l.mailing_id IN (" + earlier.ids + ") AND l.subscriber_id = s.id AND " + had + ")"
	quiet := ""
	if m.Quiet {
		quiet = " AND NOT " + reached
	}
	return selectAll(t, pair, "SELECT s.id, CASE WHEN "+reached+" THEN 0 ELSE 1 END FROM subscribers s WHERE s.brand_id = ? AND s.id > ? AND s.confirmed <= ? AND "+subscribed+quiet+limit,
		m.BrandID, after, stamp(earlier.made), m.Notify, m.CentreID)
}

// earlier are the mailings of an update before one of them.
type earlier struct {
	ids  string    // for a condition
	made time.Time // the first of all: who confirmed later reads it on the page
}

func earlierMailings(t *tx, m *desk.Mailing) (e earlier, err error) {
	e.ids, e.made = "0", m.Made
	if m.Corrects == 0 {
		return e, nil
	}
	all, err := selectAll(t, value[int64], "SELECT id FROM mailings WHERE (name = ? OR name LIKE ?) AND id < ? ORDER BY id", m.Update(), m.Update()+"/%", m.ID)
	if err != nil || len(all) == 0 {
		return e, err
	}
	for _, id := range all {
		e.ids += fmt.Sprintf(", %d", id)
	}
	first, err := oneIn(t, mailings, all[0])
	e.made = first.Made
	return e, err
}

// LastMailing gives the newest mailing of an update, by its desk.MailingKey. desk.ErrNotFound.
func (db *DB) LastMailing(ctx context.Context, update string) (desk.Mailing, error) {
	var w where
	w.and("(name = ? OR name LIKE ?)", update, update+"/%")
	all, err := list(ctx, db, mailings, &w, " ORDER BY id DESC LIMIT 1")
	if err != nil || len(all) == 0 {
		return desk.Mailing{}, orNotFound(err)
	}
	return all[0], nil
}

// FollowMailing makes the mailing that follows the one that it Corrects, which is overtaken when it is still on its way. Who had not got
// that gets this one instead, unless it tells of a withdrawal. One that is for nobody is not made: it has no ID. desk.ErrConflict when
// there is one of its Key.
func (db *DB) FollowMailing(ctx context.Context, m desk.Mailing, act desk.Act, out desk.Out) (made desk.Mailing, err error) {
	id, err := db.newID(ctx, mailings.table)
	if err != nil {
		return m, err
	}
	err = db.write(ctx, true, func(t *tx) error {
		made = m
		was, err := oneIn(t, mailings, m.Corrects)
		if err != nil {
			return err
		}
		if !was.Ends() {
			was.Overtake(m.Made)
			body, err := saveIn(t, mailings, &was, was.Version)
			if err != nil {
				return err
			}
			if err := t.record(act, mailings.on(was.ID), desk.Out{Say: out.Say}, "", digest(body)); err != nil {
				return err
			}
		}
		last, err := lastTold(t, was)
		if err != nil {
			return err
		}
		made.Rest = !m.Withdraws && last.State == desk.MailingOvertaken && (last.Corrects == 0 || last.Rest)
		if made.Quiet && !made.Rest {
			return nil
		}
		made.ID, made.Version = id, 0
		body, err := saveIn(t, mailings, &made, 0)
		if err != nil {
			return err
		}
		return t.record(act, mailings.on(id), out, "", digest(body))
	})
	return made, err
}

// lastTold is the mailing itself, or, when it tells of a withdrawal, the one before it that told of the update: a withdrawal goes to nobody
// who had not heard of that.
func lastTold(t *tx, m desk.Mailing) (desk.Mailing, error) {
	for m.Withdraws && m.Corrects != 0 {
		before, err := oneIn(t, mailings, m.Corrects)
		if err != nil {
			return m, err
		}
		m = before
	}
	return m, nil
}
