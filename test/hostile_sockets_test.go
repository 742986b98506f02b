package test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"breakwater/desk"
)

// babbler is a server that tells what it has to tell, and then garbage.
type babbler struct {
	mu      sync.Mutex // guards what follows
	tells   []string   // frames
	garbage []string   // frames; sent again and again
}

func (f *babbler) say(tells, garbage []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tells, f.garbage = tells, garbage
}

// socket tells what there is to tell until the desk has had enough.
func (f *babbler) socket(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer conn.CloseNow()
	ctx := conn.CloseRead(r.Context())
	f.mu.Lock()
	frames := append([]string{}, f.tells...)
	garbage := f.garbage
	f.mu.Unlock()
	for i := 0; ; i++ {
		if i >= len(frames) {
			if len(garbage) == 0 {
				<-ctx.Done()
				return
			}
			frames = append(frames[:0:0], garbage...)
			i = 0
		}
		kind := websocket.MessageText
		if i%2 == 1 {
			kind = websocket.MessageBinary
		}
		if conn.Write(ctx, kind, []byte(frames[i])) != nil {
			return
		}
	}
}

// garbage is what no honest server sends in a frame.
var garbage = []string{
	"", "null", "{}", "[]", "\x00\xff\xfe\x80", "<html><body>502 Bad Gateway</body></html>", strings.Repeat("[", 900_000), deep,
	`{"did":7,"time_us":"x","kind":[]}`, `{"did":"did:plc:x","time_us":9223372036854775807,"kind":"commit"}`, `{"event":7,"payload":{}}`,
}

func jetEvent(n int, at time.Time) string {
	return fmt.Sprintf(`{"did":"did:plc:ana","time_us":%d,"kind":"commit","commit":{"rev":"r%d","operation":"create","collection":"app.bsky.feed.post","rkey":"%[2]d","cid":"c","record":{"$type":"app.bsky.feed.post","text":"Aurora, part %[2]d","createdAt":%q}}}`,
		at.UnixMicro(), n, at.UTC().Format(time.RFC3339Nano))
}

// jetstream hears a Jetstream server that goes mad twice: with garbage, and with one frame that is too large.
func (b besieged) jetstream(t *testing.T) {
	f := &babbler{}
	server := httptest.NewServer(http.HandlerFunc(f.socket))
	t.Cleanup(server.Close)
	now := time.Now()
	one, two, three := jetEvent(1, now), jetEvent(2, now.Add(time.Millisecond)), jetEvent(3, now.Add(2*time.Millisecond))
	f.say([]string{one}, garbage)
	s := b.source(t, "bluesky", desk.Settings{"hosts": strings.Replace(server.URL, "http://", "ws://", 1)})
	b.waitFor(t, s, desk.HealthBroken, "cannot be read. Check that it is a Jetstream server.")
	b.wantHeard(t, s, "1")
	f.say([]string{one, two}, []string{strings.Repeat("x", 2<<20)})
	b.again(t, s)
	b.waitFor(t, s, desk.HealthBroken, "sends more than 1 MB at once")
	b.wantHeard(t, s, "1", "2")
	f.say([]string{two, three}, nil)
	b.again(t, s)
	b.wantHeard(t, s, "1", "2", "3")
	b.waitFor(t, s, desk.HealthOK, "")
	if b.read(t, s).Health.Rejects == 0 {
		t.Error("nothing was counted as unreadable")
	}
}

// mastodon hears a server whose stream is garbage and whose timelines are good: these are heard, and the source says so.
func (b besieged) mastodon(t *testing.T) {
	f := &babbler{garbage: garbage}
	status := func(n int) map[string]any {
		return map[string]any{
			"id": fmt.Sprint(100 + n), "uri": fmt.Sprint("https://town.example/", n), "url": fmt.Sprint("https://town.example/", n), "visibility": "public",
			"content": fmt.Sprint("<p>Aurora, part ", n, "</p>"), "created_at": time.Now().UTC().Format(time.RFC3339),
			"account": map[string]any{"id": "7", "acct": "ana", "username": "ana", "url": "https://town.example/@ana"},
		}
	}
	var mu sync.Mutex // guards posts
	posts := []any{status(1)}
	mux := http.NewServeMux()
	reply := func(v func() any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(v()) // who hung up reads nothing
		}
	}
	mux.HandleFunc("/api/v2/instance", reply(func() any { return map[string]any{"domain": "town.example", "version": "4.5.0"} }))
	mux.HandleFunc("/api/v1/accounts/verify_credentials", reply(func() any { return map[string]any{"id": "9", "acct": "desk", "username": "desk"} }))
	mux.HandleFunc("/api/v1/timelines/tag/aurora", reply(func() any { mu.Lock(); defer mu.Unlock(); return append([]any{}, posts...) }))
	mux.HandleFunc("/api/v1/streaming", f.socket)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)

	s := b.source(t, "mastodon", desk.Settings{"server": server.URL, "token": "sesame", "hashtags": "aurora", "mentions": "false"})
	waitFor(t, "a journal entry that says what is wrong with the stream", func() bool {
		page := read[struct{ Items []desk.Entry }](t, b.client, b.url+"/api/v1/journal?limit=200")
		for _, e := range page.Items {
			if e.On == fmt.Sprint("source:", s.ID) && strings.Contains(fmt.Sprint(e), "streams cannot be read") {
				return true
			}
		}
		return false
	})
	mu.Lock()
	posts = append([]any{status(2)}, posts...)
	mu.Unlock()
	b.wantHeard(t, s, "101", "102")
	b.waitFor(t, s, desk.HealthOK, "")
	if b.read(t, s).Health.Rejects == 0 {
		t.Error("nothing was counted as unreadable")
	}
}
