package bluesky

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"breakwater/connector/connectortest"
	"breakwater/desk"
)

// repo is an account's server that records are put on, as strict as its lexicons.
type repo struct {
	t *testing.T

	mu      sync.Mutex // guards what follows
	signIns int
	records map[string]json.RawMessage
}

var tid = regexp.MustCompile(`^[234567abcdefghij][234567a-z]{12}$`)

func (p *repo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	method := strings.TrimPrefix(r.URL.Path, "/xrpc/")
	if method == "com.atproto.server.createSession" {
		p.signIns++
		reply(w, map[string]any{"accessJwt": connectortest.Secret, "refreshJwt": "r" + connectortest.Secret, "did": "did:plc:us", "handle": "harbour.test"})
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+connectortest.Secret {
		refuse(w, http.StatusBadRequest, "ExpiredToken")
		return
	}
	switch method {
	case "com.atproto.repo.putRecord", "com.atproto.repo.deleteRecord":
		var in struct {
			Repo, Collection, RKey string
			Record                 json.RawMessage
			Validate               bool
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Repo != "did:plc:us" || in.Collection != posts || !tid.MatchString(in.RKey) {
			p.t.Errorf("%s: %+v, %v", method, in, err)
		}
		if method == "com.atproto.repo.deleteRecord" {
			delete(p.records, in.RKey)
			reply(w, map[string]any{})
			return
		}
		if old := p.records[in.RKey]; old != nil && string(old) != string(in.Record) {
			p.t.Errorf("another record under the same name:\n%s\n%s", old, in.Record)
		}
		p.records[in.RKey] = in.Record
		reply(w, map[string]any{"uri": "at://did:plc:us/" + posts + "/" + in.RKey, "cid": "bafy"})
	case "com.atproto.repo.getRecord":
		rec := p.records[r.URL.Query().Get("rkey")]
		if rec == nil {
			refuse(w, http.StatusBadRequest, "RecordNotFound")
			return
		}
		reply(w, map[string]any{"uri": "at://x", "cid": "bafy", "value": rec})
	case "com.atproto.identity.resolveHandle":
		if r.URL.Query().Get("handle") != "ana.example.com" {
			refuse(w, http.StatusBadRequest, "InvalidRequest")
			return
		}
		reply(w, map[string]any{"did": "did:plc:ana"})
	case "com.atproto.server.getSession":
		reply(w, map[string]any{"handle": "harbour.test", "did": "did:plc:us"})
	default:
		p.t.Errorf("no method %s", method)
	}
}

func TestSpeaksOnBluesky(t *testing.T) {
	t.Parallel()
	connectortest.Speak(t, Kind, func(t *testing.T) connectortest.Stage {
		p := &repo{t: t, records: map[string]json.RawMessage{}}
		return connectortest.Stage{
			Handler: p,
			Settings: func(base string) desk.Settings {
				return desk.Settings{"service": base, "identifier": "@harbour.test", "password": connectortest.Secret}
			},
			Says: func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "putRecord") },
			Live: func() int { p.mu.Lock(); defer p.mu.Unlock(); return len(p.records) },
			Long: strings.Repeat("a", 301),
		}
	})
}

// Links, hashtags and mentions are marked by bytes; a mention of nobody stays text.
func TestFacets(t *testing.T) {
	t.Parallel()
	p := &repo{t: t, records: map[string]json.RawMessage{}}
	srv := serveRepo(t, p)
	m, err := newMouth(desk.Settings{"service": srv, "identifier": "harbour.test", "password": "x"}, env())
	if err != nil {
		t.Fatal(err)
	}
	text := "שלום @ana.example.com and @nobody.example.com: https://example.org/ä #קומקום"
	all, err := m.(*mouth).facets(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range all {
		got = append(got, fmt.Sprint(text[f.Index.Start:f.Index.End], " ", f.Features[0].DID, f.Features[0].URI, f.Features[0].Tag))
	}
	want := []string{"@ana.example.com did:plc:ana", "https://example.org/ä https://example.org/ä", "#קומקום קומקום"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("facets %q, want %q", got, want)
	}
	if p.signIns != 1 {
		t.Errorf("signed in %d times", p.signIns)
	}
}

func serveRepo(t *testing.T, p *repo) string {
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	return s.URL
}
