package store

import (
	"cmp"
	"context"
	"slices"

	"breakwater/desk"
)

// Bare inserts prepared mentions that the store does not have yet, and does nothing else: no look for what is there already,
// no roll-ups, no cursor; one INSERT after the other, the search index last, all of it before it returns. It is what a plain
// loop over the same tables costs: the reference that the pipeline bench compares Write with.
func (db *DB) Bare(ctx context.Context, batches []*Prepared) error {
	var search []any
	lite, apart := db.d.(*sqliteDialect) // its index is a file of its own
	err := db.write(ctx, false, func(t *tx) error {
		type row struct {
			p *prepared
			m *desk.Mention
		}
		var list []row
		for _, b := range batches {
			for i := range b.mentions {
				p, m := &b.mentions[i], &b.batch.Mentions[i]
				m.ID = firstID(m.Published) | int64(p.key[0])<<12 | int64(p.key[1])<<4 | int64(p.key[2])>>4
				list = append(list, row{p, m})
			}
		}
		slices.SortFunc(list, func(x, y row) int { return cmp.Compare(x.m.ID, y.m.ID) })
		r := newRows(t)
		last := int64(0)
		for _, one := range list {
			p, m := one.p, one.m
			m.ID = max(m.ID, last+1)
			last = m.ID
			r.insert = append(r.insert, m.ID, reach(m), stamp(m.Deleted), p.body)
			r.seen = append(r.seen, p.key[:], m.ID)
			r.answer(m, p.scopes)
			r.search = append(r.search, m.ID, db.d.searchTokens(p.tokens))
		}
		for _, insert := range []struct {
			bulk *bulk
			args []any
		}{{insertMentions, r.insert}, {insertSeen, r.seen}, {insertAnswers, r.answers}} {
			if err := insert.bulk.run(t, insert.args); err != nil {
				return err
			}
		}
		if search = r.search; apart {
			return nil
		}
		return db.d.index(t, nil, search)
	})
	if err != nil || !apart {
		return err
	}
	return lite.search.write(ctx, func(t *tx) error { return lite.search.put(t, nil, search) })
}
