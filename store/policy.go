package store

import (
	"context"
	"time"

	"breakwater/desk"
)

var policies = &noun[desk.Policy]{
	table: "policies", word: "policy",
	id:      func(p *desk.Policy) *int64 { return &p.ID },
	version: func(p *desk.Policy) *int { return &p.Version },
	columns: []string{"brand_id"},
	values:  func(p *desk.Policy) []any { return []any{p.BrandID} },
}

// Policies lists a brand's policies, newest first.
func (db *DB) Policies(ctx context.Context, brandID int64, p desk.Paging) ([]desk.Policy, error) {
	var w where
	w.and("brand_id = ?", brandID)
	tail := w.page("id", p)
	return list(ctx, db, policies, &w, tail)
}

// Policy gives one policy. desk.ErrNotFound.
func (db *DB) Policy(ctx context.Context, id int64) (desk.Policy, error) {
	return one(ctx, db, policies, id)
}

// ChangePolicy changes a policy, or makes one when id is 0.
func (db *DB) ChangePolicy(ctx context.Context, id int64, act desk.Act, f func(*desk.Policy, *desk.Out) error) (desk.Policy, error) {
	return change(ctx, db, policies, id, act, f)
}

// ReadPolicy keeps that a person read an edition. The first time counts; another changes nothing.
func (db *DB) ReadPolicy(ctx context.Context, r desk.Receipt, act desk.Act) error {
	return db.write(ctx, true, func(t *tx) error {
		p, _, err := load(t, db, policies, r.PolicyID)
		if err != nil {
			return err
		}
		n, err := t.execN("INSERT INTO policy_reads (policy_id, edition, user_id, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", r.PolicyID, r.Edition, r.UserID, stamp(r.At))
		if err != nil || n == 0 {
			return err
		}
		say := desk.Say("{name} confirmed to have read {policy}, edition {edition}.", "name", act.Name, "policy", p.Name, "edition", r.Edition)
		return t.record(act, policies.on(p.ID), desk.Out{Say: say}, "", "")
	})
}

// Receipts are who read an edition of a policy, in the order in which they did; edition 0 is every edition.
func (db *DB) Receipts(ctx context.Context, policyID int64, edition int) ([]desk.Receipt, error) {
	var w where
	w.and("policy_id = ?", policyID)
	if edition != 0 {
		w.and("edition = ?", edition)
	}
	return selectAll(db.reader(ctx), scanReceipt, "SELECT policy_id, edition, user_id, at FROM policy_reads"+w.String()+" ORDER BY at, user_id", w.args...)
}

func scanReceipt(s scanner) (r desk.Receipt, err error) {
	var at int64
	err = s.Scan(&r.PolicyID, &r.Edition, &r.UserID, &at)
	r.At = unstamp(at)
	return r, err
}

var meetings = &noun[desk.Meeting]{
	table: "meetings", word: "meeting",
	id:      func(m *desk.Meeting) *int64 { return &m.ID },
	version: func(m *desk.Meeting) *int { return &m.Version },
	columns: []string{"brand_id"},
	values:  func(m *desk.Meeting) []any { return []any{m.BrandID} },
}

// Meetings lists a brand's meetings, newest first.
func (db *DB) Meetings(ctx context.Context, brandID int64, p desk.Paging) ([]desk.Meeting, error) {
	var w where
	w.and("brand_id = ?", brandID)
	tail := w.page("id", p)
	return list(ctx, db, meetings, &w, tail)
}

// Meeting gives one meeting. desk.ErrNotFound.
func (db *DB) Meeting(ctx context.Context, id int64) (desk.Meeting, error) {
	return one(ctx, db, meetings, id)
}

// ChangeMeeting changes a meeting, or makes one when id is 0.
func (db *DB) ChangeMeeting(ctx context.Context, id int64, act desk.Act, f func(*desk.Meeting, *desk.Out) error) (desk.Meeting, error) {
	return change(ctx, db, meetings, id, act, f)
}

// DeleteMeeting takes a meeting off the calendar.
func (db *DB) DeleteMeeting(ctx context.Context, id int64, act desk.Act) error {
	say := func(m *desk.Meeting) desk.Text {
		return desk.Say("The meeting {meeting} was taken off the calendar.", "meeting", m.Name)
	}
	return remove(ctx, db, meetings, id, act, say, nil)
}

var calendarKeys = &noun[desk.CalendarKey]{
	table: "calendar_keys", word: "calendar",
	id:      func(k *desk.CalendarKey) *int64 { return &k.ID },
	version: func(k *desk.CalendarKey) *int { return &k.Version },
	columns: []string{"brand_id", "hash"},
	values:  func(k *desk.CalendarKey) []any { return []any{k.BrandID, digest(k.Key)} },
	hide: func(k *desk.CalendarKey) secret {
		defer func() { k.Key = "" }()
		return secret{Password: k.Key}
	},
	reveal: func(k *desk.CalendarKey, s secret) { k.Key = s.Password },
	taken:  desk.ErrConflict,
}

// CalendarKey is the key of a brand's calendar. desk.ErrNotFound before the first.
func (db *DB) CalendarKey(ctx context.Context, brandID int64) (desk.CalendarKey, error) {
	id, err := selectOne(db.reader(ctx), value[int64], "SELECT id FROM calendar_keys WHERE brand_id = ?", brandID)
	if err != nil {
		return desk.CalendarKey{}, err
	}
	return one(ctx, db, calendarKeys, id)
}

// CalendarBrand is the brand whose calendar a key opens. desk.ErrNotFound.
func (db *DB) CalendarBrand(ctx context.Context, key string) (int64, error) {
	return selectOne(db.reader(ctx), value[int64], "SELECT brand_id FROM calendar_keys WHERE hash = ?", digest(key))
}

// ChangeCalendarKey changes a key, or makes one when id is 0.
func (db *DB) ChangeCalendarKey(ctx context.Context, id int64, act desk.Act, f func(*desk.CalendarKey, *desk.Out) error) (desk.CalendarKey, error) {
	return change(ctx, db, calendarKeys, id, act, f)
}

// LastDrill is when a brand's newest rehearsal was opened; zero when there was none.
func (db *DB) LastDrill(ctx context.Context, brandID int64) (time.Time, error) {
	for p := (desk.Paging{Limit: 200}); ; {
		all, err := db.Incidents(ctx, brandID, p)
		if err != nil || len(all) == 0 {
			return time.Time{}, err
		}
		for _, i := range all {
			if i.DrillID != 0 {
				return i.Opened, nil
			}
		}
		p.Before = all[len(all)-1].ID
	}
}
