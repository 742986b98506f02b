// Package pagerduty hands alerts to PagerDuty, whose own schedules and escalations take over from there.
package pagerduty

import (
	"context"
	"regexp"
	"strings"

	"breakwater/alert"
	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

// Kind is PagerDuty.
var Kind = connector.Kind{Sender: newSender, Each: true, Spec: desk.Spec{
	Kind:  "pagerduty",
	Title: "PagerDuty",
	Help:  "Opens, acknowledges and resolves incidents in PagerDuty.",
	Fields: []desk.Field{
		{Name: "key", Label: "Integration key", Kind: "secret", Required: true, Help: "Of an integration of the kind Events API v2."},
		{Name: "url", Label: "Events address", Kind: "url", Help: "Empty: https://events.pagerduty.com/v2/enqueue."},
	},
}}

// What an event may hold (PagerDuty Events API v2, November 2026).
const (
	maxSummary = 1024
	maxDetail  = 20_000 // bytes; an event has at most 512 KB
	server     = "https://events.pagerduty.com/v2/enqueue"
)

var keyShape = regexp.MustCompile(`^[0-9A-Za-z]{32}$`)

type sender struct {
	url   string
	key   desk.Secret
	fetch *fetch.Client
}

func newSender(set desk.Settings, env connector.Env) (alert.Sender, error) {
	s := &sender{url: server, key: desk.Secret(strings.TrimSpace(set["key"])), fetch: env.Fetch}
	if !keyShape.MatchString(s.key.Reveal()) {
		return nil, desk.Wrong("key", "An integration key has 32 letters and digits.")
	}
	if set["url"] == "" {
		return s, nil
	}
	var err error
	s.url, err = connector.Address(set, "url")
	return s, err
}

type event struct {
	Key     string   `json:"routing_key"`
	Action  string   `json:"event_action"` // trigger, acknowledge, resolve
	Dedup   string   `json:"dedup_key"`
	Client  string   `json:"client,omitempty"`
	URL     string   `json:"client_url,omitempty"`
	Payload *payload `json:"payload,omitempty"`
	Links   []link   `json:"links,omitempty"`
}

type payload struct {
	Summary  string            `json:"summary"`
	Source   string            `json:"source"`
	Severity string            `json:"severity"` // critical, error, warning, info
	Details  map[string]string `json:"custom_details,omitempty"`
}

type link struct {
	Href string `json:"href"`
	Text string `json:"text"`
}

var severities = [...]string{desk.Normal: "info", desk.Watch: "info", desk.Issue: "warning", desk.Crisis: "error", desk.Severe: "critical"}

// actions by the alert's state; a test opens something, as an alert would.
var actions = map[string]string{desk.AlertSeen: "acknowledge", desk.AlertDecided: "acknowledge", desk.AlertEnded: "resolve"}

// Send tells PagerDuty. Everything about one alert has one key there. The receipt is that key.
func (s *sender) Send(ctx context.Context, m alert.Message) (string, error) {
	e := event{Key: s.key.Reveal(), Action: actions[m.Alert.State], Dedup: connector.About(m), Client: "Breakwater", URL: m.Link}
	if e.Action == "" {
		e.Action = "trigger"
		e.Payload = &payload{Summary: connector.Cut(m.Subject, maxSummary, connector.UTF16), Source: "breakwater",
			Severity: severities[min(max(m.Alert.Level, desk.Normal), desk.Severe)], Details: map[string]string{"text": connector.Cut(m.Text, maxDetail, connector.Bytes)}}
		if m.Link != "" {
			e.Links = []link{{m.Link, m.Open}}
		}
	}
	var is struct {
		Dedup string `json:"dedup_key"`
	}
	_, err := s.fetch.PostJSON(ctx, s.url, nil, e, &is)
	return is.Dedup, connector.Failure(err)
}
