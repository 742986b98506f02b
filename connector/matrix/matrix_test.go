package matrix_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"breakwater/connector/connectortest"
	"breakwater/connector/matrix"
	"breakwater/desk"
)

func settings(base string) desk.Settings {
	return desk.Settings{"url": base + "/", "room": "!abc:example.org", "token": connectortest.Secret}
}

func TestSender(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	events := map[string]string{} // by transaction
	connectortest.RunSender(t, matrix.Kind, connectortest.Receiver{
		Receipt: true, Settings: settings,
		Take: func(r *http.Request, body []byte) (string, error) {
			txn, ok := strings.CutPrefix(r.URL.EscapedPath(), "/_matrix/client/v3/rooms/%21abc:example.org/send/m.room.message/")
			if r.Method != http.MethodPut || !ok || txn == "" || strings.Contains(txn, "/") {
				return "", errors.New("M_UNRECOGNIZED " + r.URL.EscapedPath())
			}
			if r.Header.Get("Authorization") != "Bearer "+connectortest.Secret || r.URL.RawQuery != "" {
				return "", errors.New("M_MISSING_TOKEN")
			}
			var e struct {
				Type      string `json:"msgtype"`
				Body      string
				Format    string
				Formatted string    `json:"formatted_body"`
				Mentions  *struct{} `json:"m.mentions"`
			}
			if err := connectortest.Exactly(body, &e); err != nil {
				return "", err
			}
			if len(body) > 60_000 || e.Type != "m.text" || e.Body == "" || e.Format != "org.matrix.custom.html" || e.Mentions == nil || strings.Contains(e.Formatted, "<script") {
				return "", errors.New("M_BAD_JSON")
			}
			mu.Lock()
			defer mu.Unlock()
			if events[txn] == "" {
				events[txn] = "$event" + txn
			}
			return `{"event_id":"` + events[txn] + `"}`, nil
		},
	})
}
