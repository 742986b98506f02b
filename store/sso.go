package store

import (
	"context"

	"breakwater/desk"
)

var ssos = &noun[desk.SSO]{
	table: "sso", word: "sso",
	id:      func(s *desk.SSO) *int64 { return &s.ID },
	version: func(s *desk.SSO) *int { return &s.Version },
	hide: func(s *desk.SSO) secret {
		defer func() { s.Key = "" }()
		return secret{Password: s.Key.Reveal()}
	},
	reveal: func(s *desk.SSO, hidden secret) { s.Key = desk.Secret(hidden.Password) },
}

// SSO gives how people come in by an OpenID provider; a zero one before anybody set it up.
func (db *DB) SSO(ctx context.Context) (desk.SSO, error) {
	all, err := list(ctx, db, ssos, &where{}, " ORDER BY id LIMIT 1")
	if err != nil || len(all) == 0 {
		return desk.SSO{}, err
	}
	return all[0], nil
}

// ChangeSSO changes how people come in by an OpenID provider.
func (db *DB) ChangeSSO(ctx context.Context, act desk.Act, f func(*desk.SSO, *desk.Out) error) (desk.SSO, error) {
	was, err := db.SSO(ctx)
	if err != nil {
		return was, err
	}
	return change(ctx, db, ssos, was.ID, act, f)
}
