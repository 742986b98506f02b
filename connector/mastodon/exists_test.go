package mastodon

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"breakwater/desk"
)

func TestExists(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		known := r.URL.Path == "/.well-known/webfinger" && r.URL.Query().Get("resource") == "acct:harbour@"+r.Host
		if r.URL.Query().Get("resource") == "acct:broken@"+r.Host {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		if !known {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/jrd+json")
		w.Write([]byte(`{"subject":"acct:harbour@` + r.Host + `"}`))
	}))
	t.Cleanup(server.Close)
	set := desk.Settings{"server": server.URL}
	host := server.Listener.Addr().String()
	for _, tc := range []struct {
		name    string
		there   bool
		unknown bool
	}{
		{"harbour", true, false}, {"@harbour", true, false}, {"harbour@" + host, true, false}, {"harbor", false, false},
		{"nobody@nosuch.invalid", false, false}, {"broken", false, true},
	} {
		got, err := exists(t.Context(), set, env(), tc.name)
		if got != tc.there || (err != nil) != tc.unknown {
			t.Errorf("%s: got %t, %v", tc.name, got, err)
		}
	}
}
