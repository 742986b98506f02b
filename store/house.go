package store

import (
	"context"

	"breakwater/desk"
)

var houses = &noun[desk.House]{
	table: "house", word: "house",
	id:      func(h *desk.House) *int64 { return &h.ID },
	version: func(h *desk.House) *int { return &h.Version },
}

// House gives what the desk asks of its people; zero before anybody decided it.
func (db *DB) House(ctx context.Context) (desk.House, error) {
	all, err := list(ctx, db, houses, &where{}, " ORDER BY id LIMIT 1")
	if err != nil || len(all) == 0 {
		return desk.House{}, err
	}
	return all[0], nil
}

// ChangeHouse changes what the desk asks of its people.
func (db *DB) ChangeHouse(ctx context.Context, act desk.Act, f func(*desk.House, *desk.Out) error) (desk.House, error) {
	now, err := db.House(ctx)
	if err != nil {
		return now, err
	}
	return change(ctx, db, houses, now.ID, act, f)
}

// SaveSession writes what is known of a sign-in beside its times.
func (db *DB) SaveSession(ctx context.Context, s desk.Session) error {
	body, err := toJSON(s)
	if err != nil {
		return err
	}
	return db.write(ctx, true, func(t *tx) error {
		n, err := t.execN("UPDATE sessions SET body = ? WHERE id = ?", body, s.ID)
		if err == nil && n == 0 {
			return desk.ErrNotFound
		}
		return err
	})
}
