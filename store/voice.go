package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

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

// voice is what is added up of an author.
type voice struct {
	reach, count, reposts, sentiment int64
	first, last                      int64 // ids of mentions
}

// Voices gives the authors of the mentions that a asks for: by reach, then by how much they wrote.
func (db *DB) Voices(ctx context.Context, a desk.Ask, n int) ([]desk.Voice, error) {
	w, repeats, err := db.answersWhere(ctx, &a)
	if err != nil {
		return nil, err
	}
	// Added up here and not by GROUP BY and DISTINCT, which sort: half the time for a day of a million a month.
	by := map[int64]*voice{}
	met := map[int64]bool{} // mentions, where they may come twice
	err = each(db.reader(ctx), func(s scanner) error {
		var id, author, reach, reposts, sentiment int64
		if err := s.Scan(&id, &author, &reach, &reposts, &sentiment); err != nil {
			return err
		}
		if repeats {
			if met[id] {
				return nil
			}
			met[id] = true
		}
		v := by[author]
		if v == nil {
			v = &voice{first: id}
			by[author] = v
		}
		v.reach, v.first, v.last = max(v.reach, reach), min(v.first, id), max(v.last, id)
		v.count++
		v.reposts += reposts
		v.sentiment += sentiment
		return nil
	}, "SELECT mention_id, author, reach, reposts, sentiment FROM answers"+w.String(), w.args...)
	if err != nil {
		return nil, fmt.Errorf("find voices: %w", err)
	}
	all := make([]*voice, 0, len(by))
	for _, v := range by {
		all = append(all, v)
	}
	slices.SortFunc(all, func(x, y *voice) int {
		return cmp.Or(cmp.Compare(y.reach, x.reach), cmp.Compare(y.count, x.count), cmp.Compare(y.last, x.last))
	})
	return db.named(ctx, all[:min(len(all), limit(n))])
}

// named puts names to voices: as their latest mention has them.
func (db *DB) named(ctx context.Context, all []*voice) ([]desk.Voice, error) {
	out := make([]desk.Voice, len(all))
	of := make(map[int64]*desk.Voice, len(all))
	ids := make([]int64, len(all))
	for i, v := range all {
		out[i] = desk.Voice{Mentions: int(v.count), Reposted: int(v.reposts), First: v.first,
			Mood: float64(v.sentiment) / 1000 / float64(v.count)}
		of[v.last], ids[i] = &out[i], v.last
	}
	err := selectIn(db.reader(ctx), "SELECT "+mentionColumns+" FROM mentions m WHERE m.id IN (@)", ids, func(s scanner) error {
		m, err := scanMention(s)
		if v := of[m.ID]; v != nil && err == nil {
			v.Author, v.Network = m.Author, m.Network
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
