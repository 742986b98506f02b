// Package mattermost brings alerts into a channel of Mattermost, by an incoming webhook.
package mattermost

import (
	"context"
	"net/http"
	"strings"

	"breakwater/alert"
	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

// Kind is Mattermost.
var Kind = connector.Kind{Sender: newSender, Spec: desk.Spec{
	Kind:  "mattermost",
	Title: "Mattermost",
	Help:  "Sends alerts into a channel of Mattermost.",
	Fields: []desk.Field{
		{Name: "url", Label: "Webhook address", Kind: "secret", Required: true, Help: "Mattermost makes it when you add an incoming webhook. Who has it can write to the channel."},
	},
}}

// maxText is what Mattermost takes in one post, in characters (developers.mattermost.com, November 2026: 16,383).
const maxText = 16_383

type sender struct {
	url   string
	fetch *fetch.Client
}

func newSender(set desk.Settings, env connector.Env) (alert.Sender, error) {
	url, err := connector.Address(set, "url")
	return &sender{url: url, fetch: env.Fetch}, err
}

// plain takes Markdown's meaning from signs that it would act upon.
var plain = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "#", `\#`, "[", `\[`, "]", `\]`, "~", `\~`, "|", `\|`, "!", `\!`, "<", `\<`)

// Send posts the message. Mattermost tells no id of what came by a webhook: the receipt is empty.
func (s *sender) Send(ctx context.Context, m alert.Message) (string, error) {
	end := "\n\n" + m.Link
	words := "**" + mild(m.Subject) + "**\n\n" + mild(m.Text)
	body := struct {
		Text string `json:"text"`
	}{connector.Cut(words, maxText-len([]rune(end)), connector.Runes) + end}
	_, err := s.fetch.PostJSON(ctx, s.url, http.Header{"Accept": {"*/*"}}, body, nil)
	return "", connector.Failure(err)
}

func mild(s string) string { return connector.Unpinged(plain.Replace(s)) }
