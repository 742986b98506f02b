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
		{Name: "secret", Label: "Signing secret", Kind: "secret", Help: "Of the app, to acknowledge and mute from Slack. Enter this desk's address, /answers/ and this way's number as the app's Interactivity Request URL. Empty: buttons open the desk."},
		{Name: "people", Label: "Who may answer", Kind: "lines", Help: "One in a line: their member ID in Slack, and the mail address of their account here. In a way of one person the ID alone."},
	},
}}

// What a message may hold (docs.slack.dev, Block Kit, November 2026).
const (
	maxHeader  = 150
	maxSection = 3000
	maxButton  = 75
)

type sender struct {
	url    string
	secret desk.Secret // that Slack signs with; empty: nobody answers
	fetch  *fetch.Client
}

func newSender(set desk.Settings, env connector.Env) (alert.Sender, error) {
	url, err := connector.Address(set, "url")
	if err != nil {
		return nil, err
	}
	_, err = desk.Members("people", set["people"])
	return &sender{url: url, secret: desk.Secret(strings.TrimSpace(set["secret"])), fetch: env.Fetch}, err
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
	Type  string `json:"type"`
	Text  text   `json:"text"`
	URL   string `json:"url,omitempty"`
	ID    string `json:"action_id,omitempty"`
	Value string `json:"value,omitempty"` // of one that acts at once
	Style string `json:"style,omitempty"`
}

// label is a button's text.
func label(s string) text { return text{"plain_text", connector.Cut(s, maxButton, connector.UTF16)} }

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
		if s.secret == "" || a.Token == "" {
			buttons = append(buttons, button{Type: "button", Text: label(a.Text), URL: a.URL})
			continue
		}
		buttons = append(buttons, button{Type: "button", Text: label(a.Text), ID: desk.AnswerTake, Value: a.Token, Style: "primary"})
		if a.Mute != "" {
			buttons = append(buttons, button{Type: "button", Text: label(a.Mute), ID: desk.AnswerMute, Value: a.Token})
		}
	}
	if m.Link != "" {
		buttons = append(buttons, button{Type: "button", Text: label(m.Open), URL: m.Link, ID: "open"})
	}
	if len(buttons) > 0 {
		body.Blocks = append(body.Blocks, block{Type: "actions", Elements: buttons})
	}
	_, err := s.fetch.PostJSON(ctx, s.url, http.Header{"Accept": {"*/*"}}, body, nil)
	return "", connector.Failure(err)
}
