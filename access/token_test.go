package access

import (
	"slices"
	"testing"
	"time"

	"breakwater/desk"
)

// A token never gives more than its owner has at that moment, whatever it was made with: for every owner and every token, every right in
// every place that the token has, the owner has there too; and nothing that the token was not given.
func TestAttackTokenBeyondItsOwner(t *testing.T) {
	t.Parallel()
	g, db, _, ctx := house(t)
	owner, err := g.AddUser(ctx, desk.User{Name: "Bo", Email: "bo@example.org", Role: desk.Admin}, good)
	check(t, err)
	type made struct {
		desk.Token
		secret string
	}
	var tokens []made
	for _, role := range []desk.Role{desk.Viewer, desk.Responder, desk.Lead, desk.Admin} {
		for _, brand := range []int64{0, 1, 2} {
			for _, only := range [][]desk.Right{nil, {desk.MaySee}, {desk.MayHold}, {desk.MayPublish, desk.MayApprove}} {
				if slices.ContainsFunc(only, func(r desk.Right) bool { return !role.Has(r) }) {
					continue
				}
				tk, secret, err := g.addToken(ctx, desk.Token{Name: "x", Role: role, BrandID: brand, Only: only, UserID: owner.ID})
				check(t, err)
				tokens = append(tokens, made{tk, secret.Reveal()})
			}
		}
	}
	owners := [][]desk.Grant{
		nil,
		{{BrandID: 1, Role: desk.Lead}},
		{{BrandID: 2, Role: desk.Responder}, {BrandID: 1, Role: desk.Viewer}},
		{{BrandID: 1, ChannelID: 7, Role: desk.Lead}},
		{{BrandID: 1, Role: desk.Lead, Only: []desk.Right{desk.MayHold}}},
		{{Role: desk.Viewer}, {BrandID: 2, Role: desk.Lead}},
		{{BrandID: 3, Role: desk.Lead}},
	}
	for _, role := range []desk.Role{desk.Viewer, desk.Responder, desk.Lead, desk.Admin} {
		for _, grants := range owners {
			if len(grants) > 0 && role != desk.Lead {
				continue
			}
			u, err := db.ChangeUser(ctx, owner.ID, desk.ActOf(ctx, "user.save", ""), func(u *desk.User, out *desk.Out) error {
				u.Role, u.Grants, out.Say = role, grants, desk.Say("x")
				return nil
			})
			check(t, err)
			own := ActorOf(u, "")
			for _, tk := range tokens {
				a, err := g.Token(t.Context(), tk.secret, "")
				check(t, err)
				if a.Role > own.Role || a.Role > tk.Role {
					t.Errorf("a token of %s acts as %s, its owner is %s", tk.Role, a.Role, own.Role)
				}
				for _, brand := range []int64{0, 1, 2, 3} {
					for _, channel := range []int64{0, 7, 8} {
						for _, right := range desk.Rights {
							for least := desk.Viewer; least <= desk.Admin; least++ {
								may := a.MayIn(brand, channel, right, least)
								given := tk.Role.Has(right) && tk.Role >= least && (len(tk.Only) == 0 || right == desk.MaySee || slices.Contains(tk.Only, right)) && (tk.BrandID == 0 || tk.BrandID == brand)
								if may && (!given || !own.MayIn(brand, channel, right, least)) {
									t.Fatalf("a token %+v of an owner with %s %+v may %s as %s in brand %d, channel %d", tk.Token, role, grants, right, least, brand, channel)
								}
							}
						}
					}
				}
			}
		}
	}
}

// A token ends with its day, with its owner and by hand, at once; and it is looked up in one way alone: by the hash of all of it.
func TestAttackTokensThatEnded(t *testing.T) {
	t.Parallel()
	g, db, _, ctx := house(t)
	bo, err := g.AddUser(ctx, desk.User{Name: "Bo", Email: "bo@example.org", Role: desk.Lead}, good)
	check(t, err)
	make1 := func(expires time.Time) (desk.Token, string) {
		tk, secret, err := g.AddTokenOf(ctx, bo.ID, "x", desk.Lead, expires)
		check(t, err)
		return tk, secret.Reveal()
	}
	_, short := make1(time.Now().Add(time.Millisecond))
	revoked, gone := make1(time.Time{})
	_, good := make1(time.Now().Add(time.Hour))
	check(t, g.RevokeToken(ctx, revoked.ID))
	<-time.After(2 * time.Millisecond)
	for name, token := range map[string]string{"expired": short, "revoked": gone, "cut": good[:len(good)-1], "longer": good + "A", "other case": "BW_" + good[3:], "empty": "", "its mark": tokenMark, "its hash": string(tokenHash(good))} {
		if a, err := g.Token(t.Context(), token, ""); err == nil {
			t.Errorf("%s: acts as %+v", name, a)
		}
	}
	if _, err := g.Token(t.Context(), good, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Leave(ctx, bo.ID, nil, 0, ""); err != nil {
		t.Fatal(err)
	}
	if a, err := g.Token(t.Context(), good, ""); err == nil {
		t.Errorf("its owner left: acts as %+v", a)
	}
	if all, err := db.Tokens(ctx); err != nil || len(all) != 0 {
		t.Errorf("%+v, %v are kept", all, err)
	}
}
