package store

import (
	"context"
	"errors"

	"breakwater/desk"
)

var presses = &noun[desk.Press]{
	table: "presses", word: "press",
	id:      func(p *desk.Press) *int64 { return &p.ID },
	version: func(p *desk.Press) *int { return &p.Version },
	columns: []string{"brand_id", "centre_id"},
	values:  func(p *desk.Press) []any { return []any{p.BrandID, p.CentreID} },
	taken:   errStale, // somebody else began it at the same time
}

// Press is what a brand has for the press (centre 0), or a page of its crisis centre has beside that; empty while nobody wrote anything.
func (db *DB) Press(ctx context.Context, brandID, centreID int64) (desk.Press, error) {
	var w where
	w.and("brand_id = ?", brandID)
	w.and("centre_id = ?", centreID)
	all, err := list(ctx, db, presses, &w, "")
	if err != nil || len(all) == 0 {
		return desk.Press{BrandID: brandID, CentreID: centreID}, err
	}
	return all[0], nil
}

// ChangePress changes what a brand or a page has for the press; the first change begins it.
func (db *DB) ChangePress(ctx context.Context, brandID, centreID int64, act desk.Act, f func(*desk.Press, *desk.Out) error) (p desk.Press, err error) {
	for range triesToChange {
		if p, err = db.Press(ctx, brandID, centreID); err != nil {
			return p, err
		}
		p, err = tryChange(ctx, db, presses, p.ID, act, func(p *desk.Press, out *desk.Out) error {
			p.BrandID, p.CentreID = brandID, centreID
			return f(p, out)
		})
		if !errors.Is(err, errStale) {
			return p, err
		}
	}
	return p, desk.ErrConflict
}
