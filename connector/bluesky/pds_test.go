package bluesky

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// pds is an account's server with the network behind it, as strict as the lexicons: what they do not know fails the test.
// The real one, from npm, is in search_real_test.go; this one can be made to fail.
type pds struct {
	t        *testing.T
	password string

	mu      sync.Mutex // guards what follows
	posts   []map[string]any
	notes   []map[string]any
	n       int
	token   int // the access token that is good
	signIns int
	renewed int
	calls   map[string]int
	fault   http.HandlerFunc
}

func newPDS(t *testing.T) *pds {
	return &pds{t: t, password: "sesame-7f3a9c", calls: map[string]int{}}
}

var parameters = map[string][]string{
	"com.atproto.server.createSession":        nil,
	"com.atproto.server.refreshSession":       nil,
	"app.bsky.feed.searchPosts":               {"q", "sort", "since", "until", "mentions", "author", "lang", "domain", "url", "tag", "limit", "cursor"},
	"app.bsky.notification.listNotifications": {"reasons", "limit", "priority", "cursor", "seenAt"},
	"app.bsky.feed.getPosts":                  {"uris"},
	"app.bsky.actor.getProfiles":              {"actors"},
}

func (p *pds) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	method := strings.TrimPrefix(r.URL.Path, "/xrpc/")
	p.calls[method]++
	if p.fault != nil {
		p.fault(w, r)
		return
	}
	known, ok := parameters[method]
	if !ok {
		p.t.Errorf("no method %s", r.URL.Path)
	}
	q := r.URL.Query()
	for name := range q {
		if !slices.Contains(known, name) {
			p.t.Errorf("%s has no parameter %s", method, name)
		}
	}
	if len(q["uris"]) > 25 || len(q["actors"]) > 25 {
		p.t.Errorf("%s: too many items", method)
	}
	if n, err := strconv.Atoi(q.Get("limit")); q.Has("limit") && (err != nil || n < 1 || n > 100) {
		p.t.Errorf("%s: limit %s", method, q.Get("limit"))
	}
	if strings.HasPrefix(method, "com.atproto.server.") != (r.Method == http.MethodPost) {
		p.t.Errorf("%s by %s", method, r.Method)
	}
	p.answer(w, r, method, q)
}

func (p *pds) answer(w http.ResponseWriter, r *http.Request, method string, q url.Values) {
	auth := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch method {
	case "com.atproto.server.createSession":
		p.signIn(w, r)
		return
	case "com.atproto.server.refreshSession":
		if auth != fmt.Sprint("refresh-", p.token) {
			refuse(w, http.StatusBadRequest, "ExpiredToken")
			return
		}
		p.renewed++
		p.session(w)
		return
	}
	switch auth {
	case "":
		refuse(w, http.StatusUnauthorized, "AuthMissing")
	case fmt.Sprint("access-", p.token):
		p.list(w, method, q)
	default:
		refuse(w, http.StatusBadRequest, "ExpiredToken")
	}
}

func refuse(w http.ResponseWriter, code int, name string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	fmt.Fprintf(w, `{"error":%q,"message":"no"}`, name)
}

