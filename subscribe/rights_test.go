package subscribe_test

import (
	"errors"
	"testing"

	"breakwater/desk"
)

// Who leads one brand and only looks at another neither reads the other's addresses nor deletes them.
func TestAddressesAreForLeadsOfTheirBrand(t *testing.T) {
	t.Parallel()
	o := office{}
	d, db, _ := newDesk(t, o.open(t))
	list(t, d, "eva@example.org")
	order(t, d, db, first)
	m, _ := settled(t, d, db, desk.MailingDone)
	all, err := d.List(lead(t), 1, "", 0, 10)
	if err != nil || len(all) != 1 {
		t.Fatalf("for its own lead: %v, %v", all, err)
	}
	ctx, err := desk.Admit(desk.WithActor(t.Context(), desk.Actor{Who: "user:3", UserID: 3, Name: "cy", Role: desk.Lead,
		Grants: []desk.Grant{{BrandID: 1, Role: desk.Viewer}, {BrandID: 2, Role: desk.Lead}}}), desk.MayPublish, desk.Lead)
	if err != nil {
		t.Fatal(err)
	}
	for what, ask := range map[string]func() error{
		"list":    func() error { _, err := d.List(ctx, 1, "", 0, 10); return err },
		"newest":  func() error { _, err := d.Newest(ctx, 1, "", 0, 10); return err },
		"find":    func() error { _, err := d.Find(ctx, 1, "eva@example.org"); return err },
		"letters": func() error { _, err := d.Letters(ctx, m.ID, desk.DeliverySent, 0, 10); return err },
		"forget":  func() error { return d.Forget(ctx, all[0].ID) },
	} {
		if err := ask(); !errors.Is(err, desk.ErrForbidden) {
			t.Errorf("%s: %v, want ErrForbidden", what, err)
		}
	}
}
