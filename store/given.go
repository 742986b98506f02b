package store

import (
	"context"
	"fmt"

	"breakwater/desk"
)

// copiedAt is from where an answer is a copy, as posts and the indexes over them have it.
var copiedAt = fmt.Sprint("alike >= ", thousandths(desk.CopiedFrom))

func thousandths(share float64) int64 { return int64(share*1000 + 0.5) }

// given are the values of a post's columns by which answers are counted.
func given(p *desk.Post) []any {
	a := p.Answer
	if a == nil {
		return []any{int64(0), int64(0), int64(0), int64(0)}
	}
	return []any{a.IncidentID, p.DrillID, a.Writer, thousandths(a.Alike)}
}

// reached are the states of posts that reached people, whatever became of them afterwards.
var reached = []string{desk.PostSent, desk.PostVerified, desk.PostWithdrawn, desk.PostReplaced}

// givenWhere narrows posts to answers that people got. Those of drills count in their drill alone.
func givenWhere(ctx context.Context, f *desk.AnswerFilter) *where {
	w := &where{}
	w.and("conversation_id > 0")
	among(w, "state", reached)
	if f.IncidentID != 0 {
		w.and("crisis = ?", f.IncidentID)
	} else {
		w.and("drill = 0")
	}
	if f.BrandID != 0 {
		w.and("brand_id = ?", f.BrandID)
	}
	if !f.Since.IsZero() {
		w.and("due >= ?", stamp(f.Since))
	}
	posts.within(ctx, w)
	return w
}

// CountAnswers counts the answers that people got, and how many of them were copied.
func (db *DB) CountAnswers(ctx context.Context, f desk.AnswerFilter) (n desk.AnswerCounts, err error) {
	w := givenWhere(ctx, &f)
	err = each(db.reader(ctx), func(s scanner) error { return s.Scan(&n.Answers, &n.Copied) },
		"SELECT COUNT(*), COALESCE(SUM(CASE WHEN "+copiedAt+" THEN 1 ELSE 0 END), 0) FROM posts"+w.String(), w.args...)
	return n, err
}

// CopiedAnswers lists the answers that people got and that were copied, newest first.
func (db *DB) CopiedAnswers(ctx context.Context, f desk.AnswerFilter) ([]desk.Post, error) {
	w := givenWhere(ctx, &f)
	w.and(copiedAt)
	tail := w.page("id", f.Paging)
	return list(ctx, db, posts, w, tail)
}

// AnswersBy lists the last answers of somebody that were not taken back, newest first; a program that is nobody's is below zero.
func (db *DB) AnswersBy(ctx context.Context, writer int64, n int) ([]desk.Post, error) {
	var w where
	w.and("writer = ? AND writer <> 0 AND state <> ?", writer, desk.PostDropped)
	return list(ctx, db, posts, &w, fmt.Sprintf(" ORDER BY id DESC LIMIT %d", limit(n)))
}
