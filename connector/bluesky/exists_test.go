package bluesky

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"breakwater/desk"
)

func TestExists(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Query().Get("handle") {
		case "harbour.test":
			w.Write([]byte(`{"did":"did:plc:abc"}`))
		case "away.test":
			w.WriteHeader(http.StatusBadGateway)
		default:
			w.WriteHeader(http.StatusBadRequest)
			w.Write([]byte(`{"error":"HandleNotFound","message":"Unable to resolve handle"}`))
		}
	}))
	t.Cleanup(server.Close)
	for name, want := range map[string]struct{ there, unknown bool }{"Harbour.test": {true, false}, "@harbour.test": {true, false}, "nobody.test": {false, false}, "away.test": {false, true}} {
		got, err := exists(t.Context(), desk.Settings{"service": server.URL}, env(), name)
		if got != want.there || (err != nil) != want.unknown {
			t.Errorf("%s: got %t, %v", name, got, err)
		}
	}
}
