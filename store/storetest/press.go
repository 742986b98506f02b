package storetest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

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
	"bytes that nothing refers to any more are removed": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		in := room(t, db, b.ID)
		keep := func(what string) string { return must(db.KeepBlob(ctx, []byte(t.Name()+what)))(t) }
		public, signed, taken, words, proof, evidence := keep("public"), keep("signed"), keep("taken"), keep("words"), keep("proof"), keep("evidence")
		setFiles := func(hashes ...string) {
			must(db.ChangePress(ctx, b.ID, 0, act("centre.press.save"), func(p *desk.Press, out *desk.Out) error {
				p.Files, out.Say = nil, desk.Say("x")
				for _, h := range hashes {
					p.Files = append(p.Files, desk.PressFile{Media: desk.Media{Hash: h}})
				}
				return nil
			}))(t)
		}
		setFiles(public, taken)
		must(db.ChangeCentre(ctx, 0, act("centre.save"), func(c *desk.Centre, out *desk.Out) error {
			c.BrandID, c.Slug, c.Name, c.Stage, out.Say = b.ID, "loose", "x", desk.CentreLive, desk.Say("x")
			c.Live = []desk.CentreText{{Lang: "en", Title: "x", Files: []desk.CentreFile{{Media: desk.Media{Hash: signed}}}}}
			return nil
		}))(t)
		st := must(db.ChangeStatement(ctx, 0, act("statement.begin"), func(s *desk.Statement, out *desk.Out) error {
			s.BrandID, s.IncidentID, out.Say = b.ID, in.ID, desk.Say("x")
			return s.Rewrite(desk.Words{Title: "x", Kind: "holding", Variants: []desk.Variant{{ID: "v1", Lang: "en", Text: "Look.", Media: []desk.Media{{Hash: words, Alt: "x"}}}}}, "user:1", noon)
		}))(t)
		must(db.ChangeStatement(ctx, st.ID, act("statement.save"), func(s *desk.Statement, out *desk.Out) error { // an earlier version has it still
			out.Say = desk.Say("x")
			return s.Rewrite(desk.Words{Title: "x", Kind: "holding", Variants: []desk.Variant{{ID: "v1", Lang: "en", Text: "Look there."}}}, "user:1", noon.Add(time.Minute))
		}))(t)
		must(db.ChangeExhibit(ctx, 0, act("evidence.keep"), nil, func(e *desk.Exhibit, out *desk.Out) error {
			e.BrandID, e.IncidentID, e.Files, out.Say = b.ID, in.ID, []desk.ExhibitFile{{Hash: evidence}}, desk.Say("x")
			return nil
		}))(t)
		must(db.ChangeByHand(ctx, 0, act("byhand.ask"), func(h *desk.ByHand, out *desk.Out) error {
			h.BrandID, h.ChannelID, h.Do, h.Key, h.Photo, out.Say = b.ID, 2, desk.ByHandSay, "loose", desk.Media{Hash: proof}, desk.Say("x")
			return nil
		}))(t)
		gone := func(hash string) bool { _, err := db.Blob(ctx, hash); return errors.Is(err, desk.ErrNotFound) }
		setFiles(public)
		if must(db.PurgeBlobs(ctx, noon))(t); gone(taken) {
			t.Error("what was kept after that time is gone")
		}
		later := time.Now().Add(time.Hour)
		must(db.PurgeBlobs(ctx, later))(t)
		for name, hash := range map[string]string{"of the press": public, "of a public page": signed, "of an earlier version": words, "of what was done by hand": proof, "of evidence": evidence} {
			if gone(hash) {
				t.Errorf("the bytes %s are gone", name)
			}
		}
		if !gone(taken) {
			t.Error("a file that was taken away is kept for ever")
		}
		again := keep("again")
		must(db.PurgeBlobs(ctx, time.Now().Add(-time.Minute)))(t)
		if keep("again"); gone(again) {
			t.Error("what was uploaded just now is gone")
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
