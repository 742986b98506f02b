package test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"breakwater/connector/connectortest"
	"breakwater/desk"
)

// adServer is a system of the brand's own that stops when a signed webhook tells it, and is busy at first. What is not signed fails
// the test.
type adServer struct {
	*httptest.Server
	secret string

	mu    sync.Mutex // guards what follows
	busy  int        // times that it asks to come back later
	said  []string   // kinds of message, in their order
	ids   []string   // of the messages
	holds bool
}

func newAdServer(t *testing.T, busy int) *adServer {
	t.Helper()
	a := &adServer{busy: busy, secret: "whsec_" + base64.StdEncoding.EncodeToString([]byte("another secret of the ads"))}
	signer, err := standardwebhooks.NewWebhook(a.secret)
	if err != nil {
		t.Fatal(err)
	}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = signer.Verify(body, r.Header)
		}
		var in struct {
			Type string
			Data struct{ Hold, Why string }
		}
		if err == nil {
			err = json.Unmarshal(body, &in)
		}
		if err != nil {
			t.Errorf("the ad server got %s: %v", body, err)
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		a.take(w, in.Type, r.Header.Get("webhook-id"))
	}))
	t.Cleanup(a.Close)
	return a
}

func (a *adServer) take(w http.ResponseWriter, kind, id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if kind == "hold.test" {
		_, _ = io.WriteString(w, `{"held": false}`)
		return
	}
	a.said, a.ids = append(a.said, kind), append(a.ids, id)
	if a.busy > 0 {
		a.busy--
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	a.holds = kind == "hold.start"
	_ = json.NewEncoder(w).Encode(map[string]any{"held": a.holds, "stopped": 4})
}

func (a *adServer) state() (said, ids []string, holds bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.said), slices.Clone(a.ids), a.holds
}

// TestStopReachesOthers presses STOP on a real desk: what waits at Mastodon and in Postiz is taken out of the queues there, a system
// that is told by signed webhook acknowledges when it is asked again a minute later, one that cannot be reached is named, and after
// the hold who was told goes on.
func TestStopReachesOthers(t *testing.T) {
	t.Parallel()
	mastodon, postiz, ads := &connectortest.Mastodon{T: t}, &connectortest.Postiz{T: t}, newAdServer(t, 1)
	town, tool, gone := httptest.NewServer(mastodon), httptest.NewServer(postiz), newAdServer(t, 0)
	t.Cleanup(town.Close)
	t.Cleanup(tool.Close)
	for i := range 3 {
		mastodon.Queue(fmt.Sprint("Monday joke ", i), time.Now().Add(time.Hour))
	}
	postiz.Put(connectortest.PostizPost{ID: "p1", Content: "<p>Win a kettle!</p>", Due: time.Now().Add(time.Hour), State: "QUEUE"})

	s := newDesk(t, "--allow-private", "127.0.0.1/32")
	c := s.client(t)
	at := func(path string, a ...any) string { return s.url + "/api/v1" + fmt.Sprintf(path, a...) }
	brand := send[desk.Brand](t, c, at("/brands"), map[string]any{"name": "Aurora", "zone": "UTC"})
	for kind, set := range map[string]desk.Settings{
		"mastodon": {"server": town.URL, "token": connectortest.Secret},
		"postiz":   {"url": tool.URL + "/api", "key": connectortest.Secret},
		"stop":     {"url": ads.URL, "secret": ads.secret},
	} {
		send[desk.Channel](t, c, at("/channels"), map[string]any{"kind": kind, "name": kind, "brand_id": fmt.Sprint(brand.ID), "settings": set})
	}
	send[desk.Channel](t, c, at("/channels"), map[string]any{"kind": "stop", "name": "gone", "brand_id": fmt.Sprint(brand.ID), "settings": desk.Settings{"url": gone.URL, "secret": gone.secret}})
	gone.Close()

	h := send[desk.Hold](t, c, at("/holds"), map[string]any{"why": "The kettle burns"})
	outlet := func(name string) desk.Outlet {
		h = read[desk.Hold](t, c, at("/holds/%d", h.ID))
		for _, o := range h.Outlets {
			if o.Name == name {
				return o
			}
		}
		return desk.Outlet{}
	}
	waitFor(t, "the outlets to be asked once", func() bool {
		return outlet("mastodon").State == desk.OutletConfirmed && outlet("postiz").State == desk.OutletConfirmed &&
			outlet("stop").State == desk.OutletWaiting && !outlet("stop").Checked.IsZero() && outlet("gone").State == desk.OutletUnknown
	})
	if o := outlet("mastodon"); mastodon.Queued() != 0 || o.Stopped != 3 || len(o.Taken) != 3 || o.Taken[0].Text == "" {
		t.Errorf("Mastodon's queue has %d, the outlet is %+v", mastodon.Queued(), o)
	}
	if o := outlet("postiz"); postiz.State("p1") != "DRAFT" || o.Stopped != 1 {
		t.Errorf("the post in Postiz is %s, the outlet is %+v", postiz.State("p1"), o)
	}
	mastodon.Queue("Somebody schedules one meanwhile", time.Now().Add(time.Hour))
	waitFor(t, "the outlets to be asked again after a minute", func() bool {
		return outlet("stop").State == desk.OutletConfirmed && mastodon.Queued() == 0 && outlet("mastodon").Stopped == 4
	})
	said, ids, holds := ads.state()
	if !holds || outlet("stop").Stopped != 4 || slices.Contains(said, "hold.end") || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != len(ids) {
		t.Errorf("the ad server heard %v (%v), the outlet is %+v", said, ids, outlet("stop"))
	}
	if o := outlet("gone"); o.State != desk.OutletUnknown || o.Problem.IsZero() {
		t.Errorf("one that cannot be reached is %+v", o)
	}
	for _, o := range h.Outlets {
		for i, taken := range o.Taken {
			decision := map[bool]string{true: desk.TakenDraft, false: desk.TakenDrop}[i == 0]
			send[desk.Hold](t, c, at("/holds/%d/taken", h.ID), map[string]any{"channel_id": fmt.Sprint(o.ChannelID), "item": taken.ID, "decision": decision})
		}
	}
	send[desk.Hold](t, c, at("/holds/%d/end", h.ID), map[string]any{"why": "Everything was looked at"})
	waitFor(t, "the ad server to be told to go on", func() bool { _, _, holds := ads.state(); return !holds })
	if mastodon.Queued() != 0 || postiz.State("p1") != "DRAFT" {
		t.Errorf("something from the past went back into a queue: %d, %s", mastodon.Queued(), postiz.State("p1"))
	}
}
