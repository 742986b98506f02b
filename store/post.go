package store

import (
	"context"
	"fmt"
	"time"

	"breakwater/desk"
)

var posts = &noun[desk.Post]{
	table: "posts", word: "post",
	id:      func(p *desk.Post) *int64 { return &p.ID },
	version: func(p *desk.Post) *int { return &p.Version },
	columns: []string{"brand_id", "channel_id", "statement_id", "incident_id", "state", "due", "name", "look", "hold_id", "place", "native", "conversation_id",
		"crisis", "drill", "writer", "alike"},
	values: func(p *desk.Post) []any {
		return append([]any{p.BrandID, p.ChannelID, p.StatementID, p.IncidentID, p.State, stamp(p.Due), p.Key, stamp(p.Next), p.HoldID, p.Place, p.NativeID, conversationOf(p.Answer)},
			given(p)...)
	},
	beside: follow,
}

func conversationOf(a *desk.Answering) int64 {
	if a == nil {
		return 0
	}
	return a.ConversationID
}

// PostsOf lists the posts of a statement, oldest first.
func (db *DB) PostsOf(ctx context.Context, statementID int64) ([]desk.Post, error) {
	var w where
	w.and("statement_id = ?", statementID)
	return list(ctx, db, posts, &w, " ORDER BY id")
}

// Post gives one post. desk.ErrNotFound.
func (db *DB) Post(ctx context.Context, id int64) (desk.Post, error) { return one(ctx, db, posts, id) }

// Posts lists posts, newest first, or in the order of their times.
func (db *DB) Posts(ctx context.Context, f desk.PostFilter) ([]desk.Post, error) {
	var w where
	for _, is := range []struct {
		column string
		id     int64
	}{{"brand_id", f.BrandID}, {"channel_id", f.ChannelID}, {"statement_id", f.StatementID}, {"incident_id", f.IncidentID}, {"hold_id", f.HoldID}} {
		if is.id != 0 {
			w.and(is.column+" = ?", is.id)
		}
	}
	among(&w, "state", f.States)
	if !f.From.IsZero() {
		w.and("due >= ?", stamp(f.From))
	}
	if !f.To.IsZero() {
		w.and("due < ?", stamp(f.To))
	}
	if f.ByDue {
		w.and("conversation_id = 0")
		return list(ctx, db, posts, &w, fmt.Sprintf(" ORDER BY due, place, id LIMIT %d", min(max(f.Limit, 1), calendarPosts)))
	}
	tail := w.page("id", f.Paging)
	return list(ctx, db, posts, &w, tail)
}

// calendarPosts bounds what one look at a calendar reads.
const calendarPosts = 2000

// PostStates counts posts by state; brandID 0 counts those of all brands.
func (db *DB) PostStates(ctx context.Context, brandID int64) (map[string]int, error) {
	var w where
	if brandID != 0 {
		w.and("brand_id = ?", brandID)
	}
	count := make(map[string]int)
	err := each(db.reader(ctx), func(s scanner) error {
		var state string
		var n int
		err := s.Scan(&state, &n)
		count[state] = n
		return err
	}, "SELECT state, COUNT(*) FROM posts"+w.String()+" GROUP BY state", w.args...)
	return count, err
}

// PostsToLook lists up to n posts that are in any of the states and whose Next has passed, the longest waiting first.
func (db *DB) PostsToLook(ctx context.Context, states []string, now time.Time, n int) ([]desk.Post, error) {
	var w where
	among(&w, "state", states)
	w.and("look > 0 AND look <= ?", stamp(now))
	return list(ctx, db, posts, &w, fmt.Sprintf(" ORDER BY look LIMIT %d", n))
}

// LookAgain notes when a post is looked at next; nothing else about it changes, and it must be as it was.
func (db *DB) LookAgain(ctx context.Context, p desk.Post, next time.Time) error {
	return db.write(ctx, true, func(t *tx) error {
		return t.exec("UPDATE posts SET look = ? WHERE id = ? AND version = ?", stamp(next), p.ID, p.Version)
	})
}

// Says reports whether another post than the one named is known at its network by that id.
func (db *DB) Says(ctx context.Context, nativeID string, but int64) (bool, error) {
	n, err := selectOne(db.reader(ctx), value[int64], saysQuery, nativeID, but)
	return n > 0, err
}

const saysQuery = "SELECT COUNT(*) FROM posts WHERE native = ? AND native <> '' AND id <> ?"
