package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"breakwater/desk"
	"breakwater/internal/fetch"
)

const (
	// maxAnswer is in bytes: descriptions, key sets and tokens are a few KB.
	maxAnswer = 1 << 20
	// answerWithin is how long a provider may take for each answer, while somebody waits.
	answerWithin = 10 * time.Second
	// describedFor is how long a provider's description is relied on.
	describedFor = time.Hour
	// skew is by how much the provider's clock may be ahead.
	skew = 5 * time.Minute
	// ssoBack is where the provider sends people back to.
	ssoBack = "/sign-in/sso/back"
)

// signedBy are the ways of signing that are taken: with a key that only the provider has.
var signedBy = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}

// provider is an OpenID provider as it describes itself.
type provider struct {
	*oidc.Provider
	Claims []string
	conf   desk.SSO
	client *http.Client
	oauth  oauth2.Config
	mustBe bool // it says who it is in every answer (RFC 9207)
	read   time.Time
}

// attempt is a sign-in that was begun: what the answer must fit.
type attempt struct {
	state, nonce, verifier string
	next                   string // where the person wanted to go
	version                int    // of the settings
}

// SSOAddress is where a provider must be told to send people back to.
func (g *Gate) SSOAddress() string { return g.Home + ssoBack }

// discover asks a provider to describe itself.
func (g *Gate) discover(ctx context.Context, s desk.SSO) (*provider, error) {
	client := g.Fetch
	if s.Own && g.Beside != nil {
		u, err := url.Parse(s.Issuer)
		if err != nil {
			return nil, err
		}
		client = g.Beside(u.Hostname())
	}
	p := &provider{conf: s, client: client.Library(maxAnswer, answerWithin), read: time.Now()}
	var err error
	if p.Provider, err = oidc.NewProvider(oidc.ClientContext(ctx, p.client), s.Issuer); err != nil {
		return nil, fmt.Errorf("read the description of %s: %w", s.Issuer, err)
	}
	var said struct {
		Authorization string   `json:"authorization_endpoint"`
		Methods       []string `json:"token_endpoint_auth_methods_supported"`
		Challenges    []string `json:"code_challenge_methods_supported"`
		Iss           bool     `json:"authorization_response_iss_parameter_supported"`
		Claims        []string `json:"claims_supported"`
	}
	if err := p.Provider.Claims(&said); err != nil {
		return nil, fmt.Errorf("read the description of %s: %w", s.Issuer, err)
	}
	if u, err := url.Parse(said.Authorization); err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !s.Own) {
		return nil, fmt.Errorf("%s sends people to %q", s.Issuer, said.Authorization)
	}
	if len(said.Challenges) > 0 && !slices.Contains(said.Challenges, "S256") {
		return nil, fmt.Errorf("%s does not know PKCE with S256", s.Issuer)
	}
	p.mustBe, p.Claims = said.Iss, said.Claims
	at := p.Endpoint()
	at.AuthStyle = oauth2.AuthStyleInHeader // the default of the specification
	if s.Key == "" || len(said.Methods) > 0 && !slices.Contains(said.Methods, "client_secret_basic") {
		at.AuthStyle = oauth2.AuthStyleInParams
	}
	p.oauth = oauth2.Config{ClientID: s.Client, ClientSecret: s.Key.Reveal(), Endpoint: at, RedirectURL: g.SSOAddress(),
		Scopes: append([]string{oidc.ScopeOpenID}, strings.Fields(s.Scopes)...)}
	return p, nil
}

// provider gives the provider of the settings, described within the last hour; an older description is better than none.
func (g *Gate) provider(ctx context.Context, s desk.SSO) (*provider, error) {
	g.describing.Lock()
	defer g.describing.Unlock()
	same := g.described != nil && g.described.conf.Version == s.Version
	if same && time.Since(g.described.read) < describedFor {
		return g.described, nil
	}
	p, err := g.discover(ctx, s)
	if err != nil && same {
		g.log.Warn("the OpenID provider does not describe itself; its last description is used", "error", err)
		return g.described, nil
	}
	if err == nil {
		g.described = p
	}
	return p, err
}

var (
	errSSOOff   = desk.Wrong("sso", "There is no single sign-on here.")
	errSSODown  = desk.Wrong("sso", "The sign-in provider does not answer. Try again in a moment; an admin with a break-glass account can get in meanwhile.")
	errSSOAgain = desk.Wrong("sso", "This took too long, or began in another browser. Please begin again.")
	errSSOWrong = desk.Wrong("sso", "The sign-in provider's answer was not accepted. Try again; if it stays so, tell an admin.")
	errSSONo    = desk.Wrong("sso", "The sign-in provider did not let you in.")
)

