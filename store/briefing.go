package store

import (
	"context"
	"time"

	"breakwater/desk"
)

var briefings = &noun[desk.Briefing]{
	table: "briefings", word: "briefing",
	id:      func(b *desk.Briefing) *int64 { return &b.ID },
	version: func(b *desk.Briefing) *int { return &b.Version },
	columns: []string{"brand_id", "incident_id"},
	values:  func(b *desk.Briefing) []any { return []any{b.BrandID, b.IncidentID} },
	beside: func(t *tx, b *desk.Briefing, _ desk.Act) error {
		args := make([]any, 0, 7*len(b.To))
		for _, to := range b.To {
			args = append(args, b.ID, b.Current().Edition, to, 0, 0, 0, "")
		}
		return toReaders.run(t, args)
	},
}

var toReaders = newBulk("INSERT INTO briefing_readers (briefing_id, edition, contact_id, sent, read_at, reminded, problem) VALUES", 7, "ON CONFLICT DO NOTHING")

// Briefings lists a brand's briefings, or those of an incident when it is not 0, newest first.
func (db *DB) Briefings(ctx context.Context, brandID, incidentID int64, p desk.Paging) ([]desk.Briefing, error) {
	var w where
	if brandID != 0 {
		w.and("brand_id = ?", brandID)
	}
	if incidentID != 0 {
		w.and("incident_id = ?", incidentID)
	}
	tail := w.page("id", p)
	return list(ctx, db, briefings, &w, tail)
}

// Briefing gives one briefing. desk.ErrNotFound.
func (db *DB) Briefing(ctx context.Context, id int64) (desk.Briefing, error) {
	return one(ctx, db, briefings, id)
}

// ChangeBriefing changes a briefing, or makes one when id is 0. The contacts in To become the readers of its current edition.
func (db *DB) ChangeBriefing(ctx context.Context, id int64, act desk.Act, f func(*desk.Briefing, *desk.Out) error) (desk.Briefing, error) {
	return change(ctx, db, briefings, id, act, f)
}

const readerColumns = "contact_id, edition, sent, read_at, reminded, problem"

func scanReader(s scanner) (r desk.Reader, err error) {
	var sent, read int64
	err = s.Scan(&r.ContactID, &r.Edition, &sent, &read, &r.Reminded, &r.Problem)
	r.Sent, r.Read = unstamp(sent), unstamp(read)
	return r, err
}

// Readers are to whom an edition of a briefing went; edition 0 is every edition.
func (db *DB) Readers(ctx context.Context, briefingID int64, edition int) ([]desk.Reader, error) {
	var w where
	w.and("briefing_id = ?", briefingID)
	if edition != 0 {
		w.and("edition = ?", edition)
	}
	return selectAll(db.reader(ctx), scanReader, "SELECT "+readerColumns+" FROM briefing_readers"+w.String()+" ORDER BY edition DESC, contact_id", w.args...)
}

// ReaderOf is what became of an edition for one contact. desk.ErrNotFound: it did not go to them.
func (db *DB) ReaderOf(ctx context.Context, briefingID int64, edition int, contactID int64) (desk.Reader, error) {
	return selectOne(db.reader(ctx), scanReader, "SELECT "+readerColumns+" FROM briefing_readers WHERE briefing_id = ? AND edition = ? AND contact_id = ?",
		briefingID, edition, contactID)
}

// SetReaderSent notes what became of the mail with an edition: it was taken at that time, or a problem kept it.
func (db *DB) SetReaderSent(ctx context.Context, briefingID int64, edition int, contactID int64, sent time.Time, reminder bool, problem string) error {
	again := flag(reminder && problem == "")
	return db.write(ctx, true, func(t *tx) error {
		if problem != "" {
			return t.exec("UPDATE briefing_readers SET problem = ? WHERE briefing_id = ? AND edition = ? AND contact_id = ?", clean(problem), briefingID, edition, contactID)
		}
		return t.exec("UPDATE briefing_readers SET sent = ?, problem = '', reminded = reminded + ? WHERE briefing_id = ? AND edition = ? AND contact_id = ?",
			stamp(sent), again, briefingID, edition, contactID)
	})
}

