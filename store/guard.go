package store

import (
	"context"

	"breakwater/desk"
)

var guards = &noun[desk.Guard]{
	table: "guards", word: "guard",
	id:      func(g *desk.Guard) *int64 { return &g.ID },
	version: func(g *desk.Guard) *int { return &g.Version },
	columns: []string{"brand_id"},
	values:  func(g *desk.Guard) []any { return []any{g.BrandID} },
	taken:   desk.ErrConflict,
}

// Guard is what a brand adds to the checks before publishing; an empty one where it adds nothing.
func (db *DB) Guard(ctx context.Context, brandID int64) (desk.Guard, error) {
	var w where
	w.and("brand_id = ?", brandID)
	all, err := list(ctx, db, guards, &w, "")
	if err != nil || len(all) == 0 {
		return desk.Guard{BrandID: brandID}, err
	}
	return all[0], nil
}

// ChangeGuard changes a brand's guard, or makes it.
func (db *DB) ChangeGuard(ctx context.Context, brandID int64, act desk.Act, f func(*desk.Guard, *desk.Out) error) (desk.Guard, error) {
	now, err := db.Guard(ctx, brandID)
	if err != nil {
		return now, err
	}
	return change(ctx, db, guards, now.ID, act, func(g *desk.Guard, out *desk.Out) error {
		g.BrandID = brandID
		err := f(g, out)
		g.BrandID = brandID
		return err
	})
}
