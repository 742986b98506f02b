package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What never changes is kept for ever, what may change is asked for again, and a browser that has it gets nothing.
func TestAssets(t *testing.T) {
	t.Parallel()
	h := open(t)
	get := func(address string, head ...string) *http.Response {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+address, nil)
		h.must(err)
		req.Header.Set("Accept-Encoding", "identity")
		for i := 0; i+1 < len(head); i += 2 {
			req.Header.Set(head[i], head[i+1])
		}
		resp, err := http.DefaultTransport.RoundTrip(req)
		h.must(err)
		h.must(resp.Body.Close())
		return resp
	}
	style := h.c.assets.url("desk.css")
	first := get(style)
	if got := first.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("%s is cached as %q, want immutable", style, got)
	}
	if got := get("/static/desk.css?v=old").Header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("an old fingerprint is cached as %q, want no-cache", got)
	}
	if got := get(style, "If-None-Match", first.Header.Get("ETag")).StatusCode; got != http.StatusNotModified {
		t.Errorf("asked again with its tag: %d, want 304", got)
	}
	zipped := get(style, "Accept-Encoding", "gzip")
	if zipped.Header.Get("Content-Encoding") != "gzip" || zipped.Header.Get("ETag") == first.Header.Get("ETag") {
		t.Errorf("compressed: encoding %q, tag %q like the plain one", zipped.Header.Get("Content-Encoding"), zipped.Header.Get("ETag"))
	}
	for _, path := range []string{"/static/", "/static/../pages/frame.html", "/static/%2e%2e/web.go", "/static/none.css"} {
		if got := get(path).StatusCode; got != http.StatusNotFound && got != http.StatusTemporaryRedirect && got != http.StatusMovedPermanently {
			t.Errorf("%s answered %d, want not found", path, got)
		}
	}
}

// Every answer carries the headers that keep a stranger's text from doing anything.
func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, path := range []string{"/sign-in", "/nothing", "/static/desk.css"} {
		w := httptest.NewRecorder()
		h.c.handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		policy := w.Header().Get("Content-Security-Policy")
		if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s has the policy %q", path, policy)
		}
		if got := w.Header().Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("%s has X-Content-Type-Options %q", path, got)
		}
	}
}

// Without the vendor files pages are whole: no script tag leads nowhere.
func TestPagesWithoutVendor(t *testing.T) {
	t.Parallel()
	a, err := loadAssets(files)
	if err != nil {
		t.Fatal(err)
	}
	for name := range a {
		if strings.HasPrefix(name, "vendor/") {
			delete(a, name)
		}
	}
	p, err := loadPages(a)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	if err := p.write(w, http.StatusOK, "radar/radar", "frame", stories()[0].filled("en")); err != nil {
		t.Fatal(err)
	}
	if body := w.Body.String(); strings.Contains(body, "htmx-config") || strings.Contains(body, "data-plot") || strings.Contains(body, `src=""`) {
		t.Errorf("the page still asks for vendor files")
	}
}
