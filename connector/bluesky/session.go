package bluesky

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

// session is a signed-in account on its personal data server, which passes our questions on to Bluesky.
//
// Signing in is limited (30 times in 5 minutes, 300 times a day per account; November 2026), so it happens once and the
// session is refreshed from then on. Its tokens are kept in memory only.
type session struct {
	fetch      *fetch.Client
	service    string // scheme and host
	identifier string
	password   desk.Secret

	access, refresh desk.Secret
	handle, did     string
}

// tokens is the answer to signing in and to refreshing.
type tokens struct {
	Access  string `json:"accessJwt"`
	Refresh string `json:"refreshJwt"`
	Handle  string `json:"handle"`
	DID     string `json:"did"`
}

// get asks a question. It signs in, or refreshes what has expired, as needed.
func (s *session) get(ctx context.Context, method string, query url.Values, out any) error {
	if s.access == "" {
		if err := s.signIn(ctx); err != nil {
			return err
		}
	}
	err := s.once(ctx, method, query, out)
	if !expired(err) {
		return connector.Failure(err)
	}
	if err := s.renew(ctx); err != nil {
		return err
	}
	return connector.Failure(s.once(ctx, method, query, out))
}

func (s *session) once(ctx context.Context, method string, query url.Values, out any) error {
	a, err := s.fetch.GetJSON(ctx, s.url(method)+"?"+query.Encode(), bearer(s.access), out)
	if err == nil && len(a.Body) == 0 {
		return &fetch.Garbled{Host: hostName(s.service), Err: io.ErrUnexpectedEOF}
	}
	return err
}

func (s *session) url(method string) string { return s.service + "/xrpc/" + method }

func bearer(token desk.Secret) http.Header {
	return http.Header{"Authorization": {"Bearer " + token.Reveal()}}
}

func (s *session) signIn(ctx context.Context) error {
	in := map[string]string{"identifier": s.identifier, "password": s.password.Reveal()}
	var t tokens
	_, err := s.fetch.PostJSON(ctx, s.url("com.atproto.server.createSession"), nil, in, &t)
	if errorName(err) == "AuthFactorTokenRequired" {
		say := desk.Say("This account asks for a code at sign-in. Make an app password in its settings and use that.")
		return &desk.Problem{Say: say, Err: errors.Join(desk.ErrDenied, err)}
	}
	return s.use(t, err)
}

// renew takes new tokens for the old ones, or signs in again where even that is too late.
func (s *session) renew(ctx context.Context) error {
	var t tokens
	_, err := s.fetch.PostJSON(ctx, s.url("com.atproto.server.refreshSession"), bearer(s.refresh), nil, &t)
	s.access, s.refresh = "", ""
	if expired(err) {
		return s.signIn(ctx)
	}
	return s.use(t, err)
}

func (s *session) use(t tokens, err error) error {
	if err == nil && (t.Access == "" || t.Refresh == "") {
		err = &fetch.Garbled{Host: hostName(s.service), Err: io.ErrUnexpectedEOF}
	}
	if err != nil {
		return connector.Failure(err)
	}
	s.access, s.refresh, s.handle, s.did = desk.Secret(t.Access), desk.Secret(t.Refresh), t.Handle, t.DID
	return nil
}

// expired reports whether the token that was sent is too old, or not good any more: servers say so with 400 and with 401.
func expired(err error) bool {
	var status *fetch.Status
	if !errors.As(err, &status) {
		return false
	}
	name := errorName(err)
	return status.Code == http.StatusUnauthorized || name == "ExpiredToken" || name == "InvalidToken"
}

// errorName is the network's own name of a failure; empty when there is none.
func errorName(err error) string {
	var (
		status *fetch.Status
		body   struct{ Error string }
	)
	if !errors.As(err, &status) || json.Unmarshal(status.Body, &body) != nil {
		return ""
	}
	return body.Error
}

// service is the address of the account's server.
func service(setting string) (string, error) {
	if setting = strings.TrimSpace(setting); setting == "" {
		setting = DefaultService
	}
	u, err := url.Parse(setting)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", desk.Wrong("service", "Give the address of the account's server, beginning with https://.")
	}
	return u.Scheme + "://" + u.Host, nil
}
