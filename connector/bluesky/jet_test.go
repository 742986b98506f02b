package bluesky

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// jet is a Jetstream server, version 1: /subscribe with its parameters, its envelopes, its inclusive cursor that is silently
// moved to what the server still has. A request that Jetstream would refuse fails the test.
type jet struct {
	t     *testing.T
	story bool          // tells everything also to whoever comes without a cursor
	skew  time.Duration // of the server's clock

	mu      sync.Mutex // guards what follows
	events  []jetEvent
	last    int64
	clients []*client
	cursors []string // that clients came with
	garbage []byte   // sent instead of events, again and again
	down    bool
	mute    bool // lets clients in, answers their pings, and tells nothing
}

type jetEvent struct {
	us   int64
	body []byte
}

type client struct{ conn *websocket.Conn }

func (j *jet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	for name := range q {
		if !slices.Contains([]string{"wantedCollections", "wantedDids", "maxMessageSizeBytes", "cursor", "compress", "requireHello"}, name) {
			j.t.Errorf("no parameter %s", name)
		}
	}
	cursor := q.Get("cursor")
	from, err := strconv.ParseInt(cursor, 10, 64)
	if r.URL.Path != "/subscribe" || !slices.Equal(q["wantedCollections"], []string{posts}) || cursor != "" && (err != nil || from < 0) {
		j.t.Errorf("bad request %s", r.URL)
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	j.mu.Lock()
	down := j.down
	j.mu.Unlock()
	if down {
		http.Error(w, "service not ready", http.StatusServiceUnavailable)
		return
	}
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	c := &client{conn: conn}
	j.mu.Lock()
	j.cursors = append(j.cursors, cursor)
	garbage := j.garbage
	j.clients = append(j.clients, c)
	for _, e := range j.events {
		if garbage == nil && !j.mute && (cursor != "" && e.us >= from || cursor == "" && j.story) {
			c.send(r, e.body)
		}
	}
	j.mu.Unlock()
	for range 40 {
		if garbage != nil {
			c.send(r, garbage)
		}
	}
	conn.Read(r.Context()) // until the client goes
	j.mu.Lock()
	j.clients = slices.DeleteFunc(j.clients, func(o *client) bool { return o == c })
	j.mu.Unlock()
}

func (c *client) send(r *http.Request, b []byte) {
	_ = c.conn.Write(r.Context(), websocket.MessageText, b)
}

// tell adds an event and sends it to everybody.
func (j *jet) tell(kind, did string, more map[string]any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last = max(j.last+1, time.Now().Add(j.skew).UnixMicro())
	e := map[string]any{"did": did, "time_us": j.last, "kind": kind}
	for k, v := range more {
		e[k] = v
	}
	b, err := json.Marshal(e)
	if err != nil {
		j.t.Error(err)
	}
	j.events = append(j.events, jetEvent{j.last, b})
	if j.mute {
		return
	}
	for _, c := range j.clients {
		_ = c.conn.Write(j.t.Context(), websocket.MessageText, b)
	}
}

func (j *jet) commit(op, did, rkey, text string) {
	c := map[string]any{"rev": "3n2" + rkey + op, "operation": op, "collection": posts, "rkey": rkey}
	if op != "delete" {
		c["cid"] = "bafyrei" + rkey
		c["record"] = map[string]any{"$type": posts, "text": text, "createdAt": time.Now().UTC().Format(time.RFC3339Nano), "langs": []string{"en"}}
	}
	j.tell("commit", did, map[string]any{"commit": c})
}

func (j *jet) post(n int) {
	j.commit("create", "did:plc:ana", fmt.Sprint("3k", n), fmt.Sprint("post ", n))
}

func (j *jet) account(did string, active bool, status string) {
	a := map[string]any{"active": active, "did": did, "seq": 7, "time": "2026-11-20T12:00:00Z"}
	if status != "" {
		a["status"] = status
	}
	j.tell("account", did, map[string]any{"account": a})
}

// raw sends bytes to everybody.
func (j *jet) raw(b string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, c := range j.clients {
		_ = c.conn.Write(j.t.Context(), websocket.MessageText, []byte(b))
	}
}

func (j *jet) cut() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, c := range j.clients {
		c.conn.CloseNow()
	}
}

func (j *jet) set(change func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change()
}

func (j *jet) listeners() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.clients)
}

// came is how many streams were opened.
func (j *jet) came() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.cursors)
}

func (j *jet) serve() string {
	s := httptest.NewServer(j)
	j.t.Cleanup(s.Close)
	j.t.Cleanup(j.cut)
	return s.URL
}
