package mastodon

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/connector/connectortest"
	"breakwater/desk"
	"breakwater/publish"
)

// platform is an account's side of a server, as strict as Mastodon's description of its API (4.7).
type platform struct {
	t     *testing.T
	keys  bool // Mastodon remembers Idempotency-Key; GoToSocial does not
	queue bool // scheduled statuses

	mu        sync.Mutex // guards what follows
	n         int
	statuses  []map[string]any
	byKey     map[string]map[string]any
	scheduled []map[string]any
}

// fields of a status that may be sent (POST /api/v1/statuses).
var fields = []string{"status", "media_ids", "visibility", "language", "in_reply_to_id", "sensitive", "spoiler_text", "scheduled_at"}

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+connectortest.Secret {
		fail(w, http.StatusUnauthorized, "The access token is invalid")
		return
	}
	id, isStatus := strings.CutPrefix(r.URL.Path, "/api/v1/statuses/")
	waiting, isWaiting := strings.CutPrefix(r.URL.Path, "/api/v1/scheduled_statuses/")
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/api/v1/statuses":
		p.create(w, r)
	case isStatus:
		p.one(w, r, id)
	case r.URL.Path == "/api/v1/accounts/9/statuses" && r.Method == http.MethodGet:
		all := slices.Clone(p.statuses)
		slices.Reverse(all)
		if r.URL.Query().Has("max_id") {
			all = nil
		}
		answer(w, all)
	case r.URL.Path == "/api/v1/accounts/verify_credentials":
		answer(w, map[string]any{"id": "9", "acct": "harbour", "url": "https://x.example/@harbour"})
	case r.URL.Path == "/api/v1/apps/verify_credentials":
		answer(w, map[string]any{"name": "desk", "scopes": []string{"read", "write"}})
	case r.URL.Path == "/api/v2/instance":
		answer(w, map[string]any{"domain": "x.example", "version": "4.7.0", "configuration": map[string]any{"statuses": map[string]any{"max_characters": 500, "characters_reserved_per_url": 23, "max_media_attachments": 4}}})
	case r.URL.Path == "/api/v1/scheduled_statuses" && p.queue:
		answer(w, p.scheduled)
	case isWaiting && p.queue && r.Method == http.MethodDelete:
		before := len(p.scheduled)
		p.scheduled = slices.DeleteFunc(p.scheduled, func(s map[string]any) bool { return s["id"] == waiting })
		if len(p.scheduled) == before {
			fail(w, http.StatusNotFound, "Record not found")
			return
		}
		answer(w, map[string]any{})
	default:
		if !strings.HasPrefix(r.URL.Path, "/api/v1/scheduled_statuses") {
			p.t.Errorf("%s %s is not in the API", r.Method, r.URL.Path)
		}
		fail(w, http.StatusNotFound, "Not found")
	}
}

func answer(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }

func (p *platform) create(w http.ResponseWriter, r *http.Request) {
	var in map[string]any
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Idempotency-Key") == "" {
		p.t.Errorf("a status: %v, %v", err, r.Header)
	}
	for name := range in {
		if !slices.Contains(fields, name) {
			p.t.Errorf("a status has no %s", name)
		}
	}
	text, _ := in["status"].(string)
	if len([]rune(text)) > 500 {
		fail(w, map[bool]int{true: 422, false: 400}[p.keys], "Validation failed: Text character limit of 500 exceeded")
		return
	}
	if known := p.byKey[r.Header.Get("Idempotency-Key")]; known != nil && p.keys {
		answer(w, known)
		return
	}
	p.n++
	st := map[string]any{"id": strconv.Itoa(100 + p.n), "uri": fmt.Sprint("https://x.example/", p.n), "url": fmt.Sprint("https://x.example/@harbour/", p.n),
		"created_at": time.Now().UTC().Format(time.RFC3339Nano), "content": "<p>" + html.EscapeString(text) + "</p>", "visibility": in["visibility"], "text": text, "media_attachments": []any{}, "account": map[string]any{"id": "9", "acct": "harbour"}}
	p.statuses = append(p.statuses, st)
	p.byKey[r.Header.Get("Idempotency-Key")] = st
	answer(w, st)
}

func (p *platform) one(w http.ResponseWriter, r *http.Request, id string) {
	id, source := strings.CutSuffix(id, "/source")
	i := slices.IndexFunc(p.statuses, func(s map[string]any) bool { return s["id"] == id })
	switch {
	case i < 0:
		fail(w, http.StatusNotFound, "Record not found")
	case source:
		answer(w, map[string]any{"id": id, "text": p.statuses[i]["text"], "spoiler_text": ""})
	case r.Method == http.MethodDelete:
		answer(w, p.statuses[i])
		p.statuses = slices.Delete(p.statuses, i, i+1)
	case r.Method == http.MethodGet:
		answer(w, p.statuses[i])
	default:
		p.t.Errorf("%s of a status", r.Method)
	}
}

func (p *platform) stage() connectortest.Stage {
	p.byKey = map[string]map[string]any{}
	return connectortest.Stage{
		Handler:  p,
		Settings: func(base string) desk.Settings { return desk.Settings{"server": base, "token": connectortest.Secret} },
		Says:     func(r *http.Request) bool { return r.Method == http.MethodPost && r.URL.Path == "/api/v1/statuses" },
		Live:     func() int { p.mu.Lock(); defer p.mu.Unlock(); return len(p.statuses) },
		Long:     strings.Repeat("a", 501),
	}
}

func TestSpeaksOnMastodon(t *testing.T) {
	t.Parallel()
	connectortest.Speak(t, Kind, func(t *testing.T) connectortest.Stage { return (&platform{t: t, keys: true, queue: true}).stage() })
}

func TestSpeaksOnGoToSocial(t *testing.T) {
	t.Parallel()
	connectortest.Speak(t, Kind, func(t *testing.T) connectortest.Stage { return (&platform{t: t}).stage() })
}

func TestScheduledStatusesAreCancelled(t *testing.T) {
	t.Parallel()
	for _, queue := range []bool{true, false} {
		p := &platform{t: t, queue: queue, scheduled: []map[string]any{{"id": "5", "scheduled_at": "2026-11-22T08:00:00Z", "params": map[string]any{"text": "Monday joke"}}}}
		s := p.stage()
		srv := httptest.NewServer(s.Handler)
		t.Cleanup(srv.Close)
		m, err := newMouth(s.Settings(srv.URL), env())
		if err != nil {
			t.Fatal(err)
		}
		list, err := m.(publish.Scheduler).Scheduled(t.Context())
		if err != nil || queue != (len(list) == 1) || queue && (list[0].Text != "Monday joke" || list[0].Due.IsZero()) {
			t.Errorf("scheduled: %+v, %v", list, err)
		}
		for range 2 {
			if err := m.(publish.Scheduler).Cancel(t.Context(), "5"); err != nil {
				t.Errorf("cancel: %v", err)
			}
		}
		about, err := m.(publish.Inspector).Inspect(t.Context())
		if err != nil || about.Account != "@harbour@x.example" || about.Limits.Text != 500 || about.Limits.PerLink != 23 {
			t.Errorf("inspect: %+v, %v", about, err)
		}
	}
}
