package store

import (
	"context"

	"breakwater/desk"
)

var posts = &noun[desk.Post]{
	table: "posts", word: "post",
	id:      func(p *desk.Post) *int64 { return &p.ID },
	version: func(p *desk.Post) *int { return &p.Version },
	columns: []string{"brand_id", "channel_id", "statement_id", "incident_id", "state", "due", "name"},
	values: func(p *desk.Post) []any {
		return []any{p.BrandID, p.ChannelID, p.StatementID, p.IncidentID, p.State, stamp(p.Due), p.Key}
	},
}

// PostsOf lists the posts of a statement, oldest first.
func (db *DB) PostsOf(ctx context.Context, statementID int64) ([]desk.Post, error) {
	var w where
	w.and("statement_id = ?", statementID)
	return list(ctx, db, posts, &w, " ORDER BY id")
}

// Post gives one post. desk.ErrNotFound.
func (db *DB) Post(ctx context.Context, id int64) (desk.Post, error) { return one(ctx, db, posts, id) }

// ChangePost changes a post, or makes one when id is 0.
func (db *DB) ChangePost(ctx context.Context, id int64, act desk.Act, f func(*desk.Post, *desk.Out) error) (desk.Post, error) {
	return change(ctx, db, posts, id, act, f)
}
