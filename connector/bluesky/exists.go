package bluesky

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

// exists asks the channel's server whether a handle stands for an account (com.atproto.identity.resolveHandle, without a sign-in).
func exists(ctx context.Context, set desk.Settings, env connector.Env, name string) (bool, error) {
	at, err := service(set["service"])
	if err != nil {
		return false, err
	}
	query := url.Values{"handle": {strings.ToLower(strings.TrimPrefix(name, "@"))}}
	var answer struct{ DID string }
	_, err = env.Fetch.GetJSON(ctx, at+"/xrpc/com.atproto.identity.resolveHandle?"+query.Encode(), nil, &answer)
	var status *fetch.Status
	if errors.As(err, &status) && (status.Code == http.StatusBadRequest || status.Gone()) {
		return false, nil // HandleNotFound, or no handle at all
	}
	return err == nil && strings.HasPrefix(answer.DID, "did:"), err
}
