package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"breakwater/desk"
	"breakwater/internal/htmlcheck"
)

// What was corrected is listed with what it was before, and one press takes it back.
func TestCorrectionsAreListedAndTakenBack(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	b := h.signedIn(desk.Responder)
	_, _, offered := b.get("/mentions/corrections")
	if forms := offered.All(`form[action$="/mood"]`); len(forms) != 3 {
		t.Errorf("%d mentions are offered to be told right, want all 3", len(forms))
	}
	if _, _, p := b.get("/mentions/corrections"); !strings.Contains(p.Text("main"), "Nobody corrected anything yet.") {
		t.Errorf("without corrections: %q", p.Text("main"))
	}
	_, _, p := b.get("/mentions?q=like")
	path, _ := htmlcheck.Attr(p.All(".mention a.said")[0], "href")
	b.post(path+"/mood", url.Values{"mood": {"negative"}})
	if err := h.c.Lessons.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, _, p = b.get("/mentions/corrections")
	for _, want := range []string{"I like Acme", "Positive", "Negative", "Kim responder", "1 correction"} {
		if !strings.Contains(p.Text("main"), want) {
			t.Errorf("the list lacks %q: %s", want, p.Text("main"))
		}
	}
	if forms := h.signedIn(desk.Viewer); len(second(forms.get("/mentions/corrections")).All(`form[action$="uncorrect"]`)) != 0 {
		t.Error("a viewer is offered to take it back")
	}
	status, to, _ := b.post(path+"/uncorrect", url.Values{"back": {"/mentions/corrections"}})
	if status != http.StatusSeeOther || to != "/mentions/corrections?done=uncorrected" {
		t.Errorf("taken back: %d to %q", status, to)
	}
	if status, _, _ := b.post(path+"/uncorrect", nil); status != http.StatusNotFound {
		t.Errorf("taken back twice: %d", status)
	}
	_, _, p = b.get(path)
	if got := p.Text(".side .card"); strings.Contains(got, "corrected by") || !strings.Contains(got, "read by the desk") {
		t.Errorf("afterwards its mood says %q", got)
	}
}

func second(_ int, _ string, p *htmlcheck.Page) *htmlcheck.Page { return p }

// The engine's settings are for admins; nothing is sent before they allow it, and the key never comes out.
func TestEngineOutside(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	asked := 0
	oracle := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		fmt.Fprint(w, `[[{"label":"negative","score":0.9},{"label":"positive","score":0.1}]]`)
	}))
	defer oracle.Close()
	b := h.signedIn(desk.Admin)
	form := url.Values{"kind": {"classifier"}, "name": {"Judge"}, "address": {oracle.URL}, "private": {"1"}, "key": {"open sesame"},
		"below": {"60"}, "calls": {"100"}, "tokens": {"0"}, "timeout": {"5"}, "version": {"0"}, "labels": {"LABEL_0 dreadful"}}
	if status, _, p := b.post("/engine", form); status != http.StatusUnprocessableEntity || !strings.Contains(p.Text("main"), "Write each label with its mood") {
		t.Errorf("a wrong label: %d %s", status, p.Text("main"))
	}
	form.Set("labels", "")
	form.Set("try", "1")
	if status, _, p := b.post("/engine", form); status != http.StatusOK || !strings.Contains(p.Text("main"), "is negative, as it should be") || asked != 1 {
		t.Errorf("a trial: %d, asked %d times: %s", status, asked, p.Text("main"))
	}
	form.Del("try")
	if status, to, _ := b.post("/engine", form); status != http.StatusSeeOther || to != "/engine?done=saved" {
		t.Fatalf("saved: %d to %q", status, to)
	}
	_, _, p := b.get("/engine")
	key, _ := htmlcheck.Attr(p.All("#key")[0], "value")
	if got := p.Text("main"); !strings.Contains(got, "Nothing is sent.") || key != "***" {
		t.Errorf("saved, it says %s, with the key %q", got, key)
	}
	host := strings.TrimPrefix(oracle.URL, "http://")
	if status, _, _ := b.post("/engine/allow", url.Values{"host": {"elsewhere.example"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("another host was allowed: %d", status)
	}
	if _, to, _ := b.post("/engine/allow", url.Values{"host": {host}}); to != "/engine?done=allowed" {
		t.Errorf("allowed: to %q", to)
	}
	if _, _, p = b.get("/engine"); !strings.Contains(p.Text("main"), "are sent to: "+host) {
		t.Errorf("allowed, it says %s", p.Text("main"))
	}
	if _, to, _ := b.post("/engine/stop", nil); to != "/engine?done=stopped" {
		t.Errorf("stopped: to %q", to)
	}
	if _, _, p = b.get("/journal?do=engine."); !strings.Contains(p.Text("main"), "may be sent to "+host) {
		t.Errorf("the journal says %s", p.Text("main"))
	}
}
