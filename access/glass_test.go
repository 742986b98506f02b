package access

import (
	"context"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"breakwater/desk"
)

// codeOf is the one-time code of a secret, some steps from now.
func codeOf(t *testing.T, secret string, steps int) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, time.Now().Add(time.Duration(steps*stepLen)*time.Second))
	check(t, err)
	return code
}

// Where everybody comes in by the provider, a break-glass account still opens: with password and second factor, in the journal, and told
// to the other admins. Nothing takes the last one away.
func TestBreakGlass(t *testing.T) {
	t.Parallel()
	g, db, p, ctx := sso(t, nil)
	bo, err := g.AddUser(ctx, desk.User{Name: "Bo", Email: "bo@example.org", Role: desk.Admin}, good)
	check(t, err)
	ana, err := db.UserByEmail(ctx, "ana@example.org")
	check(t, err)
	now, err := g.SSO(ctx)
	check(t, err)
	now.Only, now.Key = true, desk.Mask
	if _, err := g.SaveSSO(ctx, now); field(err) != "only" {
		t.Errorf("only single sign-on without a break-glass account: %v", err)
	}
	if _, err := g.SetGlass(ctx, ana.ID, true); field(err) != "glass" {
		t.Errorf("a break-glass account without a second factor: %v", err)
	}
	made, err := g.BreakGlass(t.Context(), ana.ID, good) // on the machine itself
	check(t, err)
	if _, err := g.SaveSSO(ctx, now); err != nil {
		t.Fatal(err)
	}
	if kept, _ := db.SSO(ctx); kept.Key != ssoSecret {
		t.Errorf("the masked secret became %q", kept.Key.Reveal())
	}
	if _, _, err := g.SignIn(t.Context(), "bo@example.org", good, "", "192.0.2.8"); field(err) != "password" {
		t.Errorf("an ordinary account by password: %v", err)
	}
	if _, _, err := p.through(g); field(err) != "sso" {
		t.Errorf("the break-glass account by the provider: %v", err)
	}
	for name, err := range map[string]error{
		"disabled":  second(g.SaveUser(ctx, desk.User{ID: ana.ID, Name: "Ana", Email: ana.Email, Role: desk.Admin, Disabled: true})),
		"demoted":   second(g.SaveUser(ctx, desk.User{ID: ana.ID, Name: "Ana", Email: ana.Email, Role: desk.Lead})),
		"ordinary":  second(g.SetGlass(ctx, ana.ID, false)),
		"no factor": g.ResetSecond(ctx, ana.ID),
	} {
		if field(err) != "only" {
			t.Errorf("the last break-glass account %s: %v", name, err)
		}
	}

	half, _, err := g.SignIn(t.Context(), "ana@example.org", good, "", "192.0.2.9")
	check(t, err)
	if _, _, err := g.Session(t.Context(), half.Reveal()); err == nil {
		t.Error("the password alone opened the desk")
	}
	whole, err := g.Finish(t.Context(), half.Reveal(), codeOf(t, made.TOTP, 0), "", "192.0.2.9")
	check(t, err)
	if _, s, err := g.Session(t.Context(), whole.Reveal()); err != nil || s.Proved.IsZero() {
		t.Errorf("session %+v, %v", s, err)
	}
	told := map[string]desk.Text{}
	alarms := 0
	g.Post = func(_ context.Context, to desk.User, l desk.Mail) error { told[to.Email] = l.Subject; return nil }
	g.Alarm = func(context.Context, string, desk.Text) { alarms++ }
	if n, err := g.tellGlass(t.Context()); n != 2 || err != nil {
		t.Errorf("told %d, %v", n, err)
	}
	if len(told) != 1 || told[bo.Email].English() != "Ana signed in with a break-glass account." || alarms != 1 {
		t.Errorf("told %v with %d alarms, want Bo", told, alarms)
	}
	entries, err := db.Journal(ctx, desk.EntryFilter{Do: "session.glass"})
	check(t, err)
	if len(entries) != 1 || entries[0].From != "192.0.2.9" || entries[0].Who != onUser(ana.ID) {
		t.Errorf("the journal tells %+v", entries)
	}
}

func second[T any](_ T, err error) error { return err }

