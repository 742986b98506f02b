package store

import (
	"context"

	"breakwater/desk"
)

var centres = &noun[desk.Centre]{
	table: "centres", word: "centre",
	id:      func(c *desk.Centre) *int64 { return &c.ID },
	version: func(c *desk.Centre) *int { return &c.Version },
	columns: []string{"brand_id", "incident_id", "statement_id", "slug"},
	values: func(c *desk.Centre) []any {
		return []any{c.BrandID, c.IncidentID, c.Asked.StatementID, clean(c.Slug)}
	},
	taken: desk.Wrong("slug", "Another page of this brand has this address."),
}

// Centres lists pages of the crisis centre, newest first; 0 does not restrict.
func (db *DB) Centres(ctx context.Context, brandID, incidentID int64, p desk.Paging) ([]desk.Centre, error) {
	var w where
	if brandID != 0 {
		w.and("brand_id = ?", brandID)
	}
	if incidentID != 0 {
		w.and("incident_id = ?", incidentID)
	}
	tail := w.page("id", p)
	return list(ctx, db, centres, &w, tail)
}

// CentreOf is the page whose own words a statement is, else the newest page of an incident; desk.ErrNotFound.
func (db *DB) CentreOf(ctx context.Context, statementID, incidentID int64) (desk.Centre, error) {
	all, err := newestCentre(ctx, db, "statement_id", statementID)
	if err == nil && len(all) == 0 {
		all, err = newestCentre(ctx, db, "incident_id", incidentID)
	}
	if err != nil || len(all) == 0 {
		return desk.Centre{}, orNotFound(err)
	}
	return all[0], nil
}

// CentreAt is a brand's page by its address. desk.ErrNotFound.
func (db *DB) CentreAt(ctx context.Context, brandID int64, slug string) (desk.Centre, error) {
	var w where
	w.and("brand_id = ?", brandID)
	w.and("slug = ?", slug)
	all, err := list(ctx, db, centres, &w, "")
	if err != nil || len(all) == 0 {
		return desk.Centre{}, orNotFound(err)
	}
	return all[0], nil
}

func newestCentre(ctx context.Context, db *DB, column string, id int64) ([]desk.Centre, error) {
	if id == 0 {
		return nil, nil
	}
	var w where
	w.and(column+" = ?", id)
	return list(ctx, db, centres, &w, " ORDER BY id DESC LIMIT 1")
}

// Centre gives one page. desk.ErrNotFound.
func (db *DB) Centre(ctx context.Context, id int64) (desk.Centre, error) {
	return one(ctx, db, centres, id)
}

// ChangeCentre changes a page, or makes one when id is 0. An address that another page of the brand has is an *desk.Invalid.
func (db *DB) ChangeCentre(ctx context.Context, id int64, act desk.Act, f func(*desk.Centre, *desk.Out) error) (desk.Centre, error) {
	return change(ctx, db, centres, id, act, f)
}

// DeleteCentre removes a page that was never public, with what it has for the press.
func (db *DB) DeleteCentre(ctx context.Context, id int64, act desk.Act) error {
	say := func(c *desk.Centre) desk.Text {
		return desk.Say("The page {name} of the crisis centre was deleted.", "name", c.Name)
	}
	also := func(t *tx, c *desk.Centre) error { return t.exec("DELETE FROM presses WHERE centre_id = ?", c.ID) }
	return remove(ctx, db, centres, id, act, say, also)
}
