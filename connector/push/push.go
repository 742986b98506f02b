// Package push brings alerts to browsers and telephones that installed the desk, by Web Push (RFC 8030, 8291, 8292): no cloud of
// ours, no app shop. What goes over the wire is encrypted for the device.
package push

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	webpush "github.com/SherClockHolmes/webpush-go"

	"breakwater/alert"
	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

// Kind is Web Push. People add their devices themselves, in their account.
var Kind = connector.Kind{Sender: newSender, Spec: desk.Spec{
	Kind:  "push",
	Title: "This desk, installed",
	Help:  "Sends alerts to a browser or telephone whose person switched that on in their account.",
	Fields: []desk.Field{
		{Name: "endpoint", Label: "Address of the device", Kind: "secret", Required: true, Help: "The browser makes it. Switch messages on in your account instead of typing it."},
		{Name: "p256dh", Label: "Key of the device", Kind: "secret", Required: true},
		{Name: "auth", Label: "Secret of the device", Kind: "secret", Required: true},
	},
}}

const (
	maxTitle = 200      // characters: the whole must fit into 4,096 bytes (RFC 8030, 7.2)
	lives    = 6 * 3600 // seconds that a push service keeps it for a device that is off: older news calls nobody
)

type sender struct {
	to    webpush.Subscription
	key   desk.Secret
	owner string
	fetch *fetch.Client
}

func newSender(set desk.Settings, env connector.Env) (alert.Sender, error) {
	s := &sender{key: env.Vapid, owner: env.Owner, fetch: env.Fetch}
	var err error
	if s.to.Endpoint, err = connector.Address(set, "endpoint"); err != nil {
		return nil, err
	}
	if s.to.Keys.P256dh, err = connector.Needed(set, "p256dh"); err != nil {
		return nil, err
	}
	s.to.Keys.Auth, err = connector.Needed(set, "auth")
	return s, err
}

// PublicKey is what browsers are told of the desk's key: the uncompressed point, base64url.
func PublicKey(private desk.Secret) (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(private.Reveal())
	if err != nil {
		return "", err
	}
	k, err := ecdh.P256().NewPrivateKey(raw)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(k.PublicKey().Bytes()), nil
}

// note is what the device shows: a level and a sentence, nobody's data.
type note struct {
	Title  string `json:"title"`
	URL    string `json:"url"`
	Tag    string `json:"tag"`
	Lang   string `json:"lang,omitempty"`
	Button string `json:"button,omitempty"`
	Act    string `json:"act,omitempty"` // where the button leads
}

// Send hands the message to the device's push service. Services tell no id that would be of use: the receipt is empty.
func (s *sender) Send(ctx context.Context, m alert.Message) (string, error) {
	n := note{Title: connector.Cut(m.Subject, maxTitle, connector.Runes), URL: m.Link, Tag: m.Key, Lang: m.To.Lang}
	if len(m.Actions) > 0 {
		n.Button, n.Act = m.Actions[0].Text, m.Actions[0].URL
	}
	body, err := json.Marshal(n)
	if err != nil {
		return "", err
	}
	public, err := PublicKey(s.key)
	if err != nil {
		return "", errors.Join(errors.New("the desk has no key for pushes"), err)
	}
	urgency := webpush.UrgencyNormal
	if m.Alert.Level >= desk.Issue {
		urgency = webpush.UrgencyHigh
	}
	answer, err := webpush.SendNotificationWithContext(ctx, body, &s.to, &webpush.Options{
		HTTPClient: door{ctx, s.fetch}, Subscriber: s.owner, TTL: lives, Urgency: urgency,
		VAPIDPublicKey: public, VAPIDPrivateKey: s.key.Reveal(),
	})
	if err == nil {
		err = answer.Body.Close()
	}
	return "", connector.Failure(err)
}

// door sends by the house's own client, which reaches no private address.
type door struct {
	ctx   context.Context
	fetch *fetch.Client
}

// Do sends the request that the library made.
func (d door) Do(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	answer, err := d.fetch.Do(d.ctx, fetch.Request{Method: req.Method, URL: req.URL.String(), Header: req.Header, Body: body})
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusCreated, Body: io.NopCloser(bytes.NewReader(answer.Body))}, nil
}

// Private makes the desk's key of 32 bytes that only it knows.
func Private(secret []byte) desk.Secret {
	return desk.Secret(strings.TrimRight(base64.RawURLEncoding.EncodeToString(secret), "="))
}
