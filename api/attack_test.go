package api

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

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

// What is too large is refused with a clear answer, whatever the operation; what is nested to no end, repeated or no text at all is no accident of ours.
func TestAttackOversizedAPI(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	deep := strings.Repeat(`{"name":[`, 60_000)
	many := `{` + strings.Repeat(`"name":"x",`, 60_000) + `"name":"x"}`
	tried := 0
	for _, op := range d.s.operations() {
		if op.Method == http.MethodGet || op.Method == http.MethodDelete {
			continue
		}
		item := d.s.doc.Paths[op.Path]
		described := map[string]*huma.Operation{"POST": item.Post, "PUT": item.Put, "PATCH": item.Patch}[op.Method]
		if described.RequestBody == nil || described.RequestBody.Content["application/json"] == nil {
			continue // a file: its reader has its own limit
		}
		limit := described.MaxBodyBytes
		if limit == 0 {
			limit = 1 << 20
		}
		tried++
		ask := func(kind, body string) *httptest.ResponseRecorder {
			path := regexp.MustCompile(`\{\w+\}`).ReplaceAllString(op.Path, "1")
			r := httptest.NewRequest(op.Method, prefix+path, strings.NewReader(body)).WithContext(t.Context())
			r.Header.Set("Content-Type", kind)
			r.Header.Set("Authorization", "Bearer "+d.token[desk.Admin])
			w := httptest.NewRecorder()
			d.h.ServeHTTP(w, r)
			return w
		}
		if limit > 0 {
			if w := ask("application/json", `{"name":"`+strings.Repeat("a", int(limit))+`"}`); w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), `"too_large"`) {
				t.Errorf("%s answers %d to %d bytes and more: %.200s, want 413 that says so", op.ID, w.Code, limit, w.Body)
			}
		}
		for name, body := range map[string]string{"nested": deep, "repeated": many, "not UTF-8": "{\"name\":\"\xff\xfe\"}", "two at once": `{} {}`, "a number without end": `{"version":` + strings.Repeat("9", 100_000) + `}`, "nothing": "", "null": "null"} {
			if w := ask("application/json", body); w.Code >= http.StatusInternalServerError {
				t.Errorf("%s answers %d to what is %s", op.ID, w.Code, name)
			}
		}
	}
	if tried < 60 {
		t.Errorf("only %d operations were tried", tried)
	}
}
