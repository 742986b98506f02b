package store

import (
	"context"
	"sync"

	"breakwater/desk"
)

var brands = &noun[desk.Brand]{
	table: "brands", word: "brand",
	id:      func(b *desk.Brand) *int64 { return &b.ID },
	version: func(b *desk.Brand) *int { return &b.Version },
}

// Brands lists all brands, oldest first.
func (db *DB) Brands(ctx context.Context) ([]desk.Brand, error) {
	return list(ctx, db, brands, &where{}, " ORDER BY id")
}

// Brand gives one brand.
func (db *DB) Brand(ctx context.Context, id int64) (desk.Brand, error) {
	return one(ctx, db, brands, id)
}

// ChangeBrand changes a brand, or makes one when id is 0.
func (db *DB) ChangeBrand(ctx context.Context, id int64, act desk.Act, f func(*desk.Brand, *desk.Out) error) (desk.Brand, error) {
	return change(ctx, db, brands, id, act, f)
}

// brandMap knows the brand of every monitor met so far. Neither changes: a monitor stays with its brand, and no id is used
// twice.
type brandMap struct {
	mu sync.RWMutex
	of map[int64]int64
}

// brandOf is the brand of a monitor, also of a deleted one; 0 for one that was never there.
func (db *DB) brandOf(a asker, monitor int64) (int64, error) {
	db.brands.mu.RLock()
	b, ok := db.brands.of[monitor]
	db.brands.mu.RUnlock()
	if ok {
		return b, nil
	}
	b, err := found(selectOne(a, value[int64], "SELECT brand_id FROM monitors WHERE id = ? UNION ALL SELECT brand_id FROM past_monitors WHERE id = ?",
		monitor, monitor))
	if err != nil || b == 0 {
		return 0, err
	}
	db.brands.mu.Lock()
	defer db.brands.mu.Unlock()
	if db.brands.of == nil {
		db.brands.of = map[int64]int64{}
	}
	db.brands.of[monitor] = b
	return b, nil
}
