package connectortest

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Postiz is an organisation in Postiz, as strict as its public API (docs.postiz.com, November 2026): a request that the description
// does not know fails the test. Its API lies at its address and /api, its key is Secret.
type Postiz struct {
	T   testing.TB
	Old bool // a version that can delete what waits, but make no draft of it

	mu    sync.Mutex // guards what follows
	posts []PostizPost
	calls int
	limit int // calls that it takes before it asks us to come back; 0 any number
}

// PostizPost is a post there.
type PostizPost struct {
	ID      string    `json:"id"`
	Content string    `json:"content"` // HTML
	Due     time.Time `json:"publishDate"`
	State   string    `json:"state"` // QUEUE, PUBLISHED, ERROR, DRAFT
}

// Put puts a post there.
func (p *Postiz) Put(one PostizPost) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.posts = append(p.posts, one)
}

// Limit lets it take so many calls more, and then none for half an hour.
func (p *Postiz) Limit(calls int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls, p.limit = 0, calls
}

// State is the state of a post; empty when it is not there.
func (p *Postiz) State(id string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := p.find(id); i >= 0 {
		return p.posts[i].State
	}
	return ""
}

func (p *Postiz) find(id string) int {
	return slices.IndexFunc(p.posts, func(one PostizPost) bool { return one.ID == id })
}

func (p *Postiz) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if r.Header.Get("Authorization") != Secret { // no scheme before it
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"msg":"Invalid API key"}`)
		return
	}
	if p.calls++; p.limit > 0 && p.calls > p.limit {
		w.Header().Set("Retry-After", "1800")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	path, known := strings.CutPrefix(r.URL.Path, "/api/public/v1/")
	id, isPost := strings.CutPrefix(path, "posts/")
	id, isStatus := strings.CutSuffix(id, "/status")
	switch {
	case known && r.Method == http.MethodGet && path == "integrations":
		_, _ = io.WriteString(w, `[{"id":"i1","name":"Aurora on X","identifier":"x","disabled":false},{"id":"i2","name":"Old page","identifier":"facebook","disabled":true}]`)
	case known && r.Method == http.MethodGet && path == "posts":
		p.list(w, r)
	case isPost && isStatus && r.Method == http.MethodPut && !p.Old:
		p.status(w, r, id)
	case isPost && !isStatus && r.Method == http.MethodDelete:
		if i := p.find(id); i >= 0 {
			p.posts = slices.Delete(p.posts, i, i+1)
		}
		_, _ = io.WriteString(w, `{"id":"x"}`)
	default:
		if !p.Old || !isStatus {
			p.T.Errorf("%s %s is not in the API", r.Method, r.URL.Path)
		}
		w.WriteHeader(http.StatusNotFound)
	}
}

// list gives the posts of a span of time; both its ends have to be said.
func (p *Postiz) list(w http.ResponseWriter, r *http.Request) {
	var span [2]time.Time
	for i, name := range []string{"startDate", "endDate"} {
		at, err := time.Parse(time.RFC3339, r.URL.Query().Get(name))
		if err != nil {
			p.T.Errorf("%s: %v", name, err)
		}
		span[i] = at
	}
	for name := range r.URL.Query() {
		if !slices.Contains([]string{"startDate", "endDate", "customer"}, name) {
			p.T.Errorf("posts have no parameter %s", name)
		}
	}
	found := []PostizPost{}
	for _, one := range p.posts {
		if !one.Due.Before(span[0]) && !one.Due.After(span[1]) {
			found = append(found, one)
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"posts": found})
}

func (p *Postiz) status(w http.ResponseWriter, r *http.Request, id string) {
	var in struct {
		Status string `json:"status"`
	}
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = Exactly(body, &in)
	}
	i := p.find(id)
	if err != nil || in.Status != "draft" && in.Status != "schedule" || i < 0 {
		p.T.Errorf("the status of %s becomes %s: %v", id, body, err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	p.posts[i].State = map[string]string{"draft": "DRAFT", "schedule": "QUEUE"}[in.Status]
	_, _ = io.WriteString(w, `{"id":"x"}`)
}