func (p *pds) signIn(w http.ResponseWriter, r *http.Request) {
	var in struct{ Identifier, Password string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || r.Header.Get("Content-Type") != "application/json" {
		p.t.Errorf("sign-in: %v", err)
	}
	if in.Password != p.password || in.Identifier != "harbour.example" {
		refuse(w, http.StatusUnauthorized, "AuthenticationRequired")
		return
	}
	p.signIns++
	p.session(w)
}

// session gives new tokens; older ones are no good any more.
func (p *pds) session(w http.ResponseWriter) {
	p.token++
	reply(w, map[string]any{"accessJwt": fmt.Sprint("access-", p.token), "refreshJwt": fmt.Sprint("refresh-", p.token), "did": "did:plc:harbour", "handle": "harbour.example", "active": true})
}

func reply(w io.Writer, v any) { _ = json.NewEncoder(w).Encode(v) } // who hung up reads nothing

func (p *pds) list(w http.ResponseWriter, method string, q url.Values) {
	switch method {
	case "app.bsky.feed.searchPosts":
		var found []map[string]any
		for _, post := range p.posts {
			if text := post["record"].(map[string]any)["text"].(string); strings.Contains(text, q.Get("q")) {
				found = append(found, post)
			}
		}
		page(w, "posts", found, q)
	case "app.bsky.notification.listNotifications":
		page(w, "notifications", p.notes, q)
	case "app.bsky.feed.getPosts":
		found := []map[string]any{}
		for _, post := range p.posts {
			if slices.Contains(q["uris"], post["uri"].(string)) {
				found = append(found, post)
			}
		}
		reply(w, map[string]any{"posts": found})
	case "app.bsky.actor.getProfiles":
		profiles := []map[string]any{}
		for _, did := range q["actors"] {
			profiles = append(profiles, map[string]any{"did": did, "handle": "ana.example", "followersCount": 1234, "labels": []any{}})
		}
		reply(w, map[string]any{"profiles": profiles})
	}
}

// page gives the newest first; the cursor is an offset.
func page(w io.Writer, name string, all []map[string]any, q url.Values) {
	limit, _ := strconv.Atoi(q.Get("limit"))
	from, _ := strconv.Atoi(q.Get("cursor"))
	all = slices.Clone(all)
	slices.Reverse(all)
	all = all[min(from, len(all)):]
	out := map[string]any{name: all[:min(limit, len(all))]}
	if len(all) > limit {
		out["cursor"] = strconv.Itoa(from + limit)
	}
	reply(w, out)
}

// write posts; with a reason, our account is told as well.
func (p *pds) write(text, reason string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n++
	now := time.Now().Add(time.Duration(p.n) * time.Millisecond).UTC().Format("2006-01-02T15:04:05.000Z")
	uri := fmt.Sprintf("at://did:plc:ana/app.bsky.feed.post/3k%05d", p.n)
	post := map[string]any{
		"uri": uri, "cid": fmt.Sprint("bafyrei", p.n), "author": map[string]any{"did": "did:plc:ana", "handle": "ana.example", "displayName": "Ana", "labels": []any{}},
		"record":     map[string]any{"$type": "app.bsky.feed.post", "text": text, "createdAt": now, "langs": []string{"en"}},
		"replyCount": 1, "repostCount": 2, "likeCount": 3, "quoteCount": 0, "indexedAt": now, "labels": []any{},
	}
	if reason == "like" {
		p.notes = append(p.notes, map[string]any{"uri": strings.Replace(uri, "post", "like", 1), "cid": post["cid"], "author": post["author"], "reason": "like", "record": map[string]any{"$type": "app.bsky.feed.like", "createdAt": now}, "isRead": false, "indexedAt": now})
		return uri
	}
	p.posts = append(p.posts, post)
	if reason != "" {
		p.notes = append(p.notes, map[string]any{"uri": uri, "cid": post["cid"], "author": post["author"], "reason": reason, "record": post["record"], "isRead": false, "indexedAt": now})
	}
	return uri
}

func (p *pds) delete(uri string) {
	p.set(func() {
		p.posts = slices.DeleteFunc(p.posts, func(post map[string]any) bool { return post["uri"] == uri })
		p.notes = slices.DeleteFunc(p.notes, func(n map[string]any) bool { return n["uri"] == uri })
	})
}

func (p *pds) edit(uri, text string) {
	p.set(func() {
		for _, post := range p.posts {
			if post["uri"] == uri {
				record := post["record"].(map[string]any)
				post["cid"], post["record"] = post["cid"].(string)+"b", map[string]any{"$type": posts, "text": text, "createdAt": record["createdAt"]}
			}
		}
	})
}

func (p *pds) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

func (p *pds) serve() string {
	s := httptest.NewServer(p)
	p.t.Cleanup(s.Close)
	return s.URL
}
