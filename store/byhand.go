package store

import (
	"context"

	"breakwater/desk"
)

var byHand = &noun[desk.ByHand]{
	table: "by_hand", word: "byhand",
	id:      func(b *desk.ByHand) *int64 { return &b.ID },
	version: func(b *desk.ByHand) *int { return &b.Version },
	columns: []string{"brand_id", "channel_id", "name", "open"},
	values: func(b *desk.ByHand) []any {
		open := 1
		if b.Done() {
			open = 0
		}
		return []any{b.BrandID, b.ChannelID, clean(b.Name()), open}
	},
	taken: desk.ErrConflict,
}

// ByHandTasks lists the open tasks of a brand, oldest first, or the done ones, newest first; brandID 0 is all.
func (db *DB) ByHandTasks(ctx context.Context, brandID int64, open bool, p desk.Paging) ([]desk.ByHand, error) {
	var w where
	if brandID != 0 {
		w.and("brand_id = ?", brandID)
	}
	w.and("open = ?", map[bool]int{true: 1}[open])
	if open {
		return list(ctx, db, byHand, &w, " ORDER BY id LIMIT 200") // nobody has more to do by hand; the oldest first
	}
	return list(ctx, db, byHand, &w, w.page("id", p))
}

// ByHandTask gives one task. desk.ErrNotFound.
func (db *DB) ByHandTask(ctx context.Context, id int64) (desk.ByHand, error) {
	return one(ctx, db, byHand, id)
}

// ByHandNamed gives the task of a name in a channel. desk.ErrNotFound.
func (db *DB) ByHandNamed(ctx context.Context, channelID int64, name string) (desk.ByHand, error) {
	var w where
	w.and("channel_id = ?", channelID)
	w.and("name = ?", clean(name))
	all, err := list(ctx, db, byHand, &w, "")
	if err != nil || len(all) == 0 {
		return desk.ByHand{}, orNotFound(err)
	}
	return all[0], nil
}

func orNotFound(err error) error {
	if err == nil {
		return desk.ErrNotFound
	}
	return err
}

// ChangeByHand changes a task, or makes one when id is 0: desk.ErrConflict when there is one of its name.
func (db *DB) ChangeByHand(ctx context.Context, id int64, act desk.Act, f func(*desk.ByHand, *desk.Out) error) (desk.ByHand, error) {
	return change(ctx, db, byHand, id, act, f)
}
