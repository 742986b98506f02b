package store

import (
	"context"

	"breakwater/desk"
)

var engines = &noun[desk.Engine]{
	table: "engines", word: "engine",
	id:      func(e *desk.Engine) *int64 { return &e.ID },
	version: func(e *desk.Engine) *int { return &e.Version },
	hide: func(e *desk.Engine) secret {
		defer func() { e.Key = "" }()
		return secret{Password: e.Key.Reveal()}
	},
	reveal: func(e *desk.Engine, s secret) { e.Key = desk.Secret(s.Password) },
}

// Engine gives the engine outside; a zero one when there is none.
func (db *DB) Engine(ctx context.Context) (desk.Engine, error) {
	all, err := list(ctx, db, engines, &where{}, " ORDER BY id LIMIT 1")
	if err != nil || len(all) == 0 {
		return desk.Engine{}, err
	}
	return all[0], nil
}

// ChangeEngine changes the engine outside, or makes it.
func (db *DB) ChangeEngine(ctx context.Context, act desk.Act, f func(*desk.Engine, *desk.Out) error) (desk.Engine, error) {
	was, err := db.Engine(ctx)
	if err != nil {
		return was, err
	}
	return change(ctx, db, engines, was.ID, act, f)
}