// ReadBriefing keeps that a contact read an edition. The first time counts; another changes nothing. desk.ErrNotFound: it did not go
// to them.
func (db *DB) ReadBriefing(ctx context.Context, briefingID int64, edition int, contactID int64, act desk.Act) error {
	return db.write(ctx, true, func(t *tx) error {
		b, _, err := load(t, db, briefings, briefingID)
		if err != nil {
			return err
		}
		c, _, err := load(t, db, contacts, contactID)
		if err != nil {
			return err
		}
		n, err := t.execN("UPDATE briefing_readers SET read_at = ? WHERE briefing_id = ? AND edition = ? AND contact_id = ? AND read_at = 0",
			stamp(act.At), briefingID, edition, contactID)
		if err != nil {
			return err
		}
		if n == 0 {
			_, err := selectOne(t, scanReader, "SELECT "+readerColumns+" FROM briefing_readers WHERE briefing_id = ? AND edition = ? AND contact_id = ?",
				briefingID, edition, contactID)
			return err
		}
		say := desk.Say("{name} confirmed to have read the briefing {title}, edition {edition}.", "name", c.Name, "title", b.Title(), "edition", edition)
		return t.record(act, briefings.on(b.ID), desk.Out{Say: say}, "", "")
	})
}

// CountShare counts that a message of a briefing was opened to be shared, or that its network was opened with it.
func (db *DB) CountShare(ctx context.Context, briefingID int64, share string, shared bool) error {
	opened := flag(!shared)
	return db.write(ctx, false, func(t *tx) error {
		return t.exec("INSERT INTO briefing_shares (briefing_id, share, opened, shared) VALUES (?, ?, ?, ?) ON CONFLICT (briefing_id, share) DO UPDATE SET "+
			"opened = briefing_shares.opened + excluded.opened, shared = briefing_shares.shared + excluded.shared", briefingID, clean(share), opened, 1-opened)
	})
}

// ShareCounts are how often the messages of a briefing were opened and shared.
func (db *DB) ShareCounts(ctx context.Context, briefingID int64) ([]desk.ShareCount, error) {
	return selectAll(db.reader(ctx), func(s scanner) (c desk.ShareCount, err error) {
		err = s.Scan(&c.ID, &c.Opened, &c.Shared)
		return c, err
	}, "SELECT share, opened, shared FROM briefing_shares WHERE briefing_id = ? ORDER BY share", briefingID)
}

var rumours = &noun[desk.Rumour]{
	table: "rumours", word: "rumour",
	id:      func(r *desk.Rumour) *int64 { return &r.ID },
	version: func(r *desk.Rumour) *int { return &r.Version },
	columns: []string{"brand_id", "incident_id", "briefing_id", "contact_id", "answered"},
	values: func(r *desk.Rumour) []any {
		return []any{r.BrandID, r.IncidentID, r.BriefingID, r.ContactID, flag(r.Answered())}
	},
}

// Rumours lists what a brand's own people asked, newest first; incidentID and briefingID that are not 0 restrict it, and so does open
// to those without an answer.
func (db *DB) Rumours(ctx context.Context, brandID, incidentID, briefingID int64, open bool, p desk.Paging) ([]desk.Rumour, error) {
	var w where
	for column, id := range map[string]int64{"brand_id": brandID, "incident_id": incidentID, "briefing_id": briefingID} {
		if id != 0 {
			w.and(column+" = ?", id)
		}
	}
	if open {
		w.and("answered = 0")
	}
	tail := w.page("id", p)
	return list(ctx, db, rumours, &w, tail)
}

// Rumour gives one rumour. desk.ErrNotFound.
func (db *DB) Rumour(ctx context.Context, id int64) (desk.Rumour, error) {
	return one(ctx, db, rumours, id)
}

// CountRumours counts what a contact asked by a briefing's page.
func (db *DB) CountRumours(ctx context.Context, briefingID, contactID int64) (int, error) {
	return selectOne(db.reader(ctx), value[int], "SELECT COUNT(*) FROM rumours WHERE briefing_id = ? AND contact_id = ?", briefingID, contactID)
}

// ChangeRumour changes a rumour, or makes one when id is 0.
func (db *DB) ChangeRumour(ctx context.Context, id int64, act desk.Act, f func(*desk.Rumour, *desk.Out) error) (desk.Rumour, error) {
	return change(ctx, db, rumours, id, act, f)
}
