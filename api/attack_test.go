package api

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/internal/door"
)

// The console's cookie opens the API to the console's own pages alone: no operation is done, or answered, for another site that has
// a signed-in admin's browser ask.
func TestAttackCrossSiteAPI(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	ctx := t.Context()
	if _, err := d.gate.AddUser(ctx, desk.User{Name: "Ana", Email: "ana@example.org", Role: desk.Admin}, "harbour wall in winter"); err != nil {
		t.Fatal(err)
	}
	cookie, _, err := d.gate.SignIn(ctx, "ana@example.org", "harbour wall in winter", "browser", "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	ask := func(op operation, head map[string]string) int {
		path := regexp.MustCompile(`\{\w+\}`).ReplaceAllString(op.Path, "1")
		r := httptest.NewRequest(op.Method, prefix+path, strings.NewReader(`{}`)).WithContext(ctx)
		r.Header.Set("Content-Type", "application/json")
		r.AddCookie(&http.Cookie{Name: "desk", Value: cookie.Reveal()})
		for k, v := range head {
			r.Header.Set(k, v)
		}
		w := httptest.NewRecorder()
		d.h.ServeHTTP(w, r)
		return w.Code
	}
	before, err := d.db.Journal(ctx, desk.EntryFilter{Paging: desk.Paging{Limit: 1}})
	if err != nil {
		t.Fatal(err)
	}
	for name, head := range map[string]map[string]string{
		"a foreign site":            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"},
		"a neighbour in the domain": {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
		"an older browser":          {"Origin": "https://evil.example", "User-Agent": "Mozilla/5.0"},
		"a sandboxed frame":         {"Origin": "null"},
		"a browser that says nothing of where it comes from": {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"},
	} {
		for _, op := range d.s.operations() {
			if op.Least == everyone || op.Method == http.MethodGet && head["Sec-Fetch-Mode"] == "" {
				continue // reading by another site brings it nothing: browsers keep the answer from it
			}
			if got := ask(op, head); got != http.StatusForbidden {
				t.Errorf("%s %s (%s) from %s: %d, want 403", op.Method, op.Path, op.ID, name, got)
			}
		}
	}
	after, err := d.db.Journal(ctx, desk.EntryFilter{Paging: desk.Paging{Limit: 1}})
	if err != nil {
		t.Fatal(err)
	}
	if before[0].Seq != after[0].Seq {
		t.Errorf("another site did %s", after[0].Do)
	}
	for _, op := range d.s.operations() {
		if op.ID == "me-read" && ask(op, map[string]string{"Sec-Fetch-Site": "same-origin", "User-Agent": "Mozilla/5.0"}) != http.StatusOK {
			t.Error("the console's own pages are refused")
		}
	}
}

// Who asks without end is told when to come back; others are not slowed by it.
func TestAttackTooOftenAPI(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	slow := door.Rate{Every: time.Hour, Burst: 10}
	d.s.Limits = &door.Limits{Strangers: door.NewLimiter(slow), Accounts: door.NewLimiter(slow), Costly: door.NewLimiter(door.Rate{Every: time.Hour, Burst: 2}), Streams: door.NewGauge(1)}
	until := func(role desk.Role, method, path string, in any, most int) {
		t.Helper()
		for range most + 1 {
			if w := d.ask(role, method, path, in); w.Code == http.StatusTooManyRequests {
				if w.Header().Get("Retry-After") == "" {
					t.Errorf("%s %s: 429 without Retry-After", method, path)
				}
				return
			}
		}
		t.Errorf("%s %s was answered %d times", method, path, most+1)
	}
	until(desk.Lead, http.MethodPost, "/monitors/preview", map[string]any{"query": "x"}, 2)
	until(desk.Lead, http.MethodGet, "/me", nil, 10)
	if w := d.ask(desk.Admin, http.MethodGet, "/me", nil); w.Code != http.StatusOK {
		t.Errorf("somebody else was slowed: %d", w.Code)
	}
	until(everyone, http.MethodGet, "/version", nil, 10)
	for id := range costly {
		if !slices.ContainsFunc(d.s.operations(), func(op operation) bool { return op.ID == id }) {
			t.Errorf("costly has %s, which is no operation", id)
		}
	}
}
