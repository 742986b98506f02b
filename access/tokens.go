package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"slices"
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

// AddScopedToken is AddToken for one brand only (BrandID), or for some rights of the role only (Only). For admins.
func (g *Gate) AddScopedToken(ctx context.Context, ask desk.Token) (t desk.Token, secret desk.Secret, err error) {
	if ask.UserID, err = g.owner(ctx); err != nil {
		return t, "", err
	}
	return g.addToken(ctx, ask)
}

// AddTokenOf is AddToken for somebody else: a program with it acts as that person, as far as their role and its own go. For admins.
func (g *Gate) AddTokenOf(ctx context.Context, userID int64, name string, role desk.Role, expires time.Time) (t desk.Token, secret desk.Secret, err error) {
	return g.addToken(ctx, desk.Token{Name: name, Role: role, UserID: userID, Expires: expires})
}

func (g *Gate) addToken(ctx context.Context, ask desk.Token) (t desk.Token, secret desk.Secret, err error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return t, "", err
	}
	now, role, expires := time.Now().UTC(), ask.Role, ask.Expires
	name := strings.TrimSpace(ask.Name)
	switch {
	case name == "" || utf8.RuneCountInString(name) > 100:
		return t, "", desk.Wrong("name", "Give a name of at most {n} characters.", "n", 100)
	case role < desk.Viewer || role > desk.Admin:
		return t, "", desk.Wrong("role", "Choose admin, lead, responder or viewer.")
	case slices.ContainsFunc(ask.Only, func(r desk.Right) bool { return !role.Has(r) }):
		return t, "", desk.Wrong("only", "A role can be narrowed to rights that it has, no others.")
	case ask.BrandID < 0:
		return t, "", desk.Wrong("brand_id", "Choose one of your brands.")
	case !expires.IsZero() && !expires.After(now):
		return t, "", desk.Wrong("expires", "Choose a day in the future.")
	}
	plain := tokenMark + rand.Text()
	t = desk.Token{Name: name, Role: role, Hash: tokenHash(plain), BrandID: ask.BrandID, Only: ask.Only, UserID: ask.UserID, Created: now, Expires: expires}
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
		a.Grants = narrowed(desk.User{Role: desk.Admin}, t)
		return a, nil
	}
	u, err := g.store.User(ctx, t.UserID)
	if err != nil {
		return desk.Actor{}, err
	}
	if u.Disabled {
		return desk.Actor{}, desk.ErrNotFound
	}
	a.Role, a.Lang, a.Person, a.Name = min(a.Role, u.Role), u.Lang, u.Name, u.Name+" ("+t.Name+")"
	a.Grants = narrowed(u, t)
	return a, nil
}

// narrowed are the grants of a token: its owner's, less what the token was not given. None means the role everywhere.
func narrowed(u desk.User, t desk.Token) (all []desk.Grant) {
	own := u.Grants
	if len(own) == 0 && (t.BrandID != 0 || len(t.Only) > 0) {
		own = []desk.Grant{{Role: u.Role}}
	}
	for _, g := range own {
		if t.BrandID != 0 && g.BrandID != 0 && g.BrandID != t.BrandID {
			continue
		}
		if t.BrandID != 0 {
			g.BrandID, g.Role = t.BrandID, min(g.Role, desk.Lead)
		}
		g.Role, g.Only = min(g.Role, t.Role), both(g.Only, t.Only)
		all = append(all, g)
	}
	if len(own) > 0 && len(all) == 0 { // nothing of the owner's is left: a brand that is none
		all = []desk.Grant{{BrandID: -1, Role: desk.Viewer}}
	}
	return all
}

// both are the rights that are in both lists; an empty list has all of them.
func both(a, b []desk.Right) []desk.Right {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	}
	some := []desk.Right{desk.MaySee}
	for _, r := range a {
		if r != desk.MaySee && slices.Contains(b, r) {
			some = append(some, r)
		}
	}
	return some
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
