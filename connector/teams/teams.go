// Package teams brings alerts into a channel or chat of Microsoft Teams, by a webhook of Workflows. The webhooks of Office 365
// connectors that came before are retired.
package teams

import (
	"context"
	"net/http"
	"strings"

	"breakwater/alert"
	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

// Kind is Microsoft Teams.
var Kind = connector.Kind{Sender: newSender, Spec: desk.Spec{
	Kind:  "teams",
	Title: "Microsoft Teams",
	Help:  "Sends alerts into a channel or chat of Microsoft Teams, through a workflow.",
	Fields: []desk.Field{
		{Name: "url", Label: "Webhook address", Kind: "secret", Required: true, Help: "Make a workflow that posts when a webhook request is received, and copy its address. The workflow ends with the person who made it: use an account that stays."},
	},
}}

// maxText keeps a card below the 28 KB that Teams takes, in any script (learn.microsoft.com, November 2026).
const maxText = 16_000 // bytes

type sender struct {
	url   string
	fetch *fetch.Client
}

func newSender(set desk.Settings, env connector.Env) (alert.Sender, error) {
	url, err := connector.Address(set, "url")
	return &sender{url: url, fetch: env.Fetch}, err
}

type message struct {
	Type        string       `json:"type"`
	Attachments []attachment `json:"attachments"`
}

type attachment struct {
	ContentType string `json:"contentType"`
	Content     card   `json:"content"`
}

// card is an adaptive card of version 1.4.
type card struct {
	Schema  string   `json:"$schema"`
	Type    string   `json:"type"`
	Version string   `json:"version"`
	Body    []rich   `json:"body"`
	Actions []action `json:"actions,omitempty"`
}

// rich is text that is shown as it is; a TextBlock would read Markdown in it.
type rich struct {
	Type    string `json:"type"`
	Inlines []run  `json:"inlines"`
}

type run struct {
	Type   string `json:"type"`
	Text   string `json:"text"`
	Size   string `json:"size,omitempty"`
	Weight string `json:"weight,omitempty"`
}

type action struct {
	Type  string `json:"type"`
	Title string `json:"title"`
	URL   string `json:"url"`
}

func line(r run) rich {
	r.Type = "TextRun"
	return rich{"RichTextBlock", []run{r}}
}

// Send posts the message as a card. A workflow tells no id: the receipt is empty.
func (s *sender) Send(ctx context.Context, m alert.Message) (string, error) {
	c := card{Schema: "http://adaptivecards.io/schemas/adaptive-card.json", Type: "AdaptiveCard", Version: "1.4",
		Body: []rich{line(run{Text: connector.Cut(m.Subject, 400, connector.Runes), Size: "Large", Weight: "Bolder"})}}
	for paragraph := range strings.SplitSeq(connector.Cut(m.Text, maxText, connector.Bytes), "\n") {
		if strings.TrimSpace(paragraph) != "" {
			c.Body = append(c.Body, line(run{Text: paragraph}))
		}
	}
	if m.Link != "" {
		c.Actions = []action{{"Action.OpenUrl", m.Open, m.Link}}
	}
	body := message{"message", []attachment{{"application/vnd.microsoft.card.adaptive", c}}}
	_, err := s.fetch.PostJSON(ctx, s.url, http.Header{"Accept": {"*/*"}}, body, nil)
	return "", connector.Failure(err)
}
