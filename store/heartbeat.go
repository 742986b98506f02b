package store

import (
	"context"

	"breakwater/desk"
)

var heartbeats = &noun[desk.Heartbeat]{
	table: "heartbeat", word: "heartbeat",
	id:      func(h *desk.Heartbeat) *int64 { return &h.ID },
	version: func(h *desk.Heartbeat) *int { return &h.Version },
}

// Heartbeat is where the desk says outside that it is alive; of a desk that has not chosen, nowhere.
func (db *DB) Heartbeat(ctx context.Context) (desk.Heartbeat, error) {
	all, err := list(ctx, db, heartbeats, &where{}, " ORDER BY id LIMIT 1")
	if err != nil || len(all) == 0 {
		return desk.Heartbeat{Every: desk.HeartbeatEvery}, err
	}
	return all[0], nil
}

// ChangeHeartbeat changes where that is.
func (db *DB) ChangeHeartbeat(ctx context.Context, act desk.Act, f func(*desk.Heartbeat, *desk.Out) error) (desk.Heartbeat, error) {
	now, err := db.Heartbeat(ctx)
	if err != nil {
		return now, err
	}
	return change(ctx, db, heartbeats, now.ID, act, f)
}
