package access

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"breakwater/desk"
)

// A code opens once, and nothing opens without it.
func TestOneTimeCodes(t *testing.T) {
	t.Parallel()
	g, db, ana, asAna := house(t)
	ctx := t.Context()
	address, secret, err := g.OfferCodes(asAna)
	check(t, err)
	if !strings.HasPrefix(address, "otpauth://totp/Breakwater:ana@example.org?") || !strings.Contains(address, secret.Reveal()) {
		t.Errorf("the address is %q", address)
	}
	now := func(back time.Duration) string {
		code, err := totp.GenerateCode(secret.Reveal(), time.Now().Add(-back))
		check(t, err)
		return code
	}
	if _, err := g.ConfirmCodes(asAna, "wrong", now(0)); field(err) != "second_password" {
		t.Errorf("with a wrong password = %v", err)
	}
	if _, err := g.ConfirmCodes(asAna, good, "000000"); field(err) != "code" {
		t.Errorf("with a wrong code = %v", err)
	}
	recovery, err := g.ConfirmCodes(asAna, good, now(stepLen*time.Second))
	if err != nil || len(recovery) != recoveryCodes {
		t.Fatalf("ConfirmCodes = %v, %v", recovery, err)
	}
	if u, err := db.User(ctx, ana.ID); err != nil || !u.Second || slices.Contains(u.Factors.Recovery, recovery[0]) {
		t.Errorf("kept %+v, %v; want a second factor and no plain recovery codes", u.Second, err)
	}

	half, u, err := g.SignIn(ctx, ana.Email, good, "Firefox", "192.0.2.1")
	if err != nil || !u.Factors.Any() {
		t.Fatalf("SignIn = %v", err)
	}
	if _, _, err := g.Session(ctx, half.Reveal()); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("the password alone opens a session: %v", err)
	}
	if list, err := g.Sessions(asAna, ana.ID); err != nil || len(list) != 0 {
		t.Errorf("a half session is listed: %+v, %v", list, err)
	}
	if _, err := g.Finish(ctx, half.Reveal(), "123456", "", "192.0.2.1"); field(err) != "code" {
		t.Errorf("a wrong code = %v", err)
	}
	code := now(0)
	whole, err := g.Finish(ctx, half.Reveal(), " "+code[:3]+" "+code[3:], "", "192.0.2.1")
	check(t, err)
	if whole == half {
		t.Error("the cookie stays the same from before the second factor")
	}
	_, s, err := g.Session(ctx, whole.Reveal())
	if err != nil || time.Since(s.Proved) > time.Minute {
		t.Errorf("Session = %+v, %v", s, err)
	}
	if _, err := g.Finish(ctx, half.Reveal(), recovery[0], "", "192.0.2.1"); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("the half session lives on: %v", err)
	}

	again := func(code string) error {
		half, _, err := g.SignIn(ctx, ana.Email, good, "", "192.0.2.1")
		check(t, err)
		_, err = g.Finish(ctx, half.Reveal(), code, "", "192.0.2.1")
		return err
	}
	if err := again(code); field(err) != "code" {
		t.Errorf("the same code once more = %v, want refused", err)
	}
	check(t, again(strings.ToLower(recovery[3])))
	if err := again(recovery[3]); field(err) != "code" {
		t.Errorf("the same recovery code once more = %v, want refused", err)
	}
	if err := g.DropCodes(asAna, "wrong"); field(err) != "second_password" {
		t.Errorf("DropCodes with a wrong password = %v", err)
	}
	check(t, g.DropCodes(asAna, good))
	if _, u, err := g.SignIn(ctx, ana.Email, good, "", "192.0.2.1"); err != nil || u.Factors.Any() {
		t.Errorf("after it was switched off: %v", err)
	}
}

// A code of an earlier step than the one taken last is not taken either: who looks over a shoulder gains nothing.
func TestStepOf(t *testing.T) {
	t.Parallel()
	const secret = "JBSWY3DPEHPK3PXP"
	at := time.Unix(1_800_000_010, 0)
	this := at.Unix() / stepLen
	for _, tt := range []struct {
		name string
		of   int64 // step that the code is made for, after this one
		last int64
		ok   bool
	}{
		{"now", 0, 0, true}, {"a moment ago", -1, 0, true}, {"a fast clock", 1, 0, true}, {"a minute ago", -2, 0, false}, {"in a minute", 2, 0, false},
		{"taken already", 0, this, false}, {"older than what was taken", -1, this, false}, {"newer", 1, this, true},
	} {
		code, err := totp.GenerateCode(secret, time.Unix((this+tt.of)*stepLen, 0))
		check(t, err)
		if got, ok := stepOf(secret, code, tt.last, at); ok != tt.ok || ok && got != this+tt.of {
			t.Errorf("%s: stepOf = %d, %v; want %v", tt.name, got-this, ok, tt.ok)
		}
	}
	if _, ok := stepOf("", "123456", 0, at); ok {
		t.Error("without a secret a code is taken")
	}
}

// Codes are slowed like passwords, whatever session they are tried in.
func TestCodesAreSlowed(t *testing.T) {
	t.Parallel()
	g, _, _, asAna := house(t)
	u, err := g.store.User(asAna, UserID(asAna))
	check(t, err)
	var later *desk.Retry
	for range perPair.free {
		if err := g.takeCode(asAna, u, "000000"); field(err) != "code" {
			t.Fatal(err)
		}
	}
	if err := g.takeCode(asAna, u, "000000"); !errors.As(err, &later) || !later.Limited {
		t.Errorf("a try too many = %v, want a wait", err)
	}
}

func TestHouse(t *testing.T) {
	t.Parallel()
	g, _, ana, asAna := house(t)
	ctx := t.Context()
	h, err := g.House(ctx)
	if err != nil || h.Minutes != 15 || len(h.Prove) != 0 {
		t.Errorf("House at first = %+v, %v", h, err)
	}
	if _, err := g.SaveHouse(asAna, desk.House{Minutes: 0}); field(err) != "minutes" {
		t.Errorf("no minutes = %v", err)
	}
	if _, err := g.SaveHouse(desk.WithActor(ctx, desk.Actor{Role: desk.Lead}), desk.House{Minutes: 5}); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("by a lead = %v", err)
	}
	_, err = g.SaveHouse(asAna, desk.House{Prove: []desk.Right{desk.MayPublish}, Minutes: 5})
	check(t, err)
	now := time.Now()
	for _, tt := range []struct {
		proved time.Time
		right  desk.Right
		want   bool
	}{{time.Time{}, desk.MayDraft, true}, {time.Time{}, desk.MayPublish, false}, {now, desk.MayPublish, true}, {now.Add(-6 * time.Minute), desk.MayPublish, false}} {
		if ok, err := g.Fresh(ctx, desk.Session{UserID: ana.ID, Proved: tt.proved}, tt.right); err != nil || ok != tt.want {
			t.Errorf("Fresh(%s ago, %s) = %v, %v", now.Sub(tt.proved), tt.right, ok, err)
		}
	}
}
