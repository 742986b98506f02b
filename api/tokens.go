package api

import (
	"context"
	"net/http"
	"time"

	"breakwater/desk"
)

func (s *server) tokenOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/tokens", desk.Admin, "token-list", "List tokens", "Never the tokens themselves."}, s.tokens),
		ask(route{http.MethodPost, "/tokens", desk.Admin, "token-add", "Make a token", "The answer shows it, this once."}, s.addToken),
		act(route{http.MethodDelete, "/tokens/{id}", desk.Admin, "token-revoke", "Revoke a token", "It ends at once."}, s.revoke),
	}
}

func (s *server) tokens(ctx context.Context, in *Paging) (Page[desk.Token], error) {
	all, err := s.Gate.Tokens(ctx)
	if err != nil {
		return Page[desk.Token]{}, err
	}
	return whole(*in, all)
}

type addTokenIn struct {
	Body struct {
		Name    string       `json:"name" doc:"What it is for" maxLength:"400"`
		Role    desk.Role    `json:"role" enum:"viewer,responder,lead,admin"`
		Brand   ID           `json:"brand_id,omitempty" doc:"In this brand only; without it in every brand of its owner"`
		Only    []desk.Right `json:"only,omitempty" doc:"These rights of the role only" maxItems:"9" enum:"see,listen,reply,draft,approve,publish,hold,release,administer"`
		Expires time.Time    `json:"expires,omitzero" doc:"Without it the token is valid until it is revoked"`
	}
}

// newToken is a token with its secret.
type newToken struct {
	desk.Token
	Secret string `json:"token" doc:"Send it as Authorization: Bearer …; it is shown this once"`
}

func (s *server) addToken(ctx context.Context, in *addTokenIn) (newToken, error) {
	t, secret, err := s.Gate.AddScopedToken(ctx, desk.Token{Name: in.Body.Name, Role: in.Body.Role, BrandID: int64(in.Body.Brand), Only: in.Body.Only, Expires: in.Body.Expires})
	return newToken{t, secret.Reveal()}, err
}

func (s *server) revoke(ctx context.Context, in *One) error {
	return s.Gate.RevokeToken(ctx, in.ID)
}
