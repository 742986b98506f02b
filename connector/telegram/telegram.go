// Package telegram brings alerts into a chat of Telegram, by a bot.
package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"breakwater/alert"
	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

// Kind is Telegram.
var Kind = connector.Kind{Sender: newSender, Spec: desk.Spec{
	Kind:  "telegram",
	Title: "Telegram",
	Help:  "Sends alerts into a chat of Telegram, by a bot of yours.",
	Fields: []desk.Field{
		{Name: "token", Label: "Bot token", Kind: "secret", Required: true, Help: "BotFather gives it when you make the bot."},
		{Name: "chat", Label: "Chat", Required: true, Help: "The id of the chat, or @name of a channel. The bot must be a member."},
		{Name: "url", Label: "Bot API server", Kind: "url", Help: "Empty: https://api.telegram.org."},
	},
}}

const (
	maxText = 4096 // UTF-16 units (core.telegram.org/bots/api, November 2026)
	server  = "https://api.telegram.org"
)

var tokenShape = regexp.MustCompile(`^[0-9]+:[A-Za-z0-9_-]+$`)

type sender struct {
	base, chat string
	token      desk.Secret
	fetch      *fetch.Client
}

func newSender(set desk.Settings, env connector.Env) (alert.Sender, error) {
	s := &sender{base: server, fetch: env.Fetch, token: desk.Secret(strings.TrimSpace(set["token"]))}
	if !tokenShape.MatchString(s.token.Reveal()) {
		return nil, desk.Wrong("token", "A bot token is a number, a colon and letters.")
	}
	var err error
	if s.chat, err = connector.Needed(set, "chat"); err != nil {
		return nil, err
	}
	if set["url"] != "" {
		if s.base, err = connector.Address(set, "url"); err != nil {
			return nil, err
		}
	}
	s.base = strings.TrimRight(s.base, "/")
	return s, nil
}

type message struct {
	Chat    string    `json:"chat_id"`
	Text    string    `json:"text"` // no parse_mode: shown as it is
	Preview preview   `json:"link_preview_options"`
	Markup  *keyboard `json:"reply_markup,omitempty"`
}

type preview struct {
	Disabled bool `json:"is_disabled"`
}

type keyboard struct {
	Rows [][]button `json:"inline_keyboard"`
}

type button struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// Send says the message in the chat. The receipt is its number there.
func (s *sender) Send(ctx context.Context, m alert.Message) (string, error) {
	body := message{Chat: s.chat, Text: connector.Cut(connector.Unpinged(m.Subject+"\n\n"+m.Text), maxText, connector.UTF16), Preview: preview{true}}
	if strings.HasPrefix(m.Link, "https://") { // Telegram refuses the whole message for a button that leads to a name without a dot
		body.Markup = &keyboard{}
		for _, a := range m.Actions {
			body.Markup.Rows = append(body.Markup.Rows, []button{{a.Text, a.URL}})
		}
		body.Markup.Rows = append(body.Markup.Rows, []button{{m.Open, m.Link}})
	}
	var is struct {
		Result struct {
			ID int64 `json:"message_id"`
		} `json:"result"`
	}
	_, err := s.fetch.PostJSON(ctx, s.base+"/bot"+s.token.Reveal()+"/sendMessage", nil, body, &is)
	if err != nil {
		return "", failure(err)
	}
	return strconv.FormatInt(is.Result.ID, 10), nil
}

// failure reads how long Telegram asks us to wait: it says so in the body only. It answers 404 to a token that it does not know.
func failure(err error) error {
	var s *fetch.Status
	if errors.As(err, &s) {
		var problem struct {
			Parameters struct {
				After int64 `json:"retry_after"` // seconds
			} `json:"parameters"`
		}
		if json.Unmarshal(s.Body, &problem) == nil && problem.Parameters.After > 0 {
			s.After = time.Duration(problem.Parameters.After) * time.Second
		}
		if s.Code == 404 {
			s.Code = 401
		}
	}
	return connector.Failure(err)
}
