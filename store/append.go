package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"breakwater/desk"
)

// Prepared is a batch with what the index needs of it worked out, so that the one who writes has less to do.
type Prepared struct {
	batch    desk.Batch
	mentions []prepared
}

// prepared is a mention on its way into the store.
type prepared struct {
	key    desk.Key
	scopes []int64 // monitors, then brands below zero
	body   string
	tokens string
}

// Prepare does the part of Append that needs no lock: it may run in many goroutines at once, before Write. The batch belongs to
// the store from then on. Mentions without Arrived arrive now.
func (db *DB) Prepare(ctx context.Context, b desk.Batch) (*Prepared, error) {
	p := &Prepared{batch: b, mentions: make([]prepared, len(b.Mentions))}
	now := time.Now().UTC()
	for i := range b.Mentions {
		m := &b.Mentions[i]
		if m.SourceID == 0 {
			m.SourceID = b.SourceID
		}
		possible(m, now)
		var err error
		if p.mentions[i], err = db.prepare(db.reader(ctx), m); err != nil {
			return nil, err
		}
	}
	for i := range b.Edits {
		possible(&b.Edits[i], now)
	}
	return p, nil
}

// possible makes a mention one that can be kept: its text is valid, its times are times that it can have had.
func possible(m *desk.Mention, now time.Time) {
	for _, s := range []*string{&m.Network, &m.NativeID, &m.Kind, &m.URL, &m.Title, &m.Text, &m.Author.NativeID, &m.Author.Handle,
		&m.Author.Name, &m.Author.URL, &m.InReplyTo, &m.RepostOf, &m.Lang} {
		if !utf8.ValidString(*s) || strings.IndexByte(*s, 0) >= 0 {
			*s = clean(*s)
		}
	}
	if m.Arrived.IsZero() {
		m.Arrived = now
	}
	m.Published = event(m)
	if m.Edited.After(m.Arrived.Add(24 * time.Hour)) {
		m.Edited = time.Time{} // nothing could be newer ever again
	}
	if m.Fold == 0 {
		m.Fold = m.Key().Fold()
	}
}

// keyOf is the key of what a network or a person names, whatever characters are in it.
func keyOf(r desk.Ref) desk.Key {
	return desk.Ref{Network: clean(r.Network), NativeID: clean(r.NativeID)}.Key()
}

func (db *DB) prepare(a asker, m *desk.Mention) (p prepared, err error) {
	p.key = m.Key()
	if p.scopes, err = db.scopes(a, m); err != nil {
		return p, err
	}
	room := tokenRoom.Get().(*[]byte)
	*room = tokens((*room)[:0], m, p.scopes)
	p.tokens = string(*room)
	if cap(*room) <= 1<<16 {
		tokenRoom.Put(room)
	}
	p.body, err = mentionJSON(m)
	return p, err
}

// tokenRoom lends what tokens are written into before it is known how many there are.
var tokenRoom = sync.Pool{New: func() any { return new([]byte) }}

// scopes are where a mention counts: its monitors, and their brands below zero; 0 when it answers no brand.
func (db *DB) scopes(a asker, m *desk.Mention) ([]int64, error) {
	out := make([]int64, 0, len(m.Monitors)+1)
	out = append(out, m.Monitors...)
	for _, id := range m.Monitors {
		b, err := db.brandOf(a, id)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out, -b) {
			out = append(out, -b)
		}
	}
	if len(out) == 0 {
		out = append(out, 0)
	}
	return out, nil
}

// Append keeps batches in one transaction with their sources' cursors: what is new, edits, deletions, roll-ups, search. It
// answers what became of each batch.
func (db *DB) Append(ctx context.Context, batches []desk.Batch) ([]desk.Stored, error) {
	ps := make([]*Prepared, len(batches))
	for i, b := range batches {
		var err error
		if ps[i], err = db.Prepare(ctx, b); err != nil {
			return nil, fmt.Errorf("prepare a batch: %w", err)
		}
	}
	stored, err := db.Write(ctx, ps)
	if err == nil {
		_ = db.Searchable(ctx) // they are kept, whatever becomes of the index
	}
	return stored, err
}

