package access

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/store"
)

const good = "correct harbour lamp 7"

// door is a gate on an empty desk.
func door(t *testing.T) (*Gate, *store.DB) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{Path: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	check(t, err)
	t.Cleanup(func() { db.Close() })
	return New(db, slog.New(slog.DiscardHandler)), db
}

// house is a gate with Ana, its admin, and a context in which she acts.
func house(t *testing.T) (*Gate, *store.DB, desk.User, context.Context) {
	t.Helper()
	g, db := door(t)
	token, err := g.FirstRun(t.Context())
	check(t, err)
	ana, err := g.SetUp(t.Context(), token.Reveal(), "Ana", "Ana@Example.org ", good)
	check(t, err)
	return g, db, ana, desk.WithActor(t.Context(), ActorOf(ana, "192.0.2.1"))
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// field is the field that an error is about, or the error.
func field(err error) string {
	var invalid *desk.Invalid
	switch {
	case err == nil:
		return ""
	case errors.As(err, &invalid):
		return invalid.Field
	}
	return err.Error()
}

func TestSetUp(t *testing.T) {
	t.Parallel()
	g, db := door(t)
	ctx := t.Context()
	old, err := g.FirstRun(ctx)
	check(t, err)
	token, err := g.FirstRun(ctx) // a restart
	check(t, err)
	if old == token || len(token) < 26 {
		t.Errorf("tokens %q and %q, want two different ones of 130 bits", old.Reveal(), token.Reveal())
	}
	if kept, _ := db.Setting(ctx, setUpToken); strings.Contains(kept, token.Reveal()) {
		t.Error("the token itself is kept")
	}
	for name, tt := range map[string]struct{ token, name, email, password, want string }{
		"no token":       {"", "Ana", "ana@example.org", good, "token"},
		"replaced token": {old.Reveal(), "Ana", "ana@example.org", good, "token"},
		"no name":        {token.Reveal(), " ", "ana@example.org", good, "name"},
		"no address":     {token.Reveal(), "Ana", "Ana <ana@example.org>", good, "email"},
		"easy password":  {token.Reveal(), "Ana", "ana@example.org", "password1234", "password"},
		"right":          {token.Reveal(), "Ana", " ANA@example.org", good, ""},
	} {
		if name == "right" {
			continue
		}
		if _, err := g.SetUp(ctx, tt.token, tt.name, tt.email, tt.password); field(err) != tt.want {
			t.Errorf("%s: SetUp = %v, want Invalid on %s", name, err, tt.want)
		}
	}
	u, err := g.SetUp(ctx, token.Reveal(), "Ana", " ANA@example.org", good)
	if err != nil || u.Role != desk.Admin || u.Email != "ana@example.org" {
		t.Fatalf("SetUp = %+v, %v", u, err)
	}
	if _, err := g.SetUp(ctx, token.Reveal(), "Eve", "eve@example.org", good); !errors.Is(err, desk.ErrInvalidTransition) {
		t.Errorf("a second set-up = %v, want an invalid transition", err)
	}
	if again, err := g.FirstRun(ctx); again != "" || err != nil {
		t.Errorf("FirstRun afterwards = %q, %v; want no token", again, err)
	}
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	g, db, ana, _ := house(t)
	ctx := t.Context()
	cookie, u, err := g.SignIn(ctx, " ana@EXAMPLE.org", good, "Firefox", "192.0.2.1")
	if err != nil || u.ID != ana.ID {
		t.Fatalf("SignIn = %+v, %v", u, err)
	}
	who, s, err := g.Session(ctx, cookie.Reveal())
	if err != nil || who.ID != ana.ID || s.Agent != "Firefox" || s.From != "192.0.2.1" {
		t.Errorf("Session = %+v, %+v, %v", who, s, err)
	}
	if strings.Contains(string(s.ID), cookie.Reveal()) || cookie.String() != "***" {
		t.Error("the cookie is kept or printed")
	}
	if got, err := db.SessionByID(ctx, []byte(cookie.Reveal())); err == nil {
		t.Errorf("the cookie itself finds %+v", got)
	}
	for _, bad := range []string{"", "x", cookie.Reveal() + "x"} {
		if _, _, err := g.Session(ctx, bad); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("Session(%q) = %v, want not found", bad, err)
		}
	}
	check(t, g.SignOut(ctx, cookie.Reveal()))
	check(t, g.SignOut(ctx, cookie.Reveal()))
	if _, _, err := g.Session(ctx, cookie.Reveal()); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("Session after sign-out = %v, want not found", err)
	}
	entries, err := db.Journal(ctx, desk.EntryFilter{Do: "session.open"})
	if err != nil || len(entries) != 1 || entries[0].Who != "user:1" || entries[0].From != "192.0.2.1" {
		t.Errorf("journal = %+v, %v", entries, err)
	}
	entries, err = db.Journal(ctx, desk.EntryFilter{Do: "session.close"})
	if err != nil || len(entries) != 1 || entries[0].Who != "user:1" {
		t.Errorf("journal of the sign-out = %+v, %v; want one entry by the person", entries, err)
	}
}

