package store

import (
	"context"
	"time"

	"breakwater/desk"
)

var occasions = &noun[desk.Occasion]{
	table: "occasions", word: "occasion",
	id:      func(o *desk.Occasion) *int64 { return &o.ID },
	version: func(o *desk.Occasion) *int { return &o.Version },
	columns: []string{"brand_id", "began", "ended"},
	values:  func(o *desk.Occasion) []any { return []any{o.BrandID, o.From.Unix(), o.To.Unix()} },
}

// Occasions lists a brand's occasions that are on at some time in [from, to), in the order in which they begin; brandID 0 lists
// all brands', a zero time does not restrict.
func (db *DB) Occasions(ctx context.Context, brandID int64, from, to time.Time) ([]desk.Occasion, error) {
	var w where
	if brandID != 0 {
		w.and("brand_id = ?", brandID)
	}
	if !from.IsZero() {
		w.and("ended > ?", from.Unix())
	}
	if !to.IsZero() {
		w.and("began < ?", to.Unix())
	}
	return list(ctx, db, occasions, &w, " ORDER BY began, id")
}

// Occasion gives one occasion.
func (db *DB) Occasion(ctx context.Context, id int64) (desk.Occasion, error) {
	return one(ctx, db, occasions, id)
}

// ChangeOccasion changes an occasion, or makes one when id is 0.
func (db *DB) ChangeOccasion(ctx context.Context, id int64, act desk.Act, f func(*desk.Occasion, *desk.Out) error) (desk.Occasion, error) {
	return change(ctx, db, occasions, id, act, f)
}

// DeleteOccasion removes an occasion.
func (db *DB) DeleteOccasion(ctx context.Context, id int64, act desk.Act) error {
	say := func(o *desk.Occasion) desk.Text {
		return desk.Say("{name} is no longer expected.", "name", o.Name)
	}
	return remove(ctx, db, occasions, id, act, say, nil)
}