// BeginSSO begins a sign-in at the provider: to is where the browser goes, cookie what ties the answer to this browser. next is where
// the person wanted to go.
func (g *Gate) BeginSSO(ctx context.Context, next string) (to string, cookie desk.Secret, err error) {
	s, err := g.store.SSO(ctx)
	if err != nil {
		return "", "", err
	}
	if !s.On || g.Fetch == nil {
		return "", "", errSSOOff
	}
	p, err := g.provider(ctx, s)
	if err != nil {
		g.log.Error("nobody can sign in by the OpenID provider", "error", err)
		return "", "", errSSODown
	}
	a := attempt{state: rand.Text(), nonce: rand.Text(), verifier: oauth2.GenerateVerifier(), next: next, version: s.Version}
	cookie = desk.Secret(rand.Text())
	g.attempts.put(hashHex(cookie.Reveal()), a)
	return p.oauth.AuthCodeURL(a.state, oauth2.S256ChallengeOption(a.verifier), oidc.Nonce(a.nonce)), cookie, nil
}

// FinishSSO opens a session for whom the provider's answer speaks of. It must be the answer to what this browser began, whose cookie
// this is; nothing is answered twice. Who has a second factor here and did not show one there, gets a session that opens nothing yet.
// What goes wrong is an *desk.Invalid for people; the log knows more.
func (g *Gate) FinishSSO(ctx context.Context, cookie string, answer url.Values, agent, from string) (secret desk.Secret, u desk.User, next string, err error) {
	a, ok := g.attempts.take(hashHex(cookie))
	if !ok || cookie == "" || subtle.ConstantTimeCompare([]byte(answer.Get("state")), []byte(a.state)) != 1 {
		return "", u, "", errSSOAgain
	}
	s, err := g.store.SSO(ctx)
	if err != nil {
		return "", u, a.next, err
	}
	if !s.On || s.Version != a.version {
		return "", u, a.next, errSSOAgain
	}
	if wait := g.slow.try("sso "+from, from, time.Now()); wait > 0 { // each asks the provider
		return "", u, a.next, &desk.Retry{After: wait, Limited: true, Err: errTooMany}
	}
	p, err := g.provider(ctx, s)
	if err != nil {
		g.log.Error("nobody can sign in by the OpenID provider", "error", err)
		return "", u, a.next, errSSODown
	}
	c, err := p.redeem(ctx, a, answer)
	if err == nil {
		u, err = g.comeIn(ctx, s, c, from)
	}
	if err != nil {
		g.log.Warn("a sign-in by the OpenID provider was refused", "from", from, "error", err)
		return "", desk.User{}, a.next, forPeople(err)
	}
	g.slow.passed("sso "+from, from)
	open := desk.Session{UserID: u.ID, SSO: true, Agent: agent, From: from}
	if s.Proves(c.Said...) {
		open.Proved = time.Now().UTC()
	}
	if u.Factors.Any() && open.Proved.IsZero() {
		open.Half = true
		secret, err = g.addSession(ctx, open, halfLife)
		return secret, u, a.next, err
	}
	secret, err = g.openSession(ctx, u, open)
	return secret, u, a.next, err
}

// forPeople is an error that may be shown at the door.
func forPeople(err error) error {
	var wrong *desk.Invalid
	var retry *desk.Retry
	var away interface{ Timeout() bool }
	switch {
	case errors.As(err, &wrong), errors.As(err, &retry):
		return err
	case errors.As(err, &away) && away.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return errSSODown
	}
	return errSSOWrong
}

