package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"breakwater/desk"
)

// pieceOf is how many mentions a long change takes per transaction, so that new ones need not wait for long.
const pieceOf = 500

// alter changes stored mentions in pieces. f reports whether it changed the one that it was given; deleted ones are left alone.
func (db *DB) alter(ctx context.Context, ids []int64, f func(*desk.Mention) bool) error {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	for part := range slices.Chunk(ids, pieceOf) {
		if err := db.write(ctx, false, func(t *tx) error { return t.alter(part, f) }); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) alter(ids []int64, f func(*desk.Mention) bool) error {
	if err := t.db.d.lock(t.ctx, t, lockMentions); err != nil {
		return err
	}
	var all []desk.Mention
	err := selectIn(t, "SELECT "+mentionColumns+" FROM mentions m WHERE m.deleted = 0 AND m.id IN (@)", ids, func(s scanner) error {
		m, err := scanMention(s)
		all = append(all, m)
		return err
	})
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(x, y desk.Mention) int { return compareID(&x, &y) })
	all = slices.CompactFunc(all, func(x, y desk.Mention) bool { return x.ID == y.ID })
	r := newRows(t)
	for i := range all {
		now := all[i]
		if f(&now) {
			if _, err := r.change(&all[i], &now); err != nil {
				return err
			}
		}
	}
	return r.flush()
}

// Correct sets the mood of a mention to what a person says it is. It holds until the words change.
func (db *DB) Correct(ctx context.Context, id int64, mood desk.Mood, act desk.Act) (desk.Mention, error) {
	say := map[desk.Mood]string{
		desk.Negative: "A mention was corrected to negative.",
		desk.Neutral:  "A mention was corrected to neutral.",
		desk.Positive: "A mention was corrected to positive.",
	}[mood]
	if say == "" {
		return desk.Mention{}, desk.Wrong("mood", "Choose negative, neutral or positive.")
	}
	if err := db.permitMention(ctx, id); err != nil {
		return desk.Mention{}, err
	}
	err := db.write(ctx, true, func(t *tx) error {
		var was, now desk.Mention
		if err := t.alter([]int64{id}, func(m *desk.Mention) bool {
			was = *m
			m.Mood, m.Sentiment, m.Confidence, m.CorrectedBy = mood, float64(mood), 1, clean(act.Name)
			if m.CorrectedBy == "" {
				m.CorrectedBy = clean(act.Who)
			}
			now = *m
			return true
		}); err != nil {
			return err
		}
		if now.ID == 0 {
			return fmt.Errorf("mention %d: %w", id, desk.ErrNotFound)
		}
		if err := t.corrected(&now, was.Mood, act); err != nil {
			return err
		}
		out := desk.Out{Say: desk.Say(say), Detail: map[string]string{"before": was.Mood.String(), "after": now.Mood.String()}}
		return t.record(act, fmt.Sprintf("mention:%d", id), out, "", "")
	})
	if err != nil {
		return desk.Mention{}, err
	}
	return db.Mention(ctx, id)
}

// Rescore replaces language, sentiment, mood, confidence and cues of mentions by id. What a person or an engine
// outside said about the mood stays.
func (db *DB) Rescore(ctx context.Context, ms []desk.Mention) error {
	by := make(map[int64]*desk.Mention, len(ms))
	ids := make([]int64, len(ms))
	for i := range ms {
		by[ms[i].ID], ids[i] = &ms[i], ms[i].ID
	}
	return db.alter(ctx, ids, func(m *desk.Mention) bool {
		in := by[m.ID]
		m.Lang = in.Lang
		m.TakeCues(in)
		if m.CorrectedBy == "" && m.ReadBy == "" {
			m.Sentiment, m.Mood, m.Confidence = in.Sentiment, in.Mood, in.Confidence
		}
		return true
	})
}

// Assign lets stored mentions answer a monitor (add) or answer it no more (drop).
func (db *DB) Assign(ctx context.Context, monitorID int64, add, drop []int64) error {
	if err := db.alter(ctx, add, func(m *desk.Mention) bool {
		at, has := slices.BinarySearch(m.Monitors, monitorID)
		if !has {
			m.Monitors = slices.Insert(slices.Clone(m.Monitors), at, monitorID)
		}
		return !has
	}); err != nil {
		return err
	}
	return db.alter(ctx, drop, func(m *desk.Mention) bool {
		at, has := slices.BinarySearch(m.Monitors, monitorID)
		if has {
			m.Monitors = slices.Delete(slices.Clone(m.Monitors), at, at+1)
		}
		return has
	})
}

// Purge removes up to limit mentions of a brand (0: those that answer none) that were published before a time, the oldest
// first, and tells how many; 0 at the end. Counts survive, and what was removed is still known when it comes again. A
// mention that another brand answers to as well only leaves this one.
func (db *DB) Purge(ctx context.Context, brandID int64, before time.Time, limit int) (n int, err error) {
	err = db.write(ctx, false, func(t *tx) error {
		if err := db.d.lock(t.ctx, t, lockMentions); err != nil {
			return err
		}
		ids, err := selectAll(t, value[int64],
			"SELECT mention_id FROM answers WHERE scope = ? AND mention_id < ? ORDER BY mention_id LIMIT ?",
			-brandID, firstID(before), limit)
		if err != nil {
			return err
		}
		n = len(ids)
		return t.purge(brandID, ids)
	})
	return n, err
}

func (t *tx) purge(brandID int64, ids []int64) error {
	var removed []int64
	var leaving []desk.Mention
	err := selectIn(t, "SELECT "+mentionColumns+" FROM mentions m WHERE m.id IN (@)", ids, func(s scanner) error {
		m, err := scanMention(s)
		leaving = append(leaving, m)
		return err
	})
	if err != nil {
		return err
	}
	for i := range leaving {
		m := &leaving[i]
		scopes, err := t.db.scopes(t, m)
		if err != nil {
			return err
		}
		others := false
		for _, s := range scopes {
			others = others || s < 0 && s != -brandID
		}
		for _, s := range scopes {
			b := -s
			if s > 0 {
				if b, err = t.db.brandOf(t, s); err != nil {
					return err
				}
			}
			if others && b != brandID {
				continue
			}
			if err := t.exec("DELETE FROM answers WHERE scope = ? AND mention_id = ?", s, m.ID); err != nil {
				return err
			}
		}
		if !others {
			removed = append(removed, m.ID)
		}
	}
	for _, id := range removed {
		if err := t.exec("DELETE FROM mentions WHERE id = ?", id); err != nil {
			return err
		}
		if err := t.uncorrected(id); err != nil {
			return err
		}
	}
	return t.db.d.index(t, removed, nil)
}

func compareID(x, y *desk.Mention) int { return cmp.Compare(x.ID, y.ID) }
