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

// SetChannelState notes what a look at a channel found, unless the channel was changed since. It is no act of a person, so the
// journal has nothing of it; its version does not change.
func (db *DB) SetChannelState(ctx context.Context, found desk.Channel) error {
	return db.write(ctx, false, func(t *tx) error {
		c, _, err := load(t, db, channels, found.ID)
		if err != nil || c.Version != found.Version {
			return err
		}
		c.Checked, c.State, c.Problem, c.Limits, c.Expires, c.Account = found.Checked, found.State, found.Problem, found.Limits, found.Expires, found.Account
		body, err := channels.pack(db, c)
		if err != nil {
			return err
		}
		return t.exec("UPDATE channels SET body = ? WHERE id = ? AND version = ?", body, c.ID, c.Version)
	})
}

// DeleteChannel removes a channel and what it kept of its own. Its posts stay.
func (db *DB) DeleteChannel(ctx context.Context, id int64, act desk.Act) error {
	say := func(c *desk.Channel) desk.Text { return desk.Say("The channel {name} was removed.", "name", c.Name) }
	return remove(ctx, db, channels, id, act, say, func(t *tx, _ *desk.Channel) error {
		return t.exec("DELETE FROM channel_lines WHERE channel_id = ?", id)
	})
}

func scanChannelLine(s scanner) (l desk.Line, err error) {
	var say string
	var at int64
	if err = s.Scan(&l.Name, &l.State, &say, &at); err != nil {
		return l, err
	}
	l.At = unstamp(at)
	return l, decode(say, &l.Say)
}

// ChannelLines lists what a channel kept about a post, by name.
func (db *DB) ChannelLines(ctx context.Context, channelID int64, key string) ([]desk.Line, error) {
	return selectAll(db.reader(ctx), scanChannelLine, "SELECT name, state, say, at FROM channel_lines WHERE channel_id = ? AND post = ? ORDER BY name", channelID, clean(key))
}

// KeepChannelLine keeps a line; one of the same name is replaced. It is kept through a crash when this returns.
func (db *DB) KeepChannelLine(ctx context.Context, channelID int64, key string, l desk.Line) error {
	say, err := toJSON(l.Say)
	if err != nil {
		return err
	}
	return db.write(ctx, true, func(t *tx) error {
		return t.exec("INSERT INTO channel_lines (channel_id, post, name, state, say, at) VALUES (?, ?, ?, ?, ?, ?)"+
			" ON CONFLICT (channel_id, post, name) DO UPDATE SET state = excluded.state, say = excluded.say, at = excluded.at",
			channelID, clean(key), clean(l.Name), clean(l.State), say, stamp(l.At))
	})
}
