// Package ntfy brings alerts to telephones by ntfy, on ntfy.sh or a server of one's own.
package ntfy

import (
	"context"
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"

	"breakwater/alert"
	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

// Kind is ntfy.
var Kind = connector.Kind{Sender: newSender, Spec: desk.Spec{
	Kind:  "ntfy",
	Title: "ntfy",
	Help:  "Sends alerts to telephones that follow a topic of ntfy.",
	Fields: []desk.Field{
		{Name: "url", Label: "Server", Kind: "url", Help: "Empty: https://ntfy.sh, where everybody who knows the topic can read it."},
		{Name: "topic", Label: "Topic", Required: true},
		{Name: "token", Label: "Access token", Kind: "secret", Help: "Begins with tk_, or user:password. Empty when the topic is open to everybody."},
	},
}}

const (
	// Bytes, as they are written into JSON: a message of 4,096 becomes a file, and a request of more than 8,192 is refused
	// (docs.ntfy.sh and the server's own limit of twice a message, November 2026).
	maxText  = 4000
	maxTitle = 250

	maxActions = 3
	server     = "https://ntfy.sh"
)

var topicShape = regexp.MustCompile(`^[-_A-Za-z0-9]{1,64}$`)

type sender struct {
	base, topic string
	token       desk.Secret
	fetch       *fetch.Client
}

func newSender(set desk.Settings, env connector.Env) (alert.Sender, error) {
	s := &sender{base: server, topic: strings.TrimSpace(set["topic"]), token: desk.Secret(strings.TrimSpace(set["token"])), fetch: env.Fetch}
	if !topicShape.MatchString(s.topic) {
		return nil, desk.Wrong("topic", "A topic has up to 64 letters, digits, - and _.")
	}
	if set["url"] == "" {
		return s, nil
	}
	var err error
	s.base, err = connector.Address(set, "url")
	return s, err
}

type message struct {
	Topic    string   `json:"topic"`
	Title    string   `json:"title"`
	Message  string   `json:"message"`
	Priority int      `json:"priority"` // 1 … 5
	Click    string   `json:"click,omitempty"`
	Actions  []action `json:"actions,omitempty"`
}

type action struct {
	Action  string            `json:"action"`
	Label   string            `json:"label"`
	URL     string            `json:"url"`
	Method  string            `json:"method,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    string            `json:"body,omitempty"`
	Clear   bool              `json:"clear,omitempty"` // the notification goes when it was done
}

// at is an action that does it at once, without a page: the telephone asks the desk itself.
func at(a alert.Action) action {
	return action{Action: "http", Label: a.Text, URL: a.URL, Method: http.MethodPost, Body: "do=take", Clear: true,
		Headers: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}
}

// priorities by level: 5 rings through the night on most telephones.
var priorities = [...]int{desk.Normal: 2, desk.Watch: 3, desk.Issue: 4, desk.Crisis: 5, desk.Severe: 5}

// Send publishes the message. The receipt is ntfy's id of it.
func (s *sender) Send(ctx context.Context, m alert.Message) (string, error) {
	body := message{Topic: s.topic, Title: connector.Cut(m.Subject, maxTitle, connector.JSON), Message: connector.Cut(m.Text, maxText, connector.JSON),
		Priority: priorities[min(max(m.Alert.Level, desk.Normal), desk.Severe)], Click: m.Link}
	for _, a := range m.Actions {
		if a.Token != "" {
			body.Actions = append(body.Actions, at(a))
		} else {
			body.Actions = append(body.Actions, action{Action: "view", Label: a.Text, URL: a.URL})
		}
	}
	if m.Link != "" {
		body.Actions = append(body.Actions, action{Action: "view", Label: m.Open, URL: m.Link})
	}
	body.Actions = body.Actions[:min(len(body.Actions), maxActions)]
	var header http.Header
	if token := s.token.Reveal(); strings.Contains(token, ":") { // a user and a password, where a server knows no tokens
		header = http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(token))}}
	} else if token != "" {
		header = http.Header{"Authorization": {"Bearer " + token}}
	}
	var is struct {
		ID string `json:"id"`
	}
	_, err := s.fetch.PostJSON(ctx, s.base, header, body, &is)
	return is.ID, connector.Failure(err)
}
