package mastodon

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// town is a Mastodon-compatible server as strict as its specification (Mastodon's OpenAPI file of 4.7, with which the shapes
// here were checked; GoToSocial's API reference). A request that the specification does not know fails the test.
type town struct {
	t          *testing.T
	token      string
	gotosocial bool // streams no hashtags, announces wss, has 404 instead of SSE
	deaf       bool // refuses to stream
	away       bool // announces a streaming host that is not there

	mu       sync.Mutex // guards what follows
	host     string
	last     int
	posts    []*post // oldest first
	notes    []note
	sockets  []*listener
	hellos   int
	requests map[string]int
	garble   bool                                              // answers lists with an entry that cannot be read
	fault    func(w http.ResponseWriter, r *http.Request) bool // answers instead when true
}

type post struct {
	id, acct, html, visibility, edited string
	at                                 time.Time
	tags                               []string
	replyTo                            string
}

type note struct {
	id   string
	post *post
}

type listener struct {
	conn    *websocket.Conn
	streams []string
}

func newTown(t *testing.T) *town {
	return &town{t: t, token: "sesame-7f3a9c", last: 100, requests: map[string]int{}}
}

// allowed are the parameters of the endpoints in the specification.
var allowed = map[string][]string{
	"/api/v1/instance":                    nil,
	"/api/v2/instance":                    nil,
	"/api/v1/accounts/verify_credentials": nil,
	"/api/v1/timelines/public":            {"local", "remote", "only_media", "max_id", "since_id", "min_id", "limit"},
	"/api/v1/timelines/tag/":              {"any[]", "all[]", "none[]", "local", "remote", "only_media", "max_id", "since_id", "min_id", "limit"},
	"/api/v1/notifications":               {"max_id", "since_id", "min_id", "limit", "types[]", "exclude_types[]", "account_id", "include_filtered"},
	"/api/v2/search":                      {"q", "type", "resolve", "following", "account_id", "exclude_unreviewed", "max_id", "min_id", "limit", "offset"},
	"/api/v1/statuses/":                   nil,
	"/api/v1/streaming":                   {"stream", "tag", "list"},
}

func (tw *town) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	tw.mu.Lock()
	tw.host = r.Host
	fault := tw.fault
	tw.requests[r.URL.Path]++
	tw.mu.Unlock()
	if fault != nil && fault(w, r) {
		return
	}
	if problem := tw.wrong(r); problem != "" {
		tw.t.Errorf("%s %s: %s", r.Method, r.URL.Path, problem)
		fail(w, http.StatusUnprocessableEntity, problem)
		return
	}
	if auth := r.Header.Get("Authorization"); auth != "" && auth != "Bearer "+tw.token {
		fail(w, http.StatusUnauthorized, "The access token is invalid")
		return
	}
	tw.answer(w, r)
}

// wrong is what the specification has against a request.
func (tw *town) wrong(r *http.Request) string {
	path := r.URL.Path
	for _, prefix := range []string{"/api/v1/timelines/tag/", "/api/v1/statuses/"} {
		if strings.HasPrefix(path, prefix) {
			path = prefix
		}
	}
	params, ok := allowed[path]
	switch {
	case !ok:
		return "no such path"
	case r.Method != http.MethodGet:
		return "no such method"
	}
	q := r.URL.Query()
	for name := range q {
		if !slices.Contains(params, name) {
			return "no parameter " + name
		}
	}
	if limit := q.Get("limit"); limit != "" {
		if n, err := strconv.Atoi(limit); err != nil || n < 1 || n > 40 {
			return "limit " + limit
		}
	}
	if q.Has("stream") && !slices.Contains([]string{"user", "public", "public:local", "hashtag"}, q.Get("stream")) {
		return "no stream " + q.Get("stream")
	}
	if strings.Contains(r.URL.RawQuery, tw.token) {
		return "the token is in the address"
	}
	return ""
}

func (tw *town) answer(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	authorized := r.Header.Get("Authorization") != ""
	tag, isTag := strings.CutPrefix(r.URL.Path, "/api/v1/timelines/tag/")
	id, isStatus := strings.CutPrefix(r.URL.Path, "/api/v1/statuses/")
	switch {
	case strings.HasSuffix(r.URL.Path, "instance"):
		tw.reply(w, tw.instanceJSON())
	case isTag:
		tw.timeline(w, q, func(p *post) bool { return p.visibility == "public" && slices.Contains(p.tags, strings.ToLower(tag)) })
	case r.URL.Path == "/api/v1/timelines/public":
		tw.timeline(w, q, func(p *post) bool {
			return p.visibility == "public" && (q.Get("local") != "true" || !strings.Contains(p.acct, "@"))
		})
	case !authorized:
		fail(w, http.StatusUnauthorized, "This method requires an authenticated user")
	case isStatus:
		tw.status(w, id)
	case r.URL.Path == "/api/v1/accounts/verify_credentials":
		tw.reply(w, tw.accountJSON("harbour"))
	case r.URL.Path == "/api/v1/notifications":
		tw.notifications(w, q)
	case r.URL.Path == "/api/v2/search":
		tw.search(w, q)
	case r.URL.Path == "/api/v1/streaming":
		tw.stream(w, r)
	}
}

