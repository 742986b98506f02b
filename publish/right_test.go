package publish_test

import (
	"testing"
	"time"

	"breakwater/desk"
)

// What somebody let go who may not publish there any more does not go out: it is put before a person, and goes out in the name of the
// one who may and lets it go.
func TestAttackScheduledBeforeTheRightWasLost(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		lose func(d *deskAt, u *desk.User)
		held bool
	}{
		"nothing lost":        {func(*deskAt, *desk.User) {}, false},
		"locked out":          {func(_ *deskAt, u *desk.User) { u.Disabled = true }, true},
		"made a responder":    {func(_ *deskAt, u *desk.User) { u.Role = desk.Responder }, true},
		"another brand alone": {func(d *deskAt, u *desk.User) { u.Grants = []desk.Grant{{BrandID: d.brand + 1, Role: desk.Lead}} }, true},
		"this brand alone":    {func(d *deskAt, u *desk.User) { u.Grants = []desk.Grant{{BrandID: d.brand, Role: desk.Lead}} }, false},
		"another channel only": {func(d *deskAt, u *desk.User) {
			u.Grants = []desk.Grant{{BrandID: d.brand, ChannelID: 99, Role: desk.Lead}}
		}, true},
		"this channel only": {func(d *deskAt, u *desk.User) {
			u.Grants = []desk.Grant{{BrandID: d.brand, ChannelID: d.channels[0].ID, Role: desk.Lead}}
		}, false},
		"narrowed": {func(d *deskAt, u *desk.User) {
			u.Grants = []desk.Grant{{BrandID: d.brand, Role: desk.Lead, Only: []desk.Right{desk.MayApprove}}}
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, 1)
			change := func(id int64, f func(*desk.User)) desk.User {
				u, err := d.db.ChangeUser(t.Context(), id, act("user.save"), func(u *desk.User, out *desk.Out) error {
					out.Say = desk.Say("x")
					f(u)
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				return u
			}
			bo := change(0, func(u *desk.User) { u.Name, u.Email, u.Role = "Bo", "bo@example.org", desk.Lead })
			cy := change(0, func(u *desk.User) { u.Name, u.Email, u.Role = "Cy", "cy@example.org", desk.Lead })
			by := func(u desk.User) desk.Actor {
				return desk.Actor{Who: "user:x", UserID: u.ID, Name: u.Name, Role: u.Role, Grants: u.Grants}
			}
			all, err := d.Schedule(desk.WithActor(t.Context(), by(bo)), d.approved(t, "We are open.").ID, time.Time{})
			if err != nil || all[0].ByID != bo.ID {
				t.Fatalf("%+v, %v", all, err)
			}
			change(bo.ID, func(u *desk.User) { tt.lose(d, u) })
			d.run(t)
			if !tt.held {
				d.state(t, all[0].ID, desk.PostVerified)
				return
			}
			p := d.state(t, all[0].ID, desk.PostHeld)
			if p.HoldID != 0 || p.HeldWhy.English() != "Bo, who let it go, may not publish here any more. Somebody who may looks at it first." || len(d.town.began()) != 0 {
				t.Errorf("held as %+v, sends %v", p, d.town.began())
			}
			if _, err := d.Decide(desk.WithActor(t.Context(), by(cy)), p.ID, desk.DecideNow, time.Time{}); err != nil {
				t.Fatal(err)
			}
			if p = d.state(t, p.ID, desk.PostVerified); p.ByID != cy.ID || p.By != "Bo" {
				t.Errorf("went out as %+v, want Cy to answer for it", p)
			}
		})
	}
}
