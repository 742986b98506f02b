package postiz

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"breakwater/connector"
	"breakwater/connector/connectortest"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/publish"
)

func open(t *testing.T, url, key string) *queue {
	t.Helper()
	m, err := Kind.Channel(desk.Settings{"url": url + "/api/", "key": key}, connector.Env{Fetch: fetch.New(fetch.Config{AllowPrivate: fetch.Loopback()})})
	if err != nil {
		t.Fatal(err)
	}
	return m.(*queue)
}

// Posts that wait become drafts; an older Postiz, which cannot do that, is asked to delete them.
func TestWhatWaitsIsStopped(t *testing.T) {
	t.Parallel()
	for _, old := range []bool{false, true} {
		p := &connectortest.Postiz{T: t, Old: old}
		srv := httptest.NewServer(p)
		t.Cleanup(srv.Close)
		now := time.Now().UTC()
		p.Put(connectortest.PostizPost{ID: "p1", Content: "<p>Monday &amp; joke</p>", Due: now.Add(24 * time.Hour), State: "QUEUE"})
		p.Put(connectortest.PostizPost{ID: "p2", Content: "x", Due: now.Add(-24 * time.Hour), State: "PUBLISHED"})
		p.Put(connectortest.PostizPost{ID: "p3", Content: "due this very minute", Due: now.Add(-time.Minute), State: "QUEUE"})
		q := open(t, srv.URL, connectortest.Secret)
		list, err := q.Scheduled(t.Context())
		if err != nil || len(list) != 2 || list[0].ID != "p1" || !strings.Contains(list[0].Text, "Monday & joke") || !list[0].Due.Equal(now.Add(24*time.Hour)) {
			t.Fatalf("scheduled: %+v, %v", list, err)
		}
		for _, one := range list {
			if err := q.Cancel(t.Context(), one.ID); err != nil {
				t.Errorf("cancel: %v", err)
			}
		}
		if list, err := q.Scheduled(t.Context()); err != nil || len(list) != 0 {
			t.Errorf("afterwards: %+v, %v", list, err)
		}
		if got, want := p.State("p1")+p.State("p2"), map[bool]string{false: "DRAFTPUBLISHED", true: "PUBLISHED"}[old]; got != want {
			t.Errorf("the posts are %s, want %s", got, want)
		}
		if about, err := q.Inspect(t.Context()); err != nil || about.Account != "Aurora on X" {
			t.Errorf("inspect: %+v, %v", about, err)
		}
		var wrong *desk.Invalid
		if _, err := q.Send(t.Context(), publish.Letter{}); !errors.As(err, &wrong) {
			t.Errorf("it sends: %v", err)
		}
	}
}

func TestARefusalOfPostiz(t *testing.T) {
	t.Parallel()
	p := &connectortest.Postiz{T: t}
	srv := httptest.NewServer(p)
	t.Cleanup(srv.Close)
	if _, err := open(t, srv.URL, "wrong").Scheduled(t.Context()); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("a wrong key: %v", err)
	}
	p.Limit(1)
	q := open(t, srv.URL, connectortest.Secret)
	if _, err := q.Scheduled(t.Context()); err != nil {
		t.Error(err)
	}
	var retry *desk.Retry
	if _, err := q.Scheduled(t.Context()); !errors.As(err, &retry) || retry.After != 30*time.Minute {
		t.Errorf("too many calls: %v, want in half an hour", err)
	}
}
