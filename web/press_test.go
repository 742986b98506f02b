package web

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"breakwater/desk"
)

// Files for the press are added with a description, described in other languages, put in order, looked at and removed, by forms alone.
func TestPressByForms(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	b := h.signedIn(desk.Responder)
	var picture bytes.Buffer
	h.must(png.Encode(&picture, image.NewNRGBA(image.Rect(0, 0, 30, 20))))
	add := func(name, alt string, file []byte) (int, string) {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		h.must(w.WriteField("lang", "en"))
		h.must(w.WriteField("alt", alt))
		f, err := w.CreateFormFile("file", name)
		h.must(err)
		_, err = f.Write(file)
		h.must(err)
		h.must(w.Close())
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/centre/press/files", &body)
		h.must(err)
		req.Header.Set("Content-Type", w.FormDataContentType())
		status, _, p := b.do(req)
		return status, p.Text("main")
	}
	if status, said := add("logo.png", " ", picture.Bytes()); status != http.StatusUnprocessableEntity || !strings.Contains(said, "do not see it") {
		t.Errorf("a picture without a description answers %d: %s", status, said)
	}
	if status, said := add("logo.svg", "x", []byte("<svg onload='x'/>")); status != http.StatusUnprocessableEntity || !strings.Contains(said, "SVG") {
		t.Errorf("an SVG answers %d: %s", status, said)
	}
	for name, body := range map[string][]byte{"logo.png": picture.Bytes(), "facts.pdf": []byte("%PDF-1.7\n%%EOF\n")} {
		if status, said := add(name, "About "+name, body); status != http.StatusSeeOther {
			t.Fatalf("%s answers %d: %s", name, status, said)
		}
	}
	names := func() (all []string) {
		p, err := h.db.Press(t.Context(), 1, 0)
		h.must(err)
		for _, f := range p.Files {
			all = append(all, f.Name)
		}
		return all
	}
	was := names()
	form := url.Values{"f_id": {"f1", "f2"}, "f_lang-f1": {"en", "he"}, "f_alt-f1": {"First", "ראשון"}, "f_credit-f1": {"", ""}, "f_lang-f2": {"en"}, "f_alt-f2": {"Second"}, "f_credit-f2": {"Ana Lis"},
		"c_name": {"Ewa Nowak", ""}, "c_mail": {"press@example.org", ""}, "c_phone": {"", ""}, "c_lang-0": {"en"}, "c_for-0": {"Safety"}, "c_hours-0": {"8–20"}, "move": {"f2 up"}}
	if status, _, p := b.post("/centre/press", form); status != http.StatusSeeOther {
		t.Fatalf("saved with %d: %s", status, p.Text("main"))
	}
	if now := names(); len(now) != 2 || now[0] != was[1] {
		t.Errorf("the second was put first: %v, was %v", now, was)
	}
	form.Set("c_mail", "nonsense")
	if status, _, p := b.post("/centre/press", form); status != http.StatusUnprocessableEntity || len(p.All("input[value='Ana Lis']")) != 1 {
		t.Errorf("no mail address answers %d, and forgets what was written", status)
	}
	_, _, page := b.get("/centre/press")
	if len(page.All("input[value='ראשון']")) != 1 || len(page.All(".picture img[src^='/media/']")) != 1 || !slices.Contains(names(), "facts.pdf") {
		t.Errorf("the page shows %s", page.Text("main"))
	}
	if status, _, _ := b.post("/centre/press/files/f1/remove", url.Values{"now-f1": {"1"}}); status != http.StatusForbidden {
		t.Errorf("a responder takes it off the public page: %d", status)
	}
	if status, _, _ := b.post("/centre/press/files/f1/remove", url.Values{}); status != http.StatusSeeOther || len(names()) != 1 {
		t.Errorf("removed: %d, %v", status, names())
	}
	press := func() desk.Press {
		p, err := h.db.Press(t.Context(), 1, 0)
		h.must(err)
		return p
	}
	if got := press().Contacts; len(got) != 1 || got[0].Name != "Ewa Nowak" {
		t.Errorf("removing a file took contacts along: %+v", got)
	}
	if status, said := add("plan.pdf", "The plan", []byte("%PDF-1.4\n%%EOF\n")); status != http.StatusSeeOther {
		t.Fatalf("added: %d %s", status, said)
	}
	last := press()
	form = url.Values{"version": {strconv.Itoa(last.Version)}, "f_id": {"f2", "f3"}, "f_lang-f2": {"en"}, "f_alt-f2": {"Typed, not saved"}, "f_lang-f3": {"en"}, "f_alt-f3": {"x"},
		"c_name": {"Ewa Nowak", "Dan"}, "c_mail": {"press@example.org", "nonsense"}, "c_phone": {"", ""}}
	status, _, again := b.post("/centre/press/files/f3/remove", form)
	if status != http.StatusUnprocessableEntity || len(names()) != 1 || len(again.All("input[value='Typed, not saved']"))+len(again.All("input[value='Dan']")) != 2 {
		t.Errorf("removed beside what cannot be saved: %d, %v, %s", status, names(), again.Text("main"))
	}
	if status, said := add("plan.pdf", "The plan", []byte("%PDF-1.4\n%%EOF\n")); status != http.StatusSeeOther {
		t.Fatalf("added again: %d %s", status, said)
	}
	form.Set("version", strconv.Itoa(press().Version))
	form["c_mail"] = []string{"press@example.org", "dan@example.org"}
	if status, _, _ = b.post("/centre/press/files/f3/remove", form); status != http.StatusSeeOther {
		t.Errorf("removed beside what can be saved: %d", status)
	}
	if got := press(); len(got.Files) != 1 || got.Files[0].Words[0].Alt != "Typed, not saved" || len(got.Contacts) != 2 {
		t.Errorf("what was typed when a file was removed is lost: %+v", got)
	}
}
