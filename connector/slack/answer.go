package slack

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"breakwater/alert"
	"breakwater/connector"
	"breakwater/desk"
)

// window is how old a request of Slack may be, or how far ahead of our clock (docs.slack.dev, Verifying requests, November 2026).
const window = 5 * time.Minute

// pressed is what Slack sends of a press of a button (block_actions).
type pressed struct {
	Type string `json:"type"`
	User struct {
		ID       string `json:"id"`
		Name     string `json:"name"`
		Username string `json:"username"`
	} `json:"user"`
	Actions []struct {
		ID    string `json:"action_id"`
		Value string `json:"value"`
	} `json:"actions"`
	Response string `json:"response_url"`
	Message  struct {
		Text   string  `json:"text"`
		Blocks []block `json:"blocks"`
	} `json:"message"`
}

// back is what is needed to change the message.
type back struct {
	URL    string  `json:"url"`
	Text   string  `json:"text"`
	Blocks []block `json:"blocks"`
}

// Hear reads a press of a button, after it was checked that it comes from Slack and that it is fresh.
func (s *sender) Hear(h alert.Heard) (a desk.Answer, err error) {
	if err := s.genuine(h); err != nil {
		return a, err
	}
	form, err := url.ParseQuery(string(h.Body))
	if err != nil {
		return a, desk.Wrong("payload", "This is needed.")
	}
	var p pressed
	if err := json.Unmarshal([]byte(form.Get("payload")), &p); err != nil {
		return a, desk.Wrong("payload", "This is needed.")
	}
	if p.Type != "block_actions" || len(p.Actions) == 0 {
		return a, nil
	}
	a = desk.Answer{Token: p.Actions[0].Value, From: p.User.ID, Name: p.User.Name}
	if a.Name == "" {
		a.Name = p.User.Username
	}
	switch p.Actions[0].ID {
	case desk.AnswerTake, desk.AnswerMute:
		a.Do = p.Actions[0].ID
	}
	b := back{Text: p.Message.Text}
	if s.ours(p.Response) {
		b.URL = p.Response
	}
	for _, one := range p.Message.Blocks {
		if one.Type == "header" || one.Type == "section" {
			b.Blocks = append(b.Blocks, one)
		}
	}
	raw, err := json.Marshal(b)
	a.Back = string(raw)
	return a, err
}

// genuine checks Slack's signature of the time and the body.
func (s *sender) genuine(h alert.Heard) error {
	stamp := h.Header.Get("X-Slack-Request-Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || s.secret == "" {
		return fmt.Errorf("slack: unsigned: %w", desk.ErrForbidden)
	}
	if d := h.At.Sub(time.Unix(seconds, 0)); d > window || d < -window {
		return fmt.Errorf("slack: signed at another time: %w", desk.ErrForbidden)
	}
	m := hmac.New(sha256.New, []byte(s.secret.Reveal()))
	m.Write([]byte("v0:" + stamp + ":"))
	m.Write(h.Body)
	if !hmac.Equal([]byte("v0="+hex.EncodeToString(m.Sum(nil))), []byte(h.Header.Get("X-Slack-Signature"))) {
		return fmt.Errorf("slack: signed by somebody else: %w", desk.ErrForbidden)
	}
	return nil
}

// ours reports whether an address to answer at is on the host of our own webhook: nothing is sent anywhere else.
func (s *sender) ours(address string) bool {
	to, err := url.Parse(address)
	own, bad := url.Parse(s.url)
	return err == nil && bad == nil && to.Scheme == own.Scheme && to.Host == own.Host
}

// Tell changes the message for all who read it: what became of it stands where the buttons were. Slack wants its own answer within
// three seconds, so that comes first and says nothing.
func (s *sender) Tell(a desk.Answer, said string) (alert.Reply, func(context.Context) error) {
	var b back
	if json.Unmarshal([]byte(a.Back), &b) != nil || b.URL == "" || a.Do == "" {
		return alert.Reply{}, nil
	}
	return alert.Reply{}, func(ctx context.Context) error {
		line := block{Type: "section", Text: &text{"plain_text", connector.Cut(said, maxSection, connector.UTF16)}}
		_, err := s.fetch.PostJSON(ctx, b.URL, http.Header{"Accept": {"*/*"}}, struct {
			Replace bool    `json:"replace_original"`
			Text    string  `json:"text"`
			Blocks  []block `json:"blocks"`
		}{true, b.Text, append(b.Blocks, line)}, nil)
		return connector.Failure(err)
	}
}

// Whisper says something to who pressed a button alone, and leaves the message as it is.
func (s *sender) Whisper(a desk.Answer, said string) (alert.Reply, func(context.Context) error) {
	var b back
	if json.Unmarshal([]byte(a.Back), &b) != nil || b.URL == "" {
		return alert.Reply{}, nil
	}
	return alert.Reply{}, func(ctx context.Context) error {
		_, err := s.fetch.PostJSON(ctx, b.URL, http.Header{"Accept": {"*/*"}}, struct {
			Replace bool   `json:"replace_original"`
			Kind    string `json:"response_type"`
			Text    string `json:"text"`
		}{false, "ephemeral", escape.Replace(said)}, nil)
		return connector.Failure(err)
	}
}
