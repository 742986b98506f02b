package storetest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
)

var accessTests = map[string]func(*testing.T, Bed){
	"people": func(t *testing.T, db Bed) {
		ctx := context.Background()
		add := func(id int64, email string) (desk.User, error) {
			return db.ChangeUser(ctx, id, act("user.save"), func(u *desk.User, out *desk.Out) error {
				u.Email, u.Role, u.Password, out.Say = email, desk.Lead, "$argon2id$…", desk.Say("x")
				return nil
			})
		}
		u := must(add(0, "Ana@Example.org"))(t)
		got := must(db.UserByEmail(ctx, " ana@EXAMPLE.org"))(t)
		if got.ID != u.ID || got.Password != "$argon2id$…" || got.Role != desk.Lead || got.Email != "Ana@Example.org" {
			t.Errorf("%+v", got)
		}
		_, err := add(0, "ANA@example.org")
		var invalid *desk.Invalid
		if !errors.As(err, &invalid) || invalid.Field != "email" {
			t.Errorf("a second one with the address: %v", err)
		}
		must(add(0, "ben@example.org"))(t)
		if _, err = add(u.ID, "ben@example.org"); !errors.As(err, &invalid) {
			t.Errorf("another's address: %v", err)
		}
		if all := must(db.Users(ctx))(t); len(all) != 2 || all[0].ID != must(db.User(ctx, u.ID))(t).ID {
			t.Errorf("%+v", all)
		}
		_, err = db.UserByEmail(ctx, "eve@example.org")
		is(t, err, desk.ErrNotFound)
	},

	"people of an OpenID provider": func(t *testing.T, db Bed) {
		ctx := context.Background()
		add := func(email string, i *desk.Identity) (desk.User, error) {
			return db.ChangeUser(ctx, 0, act("user.save"), func(u *desk.User, out *desk.Out) error {
				u.Email, u.Role, u.Identity, out.Say = email, desk.Lead, i, desk.Say("x")
				return nil
			})
		}
		who := desk.Identity{Issuer: "https://login.example.org/dex", Subject: "Ab c/1"}
		u := must(add("ana@example.org", &who))(t)
		must(add("ben@example.org", nil))(t)
		must(add("eve@example.org", nil))(t) // any number of people have none
		if got := must(db.UserByIdentity(ctx, who))(t); got.ID != u.ID || *got.Identity != who {
			t.Errorf("%+v", got)
		}
		for _, other := range []desk.Identity{{Issuer: who.Issuer, Subject: "ab c/1"}, {Issuer: who.Issuer + "/", Subject: who.Subject}, {Issuer: who.Issuer}, {}} {
			_, err := db.UserByIdentity(ctx, other)
			is(t, err, desk.ErrNotFound)
		}
		if _, err := add("dan@example.org", &who); err == nil {
			t.Error("two people with one identity")
		}
	},

	"single sign-on": func(t *testing.T, db Bed) {
		ctx := context.Background()
		if none := must(db.SSO(ctx))(t); none.On || none.Version != 0 {
			t.Errorf("%+v", none)
		}
		must(db.ChangeSSO(ctx, act("sso.save"), func(s *desk.SSO, out *desk.Out) error {
			s.On, s.Role, s.Issuer, s.Key, s.Rules, out.Say = true, desk.Viewer, "https://login.example.org", "hush", []desk.GroupRule{{Group: "a", Role: desk.Lead, BrandID: 3}}, desk.Say("x")
			return nil
		}))(t)
		got := must(db.SSO(ctx))(t)
		if !got.On || got.Key != "hush" || len(got.Rules) != 1 || got.Rules[0] != (desk.GroupRule{Group: "a", Role: desk.Lead, BrandID: 3}) || got.Version != 1 {
			t.Errorf("%+v", got)
		}
		var body string
		ok(t, db.Raw.QueryRowContext(ctx, "SELECT body FROM sso").Scan(&body))
		if strings.Contains(body, `"client_secret":"hush"`) {
			t.Error("the secret stands beside the settings")
		}
	},

	"tokens": func(t *testing.T, db Bed) {
		ctx := context.Background()
		k := must(db.AddToken(ctx, desk.Token{Name: "ci", Role: desk.Viewer, Hash: []byte{1, 2, 3}, Created: noon}, act("token.add")))(t)
		if k.ID == 0 {
			t.Error("no id")
		}
		got := must(db.TokenByHash(ctx, []byte{1, 2, 3}))(t)
		if got.Name != "ci" || got.Role != desk.Viewer || got.Used.IsZero() || !got.Created.Equal(noon) {
			t.Errorf("%+v", got)
		}
		if all := must(db.Tokens(ctx))(t); len(all) != 1 || all[0].Used.IsZero() {
			t.Errorf("%+v", all)
		}
		_, err := db.TokenByHash(ctx, []byte{1, 2})
		is(t, err, desk.ErrNotFound)
		ok(t, db.RevokeToken(ctx, k.ID, act("token.revoke")))
		_, err = db.TokenByHash(ctx, []byte{1, 2, 3})
		is(t, err, desk.ErrNotFound)
		is(t, db.RevokeToken(ctx, k.ID, act("token.revoke")), desk.ErrNotFound)
	},

	"sessions": func(t *testing.T, db Bed) {
		ctx := context.Background()
		now := time.Now().UTC().Truncate(time.Microsecond)
		s := desk.Session{ID: []byte("a"), UserID: 7, Created: now, Seen: now, Expires: now.Add(time.Hour), Agent: "Firefox"}
		old := desk.Session{ID: []byte("b"), UserID: 7, Expires: now.Add(-time.Hour)}
		ok(t, db.AddSession(ctx, old))
		ok(t, db.AddSession(ctx, s))
		if got := must(db.Sessions(ctx, 7))(t); len(got) != 1 || got[0].Agent != "Firefox" || string(got[0].ID) != "a" {
			t.Errorf("%+v", got)
		}
		ok(t, db.TouchSession(ctx, s.ID, now.Add(time.Minute), now.Add(2*time.Hour)))
		if got := must(db.SessionByID(ctx, s.ID))(t); !got.Seen.Equal(now.Add(time.Minute)) || !got.Expires.Equal(now.Add(2*time.Hour)) || got.UserID != 7 {
			t.Errorf("%+v", got)
		}
		for range 2 {
			ok(t, db.DropSession(ctx, s.ID))
		}
		_, err := db.SessionByID(ctx, s.ID)
		is(t, err, desk.ErrNotFound)
	},
}
