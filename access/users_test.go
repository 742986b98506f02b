package access

import (
	"context"
	"errors"
	"testing"
	"time"

	"breakwater/desk"
)

// hire gives somebody an account and a context in which they act.
func hire(t *testing.T, g *Gate, admin context.Context, name string, role desk.Role) (desk.User, context.Context) {
	t.Helper()
	u, err := g.AddUser(admin, desk.User{Name: name, Email: name + "@example.org", Role: role}, good)
	check(t, err)
	return u, desk.WithActor(t.Context(), ActorOf(u, "192.0.2.2"))
}

func TestOnlyAdmins(t *testing.T) {
	t.Parallel()
	g, _, ana, admin := house(t)
	bo, lead := hire(t, g, admin, "bo", desk.Lead)
	for name, try := range map[string]func(context.Context) error{
		"Users":       func(c context.Context) error { _, err := g.Users(c); return err },
		"User":        func(c context.Context) error { _, err := g.User(c, ana.ID); return err },
		"AddUser":     func(c context.Context) error { _, err := g.AddUser(c, desk.User{}, ""); return err },
		"SaveUser":    func(c context.Context) error { _, err := g.SaveUser(c, bo); return err },
		"Reset":       func(c context.Context) error { return g.ResetPassword(c, ana.ID, good) },
		"Sessions":    func(c context.Context) error { _, err := g.Sessions(c, ana.ID); return err },
		"EndSession":  func(c context.Context) error { return g.EndSession(c, ana.ID, nil) },
		"Tokens":      func(c context.Context) error { _, err := g.Tokens(c); return err },
		"AddToken":    func(c context.Context) error { _, _, err := g.AddToken(c, "x", desk.Viewer, time.Time{}); return err },
		"RevokeToken": func(c context.Context) error { return g.RevokeToken(c, 1) },
	} {
		if err := try(lead); !errors.Is(err, desk.ErrForbidden) {
			t.Errorf("%s by a lead = %v, want forbidden", name, err)
		}
	}
	if _, err := g.User(lead, bo.ID); err != nil {
		t.Errorf("oneself = %v", err)
	}
}

func TestSaveUser(t *testing.T) {
	t.Parallel()
	g, db, ana, admin := house(t)
	bo, _ := hire(t, g, admin, "bo", desk.Viewer)
	change := func(u desk.User, f func(*desk.User)) desk.User { f(&u); return u }
	for _, tt := range []struct {
		name string
		u    desk.User
		want string
	}{
		{"somebody else's e-mail", change(bo, func(u *desk.User) { u.Email = "ANA@example.org" }), "email"},
		{"no role", change(bo, func(u *desk.User) { u.Role = 0 }), "role"},
		{"no language of ours", change(bo, func(u *desk.User) { u.Lang = "tlh" }), "lang"},
		{"the last admin steps down", change(ana, func(u *desk.User) { u.Role = desk.Lead }), "role"},
		{"the last admin is disabled", change(ana, func(u *desk.User) { u.Disabled = true }), "role"},
		{"an old version", change(bo, func(u *desk.User) { u.Version = 99 }), desk.ErrConflict.Error()},
		{"promotion", change(bo, func(u *desk.User) { u.Role, u.Lang = desk.Admin, "he" }), ""},
		{"now the first admin may go", change(ana, func(u *desk.User) { u.Role = desk.Lead }), ""},
	} {
		if _, err := g.SaveUser(admin, tt.u); field(err) != tt.want {
			t.Errorf("%s: SaveUser = %v, want %q", tt.name, err, tt.want)
		}
	}
	entries, err := db.Journal(t.Context(), desk.EntryFilter{Do: "user.save"})
	check(t, err)
	if len(entries) != 2 || entries[1].Say.English() != "bo is an admin now." {
		t.Errorf("journal = %+v", entries)
	}
}

// Who is locked out loses sessions, tokens and factors at once.
func TestLockedOut(t *testing.T) {
	t.Parallel()
	g, _, _, admin := house(t)
	bo, asBo := hire(t, g, admin, "bo", desk.Admin)
	cookie, _, err := g.SignIn(t.Context(), "bo@example.org", good, "", "192.0.2.2")
	check(t, err)
	_, secret, err := g.AddToken(asBo, "script", desk.Admin, time.Time{})
	check(t, err)
	if a, err := g.Token(t.Context(), secret.Reveal(), ""); err != nil || a.Role != desk.Admin || a.Person != bo.Name || a.Name != bo.Name+" (script)" {
		t.Fatalf("Token = %+v, %v", a, err)
	}

	_, err = g.store.ChangeUser(admin, bo.ID, desk.ActOf(admin, "user.codes", ""), func(n *desk.User, out *desk.Out) error {
		n.Factors, n.Second, out.Say = desk.Factors{TOTP: "JBSWY3DPEHPK3PXP", Passkeys: []desk.Passkey{{Name: "Laptop"}}}, true, desk.Say("x")
		return nil
	})
	check(t, err)
	bo.Disabled, bo.Version = true, 0
	gone, err := g.SaveUser(admin, bo)
	check(t, err)
	if gone.Factors.Any() || gone.Second {
		t.Errorf("kept %+v: want no factors", gone.Factors)
	}
	if _, _, err := g.Session(t.Context(), cookie.Reveal()); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("the session = %v, want not found", err)
	}
	if _, err := g.Token(t.Context(), secret.Reveal(), ""); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("the token = %v, want not found", err)
	}
	if _, _, err := g.SignIn(t.Context(), "bo@example.org", good, "", "192.0.2.2"); field(err) != "password" {
		t.Errorf("sign-in = %v, want refused like a wrong password", err)
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	g, db, _, admin := house(t)
	_, asBo := hire(t, g, admin, "bo", desk.Admin)
	token, secret, err := g.AddToken(asBo, "ci", desk.Lead, time.Now().Add(time.Hour))
	check(t, err)
	if kept, err := db.Tokens(t.Context()); err != nil || len(kept) != 1 || string(kept[0].Hash) == secret.Reveal() {
		t.Errorf("kept %+v, %v", kept, err)
	}
	a, err := g.Token(t.Context(), secret.Reveal(), "192.0.2.9")
	if err != nil || a.Role != desk.Lead || a.From != "192.0.2.9" || UserID(desk.WithActor(t.Context(), a)) != 0 {
		t.Errorf("Token = %+v, %v; want a lead that is no person", a, err)
	}
	users, err := g.Users(admin)
	check(t, err)
	bo := users[1]
	bo.Role, bo.Version = desk.Viewer, 0
	_, err = g.SaveUser(admin, bo)
	check(t, err)
	if a, err := g.Token(t.Context(), secret.Reveal(), ""); err != nil || a.Role != desk.Viewer {
		t.Errorf("after its owner became a viewer the token gives %v, %v", a.Role, err)
	}
	check(t, g.RevokeToken(admin, token.ID))
	for _, bad := range []string{secret.Reveal(), "", "bw_", "bw_AAAA", "Bearer x"} {
		if _, err := g.Token(t.Context(), bad, ""); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("Token(%.6q) = %v, want not found", bad, err)
		}
	}
	if _, _, err := g.AddToken(admin, "old", desk.Viewer, time.Now().Add(-time.Hour)); field(err) != "expires" {
		t.Errorf("a token of the past = %v, want Invalid on expires", err)
	}
}