// Write is Append for prepared batches that does not wait until searches find them: see Searchable.
func (db *DB) Write(ctx context.Context, batches []*Prepared) (stored []desk.Stored, err error) {
	durable := slices.ContainsFunc(batches, func(p *Prepared) bool { return p.batch.Durable })
	_, err = db.commit(ctx, durable, func(t *tx) error {
		if err := db.d.lock(t.ctx, t, lockMentions); err != nil {
			return err
		}
		a := newAppender(t, len(batches))
		stored = a.stored
		return a.run(batches)
	})
	if err != nil {
		return nil, fmt.Errorf("append %d batches: %w", len(batches), err)
	}
	return stored, nil
}

// thing is a mention that the transaction touches: was is how it is stored (nil: it is new), now how it will be.
type thing struct {
	id     int64
	batch  int // that brought it first
	was    *desk.Mention
	now    *desk.Mention
	ready  prepared // of now, valid while fresh
	fresh  bool
	edited bool
	gone   bool
}

// appender is one transaction of Write.
type appender struct {
	t      *tx
	stored []desk.Stored
	byKey  map[desk.Key]*thing
	things []*thing
	rows   *rows
	at     time.Time
}

func newAppender(t *tx, batches int) *appender {
	return &appender{t: t, stored: make([]desk.Stored, batches), byKey: map[desk.Key]*thing{}, rows: newRows(t), at: time.Now().UTC()}
}

func (a *appender) run(batches []*Prepared) error {
	for _, step := range []func([]*Prepared) error{a.find, a.merge, a.goneRefs, a.goneAuthors} {
		if err := step(batches); err != nil {
			return err
		}
	}
	if err := a.number(); err != nil {
		return err
	}
	for _, th := range a.things {
		if err := a.keep(th); err != nil {
			return err
		}
	}
	if err := a.intake(batches); err != nil {
		return err
	}
	for i := range a.stored {
		s := &a.stored[i]
		slices.Sort(s.Touched)
		s.Touched = slices.Compact(s.Touched)
		if err := a.source(&batches[i].batch, s); err != nil {
			return err
		}
	}
	return a.rows.flush()
}

// find loads what is stored already of everything that the batches name.
func (a *appender) find(batches []*Prepared) error {
	var keys []desk.Key
	for _, p := range batches {
		for i := range p.mentions {
			keys = append(keys, p.mentions[i].key)
		}
		for i := range p.batch.Edits {
			keys = append(keys, p.batch.Edits[i].Key())
		}
		for _, r := range p.batch.Gone {
			keys = append(keys, keyOf(r))
		}
	}
	return a.load(keys)
}

// load puts the stored mentions with these keys beside the things. One whose row retention has removed has no now: it is
// known, and nothing else.
func (a *appender) load(keys []desk.Key) error {
	raw := make([][]byte, len(keys))
	for i := range keys {
		raw[i] = keys[i][:]
	}
	byID := map[int64]*thing{}
	var ids []int64
	err := selectIn(a.t, "SELECT key, id FROM seen WHERE key IN (@)", raw, func(s scanner) error {
		var key []byte
		var id int64
		if err := s.Scan(&key, &id); err != nil {
			return err
		}
		th := &thing{id: id}
		a.byKey[desk.Key(key)] = th
		byID[id] = th
		ids = append(ids, id)
		return nil
	})
	if err != nil {
		return err
	}
	return a.loadRows(ids, func(id int64) *thing { return byID[id] })
}

