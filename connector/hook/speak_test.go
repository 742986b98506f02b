package hook

import (
	"encoding/json"
	"net/http"
	"sync"
	"testing"

	"breakwater/connector/connectortest"
	"breakwater/desk"
)

// screen is a receiver that takes an id once and tells what is live.
type screen struct {
	mu   sync.Mutex // guards what follows
	ids  map[string]bool
	live map[string]string // text by key
}

func (s *screen) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var m struct {
		Type string
		Data struct{ Key, Text string }
	}
	_ = json.NewDecoder(r.Body).Decode(&m)
	s.mu.Lock()
	defer s.mu.Unlock()
	id := r.Header.Get("Webhook-Id")
	text, there := s.live[m.Data.Key]
	switch {
	case r.Header.Get("Webhook-Signature") == "" || id == "":
		w.WriteHeader(http.StatusUnauthorized)
	case m.Type == "post.publish" && !s.ids[id]:
		s.live[m.Data.Key] = m.Data.Text
	case m.Type == "post.retract":
		delete(s.live, m.Data.Key)
	case m.Type == "post.read" && !there:
		w.WriteHeader(http.StatusNotFound)
	case m.Type == "post.read":
		_ = json.NewEncoder(w).Encode(map[string]any{"text": text, "media": 0})
	}
	s.ids[id] = true
}

func TestSpeaksByWebhook(t *testing.T) {
	t.Parallel()
	connectortest.Speak(t, Kind, func(*testing.T) connectortest.Stage {
		s := &screen{ids: map[string]bool{}, live: map[string]string{}}
		return connectortest.Stage{
			Handler: s,
			Settings: func(base string) desk.Settings {
				return desk.Settings{"url": base, "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "reads": "true"}
			},
			Says: func(*http.Request) bool { return true },
			Live: func() int { s.mu.Lock(); defer s.mu.Unlock(); return len(s.live) },
		}
	})
}