// redeem checks a provider's answer and what it stands for (OpenID Connect Core 3.1.3.7; RFC 9207).
func (p *provider) redeem(ctx context.Context, a attempt, answer url.Values) (claims, error) {
	if iss, said := answer["iss"]; said && (len(iss) != 1 || iss[0] != p.conf.Issuer) || !said && p.mustBe {
		return claims{}, fmt.Errorf("the answer comes from %q", iss)
	}
	if problem := answer.Get("error"); problem != "" {
		return claims{}, fmt.Errorf("%w: %q", errSSONo, cut(problem))
	}
	ctx = oidc.ClientContext(ctx, p.client)
	got, err := p.oauth.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(a.verifier))
	if err != nil {
		return claims{}, fmt.Errorf("exchange the code: %w", err)
	}
	raw, _ := got.Extra("id_token").(string)
	token, err := p.Verifier(&oidc.Config{ClientID: p.conf.Client, SupportedSigningAlgs: signedBy}).Verify(ctx, raw)
	if err != nil {
		return claims{}, fmt.Errorf("read the ID token: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(a.nonce)) != 1 {
		return claims{}, errors.New("the ID token answers another question: its nonce is not ours")
	}
	if token.IssuedAt.After(time.Now().Add(skew)) {
		return claims{}, fmt.Errorf("the ID token is issued in the future: %s", token.IssuedAt)
	}
	var said spoken
	if err := token.Claims(&said); err != nil {
		return claims{}, fmt.Errorf("read the ID token: %w", err)
	}
	if said.Party != "" && said.Party != p.conf.Client || said.Party == "" && len(token.Audience) > 1 {
		return claims{}, fmt.Errorf("the ID token is for %q, used by %q", token.Audience, said.Party)
	}
	if token.AccessTokenHash != "" { // optional here (3.1.3.6); without it, the subject of the answer below ties the two
		if err := token.VerifyAccessToken(got.AccessToken); err != nil {
			return claims{}, fmt.Errorf("the access token belongs to something else: %w", err)
		}
	}
	return p.askMore(ctx, got, said)
}

// askMore asks the provider for what the ID token leaves out.
func (p *provider) askMore(ctx context.Context, got *oauth2.Token, said spoken) (claims, error) {
	c := said.claims(p.conf.Groups)
	if p.UserInfoEndpoint() == "" || c.Email != "" && c.Name != "" && (p.conf.Groups == "" || c.Groups != nil) {
		return c, nil
	}
	info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(got))
	if err != nil {
		return c, fmt.Errorf("ask who it is: %w", err)
	}
	if info.Subject != c.Subject {
		return c, errors.New("the provider speaks of somebody else when asked who it is")
	}
	var more spoken
	if err := info.Claims(&more); err != nil {
		return c, fmt.Errorf("read who it is: %w", err)
	}
	also := more.claims(p.conf.Groups)
	if c.Email == "" {
		c.Email, c.Verified = also.Email, also.Verified
	}
	if c.Name == "" {
		c.Name = also.Name
	}
	if c.Groups == nil {
		c.Groups = also.Groups
	}
	return c, nil
}

// spoken are the claims of an ID token or of an answer about somebody. Providers differ in how they write some of them.
type spoken struct {
	Subject  string
	Email    string
	Verified bool
	Name     string
	ACR      string
	AMR      []string
	Party    string
	all      map[string]json.RawMessage
}

// UnmarshalJSON reads claims; one of another type than it should be counts as missing, except for who it is.
func (s *spoken) UnmarshalJSON(b []byte) error {
	if err := json.Unmarshal(b, &s.all); err != nil {
		return err
	}
	if err := json.Unmarshal(s.all["sub"], &s.Subject); err != nil {
		return err
	}
	for name, into := range map[string]*string{"email": &s.Email, "name": &s.Name, "acr": &s.ACR, "azp": &s.Party} {
		_ = json.Unmarshal(s.all[name], into)
	}
	if s.Party == "" && s.all["azp"] != nil {
		return errors.New("azp is no text")
	}
	s.AMR = list(s.all["amr"])
	verified := string(s.all["email_verified"])
	s.Verified = verified == "true" || verified == `"true"`
	return nil
}

func (s *spoken) claims(groups string) claims {
	c := claims{Subject: s.Subject, Email: s.Email, Verified: s.Verified, Name: s.Name, Said: s.AMR}
	if s.ACR != "" {
		c.Said = append(slices.Clone(c.Said), s.ACR)
	}
	if groups != "" {
		c.Groups = list(s.all[groups])
	}
	return c
}

// list reads a claim that is a list of texts, or a single one.
func list(raw json.RawMessage) []string {
	var all []string
	if json.Unmarshal(raw, &all) == nil {
		return all
	}
	var single string
	if json.Unmarshal(raw, &single) == nil && single != "" {
		return []string{single}
	}
	return nil
}

// discoveryProblem says to an admin what is wrong with a provider.
func discoveryProblem(err error) error {
	var private *fetch.Private
	var large *fetch.TooLarge
	var mismatch *oidc.IssuerMismatchError
	switch {
	case errors.As(err, &private):
		return desk.Wrong("issuer", "This is a private address. If the provider is yours, say so below.")
	case errors.As(err, &large):
		return desk.Wrong("issuer", "What answers there is no OpenID provider.")
	case errors.As(err, &mismatch):
		return desk.Wrong("issuer", "The provider calls itself by another address. Write it exactly as it does.")
	}
	return desk.Wrong("issuer", "No OpenID provider answers at this address.")
}
