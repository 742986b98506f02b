package store

import (
	"context"
	"strings"
	"time"

	"breakwater/desk"
)

var users = &noun[desk.User]{
	table: "users", word: "user",
	id:      func(u *desk.User) *int64 { return &u.ID },
	version: func(u *desk.User) *int { return &u.Version },
	columns: []string{"email", "identity"},
	values:  func(u *desk.User) []any { return []any{address(u.Email), identity(u.Identity)} },
	hide: func(u *desk.User) secret {
		defer func() { u.Password, u.PIN, u.Factors = "", "", desk.Factors{} }()
		factors := u.Factors
		return secret{Password: u.Password, PIN: u.PIN, Factors: &factors}
	},
	reveal: func(u *desk.User, s secret) {
		if u.Password, u.PIN = s.Password, s.PIN; s.Factors != nil {
			u.Factors = *s.Factors
		}
	},
	taken: desk.Wrong("email", "Somebody with this address is here already."),
}

// address is a mail address as it is compared.
func address(email string) string { return clean(strings.ToLower(strings.TrimSpace(email))) }

// identity is somebody's identity as it is looked for, NULL for none.
func identity(i *desk.Identity) any {
	if i == nil {
		return nil
	}
	return clean(i.String())
}

// UserByIdentity gives the person that an OpenID provider calls by this name.
func (db *DB) UserByIdentity(ctx context.Context, i desk.Identity) (desk.User, error) {
	id, err := selectOne(db.reader(ctx), value[int64], "SELECT id FROM users WHERE identity = ?", identity(&i))
	if err != nil {
		return desk.User{}, err
	}
	return one(ctx, db, users, id)
}

// Users lists all people, oldest first.
func (db *DB) Users(ctx context.Context) ([]desk.User, error) {
	return list(ctx, db, users, &where{}, " ORDER BY id")
}

// User gives one person.
func (db *DB) User(ctx context.Context, id int64) (desk.User, error) { return one(ctx, db, users, id) }

// UserByEmail gives the person with a mail address, in whatever case it is typed.
func (db *DB) UserByEmail(ctx context.Context, email string) (desk.User, error) {
	id, err := selectOne(db.reader(ctx), value[int64], "SELECT id FROM users WHERE email = ?", address(email))
	if err != nil {
		return desk.User{}, err
	}
	return one(ctx, db, users, id)
}

// ChangeUser changes a person, or makes one when id is 0. The address must be theirs alone (*desk.Invalid).
func (db *DB) ChangeUser(ctx context.Context, id int64, act desk.Act, f func(*desk.User, *desk.Out) error) (desk.User, error) {
	return change(ctx, db, users, id, act, f)
}

// Tokens lists the keys to the API, newest first.
func (db *DB) Tokens(ctx context.Context) ([]desk.Token, error) {
	return selectAll(db.reader(ctx), scanToken, "SELECT id, hash, used, body FROM tokens ORDER BY id DESC")
}

// TokenByHash gives the key with this SHA-256 and notes that it was used, to the minute.
func (db *DB) TokenByHash(ctx context.Context, hash []byte) (desk.Token, error) {
	k, err := selectOne(db.reader(ctx), scanToken, "SELECT id, hash, used, body FROM tokens WHERE hash = ?", hash)
	now := time.Now().UTC()
	if err != nil || now.Sub(k.Used) < time.Minute {
		return k, err
	}
	k.Used = now
	return k, db.write(ctx, false, func(t *tx) error {
		return t.exec("UPDATE tokens SET used = ? WHERE id = ?", stamp(now), k.ID)
	})
}

// AddToken keeps a new key.
func (db *DB) AddToken(ctx context.Context, k desk.Token, act desk.Act) (desk.Token, error) {
	err := db.write(ctx, true, func(t *tx) (err error) {
		if k.ID, err = t.nextID("tokens"); err != nil {
			return err
		}
		body, err := toJSON(k)
		if err != nil {
			return err
		}
		if err := t.exec("INSERT INTO tokens (id, hash, body) VALUES (?, ?, ?)", k.ID, k.Hash, body); err != nil {
			return err
		}
		say := desk.Say("The API key {name} was made.", "name", k.Name)
		return t.record(act, tokenOn(k.ID), desk.Out{Say: say}, "", digest(body))
	})
	return k, err
}

// RevokeToken ends a key.
func (db *DB) RevokeToken(ctx context.Context, id int64, act desk.Act) error {
	return db.write(ctx, true, func(t *tx) error {
		k, err := selectOne(t, scanToken, "SELECT id, hash, used, body FROM tokens WHERE id = ?", id)
		if err != nil {
			return err
		}
		if err := t.exec("DELETE FROM tokens WHERE id = ?", id); err != nil {
			return err
		}
		say := desk.Say("The API key {name} was revoked.", "name", k.Name)
		return t.record(act, tokenOn(id), desk.Out{Say: say}, "", "")
	})
}

func tokenOn(id int64) string { return (&noun[desk.Token]{word: "token"}).on(id) }

func scanToken(s scanner) (k desk.Token, err error) {
	var hash []byte
	var id, used int64
	var body string
	if err := s.Scan(&id, &hash, &used, &body); err != nil {
		return k, err
	}
	err = decode(body, &k)
	k.ID, k.Hash, k.Used = id, hash, unstamp(used)
	return k, err
}

// AddSession keeps a sign-in. Expired ones are swept away with it.
func (db *DB) AddSession(ctx context.Context, s desk.Session) error {
	body, err := toJSON(s)
	if err != nil {
		return err
	}
	return db.write(ctx, true, func(t *tx) error {
		if err := t.exec("DELETE FROM sessions WHERE expires < ?", stamp(time.Now())); err != nil {
			return err
		}
		return t.exec("INSERT INTO sessions (id, user_id, seen, expires, body) VALUES (?, ?, ?, ?, ?)",
			s.ID, s.UserID, stamp(s.Seen), stamp(s.Expires), body)
	})
}

// SessionByID gives a sign-in, also an expired one that was not swept yet.
func (db *DB) SessionByID(ctx context.Context, id []byte) (desk.Session, error) {
	return selectOne(db.reader(ctx), scanSession, "SELECT id, seen, expires, body FROM sessions WHERE id = ?", id)
}

// Sessions lists a person's sign-ins, the latest used first.
func (db *DB) Sessions(ctx context.Context, userID int64) ([]desk.Session, error) {
	return selectAll(db.reader(ctx), scanSession,
		"SELECT id, seen, expires, body FROM sessions WHERE user_id = ? ORDER BY seen DESC", userID)
}

// TouchSession notes when a sign-in was last used and until when it now holds.
func (db *DB) TouchSession(ctx context.Context, id []byte, seen, expires time.Time) error {
	return db.write(ctx, false, func(t *tx) error {
		return t.exec("UPDATE sessions SET seen = ?, expires = ? WHERE id = ?", stamp(seen), stamp(expires), id)
	})
}

// DropSession ends a sign-in; one that is gone already is fine.
func (db *DB) DropSession(ctx context.Context, id []byte) error {
	return db.write(ctx, true, func(t *tx) error { return t.exec("DELETE FROM sessions WHERE id = ?", id) })
}

func scanSession(s scanner) (v desk.Session, err error) {
	var id []byte
	var seen, expires int64
	var body string
	if err := s.Scan(&id, &seen, &expires, &body); err != nil {
		return v, err
	}
	err = decode(body, &v)
	v.ID, v.Seen, v.Expires = id, unstamp(seen), unstamp(expires)
	return v, err
}