func fail(w http.ResponseWriter, code int, message string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	fmt.Fprintf(w, `{"error":%q}`, message)
}

func (tw *town) reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-RateLimit-Limit", "300")
	w.Header().Set("X-RateLimit-Remaining", "250")
	w.Header().Set("X-RateLimit-Reset", time.Now().Add(time.Minute).UTC().Format("2006-01-02T15:04:05.000000Z"))
	_ = json.NewEncoder(w).Encode(v) // who hung up reads nothing
}

// page cuts as the servers do: newest first; with min_id the ones that follow it directly.
func page[T any](all []T, id func(T) string, q url.Values) []T {
	limit := 20
	if n, err := strconv.Atoi(q.Get("limit")); err == nil {
		limit = n
	}
	var out []T
	for _, v := range all {
		if after := max(q.Get("min_id"), q.Get("since_id")); (after == "" || newer(id(v), after)) && (!q.Has("max_id") || newer(q.Get("max_id"), id(v))) {
			out = append(out, v)
		}
	}
	if q.Has("min_id") {
		out = out[:min(limit, len(out))]
	}
	out = out[max(0, len(out)-limit):]
	slices.Reverse(out)
	return out
}

func (tw *town) timeline(w http.ResponseWriter, q url.Values, want func(*post) bool) {
	tw.mu.Lock()
	var all []*post
	for _, p := range tw.posts {
		if want(p) {
			all = append(all, p)
		}
	}
	list := make([]any, 0, len(all))
	for _, p := range page(all, func(p *post) string { return p.id }, q) {
		list = append(list, tw.statusJSON(p))
	}
	if tw.garble {
		list = append(list, map[string]any{"id": 7, "content": []int{1}})
	}
	tw.mu.Unlock()
	tw.reply(w, list)
}

func (tw *town) notifications(w http.ResponseWriter, q url.Values) {
	tw.mu.Lock()
	list := []any{}
	for _, n := range page(tw.notes, func(n note) string { return n.id }, q) {
		list = append(list, tw.noteJSON(n))
	}
	tw.mu.Unlock()
	tw.reply(w, list)
}

func (tw *town) search(w http.ResponseWriter, q url.Values) {
	if q.Get("q") == "" {
		fail(w, http.StatusBadRequest, "q is required")
		return
	}
	tw.mu.Lock()
	var all []*post
	for _, p := range tw.posts {
		if strings.Contains(strings.ToLower(p.html), strings.ToLower(q.Get("q"))) {
			all = append(all, p)
		}
	}
	list := []any{}
	for _, p := range page(all, func(p *post) string { return p.id }, q) {
		list = append(list, tw.statusJSON(p))
	}
	tw.mu.Unlock()
	tw.reply(w, map[string]any{"accounts": []any{}, "statuses": list, "hashtags": []any{}})
}

func (tw *town) status(w http.ResponseWriter, id string) {
	tw.mu.Lock()
	i := slices.IndexFunc(tw.posts, func(p *post) bool { return p.id == id })
	var v any
	if i >= 0 {
		v = tw.statusJSON(tw.posts[i])
	}
	tw.mu.Unlock()
	if i < 0 {
		fail(w, http.StatusNotFound, "Record not found")
		return
	}
	tw.reply(w, v)
}

// stream shakes hands and listens to subscriptions.
func (tw *town) stream(w http.ResponseWriter, r *http.Request) {
	if tw.deaf || r.Header.Get("Upgrade") == "" {
		fail(w, http.StatusNotFound, "Not found")
		return
	}
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	l := &listener{conn: conn}
	tw.mu.Lock()
	tw.sockets = append(tw.sockets, l)
	tw.hellos++
	tw.mu.Unlock()
	tw.subscribe(l, r.URL.Query().Get("stream"), r.URL.Query().Get("tag"))
	for {
		_, b, err := conn.Read(r.Context())
		if err != nil {
			tw.mu.Lock()
			tw.sockets = slices.DeleteFunc(tw.sockets, func(o *listener) bool { return o == l })
			tw.mu.Unlock()
			return
		}
		var m struct{ Type, Stream, Tag string }
		if err := json.Unmarshal(b, &m); err != nil || m.Type != "subscribe" {
			tw.t.Errorf("message %s: %v", b, err)
			return
		}
		tw.subscribe(l, m.Stream, m.Tag)
	}
}

