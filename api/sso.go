package api

import (
	"context"
	"net/http"

	"breakwater/desk"
)

func (s *server) ssoOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/sso", desk.Admin, "sso-read", "Read how people come in by an OpenID provider", "The client secret is masked."}, s.sso),
		ask(route{http.MethodPut, "/sso", desk.Admin, "sso-save", "Change how people come in by an OpenID provider", "All fields are replaced; a secret that comes back masked stays as it is, unless the issuer changes. Everybody can be made to come in this way once an admin has a break-glass account with a second factor."}, s.saveSSO),
		ask(route{http.MethodPost, "/sso/test", desk.Admin, "sso-test", "Ask an OpenID provider to describe itself", "Nothing is saved."}, s.testSSO),
		ask(route{http.MethodPost, "/users/{id}/glass", desk.Admin, "user-glass", "Make an account a break-glass account, or an ordinary one", "It must be an admin's with a password and a second factor. Each use is told to the other admins."}, s.glass),
		act(route{http.MethodPost, "/users/{id}/unlink", desk.Admin, "user-unlink", "Untie an account from the OpenID provider", "Its sessions end."}, s.unlink),
	}
}

// ssoBody is what admins say about the OpenID provider.
type ssoBody struct {
	On     bool           `json:"on,omitempty" doc:"Offer it on the sign-in page"`
	Label  string         `json:"label,omitempty" maxLength:"240" doc:"On the button"`
	Issuer string         `json:"issuer" maxLength:"2000" example:"https://login.example.org/dex" doc:"As the provider names itself"`
	Client string         `json:"client_id" maxLength:"2000"`
	Key    string         `json:"client_secret,omitempty" maxLength:"2000" doc:"Empty: a public client, which PKCE protects"`
	Scopes string         `json:"scopes,omitempty" maxLength:"2000" doc:"Beside openid, with spaces between them" example:"email profile groups"`
	Own    bool           `json:"private,omitempty" doc:"The provider is ours and may be within a private network"`
	Vouch  bool           `json:"vouches,omitempty" doc:"Its addresses count as verified although it does not say so"`
	Hosts  string         `json:"domains,omitempty" maxLength:"2000" doc:"Of mail addresses that are let in, with spaces between them; empty: any"`
	Link   bool           `json:"link,omitempty" doc:"Who has an account with the same verified address becomes that person, once"`
	Create bool           `json:"create,omitempty" doc:"Who has none gets one"`
	Role   desk.Role      `json:"role,omitempty" enum:"viewer,responder,lead" doc:"Of accounts that are made, where no group says it"`
	Groups string         `json:"groups_claim,omitempty" maxLength:"2000" doc:"Claim that lists somebody's groups"`
	Rules  []ssoGroupRule `json:"groups,omitempty" maxItems:"200" doc:"With them, groups decide at each sign-in what somebody may do"`
	Proofs string         `json:"proofs,omitempty" maxLength:"2000" doc:"Values of acr or amr that count as a second factor" example:"mfa"`
	Only   bool           `json:"only,omitempty" doc:"Passwords and passkeys let in break-glass accounts alone"`

	Version int `json:"version,omitempty" minimum:"0" doc:"As read; another one meanwhile is a conflict, 0 is not checked"`
}

type ssoGroupRule struct {
	Group string    `json:"group" maxLength:"2000"`
	Role  desk.Role `json:"role" enum:"viewer,responder,lead,admin"`
	Brand ID        `json:"brand_id,omitempty" doc:"Without it: in every brand"`
}

func (b ssoBody) settings() desk.SSO {
	s := desk.SSO{On: b.On, Label: b.Label, Issuer: b.Issuer, Client: b.Client, Key: desk.Secret(b.Key), Scopes: b.Scopes, Own: b.Own, Vouch: b.Vouch, Hosts: b.Hosts,
		Link: b.Link, Create: b.Create, Role: b.Role, Groups: b.Groups, Proofs: b.Proofs, Only: b.Only, Version: b.Version}
	for _, r := range b.Rules {
		s.Rules = append(s.Rules, desk.GroupRule{Group: r.Group, Role: r.Role, BrandID: int64(r.Brand)})
	}
	return s
}

// ssoOut is the settings, and what the provider must be told.
type ssoOut struct {
	desk.SSO
	Back string `json:"redirect_uri" doc:"Address to return to, as the provider must know it"`
}

func (s *server) sso(ctx context.Context, _ *struct{}) (ssoOut, error) {
	now, err := s.Gate.SSO(ctx)
	return ssoOut{now, s.Gate.SSOAddress()}, err
}

type ssoIn struct{ Body ssoBody }

func (s *server) saveSSO(ctx context.Context, in *ssoIn) (ssoOut, error) {
	saved, err := s.Gate.SaveSSO(ctx, in.Body.settings())
	return ssoOut{saved, s.Gate.SSOAddress()}, err
}

// ssoTried is what a test found.
type ssoTried struct {
	Found desk.Text `json:"found"`
}

func (s *server) testSSO(ctx context.Context, in *ssoIn) (ssoTried, error) {
	found, err := s.Gate.TrySSO(ctx, in.Body.settings())
	return ssoTried{found}, err
}

type glassIn struct {
	One
	Body struct {
		On bool `json:"on" doc:"A break-glass account; false: an ordinary one"`
	}
}

func (s *server) glass(ctx context.Context, in *glassIn) (desk.User, error) {
	return s.Gate.SetGlass(ctx, in.ID, in.Body.On)
}

func (s *server) unlink(ctx context.Context, in *One) error { return s.Gate.Unlink(ctx, in.ID) }
