package storetest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"breakwater/desk"
)

// pressTests are what contacts and files for the press need of storage.
var pressTests = map[string]func(t *testing.T, db Bed){
	"what a brand and its pages have for the press is kept apart, begun once, and goes with its page": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		page := must(db.ChangeCentre(ctx, 0, act("centre.save"), func(c *desk.Centre, out *desk.Out) error {
			c.BrandID, c.Slug, c.Name, out.Say = b.ID, "kettle", "kettle", desk.Say("x")
			return nil
		}))(t)
		none := must(db.Press(ctx, b.ID, page.ID))(t)
		if none.ID != 0 || none.BrandID != b.ID || none.CentreID != page.ID {
			t.Errorf("before anybody wrote: %+v", none)
		}
		add := func(centre int64, name string) error {
			_, err := db.ChangePress(ctx, b.ID, centre, act("centre.press.add"), func(p *desk.Press, out *desk.Out) error {
				p.Contacts, out.Say = append(p.Contacts, desk.PressContact{Name: name, Mail: "press@example.org"}), desk.Say("x")
				return nil
			})
			return err
		}
		var all sync.WaitGroup
		for range 4 { // begun by several at once
			all.Go(func() {
				if err := add(0, "עדי"); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		ok(t, add(page.ID, "Ewa"))
		if p := must(db.Press(ctx, b.ID, 0))(t); len(p.Contacts) != 4 || p.Contacts[0].Name != "עדי" || p.Version != 4 {
			t.Errorf("the brand has %+v", p)
		}
		if p := must(db.Press(ctx, b.ID, page.ID))(t); len(p.Contacts) != 1 || p.Contacts[0].Name != "Ewa" {
			t.Errorf("the page has %+v", p)
		}
		refused := errors.New("no")
		_, err := db.ChangePress(ctx, b.ID, 0, act("centre.press.save"), func(p *desk.Press, out *desk.Out) error { p.Contacts = nil; return refused })
		is(t, err, refused)
		ok(t, db.DeleteCentre(ctx, page.ID, act("centre.delete")))
		if p := must(db.Press(ctx, b.ID, page.ID))(t); p.ID != 0 {
			t.Errorf("a page that is gone has %+v", p)
		}
		if p := must(db.Press(ctx, b.ID, 0))(t); len(p.Contacts) != 4 {
			t.Errorf("the brand has %+v", p)
		}
	},
	"bytes of a file for the press outlive the evidence that they also are": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		body := []byte("%PDF-1.7 " + t.Name())
		hash := must(db.KeepBlob(ctx, body))(t)
		must(db.ChangePress(ctx, b.ID, 0, act("centre.press.add"), func(p *desk.Press, out *desk.Out) error {
			p.Files, out.Say = []desk.PressFile{{ID: "f1", Media: desk.Media{Hash: hash}}}, desk.Say("x")
			return nil
		}))(t)
		e := must(db.ChangeExhibit(ctx, 0, act("evidence.keep"), [][]byte{body}, func(e *desk.Exhibit, out *desk.Out) error {
			e.BrandID, e.Files, out.Say = b.ID, []desk.ExhibitFile{{Hash: hash}}, desk.Say("x")
			return nil
		}))(t)
		ok(t, db.DeleteExhibit(ctx, e.ID, act("evidence.delete"), func(*desk.Exhibit) desk.Out { return desk.Out{Say: desk.Say("x")} }))
		if got := must(db.Blob(ctx, hash))(t); !strings.HasPrefix(string(got), "%PDF") {
			t.Errorf("kept %q", got)
		}
	},
}
