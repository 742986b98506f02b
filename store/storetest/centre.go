package storetest

import (
	"context"
	"errors"
	"testing"

	"breakwater/desk"
)

// centreTests are what pages of the crisis centre need of storage.
var centreTests = map[string]func(t *testing.T, db Bed){
	"pages of the crisis centre are found by brand, incident and statement": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		other, _ := brandWith(t, db.DB, 0)
		page := func(brand, incident, statement int64, slug string) (desk.Centre, error) {
			return db.ChangeCentre(ctx, 0, act("centre.save"), func(c *desk.Centre, out *desk.Out) error {
				c.BrandID, c.IncidentID, c.Slug, c.Name, out.Say = brand, incident, slug, slug, desk.Say("x")
				c.Asked = desk.CentreAsked{StatementID: statement, Texts: []desk.CentreText{{Lang: "he", Title: "קומקום"}}, Words: []string{"x"}}
				return nil
			})
		}
		kettle := must(page(b.ID, 7, 70, "kettle"))(t)
		jar := must(page(b.ID, 0, 0, "jar"))(t)
		again := must(page(b.ID, 7, 0, "kettle-2"))(t)
		must(page(other.ID, 8, 80, "kettle"))(t)
		var wrong *desk.Invalid
		if _, err := page(b.ID, 0, 0, "kettle"); !errors.As(err, &wrong) || wrong.Field != "slug" {
			t.Errorf("an address that is taken: %v", err)
		}
		if all := must(db.Centres(ctx, b.ID, 0, desk.Paging{}))(t); len(all) != 3 || all[0].ID != again.ID || all[2].Asked.Texts[0].Title != "קומקום" {
			t.Errorf("pages of the brand: %+v", all)
		}
		if all := must(db.Centres(ctx, 0, 7, desk.Paging{Limit: 1}))(t); len(all) != 1 || all[0].ID != again.ID {
			t.Errorf("pages of the incident: %+v", all)
		}
		for name, tt := range map[string]struct{ statement, incident, want int64 }{
			"its own words":          {70, 8, kettle.ID},
			"an update":              {71, 7, again.ID},
			"no crisis":              {71, 0, 0},
			"a crisis without pages": {71, 9, 0},
		} {
			got, err := db.CentreOf(ctx, tt.statement, tt.incident)
			if got.ID != tt.want || tt.want == 0 && !errors.Is(err, desk.ErrNotFound) {
				t.Errorf("%s: page %d, %v; want %d", name, got.ID, err, tt.want)
			}
		}
		ok(t, db.DeleteCentre(ctx, jar.ID, act("centre.delete")))
		_, err := db.Centre(ctx, jar.ID)
		is(t, err, desk.ErrNotFound)
	},
}
