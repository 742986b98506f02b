package store

import (
	"context"
	"fmt"

	"breakwater/desk"
)

// answersWhere restricts answers to what is asked for, and says whether a mention may be in it more than once.
func (db *DB) answersWhere(ctx context.Context, a *desk.Ask) (w where, repeats bool, err error) {
	scopes, err := db.askScopes(ctx, a)
	among(&w, "scope", scopes)
	if !a.From.IsZero() {
		w.and("mention_id >= ?", firstID(a.From))
	}
	if !a.To.IsZero() {
		w.and("mention_id < ?", firstID(a.To))
	}
	among(&w, "network", a.Networks)
	w.and("author <> 0")
	return w, len(scopes) > 1, err
}

// voiceRow is what answers know of an author.
type voiceRow struct {
	count, reposts, sentiment int64
	first, last               int64 // ids of mentions
}

// Voices gives the authors of the mentions that a asks for: by reach, then by how much they wrote.
func (db *DB) Voices(ctx context.Context, a desk.Ask, n int) ([]desk.Voice, error) {
	w, repeats, err := db.answersWhere(ctx, &a)
	if err != nil {
		return nil, err
	}
	from := "answers" + w.String()
	if repeats {
		from = "(SELECT DISTINCT mention_id, author, reach, reposts, sentiment FROM " + from + ") AS once"
	}
	rows, err := selectAll(db.reader(ctx), func(s scanner) (r voiceRow, err error) {
		err = s.Scan(&r.count, &r.reposts, &r.sentiment, &r.first, &r.last)
		return r, err
	}, "SELECT COUNT(*), CAST(SUM(reposts) AS BIGINT), CAST(SUM(sentiment) AS BIGINT), MIN(mention_id), MAX(mention_id) FROM "+from+
		fmt.Sprintf(" GROUP BY author ORDER BY MAX(reach) DESC, COUNT(*) DESC, MAX(mention_id) DESC LIMIT %d", limit(n)), w.args...)
	if err != nil {
		return nil, fmt.Errorf("find voices: %w", err)
	}
	return db.voices(ctx, rows)
}

func (db *DB) voices(ctx context.Context, rows []voiceRow) ([]desk.Voice, error) {
	of := make(map[int64]int, len(rows))
	ids := make([]int64, len(rows))
	out := make([]desk.Voice, len(rows))
	for i, r := range rows {
		ids[i], of[r.last] = r.last, i
		out[i] = desk.Voice{Mentions: int(r.count), Reposted: int(r.reposts), First: r.first,
			Mood: float64(r.sentiment) / 1000 / float64(r.count)}
	}
	// The latest mention knows them as they call themselves now.
	err := selectIn(db.reader(ctx), "SELECT "+mentionColumns+" FROM mentions m WHERE m.id IN (@)", ids, func(s scanner) error {
		m, err := scanMention(s)
		if i, ok := of[m.ID]; ok && err == nil {
			out[i].Author, out[i].Network = m.Author, m.Network
		}
		return err
	})
	return out, err
}

// People counts the distinct authors of the mentions that a asks for. An author on two networks counts twice.
func (db *DB) People(ctx context.Context, a desk.Ask) (int, error) {
	w, _, err := db.answersWhere(ctx, &a)
	if err != nil {
		return 0, err
	}
	n, err := selectOne(db.reader(ctx), value[int], "SELECT COUNT(DISTINCT author) FROM answers"+w.String(), w.args...)
	if err != nil {
		return 0, fmt.Errorf("count people: %w", err)
	}
	return n, nil
}
