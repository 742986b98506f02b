package hook

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/reply"
)

const serviceSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// A real HTTP receiver: what it gets is signed and the same for every try, and what its answers mean.
func TestServiceHook(t *testing.T) {
	t.Parallel()
	var later *desk.Retry
	for _, row := range []struct {
		name   string
		answer func(w http.ResponseWriter)
		want   desk.TicketReceipt
		later  bool // it is tried again
		fails  bool
	}{
		{name: "a number of letters", answer: says(200, `{"id":"AB-12","url":"https://help.example/AB-12"}`), want: desk.TicketReceipt{Ref: "AB-12", Link: "https://help.example/AB-12"}},
		{name: "a number of digits", answer: says(201, `{"id":4711}`), want: desk.TicketReceipt{Ref: "4711"}},
		{name: "nothing", answer: says(204, "")},
		{name: "a page", answer: says(200, "<html>thanks</html>")},
		{name: "a link that is a script", answer: says(200, `{"id":"1","url":"javascript:alert(1)"}`), want: desk.TicketReceipt{Ref: "1"}},
		{name: "trouble", answer: says(500, ""), later: true, fails: true},
		{name: "too many", answer: says(429, ""), later: true, fails: true},
		{name: "no leave", answer: says(401, ""), fails: true},
		{name: "not understood", answer: says(422, ""), fails: true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			check, err := standardwebhooks.NewWebhook(serviceSecret)
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if err := check.Verify(body, r.Header); err != nil {
					t.Errorf("the signature: %v", err)
				}
				var got struct {
					Type string
					Data desk.TicketLetter
				}
				if err := json.Unmarshal(body, &got); err != nil || got.Type != "conversation.handed_over" || got.Data.Key != "tkey" || got.Data.Messages[0].Text != "My kettle burned." {
					t.Errorf("it got %s (%v)", body, err)
				}
				ids = append(ids, r.Header.Get("Webhook-Id"))
				row.answer(w)
			}))
			defer server.Close()
			c := openService(t, server.URL)
			letter := desk.TicketLetter{Key: "tkey", Conversation: 7, At: time.Now(), Messages: []desk.TicketMessage{{From: "them", Text: "My kettle burned."}}}
			for range 2 {
				got, err := c.Take(t.Context(), letter)
				if got != row.want || (err != nil) != row.fails || errors.As(err, &later) != row.later {
					t.Errorf("Take: %+v, %v", got, err)
				}
			}
			if len(ids) != 2 || ids[0] != ids[1] {
				t.Errorf("the tries are called %v: a receiver would take the conversation twice", ids)
			}
		})
	}
	c := openService(t, "http://127.0.0.1:1")
	if _, err := c.Take(t.Context(), desk.TicketLetter{Key: "t"}); !errors.As(err, &later) {
		t.Errorf("nobody there: %v", err)
	}
}

func says(status int, body string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { w.WriteHeader(status); _, _ = io.WriteString(w, body) }
}

func openService(t *testing.T, url string) reply.Counter {
	t.Helper()
	door := fetch.Config{}
	if err := door.Allow("127.0.0.1/32"); err != nil {
		t.Fatal(err)
	}
	m, err := Service.Channel(desk.Settings{"url": url, "secret": serviceSecret}, connector.Env{Fetch: fetch.New(door)})
	if err != nil {
		t.Fatal(err)
	}
	return m.(reply.Counter)
}
