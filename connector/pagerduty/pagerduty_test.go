package pagerduty_test

import (
	"errors"
	"net/http"
	"testing"
	"unicode/utf16"

	"breakwater/connector/connectortest"
	"breakwater/connector/pagerduty"
	"breakwater/desk"
)

// key has the shape of an integration key and holds the contract's secret where it can be looked for.
const key = "0123456789abcdef0123456789abcdef"

func TestSender(t *testing.T) {
	t.Parallel()
	opened := map[string]bool{}
	connectortest.RunSender(t, pagerduty.Kind, connectortest.Receiver{
		Receipt: true, Status: http.StatusAccepted,
		Settings: func(base string) desk.Settings { return desk.Settings{"url": base + "/v2/enqueue", "key": key} },
		Take: func(r *http.Request, body []byte) (string, error) {
			var e struct {
				Key     string `json:"routing_key"`
				Action  string `json:"event_action"`
				Dedup   string `json:"dedup_key"`
				Client  string
				URL     string `json:"client_url"`
				Links   []struct{ Href, Text string }
				Payload *struct {
					Summary, Source, Severity string
					Details                   map[string]string `json:"custom_details"`
				}
			}
			if err := connectortest.Exactly(body, &e); err != nil {
				return "", err
			}
			if r.URL.Path != "/v2/enqueue" || e.Key != key || e.Dedup == "" || len(e.Dedup) > 255 || len(body) > 512<<10 {
				return "", errors.New("invalid event")
			}
			switch e.Action {
			case "resolve", "acknowledge":
			case "trigger":
				p := e.Payload
				severe := map[string]bool{"critical": true, "error": true, "warning": true, "info": true}
				if p == nil || p.Summary == "" || len(utf16.Encode([]rune(p.Summary))) > 1024 || p.Source == "" || !severe[p.Severity] {
					return "", errors.New("payload is invalid")
				}
				opened[e.Dedup] = true
			default:
				return "", errors.New("event_action is invalid")
			}
			return `{"status":"success","message":"Event processed","dedup_key":"` + e.Dedup + `"}`, nil
		},
	})
}
