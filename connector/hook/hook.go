// Package hook brings alerts and posts to programs, and tells them when to stop: JSON by POST, signed as Standard Webhooks describes
// (https://www.standardwebhooks.com).
package hook

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"breakwater/alert"
	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

// Kind is the webhook that we call.
var Kind = connector.Kind{Sender: newSender, Each: true, Channel: newMouth, ChannelSpec: speech, Spec: desk.Spec{
	Kind:  "hook",
	Title: "Webhook",
	Help:  "Sends alerts as signed JSON to an address of yours.",
	Fields: []desk.Field{
		{Name: "url", Label: "Address", Kind: "url", Required: true},
		{Name: "secret", Label: "Signing secret", Kind: "secret", Help: "Begins with whsec_. Your program checks with it that a message is ours (Standard Webhooks). Empty: not signed."},
	},
}}

// timeout of one call; receivers should answer at once and work later.
const timeout = 20 * time.Second

// minKey is the least length of a signing key, in bytes.
const minKey = 16

// sender is one way by webhook.
type sender struct {
	url   string
	key   *standardwebhooks.Webhook // nil: not signed
	fetch *fetch.Client
}

func newSender(set desk.Settings, env connector.Env) (alert.Sender, error) {
	s := &sender{url: strings.TrimSpace(set["url"]), fetch: env.Fetch}
	u, err := url.Parse(s.url)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, desk.Wrong("url", "Enter a whole address, like https://example.org/alerts.")
	}
	secret := strings.TrimSpace(set["secret"])
	if secret == "" {
		return s, nil
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil || len(raw) < minKey {
		return nil, desk.Wrong("secret", "A signing secret is whsec_ and at least {n} bytes in base64.", "n", minKey)
	}
	s.key, err = standardwebhooks.NewWebhookRaw(raw)
	return s, err
}

// payload is what is sent: the envelope of Standard Webhooks around an alert.
type payload struct {
	Type      string    `json:"type"` // alert.open, alert.seen, alert.decided, alert.ended, test
	Timestamp time.Time `json:"timestamp"`
	Data      data      `json:"data"`
}

type data struct {
	Subject string      `json:"subject"`
	Text    string      `json:"text"`
	Lang    string      `json:"lang,omitempty"`
	Link    string      `json:"link"`
	Level   string      `json:"level,omitempty"`
	Alert   *desk.Alert `json:"alert,omitempty"` // none in a test
}

// Send posts the message once. The receipt is its webhook-id, which is the same for every try.
func (s *sender) Send(ctx context.Context, m alert.Message) (string, error) {
	now := time.Now().UTC()
	p := payload{Type: "test", Timestamp: now, Data: data{Subject: m.Subject, Text: m.Text, Lang: m.To.Lang, Link: m.Link}}
	if m.Alert.ID != 0 {
		p.Type, p.Data.Alert, p.Data.Level = "alert."+m.Alert.State, &m.Alert, strings.ToLower(m.Alert.Level.String())
	}
	body, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("write a webhook: %w", err)
	}
	id := messageID(m.Key)
	header, err := s.header(id, now, body)
	if err != nil {
		return "", fmt.Errorf("sign a webhook: %w", err)
	}
	_, err = s.fetch.Do(ctx, fetch.Request{Method: http.MethodPost, URL: s.url, Header: header, Body: body, MaxBody: 1 << 20, Total: timeout})
	if err != nil {
		return "", connector.Failure(err)
	}
	return id, nil
}

// messageID names a message: the same for the same key.
func messageID(key string) string {
	h := sha256.Sum256([]byte(key))
	return "msg_" + hex.EncodeToString(h[:16])
}

func (s *sender) header(id string, now time.Time, body []byte) (http.Header, error) {
	h := http.Header{"Content-Type": {"application/json"}}
	h.Set("Webhook-Id", id)
	h.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	if s.key == nil {
		return h, nil
	}
	signature, err := s.key.Sign(id, now, body)
	h.Set("Webhook-Signature", signature)
	return h, err
}
