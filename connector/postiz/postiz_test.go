package postiz

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/publish"
)

// Posts that wait become drafts; an older Postiz, which cannot do that, is asked to delete them.
func TestWhatWaitsIsStopped(t *testing.T) {
	t.Parallel()
	for _, old := range []bool{false, true} {
		state := "QUEUE"
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			switch {
			case r.Header.Get("Authorization") != "key":
				w.WriteHeader(http.StatusUnauthorized)
			case r.URL.Path == "/api/public/v1/posts" && r.URL.Query().Get("startDate") != "" && r.URL.Query().Get("endDate") != "":
				fmt.Fprintf(w, `{"posts":[{"id":"p1","content":"<p>Monday &amp; joke</p>","publishDate":"2026-11-23T08:00:00.000Z","state":%q},{"id":"p2","content":"x","publishDate":"2026-11-20T08:00:00.000Z","state":"PUBLISHED"}]}`, state)
			case r.Method == http.MethodPut && r.URL.Path == "/api/public/v1/posts/p1/status" && !old && string(body) == `{"status":"draft"}`:
				state = "DRAFT"
				io.WriteString(w, `{}`)
			case r.Method == http.MethodDelete && r.URL.Path == "/api/public/v1/posts/p1" && old:
				state = "DELETED"
				io.WriteString(w, `{}`)
			default:
				w.WriteHeader(http.StatusNotFound)
			}
		}))
		t.Cleanup(srv.Close)
		open := func(key string) publish.Scheduler {
			m, err := Kind.Channel(desk.Settings{"url": srv.URL + "/api/", "key": key}, connector.Env{Fetch: fetch.New(fetch.Config{AllowPrivate: fetch.Loopback()})})
			if err != nil {
				t.Fatal(err)
			}
			return m.(publish.Scheduler)
		}
		q := open("key")
		list, err := q.Scheduled(t.Context())
		if err != nil || len(list) != 1 || list[0].ID != "p1" || !strings.Contains(list[0].Text, "Monday & joke") {
			t.Fatalf("scheduled: %+v, %v", list, err)
		}
		if err := q.Cancel(t.Context(), "p1"); err != nil {
			t.Errorf("cancel: %v", err)
		}
		if list, err := q.Scheduled(t.Context()); err != nil || len(list) != 0 {
			t.Errorf("afterwards: %+v, %v", list, err)
		}
		if _, err := open("wrong").Scheduled(t.Context()); !errors.Is(err, desk.ErrDenied) {
			t.Errorf("a wrong key: %v", err)
		}
	}
}