func (tw *town) subscribe(l *listener, name, tag string) {
	if name == "hashtag" && tag == "" {
		tw.t.Error("subscription to a hashtag without one")
	}
	if tag != "" {
		name += ":" + tag
	}
	tw.mu.Lock()
	l.streams = append(l.streams, name)
	tw.mu.Unlock()
}

// send streams an event to whoever subscribed to one of the names.
func (tw *town) send(event, payload string, names ...string) {
	for _, l := range tw.sockets {
		for _, name := range names {
			if !slices.Contains(l.streams, name) {
				continue
			}
			as := []string{name}
			if tag, ok := strings.CutPrefix(name, "hashtag:"); ok {
				as = []string{"hashtag", tag}
			}
			l.write(tw.t, []byte(toJSON(map[string]any{"stream": as, "event": event, "payload": payload})))
		}
	}
}

func (l *listener) write(t *testing.T, b []byte) {
	_ = l.conn.Write(t.Context(), websocket.MessageText, b) // who hung up hears nothing
}

// names are the streams that a post goes to.
func (tw *town) names(p *post) []string {
	if p.visibility != "public" {
		return nil
	}
	names := []string{"public"}
	if !strings.Contains(p.acct, "@") {
		names = append(names, "public:local")
	}
	for _, tag := range p.tags {
		if !tw.gotosocial {
			names = append(names, "hashtag:"+tag)
		}
	}
	return names
}

// nextID makes ids as the server does: growing, a number or a ULID.
func (tw *town) nextID() string {
	tw.last++
	if tw.gotosocial {
		return fmt.Sprintf("01KA0000000000000000%06d", tw.last)
	}
	return strconv.Itoa(tw.last)
}

// write posts, tells the streams and notifies our account when it is named.
func (tw *town) write(p post) string {
	tw.mu.Lock()
	defer tw.mu.Unlock()
	p.id = tw.nextID()
	if p.at.IsZero() {
		p.at = time.Now()
	}
	if p.visibility == "" {
		p.visibility = "public"
	}
	for word := range strings.FieldsSeq(p.html) {
		if tag, ok := strings.CutPrefix(word, "#"); ok {
			p.tags = append(p.tags, strings.ToLower(tag))
		}
	}
	tw.posts = append(tw.posts, &p)
	tw.send("update", toJSON(tw.statusJSON(&p)), tw.names(&p)...)
	if strings.Contains(p.html, "@harbour") {
		n := note{id: tw.nextID(), post: &p}
		tw.notes = append(tw.notes, n)
		tw.send("notification", toJSON(tw.noteJSON(n)), "user")
	}
	return p.id
}

func (tw *town) say(acct, html string) string { return tw.write(post{acct: acct, html: html}) }

func (tw *town) edit(id, html string) {
	tw.mu.Lock()
	defer tw.mu.Unlock()
	for _, p := range tw.posts {
		if p.id == id {
			p.html, p.edited = html, time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
			tw.send("status.update", toJSON(tw.statusJSON(p)), append(tw.names(p), "user")...)
		}
	}
}

func (tw *town) delete(id string, tell bool) {
	tw.mu.Lock()
	defer tw.mu.Unlock()
	for i, p := range tw.posts {
		if p.id == id {
			tw.posts = slices.Delete(tw.posts, i, i+1)
			tw.notes = slices.DeleteFunc(tw.notes, func(n note) bool { return n.post == p })
			if tell {
				names := append(tw.names(p), "user")
				tw.send("delete", id, names...)
				tw.send("delete", id, names...) // GoToSocial says it twice
			}
			return
		}
	}
}

// hangUp cuts every stream without a word.
func (tw *town) hangUp() {
	tw.mu.Lock()
	defer tw.mu.Unlock()
	for _, l := range tw.sockets {
		l.conn.CloseNow()
	}
}

// broadcast sends raw bytes to everybody.
func (tw *town) broadcast(b string) {
	tw.mu.Lock()
	defer tw.mu.Unlock()
	for _, l := range tw.sockets {
		l.write(tw.t, []byte(b))
	}
}

func (tw *town) setFault(f func(w http.ResponseWriter, r *http.Request) bool) {
	tw.mu.Lock()
	defer tw.mu.Unlock()
	tw.fault = f
}

func (tw *town) count(path string) int {
	tw.mu.Lock()
	defer tw.mu.Unlock()
	return tw.requests[path]
}

// listening reports whether somebody hears that stream.
func (tw *town) listening(name string) bool {
	tw.mu.Lock()
	defer tw.mu.Unlock()
	return slices.ContainsFunc(tw.sockets, func(l *listener) bool { return slices.Contains(l.streams, name) })
}

func (tw *town) serve() string {
	s := httptest.NewServer(tw)
	tw.t.Cleanup(s.Close)
	tw.t.Cleanup(tw.hangUp)
	return s.URL
}

func toJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
