// Package gotify brings alerts to a Gotify server.
package gotify

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"breakwater/alert"
	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

// Kind is Gotify.
var Kind = connector.Kind{Sender: newSender, Spec: desk.Spec{
	Kind:  "gotify",
	Title: "Gotify",
	Help:  "Sends alerts to a Gotify server.",
	Fields: []desk.Field{
		{Name: "url", Label: "Server", Kind: "url", Required: true},
		{Name: "token", Label: "Application token", Kind: "secret", Required: true, Help: "Of an application that you add in Gotify."},
	},
}}

const maxText = 20_000 // bytes; Gotify itself has no limit, telephones do

type sender struct {
	url   string
	token desk.Secret
	fetch *fetch.Client
}

func newSender(set desk.Settings, env connector.Env) (alert.Sender, error) {
	base, err := connector.Address(set, "url")
	if err != nil {
		return nil, err
	}
	token, err := connector.Needed(set, "token")
	return &sender{url: strings.TrimRight(base, "/") + "/message", token: desk.Secret(token), fetch: env.Fetch}, err
}

type message struct {
	Title    string         `json:"title"`
	Message  string         `json:"message"`
	Priority int            `json:"priority"` // 0 … 10
	Extras   map[string]any `json:"extras,omitempty"`
}

// priorities by level: from 8 on the app rings.
var priorities = [...]int{desk.Normal: 2, desk.Watch: 4, desk.Issue: 6, desk.Crisis: 8, desk.Severe: 10}

// Send posts the message. The receipt is Gotify's number of it.
func (s *sender) Send(ctx context.Context, m alert.Message) (string, error) {
	body := message{Title: m.Subject, Message: connector.Cut(m.Text, maxText, connector.Bytes), Priority: priorities[min(max(m.Alert.Level, desk.Normal), desk.Severe)]}
	if m.Link != "" {
		body.Extras = map[string]any{"client::notification": map[string]any{"click": map[string]any{"url": m.Link}}}
	}
	var is struct {
		ID int64 `json:"id"`
	}
	_, err := s.fetch.PostJSON(ctx, s.url, http.Header{"X-Gotify-Key": {s.token.Reveal()}}, body, &is)
	if err != nil {
		return "", connector.Failure(err)
	}
	return strconv.FormatInt(is.ID, 10), nil
}
