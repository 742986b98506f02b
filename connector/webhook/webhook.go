// Package webhook lets any program push mentions to us: JSON, signed as Standard Webhooks describes
// (https://www.standardwebhooks.com), answered 202 only when it is durable.
package webhook

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/source"
)

// Kind is the webhook connector. Its sources have no loop: Handler hears them.
var Kind = connector.Kind{Source: newDoor, Spec: desk.Spec{
	Kind:  "webhook",
	Title: "Webhook (any program)",
	Help:  "Any program sends mentions as signed JSON to an address of this desk.",
	Push:  true,
	Fields: []desk.Field{
		{
			Name: "secret", Label: "Signing secret", Kind: "secret", Required: true,
			Help: "The sender signs with it (Standard Webhooks). Leave it empty to have one made. Two, separated by a space, are both accepted while you change them.",
		},
		{Name: "network", Label: "Network", Default: "webhook", Help: "Where mentions come from that do not say it themselves."},
		{
			Name: "mapping", Label: "Mapping", Kind: "lines",
			Help: "For JSON of another shape, a line for each part: text = data.body, author.handle = user.name, records = data.items.",
		},
	},
}}

// door is the source of those who come to us: there is nothing to pull.
type door struct{}

// newDoor checks the settings.
func newDoor(set desk.Settings, _ connector.Env) (source.Source, error) {
	if _, err := connector.ParseMapping(set["mapping"]); err != nil {
		return nil, err
	}
	if n := len(strings.Fields(set["secret"])); n == 0 || n != len(keys(set["secret"])) {
		return nil, desk.Wrong("secret", "Enter a secret that begins with whsec_, or leave it empty to have one made.")
	}
	return door{}, nil
}

// Pull blocks until ctx ends.
func (door) Pull(ctx context.Context, _ string) (desk.Batch, error) {
	<-ctx.Done()
	return desk.Batch{}, ctx.Err()
}

// minKey is the least length of a signing key, in bytes: the standard asks for 24 to 64.
const minKey = 16

// tolerance is how far the clock of a sender may be off; the library's own limit.
const tolerance = 5 * time.Minute

// keys makes the verifiers of a source's secrets. A secret that is too short is none: an empty one would sign anything.
func keys(secrets string) []*standardwebhooks.Webhook {
	var all []*standardwebhooks.Webhook
	for _, s := range strings.Fields(secrets) {
		if len(strings.TrimPrefix(s, "whsec_")) < minKey*4/3 {
			continue
		}
		if w, err := standardwebhooks.NewWebhook(s); err == nil {
			all = append(all, w)
		}
	}
	return all
}

// signed reports with an error what is wrong with a request's signature.
func signed(secrets string, body []byte, h http.Header) error {
	err := error(desk.Wrong("secret", "This source has no usable signing secret. Enter one that begins with whsec_."))
	for _, k := range keys(secrets) {
		if err = k.Verify(body, h); err == nil {
			return nil
		}
	}
	return err
}

// unsigned is what a sender is told about a signature that is not accepted.
func unsigned(err error) string {
	switch {
	case errors.Is(err, standardwebhooks.ErrRequiredHeaders):
		return "The headers webhook-id, webhook-timestamp and webhook-signature are required."
	case errors.Is(err, standardwebhooks.ErrInvalidHeaders):
		return "The header webhook-timestamp is not a number of seconds since 1970."
	case errors.Is(err, standardwebhooks.ErrMessageTooOld), errors.Is(err, standardwebhooks.ErrMessageTooNew):
		return "The webhook-timestamp is more than five minutes away from our clock."
	case errors.Is(err, standardwebhooks.ErrNoMatchingSignature):
		return "The signature does not match the body and the secret."
	}
	return "The signature cannot be checked."
}
