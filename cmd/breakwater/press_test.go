package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"breakwater/desk"
)

// A page leaves out what its brand has for the press, and takes it back, with all else as it was.
func TestAPageAlone(t *testing.T) {
	t.Parallel()
	stored := desk.Press{CentreID: 7, Contacts: []desk.PressContact{{Name: "Ewa Nowak", Mail: "press@example.org"}}, Files: []desk.PressFile{{ID: "f1", Words: []desk.PressFileSaid{{Lang: "en", Alt: "What we know"}}}}, Version: 3}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/centre/7/press" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		if r.Method == http.MethodPut {
			var in desk.Press
			if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.Version != 3 || fmt.Sprint(in.Contacts) != fmt.Sprint(stored.Contacts) || fmt.Sprint(in.Files) != fmt.Sprint(stored.Files) {
				t.Errorf("saved as %+v, %v", in, err)
			}
			stored.Alone = in.Alone
		}
		if err := json.NewEncoder(w).Encode(stored); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(srv.Close)
	for _, alone := range []string{"yes", "no"} {
		var out bytes.Buffer
		if err := (&pressAloneCmd{Page: 7, Alone: alone}).Run(t.Context(), &remote{Server: srv.URL}, streams{Out: &out, Err: &out}); err != nil {
			t.Fatal(err)
		}
		if stored.Alone != (alone == "yes") || bytes.Contains(out.Bytes(), []byte("without what the brand has")) != stored.Alone {
			t.Errorf("alone %s: %v, told %q", alone, stored.Alone, out.String())
		}
	}
}
