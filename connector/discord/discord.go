// Package discord brings alerts into a channel of Discord, by a webhook.
package discord

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"breakwater/alert"
	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

// Kind is Discord.
var Kind = connector.Kind{Sender: newSender, Spec: desk.Spec{
	Kind:  "discord",
	Title: "Discord",
	Help:  "Sends alerts into a channel of Discord.",
	Fields: []desk.Field{
		{Name: "url", Label: "Webhook address", Kind: "secret", Required: true, Help: "Discord makes it in the settings of the channel, under Integrations. Who has it can write to the channel."},
	},
}}

// What an embed may hold (Discord's OpenAPI description, November 2026).
const (
	maxContent     = 2000
	maxTitle       = 256
	maxDescription = 4096
)

type sender struct {
	url   string
	fetch *fetch.Client
}

func newSender(set desk.Settings, env connector.Env) (alert.Sender, error) {
	address, err := connector.Address(set, "url")
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	q := u.Query()
	q.Set("wait", "true") // answer with the message, so that we know that it is there
	u.RawQuery = q.Encode()
	return &sender{url: u.String(), fetch: env.Fetch}, nil
}

type message struct {
	Content  string   `json:"content"`
	Embeds   []embed  `json:"embeds"`
	Mentions mentions `json:"allowed_mentions"`
}

type embed struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	URL         string `json:"url,omitempty"`
}

// mentions of nobody: what strangers wrote calls nobody.
type mentions struct {
	Parse []string `json:"parse"`
}

// plain takes Markdown's meaning from signs that Discord would act upon: a stranger's link must not read as another address.
var plain = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "#", `\#`, "[", `\[`, "]", `\]`, "~", `\~`, "|", `\|`, "<", `\<`, ">", `\>`)

// Send posts the message. The receipt is Discord's id of it.
func (s *sender) Send(ctx context.Context, m alert.Message) (string, error) {
	body := message{
		Content:  connector.Cut(plain.Replace(m.Subject), maxContent, connector.UTF16),
		Embeds:   []embed{{connector.Cut(m.Open, maxTitle, connector.UTF16), connector.Cut(plain.Replace(m.Text), maxDescription, connector.UTF16), m.Link}},
		Mentions: mentions{Parse: []string{}},
	}
	var is struct {
		ID string `json:"id"`
	}
	_, err := s.fetch.PostJSON(ctx, s.url, nil, body, &is)
	return is.ID, failure(err)
}

// failure reads how long Discord asks us to wait: its own field is exact to the millisecond.
func failure(err error) error {
	var s *fetch.Status
	if errors.As(err, &s) && s.Limited() && s.After == 0 {
		var limit struct {
			After float64 `json:"retry_after"` // seconds
		}
		if json.Unmarshal(s.Body, &limit) == nil {
			s.After = time.Duration(limit.After * float64(time.Second))
		}
	}
	return connector.Failure(err)
}