func (a *appender) loadRows(ids []int64, of func(int64) *thing) error {
	return selectIn(a.t, "SELECT "+mentionColumns+" FROM mentions m WHERE m.id IN (@)", ids, func(s scanner) error {
		m, err := scanMention(s)
		if err != nil {
			return err
		}
		if th := of(m.ID); th.was == nil {
			now := m
			th.was, th.now = &m, &now
			a.things = append(a.things, th)
		}
		return nil
	})
}

// merge takes every mention of the batches as new, as an edit of what is known, or as known.
func (a *appender) merge(batches []*Prepared) error {
	for b, p := range batches {
		for i := range p.mentions {
			pm, m := &p.mentions[i], &p.batch.Mentions[i]
			if th := a.byKey[pm.key]; th != nil {
				a.again(th, m, b, &p.batch)
				continue
			}
			th := &thing{batch: b, now: m, ready: *pm, fresh: true}
			a.byKey[pm.key] = th
			a.things = append(a.things, th)
			a.stored[b].New++
		}
		for i := range p.batch.Edits {
			m := &p.batch.Edits[i]
			if th := a.byKey[m.Key()]; th != nil {
				a.again(th, m, b, &p.batch)
			} else {
				a.stored[b].Unmatched++
			}
		}
	}
	return nil
}

// again takes a mention that is known. It changes a copy: the batch may have to be written once more.
func (a *appender) again(th *thing, m *desk.Mention, batch int, of *desk.Batch) {
	if th.now != nil {
		switch now := *th.now; {
		case !edit(&now, m):
		case foreign(of, th):
			a.stored[batch].Foreign++
		default:
			th.now, th.edited, th.fresh, th.batch = &now, true, false, batch
			a.stored[batch].Edited++
			return
		}
	}
	a.stored[batch].Known++
}

// foreign reports whether a batch must leave a mention as it is: the secret of a webhook, or a table, must not put words into a post
// that was heard elsewhere, nor make it vanish.
func foreign(b *desk.Batch, th *thing) bool {
	return b.OwnOnly && th.now.SourceID != b.SourceID
}

// goneRefs wipes what the networks deleted.
func (a *appender) goneRefs(batches []*Prepared) error {
	for b, p := range batches {
		for _, r := range p.batch.Gone {
			switch th := a.byKey[keyOf(r)]; {
			case th == nil || th.now == nil || !th.now.Deleted.IsZero():
			case foreign(&p.batch, th):
				a.stored[b].Foreign++
			default:
				a.wipe(th, b)
			}
		}
	}
	return nil
}

// goneAuthors wipes everything of accounts that the networks deleted.
func (a *appender) goneAuthors(batches []*Prepared) error {
	for b, p := range batches {
		for _, r := range p.batch.GoneBy {
			author := authorHash(clean(r.Network), &desk.Author{NativeID: clean(r.NativeID)})
			if author == 0 {
				continue
			}
			if err := a.loadAuthor(author); err != nil {
				return err
			}
			for _, th := range a.things {
				if authorHash(th.now.Network, &th.now.Author) == author && !foreign(&p.batch, th) {
					a.wipe(th, b)
				}
			}
		}
	}
	return nil
}

func (a *appender) loadAuthor(author int64) error {
	var q searchAsk
	q.facetIDs(facetAuthor, author)
	// What earlier transactions kept must be found; this one's own mentions are things already.
	if err := a.t.db.Searchable(a.t.ctx); err != nil {
		return err
	}
	ids, err := selectAll(a.t.db.reader(a.t.ctx), value[int64], "SELECT m.id FROM "+a.t.db.d.searchFrom(), a.t.db.d.searchAsk(q))
	if err != nil || len(ids) == 0 {
		return err
	}
	have := map[int64]*thing{}
	for _, th := range a.things {
		have[th.id] = th
	}
	return a.loadRows(ids, func(id int64) *thing {
		if have[id] == nil {
			have[id] = &thing{id: id}
		}
		return have[id]
	})
}

