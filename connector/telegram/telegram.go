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
		{Name: "answers", Label: "Acknowledge in Telegram", Kind: "choice", Choices: []string{answersNo, answersAsk, answersCall}, Default: answersNo,
			Help: "ask: the desk asks Telegram, which works from anywhere. call: Telegram calls the desk at its public https address. A bot answers to one desk."},
		{Name: "people", Label: "Who may answer", Kind: "lines", Help: "In a group, one in a line: their number in Telegram, and the mail address of their account here. A private chat needs none."},
		{Name: "url", Label: "Bot API server", Kind: "url", Help: "Empty: https://api.telegram.org."},
	},
}}

// How presses of buttons come back.
const (
	answersNo   = "no"
	answersAsk  = "ask"
	answersCall = "call"
)

const (
	maxText = 4096 // UTF-16 units (core.telegram.org/bots/api, November 2026)
	server  = "https://api.telegram.org"
)

var tokenShape = regexp.MustCompile(`^[0-9]+:[A-Za-z0-9_-]+$`)

type sender struct {
	base, chat string
	answers    string
	token      desk.Secret
	fetch      *fetch.Client
}

func newSender(set desk.Settings, env connector.Env) (alert.Sender, error) {
	s := &sender{base: server, fetch: env.Fetch, token: desk.Secret(strings.TrimSpace(set["token"]))}
	if !tokenShape.MatchString(s.token.Reveal()) {
		return nil, desk.Wrong("token", "A bot token is a number, a colon and letters.")
	}
	var err error
	switch s.answers = set["answers"]; s.answers {
	case "":
		s.answers = answersNo
	case answersNo, answersAsk, answersCall:
	default:
		return nil, desk.Wrong("answers", "Choose one of: {choices}.", "choices", "no, ask, call")
	}
	if _, err := desk.Members("people", set["people"]); err != nil {
		return nil, err
	}
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
	URL  string `json:"url,omitempty"`
	Data string `json:"callback_data,omitempty"` // at most 64 bytes
}

// Send says the message in the chat. The receipt is its number there.
func (s *sender) Send(ctx context.Context, m alert.Message) (string, error) {
	body := message{Chat: s.chat, Text: connector.Cut(connector.Unpinged(m.Subject+"\n\n"+m.Text), maxText, connector.UTF16), Preview: preview{true}}
	if rows := s.rows(m); len(rows) > 0 {
		body.Markup = &keyboard{rows}
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

// rows are the buttons: those that act at once, where somebody may answer here, and those that lead to the desk.
func (s *sender) rows(m alert.Message) (rows [][]button) {
	leads := strings.HasPrefix(m.Link, "https://") // Telegram refuses the whole message for a button that leads to a name without a dot
	for _, a := range m.Actions {
		switch {
		case s.answers != answersNo && a.Token != "":
			row := []button{{Text: a.Text, Data: desk.AnswerTake[:1] + ":" + a.Token}}
			if a.Mute != "" {
				row = append(row, button{Text: a.Mute, Data: desk.AnswerMute[:1] + ":" + a.Token})
			}
			rows = append(rows, row)
		case leads:
			rows = append(rows, []button{{Text: a.Text, URL: a.URL}})
		}
	}
	if leads {
		rows = append(rows, []button{{Text: m.Open, URL: m.Link}})
	}
	return rows
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