// A token that a token made must not outlive the person behind both.
func TestTokensOfALeaver(t *testing.T) {
	t.Parallel()
	g, _, _, admin := house(t)
	bo, asBo := hire(t, g, admin, "bo", desk.Admin)
	_, first, err := g.AddToken(asBo, "first", desk.Admin, time.Time{})
	check(t, err)
	actor, err := g.Token(t.Context(), first.Reveal(), "")
	check(t, err)
	second, secret, err := g.AddToken(desk.WithActor(t.Context(), actor), "second", desk.Admin, time.Time{})
	check(t, err)
	if second.UserID != bo.ID {
		t.Errorf("the second token belongs to %d, want %d", second.UserID, bo.ID)
	}
	bo.Disabled, bo.Version = true, 0
	_, err = g.SaveUser(admin, bo)
	check(t, err)
	if _, err := g.Token(t.Context(), secret.Reveal(), ""); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("after Bo left the second token gives %v, want not found", err)
	}
}

func TestSetPassword(t *testing.T) {
	t.Parallel()
	g, _, ana, admin := house(t)
	here, _, err := g.SignIn(t.Context(), ana.Email, good, "", "192.0.2.1")
	check(t, err)
	there, _, err := g.SignIn(t.Context(), ana.Email, good, "", "192.0.2.2")
	check(t, err)
	_, s, err := g.Session(t.Context(), here.Reveal())
	check(t, err)
	const better = "a better lamp for the harbour"
	if err := g.SetPassword(admin, "wrong", better, s.ID); field(err) != "old" {
		t.Errorf("with a wrong old password = %v, want Invalid on old", err)
	}
	if err := g.SetPassword(admin, good, "password1234", s.ID); field(err) != "password" {
		t.Errorf("to an easy one = %v, want Invalid on password", err)
	}
	check(t, g.SetPassword(admin, good, better, s.ID))
	if _, _, err := g.Session(t.Context(), here.Reveal()); err != nil {
		t.Errorf("the session at hand = %v, want it to stay", err)
	}
	if _, _, err := g.Session(t.Context(), there.Reveal()); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("the other session = %v, want it ended", err)
	}
	if _, _, err := g.SignIn(t.Context(), ana.Email, good, "", "192.0.2.3"); field(err) != "password" {
		t.Errorf("the old password = %v, want refused", err)
	}
	open, err := g.Sessions(admin, ana.ID)
	if err != nil || len(open) != 1 {
		t.Fatalf("Sessions = %d, %v; want the one at hand", len(open), err)
	}
	check(t, g.EndSession(admin, ana.ID, open[0].ID))
	if err := g.EndSession(admin, ana.ID, open[0].ID); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("ending it twice = %v, want not found", err)
	}
}

// A session ends after twelve quiet hours and after fourteen days in any case.
func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	g, db, ana, _ := house(t)
	now := time.Now().UTC()
	for name, tt := range map[string]struct {
		created, seen, expires time.Duration // ago; expires ahead
		open                   bool
	}{
		"in use":    {13 * 24 * time.Hour, time.Hour, 11 * time.Hour, true},
		"quiet":     {24 * time.Hour, 13 * time.Hour, -time.Hour, false},
		"two weeks": {14*24*time.Hour + time.Minute, time.Minute, time.Hour, false},
	} {
		s := desk.Session{ID: sessionID(name), UserID: ana.ID, Created: now.Add(-tt.created), Seen: now.Add(-tt.seen), Expires: now.Add(tt.expires)}
		check(t, db.AddSession(t.Context(), s))
		_, got, err := g.Session(t.Context(), name)
		if (err == nil) != tt.open {
			t.Errorf("%s: Session = %v, want open %v", name, err, tt.open)
		}
		if tt.open && (now.Sub(got.Seen) > time.Minute || got.Expires.Sub(now) < 11*time.Hour+30*time.Minute) {
			t.Errorf("%s: seen %s, expires %s: not moved on", name, got.Seen, got.Expires)
		}
	}
}
