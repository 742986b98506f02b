package connectortest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/alert"
	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

// Receiver is a service that takes messages, as a test serves it.
type Receiver struct {
	Settings func(base string) desk.Settings // for a service at base
	// Take answers one call as the service would, and refuses what the service would refuse with an error.
	Take    func(r *http.Request, body []byte) (answer string, err error)
	Status  int  // of a success; 0 is 200
	Receipt bool // the service tells an id
	// Open reads a message that comes encrypted; nil: it comes as it is.
	Open func(body []byte) ([]byte, error)
}

// RunSender checks what every carrier of alerts must do on good days and bad ones.
func RunSender(t *testing.T, kind connector.Kind, receiver Receiver) {
	t.Helper()
	for name, check := range map[string]func(*testing.T, *mailroom){
		"messages arrive, whatever they say":        arrive,
		"a failure says what it means":              senderFailures,
		"refuses settings without what it requires": senderSettings,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, newMailroom(t, kind, receiver))
		})
	}
}

// mailroom is a carrier at work against a service that can be made to fail.
type mailroom struct {
	Receiver
	kind connector.Kind
	base string
	logs lines

	mu     sync.Mutex
	fault  http.HandlerFunc // answers instead of the service while set
	bodies []string
}

func newMailroom(t *testing.T, kind connector.Kind, r Receiver) *mailroom {
	t.Helper()
	m := &mailroom{Receiver: r, kind: kind}
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	m.base = server.URL
	return m
}

func (m *mailroom) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fault != nil {
		m.fault(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err == nil {
		var answer string
		if answer, err = m.Take(r, body); err == nil {
			if m.Open != nil {
				body, _ = m.Open(body) // Take has opened it before
			}
			m.bodies = append(m.bodies, string(body))
			w.WriteHeader(max(m.Status, http.StatusOK))
			_, _ = io.WriteString(w, answer)
			return
		}
	}
	http.Error(w, err.Error(), http.StatusBadRequest)
}

func (m *mailroom) open(t *testing.T) alert.Sender {
	t.Helper()
	s, err := m.kind.Sender(m.Settings(m.base), connector.Env{
		Fetch: fetch.New(fetch.Config{AllowPrivate: fetch.Loopback()}), Log: slog.New(slog.NewTextHandler(&m.logs, nil)),
		Vapid: "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc", Owner: "https://desk.example",
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Letter is a message as the desk sends it.
func Letter(subject, text string) alert.Message {
	return alert.Message{Key: "alert 7 way 3", Subject: subject, Text: text, Link: "https://desk.example/alerts/7", Open: "Open the alert",
		To: desk.Way{Lang: "en"}, Alert: desk.Alert{ID: 7, State: desk.AlertOpen, Level: desk.Crisis}}
}

// letters are what alerts may say: strangers' posts are in them.
var letters = map[string]alert.Message{
	"plain":    Letter("Crisis: Aurora Tea", "Eleven mentions in ten minutes; two are usual.\nPeople: 9\n"),
	"long":     Letter(strings.Repeat("very long ", 300), strings.Repeat("קו ארוך 很長的一行 👩‍👩‍👧 ", 4000)),
	"hostile":  Letter("<!channel> @everyone @here", "</strong><script>alert(1)</script> *_`[x](javascript:x) @all \x00\x1b[31m \xff\u202e"),
	"bare":     {Key: "test:3/x", Subject: "A test message", Text: "Only a test.", Open: "Open the alert", To: desk.Way{Lang: "he"}},
	"another ": {Key: "alert 8 way 3", Subject: "Over", Text: "It is over.", Link: "https://desk.example/alerts/8", Open: "Open", Alert: desk.Alert{ID: 8, State: desk.AlertEnded}},
}

func arrive(t *testing.T, m *mailroom) {
	s := m.open(t)
	for name, letter := range letters {
		receipt, err := s.Send(t.Context(), letter)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if m.Receipt && receipt == "" {
			t.Errorf("%s: no receipt", name)
		}
	}
	if len(m.bodies) != len(letters) {
		t.Fatalf("%d messages arrived, want %d", len(m.bodies), len(letters))
	}
	if !slices.ContainsFunc(m.bodies, func(b string) bool { return strings.Contains(b, "Aurora") }) {
		t.Errorf("none of the messages has the words that were sent:\n%s", strings.Join(m.bodies, "\n"))
	}
}

func senderFailures(t *testing.T, m *mailroom) {
	s := m.open(t)
	for status, right := range map[int]func(error) bool{
		http.StatusUnauthorized: func(err error) bool { return errors.Is(err, desk.ErrDenied) },
		http.StatusTooManyRequests: func(err error) bool {
			var retry *desk.Retry
			return errors.As(err, &retry) && retry.Limited && retry.After >= 7*time.Second
		},
		http.StatusBadGateway: func(err error) bool {
			var retry *desk.Retry
			return errors.As(err, &retry)
		},
	} {
		m.fault = func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7")
			http.Error(w, "no", status)
		}
		_, err := s.Send(t.Context(), letters["plain"])
		if !right(err) {
			t.Errorf("%d: %v", status, err)
		}
		if err != nil && (strings.Contains(err.Error(), Secret) || strings.Contains(m.logs.String(), Secret)) {
			t.Errorf("%d: a secret is in %q or in the log", status, err)
		}
	}
}

func senderSettings(t *testing.T, m *mailroom) {
	for _, f := range m.kind.Spec.Fields {
		if !f.Required {
			continue
		}
		set := m.Settings(m.base)
		delete(set, f.Name)
		var wrong *desk.Invalid
		if _, err := m.kind.Sender(set, connector.Env{}); !errors.As(err, &wrong) || wrong.Field != f.Name {
			t.Errorf("without %s: %v, want that field named", f.Name, err)
		}
	}
}

// Exactly reads JSON into v, a struct of the fields that the service knows, and fails for any other.
func Exactly(body []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("not what the service takes: %w", err)
	}
	return nil
}
