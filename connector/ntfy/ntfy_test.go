package ntfy_test

import (
	"errors"
	"net/http"
	"testing"

	"breakwater/connector/connectortest"
	"breakwater/connector/ntfy"
	"breakwater/desk"
)

func TestSender(t *testing.T) {
	t.Parallel()
	connectortest.RunSender(t, ntfy.Kind, connectortest.Receiver{
		Receipt: true,
		Settings: func(base string) desk.Settings {
			return desk.Settings{"url": base, "topic": "breakwater-aurora", "token": connectortest.Secret}
		},
		Take: func(r *http.Request, body []byte) (string, error) {
			var m struct {
				Topic, Title, Message, Click string
				Priority                     int
				Actions                      []struct {
					Action, Label, URL, Method, Body string
					Headers                          map[string]string
					Clear                            bool
				}
			}
			if err := connectortest.Exactly(body, &m); err != nil {
				return "", err
			}
			switch {
			case len(body) > 8192:
				return "", errors.New("request too large")
			case m.Topic != "breakwater-aurora" || r.URL.Path != "/" || r.Header.Get("Authorization") != "Bearer "+connectortest.Secret:
				return "", errors.New("forbidden")
			case len(m.Message) >= 4096 || len(m.Title) > 250 || m.Priority < 1 || m.Priority > 5 || len(m.Actions) > 3:
				return "", errors.New("message too large, or a field that is out of range")
			}
			return `{"id":"sPs71M8A2T","event":"message"}`, nil
		},
	})
}
