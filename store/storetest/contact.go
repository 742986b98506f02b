package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"breakwater/desk"
)

func keepContact(t testing.TB, db Bed, c desk.Contact) desk.Contact {
	t.Helper()
	return must(db.ChangeContact(context.Background(), c.ID, act("contact.save"), func(n *desk.Contact, out *desk.Out) error {
		c.ID, c.Version = n.ID, n.Version
		*n = c
		out.Say = desk.Say("saved")
		return n.Check()
	}))(t)
}

func names(all []desk.Contact) (out []string) {
	for _, c := range all {
		out = append(out, c.Name)
	}
	return out
}

var contactTests = map[string]func(*testing.T, Bed){
	"contacts are found by what people type": func(t *testing.T, db Bed) {
		ctx := context.Background()
		keepContact(t, db, desk.Contact{Name: "Zofia 100%", Department: "Press", Added: noon, Ways: []desk.ContactWay{{Kind: desk.ReachPhone, Value: "+48 (22) 555-01-02"}}})
		keepContact(t, db, desk.Contact{Name: "Ana Åberg", BrandID: 7, Department: "Quality", UserID: 3, Added: noon, Ways: []desk.ContactWay{{Kind: desk.ReachEmail, Value: "ana@acme.example"}}})
		keepContact(t, db, desk.Contact{Name: "Berg & Partner", BrandID: 8, Kind: "lawyer", Added: noon.AddDate(0, -6, 0)})
		for _, tt := range []struct {
			what string
			f    desk.ContactFilter
			want []string
		}{
			{"all, by name", desk.ContactFilter{}, []string{"Ana Åberg", "Berg & Partner", "Zofia 100%"}},
			{"of a brand and of all", desk.ContactFilter{BrandID: 7}, []string{"Ana Åberg", "Zofia 100%"}},
			{"by words in any order", desk.ContactFilter{Find: "åberg ANA"}, []string{"Ana Åberg"}},
			{"by the digits of a number", desk.ContactFilter{Find: "48225550102"}, []string{"Zofia 100%"}},
			{"what stands for any text elsewhere", desk.ContactFilter{Find: "0%"}, []string{"Zofia 100%"}},
			{"nothing", desk.ContactFilter{Find: `\`}, nil},
			{"by kind", desk.ContactFilter{Kind: "lawyer"}, []string{"Berg & Partner"}},
			{"by department", desk.ContactFilter{Department: "Press"}, []string{"Zofia 100%"}},
			{"stale", desk.ContactFilter{State: desk.ContactStale, Before: noon.AddDate(0, -3, 0)}, []string{"Berg & Partner"}},
			{"unreachable", desk.ContactFilter{State: desk.ContactUnreachable}, []string{"Berg & Partner"}},
			{"a page", desk.ContactFilter{Skip: 1, Limit: 1}, []string{"Berg & Partner"}},
		} {
			if got := names(must(db.Contacts(ctx, tt.f))(t)); !slices.Equal(got, tt.want) {
				t.Errorf("%s: %q, want %q", tt.what, got, tt.want)
			}
		}
		if n := must(db.CountContacts(ctx, 0, noon))(t); n != (desk.ContactCounts{All: 3, Stale: 1, Unreachable: 1}) {
			t.Errorf("counted %+v", n)
		}
		if n := must(db.CountContacts(ctx, 99, noon))(t); n.All != 1 {
			t.Errorf("counted %+v of another brand", n)
		}
		if d := must(db.Departments(ctx, 7, desk.ContactStaff))(t); !slices.Equal(d, []string{"Press", "Quality"}) {
			t.Errorf("departments %q", d)
		}
		if c := must(db.ContactOf(ctx, 3))(t); c.Name != "Ana Åberg" {
			t.Errorf("the contact of the account is %q", c.Name)
		}
		_, err := db.ContactOf(ctx, 0)
		is(t, err, desk.ErrNotFound)
		ok(t, db.DeleteContact(ctx, 1, act("contact.delete")))
		_, err = db.Contact(ctx, 1)
		is(t, err, desk.ErrNotFound)
	},
	"contacts are asked when it is time, and not for ever": func(t *testing.T, db Bed) {
		ctx := context.Background()
		mail := []desk.ContactWay{{Kind: desk.ReachEmail, Value: "x@acme.example"}}
		fresh := keepContact(t, db, desk.Contact{Name: "Fresh", Added: noon, Ways: mail})
		keepContact(t, db, desk.Contact{Name: "No mail", Added: noon.AddDate(-1, 0, 0), Ways: []desk.ContactWay{{Kind: desk.ReachPhone, Value: "112"}}})
		old := keepContact(t, db, desk.Contact{Name: "Old", Added: noon.AddDate(-1, 0, 0), Ways: mail})
		ask := func(now time.Time) []string {
			return names(must(db.ContactsToAsk(ctx, now.AddDate(0, -3, 0), now.AddDate(0, 0, -7), 3, 10))(t))
		}
		if got := ask(noon); !slices.Equal(got, []string{"Old"}) {
			t.Fatalf("asked %q", got)
		}
		for i := range 3 {
			old.Asked, old.Asks = noon.AddDate(0, 0, 8*i), i+1
			old = keepContact(t, db, old)
			if got := ask(old.Asked.AddDate(0, 0, 6)); slices.Contains(got, "Old") {
				t.Errorf("asked again within the week, after %d", i+1)
			}
			if got := ask(old.Asked.AddDate(0, 0, 8)); slices.Contains(got, "Old") != (i < 2) {
				t.Errorf("after %d and a week: %q", i+1, got)
			}
		}
		fresh.Confirm(desk.CheckedLink, noon.AddDate(0, 2, 0))
		keepContact(t, db, fresh)
		if got := ask(noon.AddDate(0, 4, 0)); slices.Contains(got, "Fresh") {
			t.Error("asked though it was confirmed meanwhile")
		}
	},
	"a desk chooses how often contacts are asked": func(t *testing.T, db Bed) {
		ctx := context.Background()
		if r := must(db.ContactRules(ctx))(t); r.Days != desk.ContactDays {
			t.Errorf("before anybody chose: %+v", r)
		}
		for _, days := range []int{0, 30} {
			must(db.ChangeContactRules(ctx, act("contact.rules"), func(r *desk.ContactRules, out *desk.Out) error {
				r.Days, out.Say = days, desk.Say("chosen")
				return nil
			}))(t)
			if r := must(db.ContactRules(ctx))(t); r.Days != days {
				t.Errorf("chosen %d, kept %+v", days, r)
			}
		}
	},
}
