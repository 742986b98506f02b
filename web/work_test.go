package web

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"breakwater/desk"
	"breakwater/internal/htmlcheck"
)

// A new desk leads to its set-up, and from there to listening.
func TestSetUp(t *testing.T) {
	t.Parallel()
	h := open(t)
	token, err := h.c.Gate.FirstRun(t.Context())
	h.must(err)
	b := h.browser()
	if _, to, _ := b.get("/"); to != "/sign-in" {
		t.Fatalf("a new desk leads to %q, want /sign-in", to)
	}
	if _, to, _ := b.get("/sign-in"); to != "/setup" {
		t.Fatalf("a desk without people leads to %q, want /setup", to)
	}
	form := url.Values{"token": {"wrong"}, "name": {"Ana"}, "email": {"ana@example.org"}, "password": {secretWords}, "brand": {"Acme"}, "zone": {"Europe/Warsaw"}, "words": {"acme\nacme dairy\n#acme"}}
	if status, _, p := b.post("/setup", form); status != http.StatusUnprocessableEntity || p.Text(".wrong") == "" {
		t.Errorf("a wrong token answered %d saying %q", status, p.Text(".wrong"))
	}
	form.Set("token", token.Reveal())
	form.Set("brand", `"`)
	form.Set("words", "")
	if status, _, _ := b.post("/setup", form); status != http.StatusUnprocessableEntity {
		t.Errorf("no words to listen for answered %d", status)
	}
	form.Set("brand", "Acme")
	form.Set("words", "acme\nacme dairy\n#acme")
	if status, to, _ := b.post("/setup", form); status != http.StatusSeeOther || !strings.HasPrefix(to, "/readiness") {
		t.Fatalf("the set-up answered %d to %q", status, to)
	}
	if status, _, p := b.get("/"); status != http.StatusOK || p.Text("h1") != "Radar" {
		t.Errorf("after the set-up the radar answers %d %q", status, p.Text("h1"))
	}
	m, err := h.c.Monitors.One(t.Context(), 1)
	h.must(err)
	if want := `Acme OR "acme dairy" OR #acme`; m.Query != want {
		t.Errorf("the first monitor listens for %q, want %q", m.Query, want)
	}
	if status, to, _ := h.browser().get("/setup"); status != http.StatusSeeOther || to != "/" {
		t.Errorf("a second set-up answers %d to %q", status, to)
	}
}

// An alert is acknowledged, decided, and becomes a room with notes, a level and an end.
func TestFromAlertToClosedRoom(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	b := h.signedIn(desk.Lead)
	at := "/alerts/" + itoa(h.alert.ID)
	step := func(path string, form url.Values) string {
		t.Helper()
		status, to, p := b.post(path, form)
		if status != http.StatusSeeOther {
			t.Fatalf("POST %s answered %d: %s", path, status, p.Text("main"))
		}
		return to
	}
	step(at+"/see", nil)
	if status, _, p := b.post(at+"/decide", url.Values{"decision": {"not_useful"}}); status != http.StatusUnprocessableEntity || p.Text("#why-wrong") == "" {
		t.Errorf("“not useful” without a reason answered %d and says %q", status, p.Text("#why-wrong"))
	}
	room := step(at+"/decide", url.Values{"decision": {"crisis"}})
	if !strings.HasPrefix(room, "/incidents/") {
		t.Fatalf("a crisis leads to %q, want a room", room)
	}
	step(room+"/note", url.Values{"note": {"Called the factory. <b>"}})
	step(room+"/level", url.Values{"level": {"4"}, "why": {"A child is in hospital"}})
	step(room+"/lead", url.Values{"me": {"1"}})
	_, _, p := b.get(room)
	for what, want := range map[string]string{".roomhead .level": "4 Severe", "#timeline .timeline": "Called the factory. <b>", ".clocks": "Kim lead"} {
		if got := p.Text(what); !strings.Contains(got, want) {
			t.Errorf("the room's %s says %q, want %q in it", what, got, want)
		}
	}
	if status, _, _ := b.post(room+"/close", url.Values{}); status != http.StatusUnprocessableEntity {
		t.Errorf("closing without an outcome answered %d", status)
	}
	step(room+"/close", url.Values{"outcome": {"A false alarm"}})
	if _, _, p = b.get(room); !strings.Contains(p.Text(".roomhead"), "Closed") {
		t.Errorf("the closed room's head says %q", p.Text(".roomhead"))
	}
}

