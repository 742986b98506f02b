package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"breakwater/desk"
)

// sequenceBits are the low bits of a mention's id that tell apart what was published in the same millisecond.
const sequenceBits = 20

// firstID is the lowest id that a mention published at t can have: ids ascend with time, so a time range is a range of ids.
func firstID(t time.Time) int64 { return t.UnixMilli() << sequenceBits }

// idTime is when the mention with this id counts, to the millisecond.
func idTime(id int64) time.Time { return time.UnixMilli(id >> sequenceBits).UTC() }

// mentionRow is a row of mentions.
type mentionRow struct {
	id, deleted int64
	body        string
}

func scanMention(s scanner) (m desk.Mention, err error) {
	var r mentionRow
	if err := s.Scan(&r.id, &r.deleted, &r.body); err != nil {
		return m, err
	}
	return r.mention()
}

func (r *mentionRow) mention() (m desk.Mention, err error) {
	if err := decode(r.body, &m); err != nil {
		return m, fmt.Errorf("read mention %d: %w", r.id, err)
	}
	m.ID, m.Deleted, m.Like = r.id, unstamp(r.deleted), 1
	return m, nil
}

const mentionColumns = "m.id, m.deleted, m.body"

// Mention gives one mention, also a deleted one: its text and author are gone, the rest is there.
func (db *DB) Mention(ctx context.Context, id int64) (desk.Mention, error) {
	m, err := selectOne(db.reader(ctx), scanMention, "SELECT "+mentionColumns+" FROM mentions m WHERE m.id = ?", id)
	if err != nil {
		return m, fmt.Errorf("mention %d: %w", id, err)
	}
	if err := db.likes(ctx, []*desk.Mention{&m}); err != nil {
		return m, err
	}
	if err := db.seesMention(ctx, &m); err != nil {
		return desk.Mention{}, err
	}
	return m, nil
}

// MentionByRef gives a mention by its name at its network.
func (db *DB) MentionByRef(ctx context.Context, r desk.Ref) (desk.Mention, error) {
	key := keyOf(r)
	id, err := selectOne(db.reader(ctx), value[int64], "SELECT id FROM seen WHERE key = ?", key[:])
	if err != nil {
		return desk.Mention{}, fmt.Errorf("mention %s on %s: %w", r.NativeID, r.Network, err)
	}
	return db.Mention(ctx, id)
}

// Mentions gives a piece of the mentions that answer the filter, newest first. Deleted ones are left out.
func (db *DB) Mentions(ctx context.Context, f desk.Filter) (desk.Page, error) {
	var err error
	if f.BrandID, f.Monitors, err = db.Scope(ctx, f.BrandID, f.Monitors); err != nil {
		return desk.Page{}, err
	}
	from, idColumn := "mentions m WHERE m.deleted = ?", "m.id"
	var w where
	if q := ask(&f); q.empty() {
		w.args = append(w.args, 0)
	} else {
		from, idColumn = db.d.searchFrom(), db.d.searchID()
		w.args = append(w.args, db.d.searchAsk(q))
	}
	if f.MinReach > 0 {
		w.and("m.reach >= ?", f.MinReach)
	}
	if !f.From.IsZero() {
		w.and(idColumn+" >= ?", firstID(f.From))
	}
	if !f.To.IsZero() {
		w.and(idColumn+" < ?", firstID(f.To))
	}
	if f.Before > 0 {
		w.and(idColumn+" < ?", f.Before)
	}
	query := "SELECT " + mentionColumns + " FROM " + from
	for _, c := range w.conds {
		query += " AND " + c
	}
	n := limit(f.Limit)
	query += fmt.Sprintf(" ORDER BY %s DESC LIMIT %d", idColumn, n+1)
	all, err := selectAll(db.reader(ctx), scanMention, query, w.args...)
	if err != nil {
		return desk.Page{}, fmt.Errorf("search mentions: %w", err)
	}
	page := desk.Page{Mentions: all}
	if len(all) > n {
		page.Mentions = all[:n]
		page.Next = all[n-1].ID
	}
	// The index may be a moment behind the row: what changed meanwhile answers no more.
	page.Mentions = slices.DeleteFunc(page.Mentions, func(m desk.Mention) bool { return changed(&f, &m) })
	refs := make([]*desk.Mention, len(page.Mentions))
	for i := range page.Mentions {
		refs[i] = &page.Mentions[i]
	}
	return page, db.likes(ctx, refs)
}

// changed reports whether a mention that the index found is not what the filter asks for any more: it was deleted, left a
// monitor, or is read as of another mood.
func changed(f *desk.Filter, m *desk.Mention) bool {
	in := func(id int64) bool { _, has := slices.BinarySearch(m.Monitors, id); return has }
	return !m.Deleted.IsZero() ||
		len(f.Monitors) > 0 && !slices.ContainsFunc(f.Monitors, in) ||
		len(f.Moods) > 0 && !slices.Contains(f.Moods, m.Mood)
}

// likes counts, for the firsts of their kind, how many fold into them.
func (db *DB) likes(ctx context.Context, ms []*desk.Mention) error {
	first := make(map[int64]*desk.Mention, len(ms))
	folds := make([]int64, 0, len(ms))
	for _, m := range ms {
		if m.Fold != 0 && (!m.Deleted.IsZero() || !m.IsCopy()) {
			first[m.Fold] = m
			folds = append(folds, m.Fold)
		}
	}
	return selectIn(db.reader(ctx), "SELECT fold, copies FROM folds WHERE fold IN (@)", folds, func(s scanner) error {
		var fold int64
		var copies int
		if err := s.Scan(&fold, &copies); err != nil {
			return err
		}
		first[fold].Like = 1 + copies
		return nil
	})
}

// event is when a mention counts.
func event(m *desk.Mention) time.Time { return desk.Clamp(m.Published, m.Arrived) }

// reach is the author's followers as they are summed.
func reach(m *desk.Mention) int64 { return max(int64(m.Author.Followers), 0) }
