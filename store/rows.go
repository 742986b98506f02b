package store

import (
	"slices"

	"breakwater/desk"
)

// rows collects what a transaction writes about mentions, and writes it with few statements.
type rows struct {
	t       *tx
	tally   *tally
	insert  []any // into mentions, seen, answers, search …
	seen    []any
	answers []any
	search  []any
	stale   []int64 // ids whose search tokens are replaced or removed
	folds   map[int64]int64
}

func newRows(t *tx) *rows { return &rows{t: t, tally: newTally(), folds: map[int64]int64{}} }

var (
	insertMentions = newBulk("INSERT INTO mentions (id, reach, deleted, body) VALUES", 4, "")
	insertSeen     = newBulk("INSERT INTO seen (key, id) VALUES", 2, "")
	insertAnswers  = newBulk("INSERT INTO answers (scope, mention_id, network, author, reach, reposts, sentiment, fold, copied) VALUES", 9,
		"ON CONFLICT (scope, mention_id) DO UPDATE SET author = excluded.author, reach = excluded.reach,"+
			" reposts = excluded.reposts, sentiment = excluded.sentiment, fold = excluded.fold, copied = excluded.copied")
	insertFolds = newBulk("INSERT INTO folds (fold, copies) VALUES", 2,
		"ON CONFLICT (fold) DO UPDATE SET copies = folds.copies + excluded.copies")
)

// keep takes one mention, new or changed, and reports whether roll-ups move with it.
func (r *rows) keep(th *thing) (moved bool, err error) {
	if th.was == nil {
		return true, r.add(th)
	}
	return r.change(th.was, th.now)
}

// add takes a new mention.
func (r *rows) add(th *thing) (err error) {
	m, p := th.now, th.ready
	if !th.fresh {
		if p, err = r.t.db.prepare(r.t, m); err != nil {
			return err
		}
		p.key = th.ready.key
	}
	r.insert = append(r.insert, m.ID, reach(m), stamp(m.Deleted), p.body)
	r.seen = append(r.seen, p.key[:], m.ID)
	r.answer(m, p.scopes)
	r.tally.add(m, p.scopes, 1)
	if m.IsCopy() {
		r.folds[m.Fold]++
	}
	if m.Deleted.IsZero() {
		r.search = append(r.search, m.ID, r.t.db.d.searchTokens(p.tokens))
	}
	return nil
}

// change replaces a stored mention.
func (r *rows) change(was, now *desk.Mention) (moved bool, err error) {
	before, err := r.t.db.prepare(r.t, was)
	if err != nil {
		return false, err
	}
	after, err := r.t.db.prepare(r.t, now)
	if err != nil {
		return false, err
	}
	if err := r.t.exec("UPDATE mentions SET reach = ?, deleted = ?, body = ? WHERE id = ?",
		reach(now), stamp(now.Deleted), after.body, now.ID); err != nil {
		return false, err
	}
	for _, s := range before.scopes {
		if !slices.Contains(after.scopes, s) {
			if err := r.t.exec("DELETE FROM answers WHERE scope = ? AND mention_id = ?", s, now.ID); err != nil {
				return false, err
			}
		}
	}
	r.answer(now, after.scopes)
	deleted := !now.Deleted.IsZero()
	if was.CorrectedBy != "" && (deleted || now.CorrectedBy == "") {
		if err := r.t.uncorrected(now.ID); err != nil {
			return false, err
		}
	}
	if deleted || before.tokens != after.tokens {
		r.stale = append(r.stale, now.ID)
		if !deleted {
			r.search = append(r.search, now.ID, r.t.db.d.searchTokens(after.tokens))
		}
	}
	moved = counts(was) != counts(now) || !slices.Equal(before.scopes, after.scopes)
	if moved {
		r.tally.add(was, before.scopes, -1)
		r.tally.add(now, after.scopes, 1)
	}
	return moved, nil
}

// answer puts a mention into its scopes.
func (r *rows) answer(m *desk.Mention, scopes []int64) {
	author := authorHash(m.Network, &m.Author)
	for _, s := range scopes {
		r.answers = append(r.answers, s, m.ID, m.Network, author, reach(m), m.Engagement.Reposts, int64(m.Sentiment*1000), m.Fold, copied(m))
	}
}

// What a mention is to the group that it folds into.
const (
	asFirst  = 0
	asCopy   = 1
	asRepost = 2
)

func copied(m *desk.Mention) int {
	switch {
	case m.RepostOf != "" || m.Kind == desk.KindRepost:
		return asRepost
	case m.IsCopy():
		return asCopy
	}
	return asFirst
}

// flush writes everything.
func (r *rows) flush() error {
	if err := insertMentions.run(r.t, r.insert); err != nil {
		return err
	}
	if err := insertSeen.run(r.t, r.seen); err != nil {
		return err
	}
	if err := insertAnswers.run(r.t, r.answers); err != nil {
		return err
	}
	var folds []any
	for fold, n := range r.folds {
		folds = append(folds, fold, n)
	}
	if err := insertFolds.run(r.t, folds); err != nil {
		return err
	}
	if err := r.tally.flush(r.t); err != nil {
		return err
	}
	return r.t.db.d.index(r.t, r.stale, r.search)
}