// Whether there is such a person cannot be told from the answer; nor how long it takes, because both check a hash.
func TestSignInTellsNothing(t *testing.T) {
	t.Parallel()
	g, _, _, _ := house(t)
	_, _, wrong := g.SignIn(t.Context(), "ana@example.org", "not the password", "", "192.0.2.1")
	_, _, nobody := g.SignIn(t.Context(), "eve@example.org", "not the password", "", "192.0.2.2")
	_, _, long := g.SignIn(t.Context(), "ana@example.org", strings.Repeat("x", 1<<20), "", "192.0.2.3")
	if field(wrong) != "password" || wrong.Error() != nobody.Error() || wrong.Error() != long.Error() {
		t.Errorf("wrong password: %v; nobody: %v; too long: %v", wrong, nobody, long)
	}
	if ok, err := g.matches(t.Context(), g.dummy, ""); ok || err != nil {
		t.Errorf("the dummy hash matches: %v, %v", ok, err)
	}
}

func TestSignInSlowsDown(t *testing.T) {
	t.Parallel()
	g, _, _, _ := house(t)
	ctx := t.Context()
	var retry *desk.Retry
	for n := range perPair.free {
		if _, _, err := g.SignIn(ctx, "ana@example.org", "wrong", "", "198.51.100.9"); field(err) != "password" {
			t.Fatalf("try %d = %v, want a wrong password", n+1, err)
		}
	}
	if _, _, err := g.SignIn(ctx, "ana@example.org", good, "", "198.51.100.9"); !errors.As(err, &retry) || retry.After <= 0 || !retry.Limited {
		t.Errorf("a try too many = %v, want a Retry, even with the right password", err)
	}
	if _, _, err := g.SignIn(ctx, "ana@example.org", good, "", "192.0.2.1"); err != nil {
		t.Errorf("from her own place Ana gets %v", err)
	}
}

func TestSlow(t *testing.T) {
	t.Parallel()
	s := newSlow()
	now := time.Date(2026, 11, 18, 9, 0, 0, 0, time.UTC)
	for n := 1; n < perPair.free; n++ {
		if wait := s.try("a", "x", now); wait != 0 {
			t.Fatalf("try %d waits %s", n, wait)
		}
	}
	want := []time.Duration{2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900}
	for i, w := range want { // each next try comes as soon as it may
		if wait := s.try("a", "x", now); wait != 0 {
			t.Fatalf("try %d after its wait still waits %s", i, wait)
		}
		wait := s.try("a", "x", now)
		if wait != w*time.Second {
			t.Errorf("wait %d = %s, want %s", i, wait, w*time.Second)
		}
		now = now.Add(wait)
	}
	if wait := s.try("b", "x", now); wait != 0 {
		t.Errorf("somebody else at the same place waits %s", wait)
	}
	if wait := s.try("a", "x", now.Add(2*forget)); wait != 0 {
		t.Errorf("hours later waits %s", wait)
	}
	for n := range 3 * maxTries {
		s.try(fmt.Sprint(n), "y", now.Add(time.Duration(n)*time.Hour))
	}
	if len(s.tries) > maxTries {
		t.Errorf("%d tries are remembered, want at most %d", len(s.tries), maxTries)
	}
}

