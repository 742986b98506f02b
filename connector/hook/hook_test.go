package hook

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"breakwater/alert"
	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

var secret = "whsec_" + base64.StdEncoding.EncodeToString([]byte("a key of twenty-four byte"))

// receiver keeps what it is sent and answers as it is told.
type receiver struct {
	mu     sync.Mutex
	status int
	header http.Header
	got    []*http.Request
	bodies [][]byte
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, _ := io.ReadAll(q.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got, r.bodies = append(r.got, q), append(r.bodies, body)
	for k, v := range r.header {
		w.Header()[k] = v
	}
	w.WriteHeader(r.status)
}

func open(t *testing.T, r *receiver, set desk.Settings) alert.Sender {
	t.Helper()
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	set["url"] = server.URL + "/alerts"
	s, err := Kind.Sender(set, connector.Env{Fetch: fetch.New(fetch.Config{AllowPrivate: fetch.Loopback()})})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var message = alert.Message{
	Key: "alert 7 way 3", Subject: "Surge", Text: "Ten times the usual.", Link: "https://desk.example/alerts/7",
	Alert: desk.Alert{ID: 7, State: desk.AlertOpen, Level: desk.Crisis},
}

func TestAnAlertArrivesSigned(t *testing.T) {
	t.Parallel()
	r := &receiver{status: http.StatusNoContent}
	s := open(t, r, desk.Settings{"secret": secret})
	first, err := s.Send(t.Context(), message)
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.Send(t.Context(), message)
	if err != nil || first != second || !strings.HasPrefix(first, "msg_") {
		t.Errorf("receipts of two tries: %q, %q, %v", first, second, err)
	}
	check, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := check.Verify(r.bodies[0], r.got[0].Header); err != nil {
		t.Errorf("the receiver's own check: %v", err)
	}
	var got struct {
		Type string
		Data struct {
			Link, Level string
			Alert       struct{ ID string }
		}
	}
	if err := json.Unmarshal(r.bodies[0], &got); err != nil || got.Type != "alert.open" || got.Data.Alert.ID != "7" || got.Data.Level != "crisis" || got.Data.Link != message.Link {
		t.Errorf("sent %s (%v)", r.bodies[0], err)
	}
}

func TestWhatAnAnswerMeans(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		status        int
		later, denied bool
	}{
		{200, false, false}, {202, false, false}, {400, false, false}, {401, false, true}, {403, false, true}, {404, false, false}, {410, false, false},
		{429, true, false}, {500, true, false}, {503, true, false},
	} {
		r := &receiver{status: tt.status, header: http.Header{"Retry-After": {"7"}}}
		_, err := open(t, r, desk.Settings{"secret": secret}).Send(t.Context(), message)
		var retry *desk.Retry
		if errors.As(err, &retry) != tt.later || errors.Is(err, desk.ErrDenied) != tt.denied || (err == nil) != (tt.status < 300) {
			t.Errorf("%d: %v, want later %v, denied %v", tt.status, err, tt.later, tt.denied)
		}
		if tt.status == 503 && retry != nil && retry.After.Seconds() != 7 {
			t.Errorf("Retry-After: 7 became %s", retry.After)
		}
		if err != nil && (desk.ProblemOf(err).IsZero() || strings.Contains(err.Error(), secret)) {
			t.Errorf("%d: %v says %q to people", tt.status, err, desk.ProblemOf(err).English())
		}
		if len(r.got) != 1 {
			t.Errorf("%d: sent %d times", tt.status, len(r.got))
		}
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for field, set := range map[string]desk.Settings{
		"url":    {"url": "ftp://example.org"},
		"secret": {"url": "https://example.org", "secret": "whsec_short"},
	} {
		var wrong *desk.Invalid
		if _, err := Kind.Sender(set, connector.Env{}); !errors.As(err, &wrong) || wrong.Field != field {
			t.Errorf("%v: %v, want %s named", set, err, field)
		}
	}
	r := &receiver{status: 200}
	if _, err := open(t, r, desk.Settings{}).Send(t.Context(), alert.Message{Key: "test"}); err != nil || r.got[0].Header.Get("Webhook-Signature") != "" || !strings.Contains(string(r.bodies[0]), `"type":"test"`) {
		t.Errorf("without a secret: %v, %v %s", err, r.got[0].Header, r.bodies[0])
	}
	inside, err := Kind.Sender(desk.Settings{"url": "http://127.0.0.1:9/"}, connector.Env{Fetch: fetch.New(fetch.Config{})})
	if err != nil {
		t.Fatal(err)
	}
	var retry *desk.Retry
	if _, err := inside.Send(t.Context(), message); err == nil || errors.As(err, &retry) {
		t.Errorf("an address inside: %v, want a final error", err)
	}
}