// A form leads back to the page it was sent from, and only to a page of ours.
func TestBackIsLocal(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	b := h.signedIn(desk.Responder)
	for back, want := range map[string]string{
		"/?span=7d": "/?done=seen&span=7d", "//evil.example": "/alerts/", `/\evil.example`: "/alerts/", "/\t/evil.example": "/alerts/", "/\x00/evil.example": "/alerts/", "https://evil.example": "/alerts/", "": "/alerts/",
	} {
		if _, to, _ := b.post("/alerts/"+itoa(h.alert.ID)+"/see", url.Values{"back": {back}}); !strings.HasPrefix(to, want) {
			t.Errorf("back to %q leads to %q, want %q", back, to, want)
		}
	}
}

// A corrected mood stays, and the explorer finds it.
func TestCorrectMood(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	b := h.signedIn(desk.Responder)
	_, _, p := b.get("/mentions?q=like")
	links := p.All(".mention a.said")
	if len(links) != 1 {
		t.Fatalf("%d mentions found, want 1", len(links))
	}
	path, _ := htmlcheck.Attr(links[0], "href")
	if status, to, _ := b.post(path+"/mood", url.Values{"mood": {"negative"}}); status != http.StatusSeeOther {
		t.Fatalf("correction answered %d to %q", status, to)
	}
	_, _, p = b.get(path)
	if got := p.Text(".side .card"); !strings.Contains(got, "corrected by Kim responder") {
		t.Errorf("the mention's mood says %q", got)
	}
	if _, _, p = b.get("/mentions?q=like&mood=negative"); len(p.All(".mention")) != 1 {
		t.Errorf("the corrected mention is not among the negative ones")
	}
}

// What strangers write is text: it stays text on every page.
func TestHostileMentionIsText(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	b := h.signedIn(desk.Viewer)
	for _, path := range []string{"/", "/mentions?q=sick"} {
		_, _, p := b.get(path)
		if got := p.Text(".mention .said"); !strings.Contains(p.Text("main"), "<script>alert(1)</script>") || len(p.All("main script")) > 0 {
			t.Errorf("%s shows the hostile mention as %q", path, got)
		}
	}
}

// The preview points at the character that is wrong and saves nothing.
func TestPreviewPoints(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	b := h.signedIn(desk.Lead)
	status, _, p := b.post("/monitors/preview", url.Values{"query": {"acme ) sick"}})
	if status != http.StatusOK || p.Text("mark.here") != ")" {
		t.Errorf("the preview answered %d and points at %q, want )", status, p.Text("mark.here"))
	}
	if status, _, p = b.post("/monitors/preview", url.Values{"query": {"acme"}}); status != http.StatusOK || len(p.All("#preview .mention")) == 0 {
		t.Errorf("the preview answered %d with %d mentions", status, len(p.All("#preview .mention")))
	}
	if status, _, _ = b.post("/monitors/new", url.Values{"name": {"x"}, "kind": {"brand"}, "query": {"acme )"}, "sensitivity": {"balanced"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("saving a broken query answered %d", status)
	}
}

// A broken upload is an answer in words; htmx gets the part and, for an error, the problem.
func TestUploadsAndParts(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	b := h.signedIn(desk.Lead)
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	h.must(w.WriteField("source", itoa(h.source.ID)))
	f, err := w.CreateFormFile("file", "posts.csv")
	h.must(err)
	_, err = f.Write([]byte("text\nhello\n"))
	h.must(err)
	h.must(w.Close())
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/sources/file", &body)
	h.must(err)
	req.Header.Set("Content-Type", w.FormDataContentType())
	if status, _, p := b.do(req); status != http.StatusUnprocessableEntity || p.Text(".notice.bad") == "" {
		t.Errorf("a file for a source that takes none answered %d: %q", status, p.Text(".notice.bad"))
	}
	req, err = http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+"/alerts/999", nil)
	h.must(err)
	req.Header.Set("HX-Request", "true")
	if status, _, p := b.do(req); status != http.StatusNotFound || len(p.All(".rail")) > 0 || p.Text("#problem h1") == "" {
		t.Errorf("htmx got %d with %d rails and the problem %q", status, len(p.All(".rail")), p.Text("#problem h1"))
	}
}

// The live stream says that something happened and nothing about what: the page asks for that with its own rights.
func TestEvents(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	b := h.signedIn(desk.Viewer)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.url+"/events", nil)
	h.must(err)
	resp, err := b.client.Do(req)
	h.must(err)
	defer resp.Body.Close()
	read := make([]byte, 4096)
	if _, err := resp.Body.Read(read); err != nil {
		t.Fatal(err)
	}
	_, err = h.c.Rooms.Note(t.Context(), h.room.ID, "secret note")
	h.must(err)
	n, err := resp.Body.Read(read)
	h.must(err)
	got := string(read[:n])
	if !strings.Contains(got, "event: entry") || !strings.Contains(got, `"area":"incident"`) || strings.Contains(got, "secret") {
		t.Errorf("the stream said %q", got)
	}
}
