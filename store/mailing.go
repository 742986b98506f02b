package store

import (
	"context"
	"errors"
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

// MailingOf gives the mailing of a key. desk.ErrNotFound.
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
