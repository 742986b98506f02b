package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"breakwater/centre"
	"breakwater/desk"
	"breakwater/internal/say"
)

// What is wrong with public pages is said in the language that the caller asks for.
func TestTroublesAreSaidInTheCallersLanguage(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	trouble := centre.Trouble{Host: "desk.example", Why: centre.RanOut}
	d.s.Centre.Unsafe = func(string) (centre.Trouble, bool) { return trouble, true }
	path := "/brands/" + strconv.FormatInt(d.brand.ID, 10) + "/centre/troubles"
	for _, lang := range []string{"en", "he"} {
		r := httptest.NewRequest(http.MethodGet, prefix+path, nil).WithContext(t.Context())
		r.Header.Set("Authorization", "Bearer "+d.token[desk.Viewer])
		r.Header.Set("Accept-Language", lang)
		w := httptest.NewRecorder()
		d.h.ServeHTTP(w, r)
		d.asDescribed(http.MethodGet, path, w)
		var all []struct {
			Host, Why string
			Problem   struct{ Text string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &all); err != nil || len(all) != 1 {
			t.Fatalf("%d %s: %v", w.Code, w.Body, err)
		}
		if want := say.For("", lang).Text(trouble.Say()); all[0].Problem.Text != want || all[0].Why != "ran-out" || all[0].Host != "desk.example" {
			t.Errorf("in %s: %+v, want %q", lang, all[0], want)
		}
	}
}
