// Package slack brings alerts into a channel of Slack, by an incoming webhook.
package slack

import (
	"context"
	"net/http"
	"strings"

	"breakwater/alert"
	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

// Kind is Slack.
var Kind = connector.Kind{Sender: newSender, Spec: desk.Spec{
	Kind:  "slack",
	Title: "Slack",
	Help:  "Sends alerts into a channel of Slack.",
	Fields: []desk.Field{
		{Name: "url", Label: "Webhook address", Kind: "secret", Required: true, Help: "Slack makes it when you add an incoming webhook to an app. Who has it can write to the channel."},
	},
}}

// What a message may hold (docs.slack.dev, Block Kit, November 2026).
const (
	maxHeader  = 150
	maxSection = 3000
	maxButton  = 75
)

type sender struct {
	url   string
	fetch *fetch.Client
}

func newSender(set desk.Settings, env connector.Env) (alert.Sender, error) {
	url, err := connector.Address(set, "url")
	return &sender{url: url, fetch: env.Fetch}, err
}

type message struct {
	Text   string  `json:"text"` // for notifications, where blocks are not shown
	Blocks []block `json:"blocks"`
	Unfurl bool    `json:"unfurl_links"`
}

type block struct {
	Type     string   `json:"type"`
	Text     *text    `json:"text,omitempty"`
	Elements []button `json:"elements,omitempty"`
}

type text struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

type button struct {
	Type string `json:"type"`
	Text text   `json:"text"`
	URL  string `json:"url"`
}

// escape keeps words from becoming Slack's commands: <!channel> would call everybody.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// Send posts the message. Slack tells no id of what came by a webhook: the receipt is empty.
func (s *sender) Send(ctx context.Context, m alert.Message) (string, error) {
	body := message{Text: escape.Replace(connector.Cut(m.Subject, maxHeader, connector.Runes)), Blocks: []block{
		{Type: "header", Text: &text{"plain_text", connector.Cut(m.Subject, maxHeader, connector.UTF16)}},
		{Type: "section", Text: &text{"plain_text", connector.Cut(m.Text, maxSection, connector.UTF16)}},
	}}
	var buttons []button
	for _, a := range m.Actions {
		buttons = append(buttons, button{"button", text{"plain_text", connector.Cut(a.Text, maxButton, connector.UTF16)}, a.URL})
	}
	if m.Link != "" {
		buttons = append(buttons, button{"button", text{"plain_text", connector.Cut(m.Open, maxButton, connector.UTF16)}, m.Link})
	}
	if len(buttons) > 0 {
		body.Blocks = append(body.Blocks, block{Type: "actions", Elements: buttons})
	}
	_, err := s.fetch.PostJSON(ctx, s.url, http.Header{"Accept": {"*/*"}}, body, nil)
	return "", connector.Failure(err)
}
