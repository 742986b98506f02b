package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"breakwater/desk"
)

// tokenMark leads every token, so that scanners for leaked secrets can know it.
const tokenMark = "bw_"

// Tokens are the keys to the API, for admins.
func (g *Gate) Tokens(ctx context.Context) ([]desk.Token, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return nil, err
	}
	return g.store.Tokens(ctx)
}

// AddToken makes a key to the API; secret is shown once and kept nowhere. Without expires it is valid until revoked. It is
// worth no more than its owner: the acting person's role bounds it, and it ends with their account. What a token makes belongs
// to who owns that token. For admins.
func (g *Gate) AddToken(ctx context.Context, name string, role desk.Role, expires time.Time) (t desk.Token, secret desk.Secret, err error) {
	owner, err := g.owner(ctx)
	if err != nil {
		return t, "", err
	}
	return g.AddTokenOf(ctx, owner, name, role, expires)
}

// AddTokenOf is AddToken for somebody else: a program with it acts as that person, as far as their role and its own go. For admins.
func (g *Gate) AddTokenOf(ctx context.Context, userID int64, name string, role desk.Role, expires time.Time) (t desk.Token, secret desk.Secret, err error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return t, "", err
	}
	now := time.Now().UTC()
	name = strings.TrimSpace(name)
	switch {
	case name == "" || utf8.RuneCountInString(name) > 100:
		return t, "", desk.Wrong("name", "Give a name of at most {n} characters.", "n", 100)
	case role < desk.Viewer || role > desk.Admin:
		return t, "", desk.Wrong("role", "Choose admin, lead, responder or viewer.")
	case !expires.IsZero() && !expires.After(now):
		return t, "", desk.Wrong("expires", "Choose a day in the future.")
	}
	plain := tokenMark + rand.Text()
	t = desk.Token{Name: name, Role: role, Hash: tokenHash(plain), UserID: userID, Created: now, Expires: expires}
	t, err = g.store.AddToken(ctx, t, desk.ActOf(ctx, "token.add", ""))
	return t, desk.Secret(plain), err
}

// owner is the person behind the acting one: themselves, or who owns the acting token; 0 for the desk itself.
func (g *Gate) owner(ctx context.Context) (int64, error) {
	id, ok := strings.CutPrefix(desk.ActorOf(ctx).Who, "token:")
	if !ok {
		return UserID(ctx), nil
	}
	all, err := g.store.Tokens(ctx)
	if err != nil {
		return 0, err
	}
	for _, t := range all {
		if strconv.FormatInt(t.ID, 10) == id {
			return t.UserID, nil
		}
	}
	return 0, desk.ErrForbidden // revoked meanwhile
}

// RevokeToken ends a key to the API. For admins.
func (g *Gate) RevokeToken(ctx context.Context, id int64) error {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return err
	}
	return g.store.RevokeToken(ctx, id, desk.ActOf(ctx, "token.revoke", ""))
}

// Token gives who acts by a token, from the address given. desk.ErrNotFound: no such token, expired, or its owner may not sign in.
func (g *Gate) Token(ctx context.Context, token, from string) (desk.Actor, error) {
	if !strings.HasPrefix(token, tokenMark) {
		return desk.Actor{}, desk.ErrNotFound
	}
	t, err := g.store.TokenByHash(ctx, tokenHash(token))
	if err != nil {
		return desk.Actor{}, err
	}
	if !t.Expires.IsZero() && !time.Now().Before(t.Expires) {
		return desk.Actor{}, desk.ErrNotFound
	}
	a := desk.Actor{Who: "token:" + strconv.FormatInt(t.ID, 10), UserID: t.UserID, Name: t.Name, Role: t.Role, From: from}
	if t.UserID == 0 {
		return a, nil
	}
	u, err := g.store.User(ctx, t.UserID)
	if err != nil {
		return desk.Actor{}, err
	}
	if u.Disabled {
		return desk.Actor{}, desk.ErrNotFound
	}
	a.Role, a.Lang = min(a.Role, u.Role), u.Lang
	return a, nil
}

func (g *Gate) revokeAll(ctx context.Context, userID int64) error {
	all, err := g.store.Tokens(ctx)
	for _, t := range all {
		if t.UserID == userID {
			err = errors.Join(err, notFoundIsFine(g.store.RevokeToken(ctx, t.ID, desk.ActOf(ctx, "token.revoke", ""))))
		}
	}
	return err
}

func tokenHash(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}
