package gotify_test

import (
	"errors"
	"net/http"
	"testing"

	"breakwater/connector/connectortest"
	"breakwater/connector/gotify"
	"breakwater/desk"
)

func TestSender(t *testing.T) {
	t.Parallel()
	connectortest.RunSender(t, gotify.Kind, connectortest.Receiver{
		Receipt: true,
		Settings: func(base string) desk.Settings {
			return desk.Settings{"url": base + "/push/", "token": connectortest.Secret}
		},
		Take: func(r *http.Request, body []byte) (string, error) {
			var m struct {
				Title, Message string
				Priority       int
				Extras         map[string]any
			}
			if err := connectortest.Exactly(body, &m); err != nil {
				return "", err
			}
			if r.URL.Path != "/push/message" || r.Header.Get("X-Gotify-Key") != connectortest.Secret || r.URL.RawQuery != "" || m.Message == "" || m.Priority < 0 || m.Priority > 10 {
				return "", errors.New("you need to provide a valid access token or message")
			}
			return `{"id":25,"appid":5}`, nil
		},
	})
}
