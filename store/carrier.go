package store

import (
	"context"
	"maps"
	"slices"

	"breakwater/desk"
)

var carriers = &noun[desk.Carrier]{
	table: "carriers", word: "carrier",
	id:      func(c *desk.Carrier) *int64 { return &c.ID },
	version: func(c *desk.Carrier) *int { return &c.Version },
	columns: []string{"brand_id", "kind"},
	values:  func(c *desk.Carrier) []any { return []any{c.BrandID, clean(c.Kind)} },
	hide: func(c *desk.Carrier) secret {
		defer func() { c.Settings = nil }()
		return secret{Settings: c.Settings}
	},
	reveal: func(c *desk.Carrier, s secret) { c.Settings = s.Settings },
}

// Carriers lists a brand's carriers; brand 0 is all brands, kind "" all kinds.
func (db *DB) Carriers(ctx context.Context, brandID int64, kind string) ([]desk.Carrier, error) {
	var w where
	if brandID != 0 {
		w.and("brand_id = ?", brandID)
	}
	if kind != "" {
		w.and("kind = ?", kind)
	}
	return list(ctx, db, carriers, &w, " ORDER BY id")
}

// Carrier gives one carrier. desk.ErrNotFound.
func (db *DB) Carrier(ctx context.Context, id int64) (desk.Carrier, error) {
	return one(ctx, db, carriers, id)
}

// ChangeCarrier changes a carrier, or makes one when id is 0.
func (db *DB) ChangeCarrier(ctx context.Context, id int64, act desk.Act, f func(*desk.Carrier, *desk.Out) error) (desk.Carrier, error) {
	return change(ctx, db, carriers, id, act, f)
}

// DeleteCarrier removes a carrier and what is known of its copy.
func (db *DB) DeleteCarrier(ctx context.Context, id int64, act desk.Act) error {
	say := func(c *desk.Carrier) desk.Text {
		return desk.Say("{name} is not used any more.", "name", c.Name)
	}
	return remove(ctx, db, carriers, id, act, say, func(t *tx, c *desk.Carrier) error {
		return t.exec("DELETE FROM carrier_files WHERE carrier_id = ?", c.ID)
	})
}

// SetCarrierState notes how a carrier fares, unless it was changed since. It is no act of a person, so the journal has nothing of it; its
// version does not change.
func (db *DB) SetCarrierState(ctx context.Context, found desk.Carrier) error {
	return db.write(ctx, true, func(t *tx) error {
		c, _, err := load(t, db, carriers, found.ID)
		if err != nil || c.Version != found.Version {
			return err
		}
		c.CarrierState = found.CarrierState
		body, err := carriers.pack(db, c)
		if err != nil {
			return err
		}
		return t.exec("UPDATE carriers SET body = ? WHERE id = ? AND version = ?", body, c.ID, c.Version)
	})
}

// CarrierFiles are the files that a copy has, with the hash of each.
func (db *DB) CarrierFiles(ctx context.Context, id int64) (map[string]string, error) {
	files := map[string]string{}
	err := each(db.reader(ctx), func(s scanner) error {
		var name, hash string
		err := s.Scan(&name, &hash)
		files[name] = hash
		return err
	}, "SELECT name, hash FROM carrier_files WHERE carrier_id = ?", id)
	return files, err
}

// KeepCarrierFiles notes what a copy has: the hash of each file, empty for one that is gone.
func (db *DB) KeepCarrierFiles(ctx context.Context, id int64, files map[string]string) error {
	return db.write(ctx, true, func(t *tx) error {
		for _, name := range slices.Sorted(maps.Keys(files)) {
			query, args := "DELETE FROM carrier_files WHERE carrier_id = ? AND name = ?", []any{id, name}
			if hash := files[name]; hash != "" {
				query = "INSERT INTO carrier_files (carrier_id, name, hash) VALUES (?, ?, ?) ON CONFLICT (carrier_id, name) DO UPDATE SET hash = excluded.hash"
				args = append(args, hash)
			}
			if err := t.exec(query, args...); err != nil {
				return err
			}
		}
		return nil
	})
}