// wipe takes text and author out of a mention. What it counted for stays counted.
func (a *appender) wipe(th *thing, batch int) {
	if th.now == nil || !th.now.Deleted.IsZero() {
		return
	}
	m := th.now
	wiped := desk.Mention{
		Ref: desk.Ref{Network: m.Network}, SourceID: m.SourceID, Kind: m.Kind, Published: m.Published, Arrived: m.Arrived,
		Author:     desk.Author{Followers: m.Author.Followers, Media: m.Author.Media},
		Engagement: m.Engagement, Lang: m.Lang, Late: m.Late, Sentiment: m.Sentiment, Mood: m.Mood, Confidence: m.Confidence,
		CorrectedBy: m.CorrectedBy, ReadBy: m.ReadBy, Monitors: m.Monitors, Own: m.Own, ID: m.ID, Deleted: a.at,
	}
	if m.IsCopy() {
		wiped.Fold = m.Fold // a first has none from now on, so that IsCopy still tells them apart
	}
	th.now, th.gone, th.fresh = &wiped, true, false
	a.stored[batch].Gone++
}

// number gives new mentions their ids: the millisecond they count at and a sequence taken from their key. Where another has
// the id already, the next free one is taken.
func (a *appender) number() error {
	var fresh []*thing
	var ids []int64
	for _, th := range a.things {
		if th.was == nil {
			th.id = firstID(event(th.now)) | int64(th.ready.key[13]&0xf)<<16 | int64(th.ready.key[14])<<8 | int64(th.ready.key[15])
			fresh = append(fresh, th)
			ids = append(ids, th.id)
		}
	}
	taken := map[int64]bool{}
	probe := func(ids []int64) error {
		return selectIn(a.t, "SELECT id FROM mentions WHERE id IN (@)", ids, func(s scanner) error {
			var id int64
			err := s.Scan(&id)
			taken[id] = true
			return err
		})
	}
	if err := probe(ids); err != nil {
		return err
	}
	for _, th := range fresh {
		for taken[th.id] {
			th.id++
			if !taken[th.id] {
				if err := probe([]int64{th.id}); err != nil {
					return err
				}
			}
		}
		taken[th.id] = true
		th.now.ID = th.id
	}
	// The index must be written in ascending order: it flushes whenever an id is lower than the one before.
	slices.SortFunc(a.things, func(x, y *thing) int { return cmp.Compare(x.id, y.id) })
	return nil
}

// keep hands one mention to the rows.
func (a *appender) keep(th *thing) error {
	if th.was != nil && !th.edited && !th.gone {
		return nil
	}
	s := &a.stored[th.batch]
	if th.was == nil {
		if s.First == 0 || th.id < s.First {
			s.First = th.id
		}
		s.Last = max(s.Last, th.id)
	}
	moved, err := a.rows.keep(th)
	if moved {
		s.Touched = append(s.Touched, th.now.Monitors...)
		if th.was != nil {
			s.Touched = append(s.Touched, th.was.Monitors...)
		}
	}
	return err
}

// source moves the batch's source on.
func (a *appender) source(b *desk.Batch, s *desk.Stored) error {
	if b.SourceID == 0 {
		return nil
	}
	heard := int64(0)
	if s.New > 0 {
		heard = stamp(a.at)
	}
	return a.t.exec("INSERT INTO source_states (source_id, cursor, mentions, rejects, heard) VALUES (?, ?, ?, ?, ?)"+
		" ON CONFLICT (source_id) DO UPDATE SET mentions = source_states.mentions + excluded.mentions,"+
		" rejects = source_states.rejects + excluded.rejects,"+
		" heard = CASE WHEN excluded.heard > 0 THEN excluded.heard ELSE source_states.heard END,"+
		" cursor = CASE WHEN excluded.cursor <> '' THEN excluded.cursor ELSE source_states.cursor END",
		b.SourceID, clean(b.Cursor), s.New, len(b.Rejects), heard)
}
