package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
)

// TestEveryOperationForEveryRole walks the tables: who may not is told so before anything of the request is read; who may never
// meets a failure of ours, whatever nonsense is sent.
func TestEveryOperationForEveryRole(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	for _, op := range d.s.operations() {
		for role := desk.Viewer; role <= desk.Admin; role++ {
			for _, path := range []string{strings.NewReplacer("{id}", "999", "{step}", "harm").Replace(op.Path), strings.ReplaceAll(op.Path, "{id}", "x")} {
				if op.ID == "event-stream" {
					continue // its own tests
				}
				var body any
				if op.Method != http.MethodGet {
					body = "{}"
				}
				w := d.ask(role, op.Method, path, body)
				switch {
				case role < op.Least && w.Code != http.StatusForbidden:
					t.Errorf("%s as %s = %d %s, want 403", op.ID, role, w.Code, w.Body)
				case role >= op.Least && (w.Code == http.StatusForbidden && !own(op.ID) || w.Code == http.StatusUnauthorized):
					t.Errorf("%s as %s = %d %s, want to be let in", op.ID, role, w.Code, w.Body)
				case w.Code >= http.StatusInternalServerError:
					t.Errorf("%s %s as %s = %d %s: a failure of ours", op.ID, path, role, w.Code, w.Body)
				}
			}
		}
	}
}

// own reports whether an operation is about the acting person, which a token is not.
func own(id string) bool { return id == "user-read" || id == "me-save" || id == "me-password" }

func TestTokensThatAreNone(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	_, expired, err := d.gate.AddToken(t.Context(), "short", desk.Admin, time.Now().Add(time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	<-time.After(5 * time.Millisecond)
	for _, header := range []string{"Bearer " + expired.Reveal(), "Bearer nonsense", "Bearer bw_NONSENSE", "Bearer", "Basic YTpi", d.token[desk.Admin]} {
		r := httptest.NewRequest(http.MethodGet, prefix+"/me", nil)
		r.Header.Set("Authorization", header)
		w := httptest.NewRecorder()
		d.h.ServeHTTP(w, r)
		if w.Code != http.StatusUnauthorized {
			t.Errorf("Authorization %q = %d %s, want 401", header, w.Code, w.Body)
		}
	}
}

func TestTheSessionCountsOnlyFromOurOwnPages(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	if _, err := d.gate.AddUser(t.Context(), desk.User{Name: "Ana", Email: "ana@example.org", Role: desk.Lead}, "seven small boats"); err != nil {
		t.Fatal(err)
	}
	cookie, _, err := d.gate.SignIn(t.Context(), "ana@example.org", "seven small boats", "test", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, method, path, site, origin string
		status                           int
	}{
		{"own page reads", http.MethodGet, "/me", "same-origin", "", http.StatusOK},
		{"own page writes", http.MethodPatch, "/me", "same-origin", "http://example.com", http.StatusOK},
		{"other site writes", http.MethodPatch, "/me", "cross-site", "http://evil.example", http.StatusForbidden},
		{"other origin writes, old browser", http.MethodPatch, "/me", "", "http://evil.example", http.StatusForbidden},
		{"no browser", http.MethodPatch, "/me", "", "", http.StatusOK},
	}
	for _, tt := range tests {
		r := httptest.NewRequest(tt.method, prefix+tt.path, strings.NewReader(`{"name":"Ana","lang":"he"}`))
		r.Header.Set("Content-Type", "application/json")
		r.AddCookie(&http.Cookie{Name: "desk", Value: cookie.Reveal()})
		if tt.site != "" {
			r.Header.Set("Sec-Fetch-Site", tt.site)
		}
		if tt.origin != "" {
			r.Header.Set("Origin", tt.origin)
		}
		w := httptest.NewRecorder()
		d.h.ServeHTTP(w, r)
		if w.Code != tt.status {
			t.Errorf("%s: %d %s, want %d", tt.name, w.Code, w.Body, tt.status)
		}
	}
	r := httptest.NewRequest(http.MethodPatch, prefix+"/me", strings.NewReader(`{"lang":"he"}`)) // the name stays
	r.Header.Set("Content-Type", "application/json")
	r.AddCookie(&http.Cookie{Name: "desk", Value: cookie.Reveal()})
	patched := httptest.NewRecorder()
	if d.h.ServeHTTP(patched, r); patched.Code != http.StatusOK {
		t.Errorf("a language alone = %d %s", patched.Code, patched.Body)
	}
	r = httptest.NewRequest(http.MethodGet, prefix+"/me", nil)
	r.AddCookie(&http.Cookie{Name: "desk", Value: cookie.Reveal()})
	w := httptest.NewRecorder()
	d.h.ServeHTTP(w, r)
	var me meOut
	if err := json.Unmarshal(w.Body.Bytes(), &me); err != nil || me.Name != "Ana" || me.Role != desk.Lead || w.Header().Get("Content-Language") != "he" {
		t.Errorf("me = %s in %s, want Ana the lead, in Hebrew", w.Body, w.Header().Get("Content-Language"))
	}
}

func TestAPanicIsAnswered(t *testing.T) {
	t.Parallel()
	s := &server{Stages: Stages{Log: quiet()}}
	h := s.admit(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("a bug") }))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, prefix+"/me", nil))
	var p Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != http.StatusInternalServerError || p.Reference == "" || strings.Contains(w.Body.String(), "bug") {
		t.Errorf("a panic is answered with %d %s, want 500 with a reference and nothing else", w.Code, w.Body)
	}
}

func TestWhoActsIsInTheJournal(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	must[desk.Brand](d, desk.Admin, http.MethodPost, "/brands", map[string]any{"name": "Second", "zone": "Asia/Taipei"}, http.StatusOK)
	entries, err := d.db.Journal(context.WithoutCancel(t.Context()), desk.EntryFilter{Do: "brand.save"})
	if err != nil || len(entries) == 0 || !strings.HasPrefix(entries[0].Who, "token:") || entries[0].Name != "admin" || entries[0].From == "" {
		t.Errorf("the journal has %+v, %v; want the token, its name and its address", entries, err)
	}
}
