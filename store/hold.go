package store

import (
	"context"

	"breakwater/desk"
)

var holds = &noun[desk.Hold]{
	table: "holds", word: "hold",
	brand:   func(h *desk.Hold) int64 { return h.BrandID },
	id:      func(h *desk.Hold) *int64 { return &h.ID },
	version: func(h *desk.Hold) *int { return &h.Version },
	columns: []string{"live"},
	values: func(h *desk.Hold) []any {
		if h.Live() {
			return []any{1}
		}
		return []any{0}
	},
}

// LiveHolds lists the holds that hold now, newest first.
func (db *DB) LiveHolds(ctx context.Context) ([]desk.Hold, error) {
	var w where
	w.and("live = 1")
	return list(ctx, db, holds, &w, " ORDER BY id DESC")
}

// Hold gives one hold. desk.ErrNotFound.
func (db *DB) Hold(ctx context.Context, id int64) (desk.Hold, error) { return one(ctx, db, holds, id) }

// Holds lists holds, newest first.
func (db *DB) Holds(ctx context.Context, p desk.Paging) ([]desk.Hold, error) {
	var w where
	tail := w.page("id", p)
	return list(ctx, db, holds, &w, tail)
}