// Many people from many places: nobody may be locked out for long by strangers.
func TestSlowAccount(t *testing.T) {
	t.Parallel()
	s := newSlow()
	now := time.Now()
	for n := range 10_000 {
		s.try("ana", fmt.Sprint(n), now)
	}
	if wait := s.try("ana", "her own", now); wait > perAccount.most {
		t.Errorf("Ana waits %s, want at most %s", wait, perAccount.most)
	}
}

// One who has a network of IPv6 is one, and what is remembered of strangers is small.
func TestSlowStrangers(t *testing.T) {
	t.Parallel()
	s, now := newSlow(), time.Now()
	for n := range perAddress.free + 1 {
		s.try(fmt.Sprint("somebody", n), fmt.Sprintf("2001:db8::%x", n), now)
	}
	if wait := s.try("ana", "2001:db8::ffff", now); wait == 0 {
		t.Error("another address of the same network does not wait")
	}
	if wait := s.try("ana", "2001:db8:0:1::1", now); wait != 0 {
		t.Errorf("another network waits %s", wait)
	}
	g, _, _, _ := house(t)
	if _, _, err := g.SignIn(t.Context(), strings.Repeat("x", 1<<20), good, "", "198.51.100.9"); field(err) != "password" {
		t.Errorf("an endless e-mail = %v, want a wrong password", err)
	}
	for k := range g.slow.tries {
		if len(k) > 1000 {
			t.Errorf("%d bytes are remembered of a try", len(k))
		}
	}
}

func TestPasswordRule(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		password string
		ok       bool
	}{
		{good, true}, {"short", false}, {"elevenchars", false}, {"סיסמה ארוכה מאוד", true}, {"密碼密碼密碼密碼密碼密碼", false},
		{"ana.lind@example.org", false}, {"ana.lind2026", false}, {"AAAAAAAAAAAAAAAA", false}, {"PasswordPassword", false},
		{strings.Repeat("long words ", 100), false}, {"four words are enough", true},
	} {
		if err := checkPassword(tt.password, "Ana.Lind@example.org"); (err == nil) != tt.ok {
			t.Errorf("checkPassword(%.20q) = %v, want ok %v", tt.password, err, tt.ok)
		}
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	g := &Gate{work: make(chan struct{}, 1)}
	a, err := g.hash(t.Context(), good)
	check(t, err)
	b, err := g.hash(t.Context(), good)
	check(t, err)
	if a == b || !strings.HasPrefix(a, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hashes %q and %q, want two of argon2id with different salts", a, b)
	}
	for password, want := range map[string]bool{good: true, good + " ": false, "": false} {
		if ok, err := g.matches(t.Context(), a, password); ok != want || err != nil {
			t.Errorf("matches(%q) = %v, %v", password, ok, err)
		}
	}
	for _, bad := range []string{"", "x", "$argon2i$v=19$m=1,t=1,p=1$c2FsdA$c2FsdA", "$argon2id$v=19$m=4294967295,t=1,p=1$AAAA$" + strings.Repeat("A", 43),
		"$argon2id$v=19$m=8,t=0,p=0$AAAA$" + strings.Repeat("A", 43), "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA"} {
		if ok, err := g.matches(t.Context(), bad, good); ok || err == nil {
			t.Errorf("matches(%q) = %v, %v; want an error", bad, ok, err)
		}
	}
}
