package api

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"breakwater/desk"
)

// What there is for the press by the API: of the brand and of a page apart, refused where it is nothing for the press, and at its version.
func TestPress(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	b, err := d.db.ChangeBrand(t.Context(), 0, desk.Act{Who: "desk", Do: "test"}, func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone, out.Say = "Aurora", "UTC", desk.Say("x")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	page := must[desk.Centre](d, desk.Responder, http.MethodPost, "/centre", map[string]any{"brand_id": strconv.FormatInt(b.ID, 10), "name": "Kettle", "draft": []desk.CentreText{{Lang: "en", Title: "Kettle", Heads: desk.CentreHeads{Help: "Ask us"}}}}, http.StatusOK)
	if page.Draft[0].Heads.Help != "Ask us" {
		t.Errorf("saved as %+v", page.Draft)
	}
	of, brand := "/centre/"+strconv.FormatInt(page.ID, 10)+"/press", "/brands/"+strconv.FormatInt(b.ID, 10)+"/press"
	pdf := "%PDF-1.7\n%%EOF\n"
	got := must[desk.Press](d, desk.Responder, http.MethodPost, of+"/files?name=facts.pdf&lang=en&alt=What%20we%20know", pdf, http.StatusOK)
	if len(got.Files) != 1 || got.Files[0].Type != "application/pdf" || got.Files[0].Words[0].Alt != "What we know" {
		t.Errorf("added %+v", got.Files)
	}
	if all := must[desk.Press](d, desk.Viewer, http.MethodGet, brand, nil, http.StatusOK); len(all.Files) != 0 {
		t.Errorf("the brand has the page's file: %+v", all.Files)
	}
	if w := d.ask(desk.Viewer, http.MethodGet, of+"/files/f1", nil); w.Body.String() != pdf || w.Header().Get("Content-Disposition") != "attachment" {
		t.Errorf("read as %q, %v", w.Body, w.Header())
	}
	for _, bad := range []string{"<svg/>", "<html>", ""} {
		if w := d.ask(desk.Responder, http.MethodPost, of+"/files?name=a.pdf&alt=x", bad); w.Code < 400 || w.Code >= 500 {
			t.Errorf("%q is taken: %d %s", bad, w.Code, w.Body)
		}
	}
	words := []desk.PressFileSaid{{Lang: "en", Alt: "Facts"}, {Lang: "pl", Alt: "Fakty", Credit: "Ana Lis"}}
	body := map[string]any{"alone": true, "contacts": []desk.PressContact{{Name: "Ewa Nowak", Mail: "press@example.org"}}, "files": []map[string]any{{"id": "f1", "words": words}}, "version": got.Version}
	saved := must[desk.Press](d, desk.Responder, http.MethodPut, of, body, http.StatusOK)
	if !saved.Alone || len(saved.Contacts) != 1 || saved.Files[0].Words[1] != words[1] || saved.Files[0].Hash != got.Files[0].Hash {
		t.Errorf("saved %+v", saved)
	}
	if w := d.ask(desk.Responder, http.MethodPut, of, body); w.Code != http.StatusConflict {
		t.Errorf("at an old version: %d", w.Code)
	}
	body["version"], body["files"] = saved.Version, []map[string]any{}
	if w := d.ask(desk.Responder, http.MethodPut, of, body); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "every file") {
		t.Errorf("a file forgotten: %d %s", w.Code, w.Body)
	}
	if w := d.ask(desk.Responder, http.MethodDelete, of+"/files/f1?now=true", nil); w.Code != http.StatusForbidden {
		t.Errorf("off the public page by a responder: %d", w.Code)
	}
	if left := must[desk.Press](d, desk.Lead, http.MethodDelete, of+"/files/f1?now=true", nil, http.StatusOK); len(left.Files) != 0 {
		t.Errorf("left %+v", left.Files)
	}
}
