package mastodon

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

// exists asks the server of an account whether it knows it, by WebFinger (RFC 7033): every server of the network answers that, also
// to strangers, so neither a token nor a search is needed.
func exists(ctx context.Context, set desk.Settings, env connector.Env, name string) (bool, error) {
	home, err := url.Parse(strings.TrimSpace(set["server"]))
	if err != nil || home.Host == "" {
		return false, desk.Wrong("server", "Give the address of the server, beginning with https://.")
	}
	user, host, elsewhere := strings.Cut(strings.TrimPrefix(name, "@"), "@")
	at := url.URL{Scheme: home.Scheme, Host: home.Host, Path: "/.well-known/webfinger"}
	if elsewhere && !strings.EqualFold(host, home.Host) {
		at.Scheme, at.Host = "https", host
	} else {
		host = home.Host
	}
	at.RawQuery = url.Values{"resource": {"acct:" + user + "@" + host}}.Encode()
	_, err = env.Fetch.Do(ctx, fetch.Request{URL: at.String(), Header: http.Header{"Accept": {"application/jrd+json, application/json"}}, MaxBody: 1 << 20})
	var (
		status  *fetch.Status
		private *fetch.Private
		away    *fetch.Unreachable
	)
	switch {
	case err == nil:
		return true, nil
	case errors.As(err, &status) && (status.Gone() || status.Code == http.StatusBadRequest || status.Code == http.StatusUnprocessableEntity):
		return false, nil
	case errors.As(err, &private):
		return false, nil // nobody on the network could reach it
	case errors.As(err, &away) && strings.HasSuffix(away.Error(), "no such host"):
		return false, nil
	}
	return false, err
}
