package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"breakwater/desk"
)

// bare is the API without any stage behind it: enough for what it says of itself and whom it turns away.
func bare(t *testing.T) (*server, http.Handler) {
	t.Helper()
	s := &server{Stages: Stages{Cookie: "desk", Version: "1.2.3", Log: quiet()}, beat: heartbeat}
	h, err := s.handler()
	if err != nil {
		t.Fatal(err)
	}
	return s, h
}

func get(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

// document is the part of OpenAPI that the tests look at.
type document struct {
	OpenAPI string
	Paths   map[string]map[string]struct {
		OperationID string
		Summary     string
		Tags        []string
		Least       string `json:"x-least-role"`
		Security    []map[string][]string
		Parameters  []struct{ Name, In string }
		Responses   map[string]struct{ Content map[string]any }
	}
	Components struct{ Schemas map[string]any }
}

func TestTheDescriptionIsComplete(t *testing.T) {
	t.Parallel()
	s, h := bare(t)
	w := get(t, h, prefix+"/openapi.json")
	var doc document
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Fatalf("openapi.json: %v, version %q", err, doc.OpenAPI)
	}
	for _, ref := range regexp.MustCompile(`"#/components/schemas/([^"]+)"`).FindAllStringSubmatch(w.Body.String(), -1) {
		if doc.Components.Schemas[ref[1]] == nil {
			t.Errorf("a reference leads to schema %s, which is not there", ref[1])
		}
	}
	seen := map[string]bool{}
	for _, op := range s.operations() {
		o, ok := doc.Paths[op.Path][strings.ToLower(op.Method)]
		switch {
		case !ok:
			t.Errorf("%s %s is not described", op.Method, op.Path)
		case seen[op.ID]:
			t.Errorf("%s is the name of two operations", op.ID)
		case o.OperationID != op.ID || o.Summary == "" || len(o.Tags) != 1:
			t.Errorf("%s: described as %q, summary %q, tags %v", op.ID, o.OperationID, o.Summary, o.Tags)
		}
		seen[op.ID] = true
		for _, m := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(op.Path, -1) {
			if !slices.ContainsFunc(o.Parameters, func(p struct{ Name, In string }) bool { return p.Name == m[1] && p.In == "path" }) {
				t.Errorf("%s: the parameter {%s} is not described", op.ID, m[1])
			}
		}
		if op.Least != everyone && (o.Least != op.Least.String() || len(o.Security) != 2) {
			t.Errorf("%s: described with role %q and security %v, want %s and token or session", op.ID, o.Least, o.Security, op.Least)
		}
		if o.Responses["403"].Content["application/problem+json"] == nil {
			t.Errorf("%s: its problems are not described", op.ID)
		}
		if strings.HasSuffix(op.ID, "-list") && !slices.ContainsFunc(o.Parameters, func(p struct{ Name, In string }) bool { return p.Name == "cursor" }) {
			t.Errorf("%s: a list without a cursor", op.ID)
		}
	}
}

func TestIdentifiersAreDescribedAsStrings(t *testing.T) {
	t.Parallel()
	_, h := bare(t)
	var doc document
	if err := json.Unmarshal(get(t, h, prefix+"/openapi.json").Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	for name, schema := range doc.Components.Schemas {
		props, _ := schema.(map[string]any)["properties"].(map[string]any)
		for field, p := range props {
			kind := p.(map[string]any)["type"]
			if (field == "id" || strings.HasSuffix(field, "_id")) && kind != "string" {
				t.Errorf("%s.%s is described as %v, want a string", name, field, kind)
			}
		}
	}
}

func TestNobodyGetsInWithoutASignIn(t *testing.T) {
	t.Parallel()
	s, h := bare(t)
	for _, op := range s.operations() {
		path := prefix + strings.ReplaceAll(op.Path, "{id}", "7")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(op.Method, path, strings.NewReader("{}")))
		if op.Least == everyone {
			if w.Code != http.StatusOK {
				t.Errorf("%s without a sign-in: %d, want 200", op.ID, w.Code)
			}
			continue
		}
		var p Problem
		err := json.Unmarshal(w.Body.Bytes(), &p)
		if w.Code != http.StatusUnauthorized || err != nil || p.Code != "sign_in" || w.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s without a sign-in: %d %s, want 401 sign_in", op.ID, w.Code, w.Body)
		}
	}
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	_, h := bare(t)
	tests := []struct {
		method, path string
		status       int
		code, allow  string
	}{
		{http.MethodGet, "/nothing", http.StatusNotFound, "not_found", ""},
		{http.MethodGet, "", http.StatusNotFound, "not_found", ""},
		{http.MethodPost, "/version", http.StatusMethodNotAllowed, "method", "GET"},
		{http.MethodGet, "/version?no=1", http.StatusUnprocessableEntity, "invalid", ""},
	}
	for _, tt := range tests {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(tt.method, prefix+tt.path, nil))
		var p Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != tt.status || p.Code != tt.code || w.Header().Get("Allow") != tt.allow {
			t.Errorf("%s %s = %d %s, Allow %q; want %d %s, %q", tt.method, tt.path, w.Code, w.Body, w.Header().Get("Allow"), tt.status, tt.code, tt.allow)
		}
		if ct := w.Header().Get("Content-Type"); ct != "application/problem+json" {
			t.Errorf("%s %s is of type %s, want application/problem+json", tt.method, tt.path, ct)
		}
	}
}

func TestEveryTableRowHasARole(t *testing.T) {
	t.Parallel()
	s, _ := bare(t)
	for _, op := range s.operations() {
		if op.Least == everyone && op.ID != "desk-version" {
			t.Errorf("%s is open to everyone", op.ID)
		}
		harmless := strings.HasPrefix(op.ID, "me-") || op.ID == "monitor-preview" || op.ID == "monitor-try" || op.ID == "policy-confirm" // one says something about oneself
		if op.Method != http.MethodGet && op.Least < desk.Responder && !harmless {
			t.Errorf("%s changes something and is open to viewers", op.ID)
		}
	}
}
