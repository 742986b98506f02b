package api

import (
	"context"
	"net/http"

	"breakwater/access"
	"breakwater/desk"
)

func (s *server) keyOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/keys", desk.Admin, "keys-read", "See how far a change of the key is", "Of the key that seals secrets in the database."}, s.keys),
		ask(route{http.MethodPost, "/keys/rotate", desk.Admin, "keys-rotate", "Change the key that seals secrets", "Everything is sealed anew while the desk runs; the old key goes when that is done. Links and devices go on."}, s.rotateKeys),
	}
}

func (s *server) keys(ctx context.Context, _ *struct{}) (access.KeyState, error) {
	return s.Keys.State(ctx)
}

func (s *server) rotateKeys(ctx context.Context, _ *struct{}) (access.KeyState, error) {
	return s.Keys.Rotate(ctx)
}
