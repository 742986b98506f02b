package store

import (
	"context"
	"fmt"
	"time"

	"breakwater/desk"
)

// corrected notes that a person said what the mood of a mention is.
func (t *tx) corrected(m *desk.Mention, was desk.Mood, act desk.Act) error {
	id, err := t.nextID("corrections")
	if err != nil {
		return err
	}
	at := act.At
	if at.IsZero() {
		at = time.Now()
	}
	// A second word on the same mention keeps what the desk had read before the first.
	return t.exec("INSERT INTO corrections (mention_id, id, at, name, was) VALUES (?, ?, ?, ?, ?)"+
		" ON CONFLICT (mention_id) DO UPDATE SET id = excluded.id, at = excluded.at, name = excluded.name",
		m.ID, id, stamp(at), m.CorrectedBy, int64(was))
}

// uncorrected forgets it.
func (t *tx) uncorrected(mentionID int64) error {
	return t.exec("DELETE FROM corrections WHERE mention_id = ?", mentionID)
}

// Corrections lists what people corrected of a brand's mentions, newest first; paging goes by Correction.ID.
func (db *DB) Corrections(ctx context.Context, brandID int64, p desk.Paging) ([]desk.Correction, error) {
	if _, _, err := db.Scope(ctx, brandID, nil); err != nil {
		return nil, err
	}
	var w where
	w.and("a.scope = ?", -brandID)
	w.and("m.deleted = 0")
	tail := w.page("c.id", p)
	all, err := selectAll(db.reader(ctx), scanCorrection, "SELECT c.id, c.at, c.name, c.was, "+mentionColumns+
		" FROM corrections c JOIN answers a ON a.mention_id = c.mention_id JOIN mentions m ON m.id = c.mention_id"+w.String()+tail, w.args...)
	if err != nil {
		return nil, fmt.Errorf("corrections of brand %d: %w", brandID, err)
	}
	for i := range all {
		only, err := db.OnlyBrand(ctx, &all[i].Mention)
		if err != nil {
			return nil, err
		}
		all[i].Shared = only == 0
	}
	return all, nil
}

func scanCorrection(s scanner) (c desk.Correction, err error) {
	var at, was int64
	var r mentionRow
	if err := s.Scan(&c.ID, &at, &c.Name, &was, &r.id, &r.deleted, &r.body); err != nil {
		return c, err
	}
	c.At, c.Was = unstamp(at), desk.Mood(was)
	c.Mention, err = r.mention()
	return c, err
}

// OnlyBrand is the brand of all monitors that a mention answers; 0 when they are of several, or there are none.
func (db *DB) OnlyBrand(ctx context.Context, m *desk.Mention) (only int64, err error) {
	for i, id := range m.Monitors {
		b, err := db.brandOf(db.reader(ctx), id)
		if err != nil {
			return 0, err
		}
		if i > 0 && b != only {
			return 0, nil
		}
		only = b
	}
	return only, nil
}

// CorrectionMark is a text that changes whenever what people corrected does.
func (db *DB) CorrectionMark(ctx context.Context) (string, error) {
	return selectOne(db.reader(ctx), value[string],
		"SELECT CAST(COUNT(*) AS TEXT) || ' ' || CAST(COALESCE(MAX(id), 0) AS TEXT) || ' ' || CAST(COALESCE(SUM(id), 0) AS TEXT) FROM corrections")
}

// Uncorrect takes a person's word on a mention's mood back: the mention is read as reading says. desk.ErrNotFound when
// nobody corrected it.
func (db *DB) Uncorrect(ctx context.Context, reading desk.Mention, act desk.Act) error {
	return db.write(ctx, true, func(t *tx) error {
		done := false
		if err := t.alter([]int64{reading.ID}, func(m *desk.Mention) bool {
			if done = m.CorrectedBy != ""; done {
				m.CorrectedBy, m.ReadBy = "", ""
				m.Mood, m.Sentiment, m.Confidence = reading.Mood, reading.Sentiment, reading.Confidence
			}
			return done
		}); err != nil {
			return err
		}
		if !done {
			return fmt.Errorf("correction of mention %d: %w", reading.ID, desk.ErrNotFound)
		}
		out := desk.Out{Say: desk.Say("A correction was taken back."), Detail: map[string]string{"after": reading.Mood.String()}}
		return t.record(act, fmt.Sprintf("mention:%d", reading.ID), out, "", "")
	})
}

