package store

import (
	"cmp"
	"context"
	"slices"

	"breakwater/desk"
)

var channels = &noun[desk.Channel]{
	table: "channels", word: "channel",
	id:      func(c *desk.Channel) *int64 { return &c.ID },
	version: func(c *desk.Channel) *int { return &c.Version },
	columns: []string{"brand_id"},
	values:  func(c *desk.Channel) []any { return []any{c.BrandID} },
	hide: func(c *desk.Channel) secret {
		defer func() { c.Settings = nil }()
		return secret{Settings: c.Settings}
	},
	reveal: func(c *desk.Channel, s secret) { c.Settings = s.Settings },
}

// Channels lists a brand's channels in the order of publishing; brandID 0 lists those of all.
func (db *DB) Channels(ctx context.Context, brandID int64) ([]desk.Channel, error) {
	var w where
	if brandID != 0 {
		w.and("brand_id = ?", brandID)
	}
	all, err := list(ctx, db, channels, &w, " ORDER BY id")
	slices.SortStableFunc(all, func(a, b desk.Channel) int { return cmp.Compare(a.Order, b.Order) })
	return all, err
}

// Channel gives one channel. desk.ErrNotFound.
func (db *DB) Channel(ctx context.Context, id int64) (desk.Channel, error) {
	return one(ctx, db, channels, id)
}

// ChangeChannel changes a channel, or makes one when id is 0.
func (db *DB) ChangeChannel(ctx context.Context, id int64, act desk.Act, f func(*desk.Channel, *desk.Out) error) (desk.Channel, error) {
	return change(ctx, db, channels, id, act, f)
}