// The provider's second factor counts where the admin said so, and nowhere else; who has one here shows it then.
func TestSecondFactorOfOpenIDProvider(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		proofs       string
		said         any
		own          bool
		half, proved bool
	}{
		"nothing set":             {"", []string{"mfa"}, false, false, false},
		"nothing said":            {"mfa", nil, false, false, false},
		"something else said":     {"mfa", []string{"pwd"}, false, false, false},
		"said":                    {"otp mfa", []string{"pwd", "mfa"}, false, false, true},
		"said as one":             {"mfa", "mfa", false, false, true},
		"own, nothing said":       {"mfa", nil, true, true, false},
		"own, said":               {"mfa", []string{"mfa"}, true, false, true},
		"own, said but not taken": {"", []string{"mfa"}, true, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, db, p, ctx := sso(t, func(s *desk.SSO) { s.Proofs = tt.proofs })
			if p.who["amr"] = tt.said; tt.said == nil {
				delete(p.who, "amr")
			}
			if tt.own {
				_, err := db.ChangeUser(ctx, UserID(ctx), desk.ActOf(ctx, "user.codes", ""), func(u *desk.User, out *desk.Out) error {
					u.Factors.TOTP, out.Say = "JBSWY3DPEHPK3PXP", desk.Say("x")
					return nil
				})
				check(t, err)
			}
			secret, _, err := p.through(g)
			check(t, err)
			_, s, err := g.Session(t.Context(), secret.Reveal())
			if (err != nil) != tt.half || s.Proved.IsZero() == tt.proved {
				t.Errorf("session %+v, %v; want half %t, proved %t", s, err, tt.half, tt.proved)
			}
			if !tt.half {
				return
			}
			whole, err := g.Finish(t.Context(), secret.Reveal(), codeOf(t, "JBSWY3DPEHPK3PXP", 0), "", "")
			check(t, err)
			if _, s, err := g.Session(t.Context(), whole.Reveal()); err != nil || !s.SSO || s.Proved.IsZero() {
				t.Errorf("afterwards %+v, %v", s, err)
			}
		})
	}
}

// Groups decide at each sign-in; they never leave the desk without an admin.
func TestGroupsOfOpenIDProvider(t *testing.T) {
	t.Parallel()
	g, db, p, _ := sso(t, func(s *desk.SSO) {
		s.Groups = "groups"
		s.Rules = []desk.GroupRule{{Group: "it", Role: desk.Admin}, {Group: "all", Role: desk.Viewer}, {Group: "acme", Role: desk.Lead, BrandID: 4}}
	})
	for _, tt := range []struct {
		who, email string
		groups     any
		role       desk.Role
		grants     []desk.Grant
	}{
		{"s-1", "ana@example.org", []string{"all"}, desk.Admin, nil}, // the last admin
		{"s-2", "it@example.org", []string{"it", "acme"}, desk.Admin, nil},
		{"s-1", "ana@example.org", []string{"all"}, desk.Viewer, nil},
		{"s-1", "ana@example.org", []string{"acme", "all", "x"}, desk.Lead, []desk.Grant{{Role: desk.Viewer}, {BrandID: 4, Role: desk.Lead}}},
		{"s-1", "ana@example.org", "acme", desk.Lead, []desk.Grant{{BrandID: 4, Role: desk.Lead}}},
		{"s-1", "ana@example.org", []string{"x"}, 0, nil},
		{"s-1", "ana@example.org", nil, 0, nil},
		{"s-1", "ana@example.org", map[string]any{"it": true}, 0, nil},
	} {
		p.who = map[string]any{"sub": tt.who, "email": tt.email, "email_verified": true, "groups": tt.groups}
		_, u, err := p.through(g)
		if (err != nil) != (tt.role == 0) || u.Role != tt.role || !desk.SameGrants(u.Grants, tt.grants) {
			t.Errorf("%s in %v: %s %+v, %v; want %s %+v", tt.who, tt.groups, u.Role, u.Grants, err, tt.role, tt.grants)
		}
	}
	if kept, _ := db.UserByEmail(t.Context(), "ana@example.org"); kept.Role != desk.Lead {
		t.Errorf("a refused sign-in changed the role to %s", kept.Role)
	}
}

// Who came in by the provider alone has no password to know: what asks for it takes a fresh sign-in instead, and no other session.
func TestOwnFactorsWithoutPassword(t *testing.T) {
	t.Parallel()
	g, _, p, _ := sso(t, nil)
	p.who = map[string]any{"sub": "s-9", "email": "new@example.org", "email_verified": true}
	secret, u, err := p.through(g)
	check(t, err)
	_, s, err := g.Session(t.Context(), secret.Reveal())
	check(t, err)
	ctx := desk.WithActor(t.Context(), ActorOf(u, "192.0.2.7"))
	if err := g.SetPIN(ctx, "", "274951"); field(err) != "pin_password" {
		t.Errorf("without a session: %v", err)
	}
	old := s
	old.Created = old.Created.Add(-2 * halfLife)
	if err := g.SetPIN(InSession(ctx, old), "", "274951"); field(err) != "pin_password" {
		t.Errorf("with an old session: %v", err)
	}
	if err := g.SetPIN(InSession(ctx, s), "", "274951"); err != nil {
		t.Errorf("with a fresh session: %v", err)
	}
	if _, _, err := g.SignIn(t.Context(), "new@example.org", "", "", "192.0.2.7"); field(err) != "password" {
		t.Errorf("by an empty password: %v", err)
	}
	if err := g.SetPassword(InSession(ctx, s), "", good, nil); field(err) != "old" {
		t.Errorf("a password for who has none: %v", err)
	}
}