// Lesson is what a brand's corrections taught; a zero one when nothing ever did.
func (db *DB) Lesson(ctx context.Context, brandID int64) (desk.Lesson, error) {
	l := desk.Lesson{BrandID: brandID}
	if _, _, err := db.Scope(ctx, brandID, nil); err != nil {
		return l, err
	}
	body, err := found(selectOne(db.reader(ctx), value[string], "SELECT body FROM lessons WHERE brand_id = ?", brandID))
	if err != nil {
		return l, fmt.Errorf("lesson of brand %d: %w", brandID, err)
	}
	return l, decode(body, &l)
}

// Reread keeps new readings of mentions together with how far the reading came: cut off, it goes on there and counts nothing
// twice. Only sentiment, mood and confidence change, and only where neither a person nor an engine outside said better and
// the words are still the same. It answers the monitors whose numbers changed.
func (db *DB) Reread(ctx context.Context, readings []desk.Mention, l desk.Lesson) (touched []int64, err error) {
	body, err := toJSON(l)
	if err != nil {
		return nil, err
	}
	err = db.write(ctx, false, func(t *tx) error {
		if touched, err = t.reread(readings, func(m, in *desk.Mention) bool { return m.ReadBy == "" }); err != nil {
			return err
		}
		return t.exec("INSERT INTO lessons (brand_id, body) VALUES (?, ?) ON CONFLICT (brand_id) DO UPDATE SET body = excluded.body",
			l.BrandID, body)
	})
	return touched, err
}

// ReadOutside keeps what an engine outside, named in ReadBy, made of mentions, where no person said otherwise and the words
// are still those that it read. It answers the monitors whose numbers changed.
func (db *DB) ReadOutside(ctx context.Context, readings []desk.Mention) (touched []int64, err error) {
	err = db.write(ctx, false, func(t *tx) error {
		touched, err = t.reread(readings, func(m, in *desk.Mention) bool { return true })
		return err
	})
	return touched, err
}

func (t *tx) reread(readings []desk.Mention, may func(m, in *desk.Mention) bool) (touched []int64, err error) {
	by := make(map[int64]*desk.Mention, len(readings))
	ids := make([]int64, len(readings))
	for i := range readings {
		by[readings[i].ID], ids[i] = &readings[i], readings[i].ID
	}
	err = t.alter(ids, func(m *desk.Mention) bool {
		in := by[m.ID]
		same := m.Mood == in.Mood && m.Sentiment == in.Sentiment && m.Confidence == in.Confidence && m.ReadBy == in.ReadBy
		if same || m.CorrectedBy != "" || m.Text != in.Text || m.Title != in.Title || !may(m, in) {
			return false
		}
		if m.Mood != in.Mood {
			touched = append(touched, m.Monitors...)
		}
		m.Mood, m.Sentiment, m.Confidence, m.ReadBy = in.Mood, in.Sentiment, in.Confidence, in.ReadBy
		return true
	})
	return touched, err
}

// BrandMentions gives up to limit mentions of a brand that were published since a time, newest first, with ids below before
// (0: from the newest).
func (db *DB) BrandMentions(ctx context.Context, brandID int64, since time.Time, before int64, limit int) ([]desk.Mention, error) {
	var w where
	w.and("a.scope = ? AND a.mention_id >= ?", -brandID, firstID(since))
	if before > 0 {
		w.and("a.mention_id < ?", before)
	}
	w.and("m.deleted = 0")
	return selectAll(db.reader(ctx), scanMention, "SELECT "+mentionColumns+" FROM answers a JOIN mentions m ON m.id = a.mention_id"+
		w.String()+fmt.Sprintf(" ORDER BY a.mention_id DESC LIMIT %d", limit), w.args...)
}
