package feed_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"breakwater/connector/feed"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

func site(t *testing.T, pages map[string]string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := pages[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
		}
		io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestDiscover(t *testing.T) {
	t.Parallel()
	page := func(inner string) string {
		return "<!doctype html><html>" + inner + "<body><p>Welcome</p></body></html>"
	}
	for _, tc := range []struct {
		name  string
		pages map[string]string
		want  []feed.Found // URL without the host
	}{
		{"the page is a feed", map[string]string{"/blog": blog(1)}, []feed.Found{{URL: "/blog", Title: "The Harbour Post"}}},
		{"named in the head", map[string]string{"/blog": page(`<head><base href="/de/"><link rel="alternate" type="application/rss+xml" title="News &amp;amp; <b>more</b>" href="feed">
			<link rel="alternate home" type="application/atom+xml; charset=utf-8" href="/atom"><link rel=alternate hreflang=de href="/de">
			<link rel=alternate type="application/feed+json" href="/atom"><link rel=alternate type="application/rss+xml" href="javascript:alert(1)"></head>`)},
			[]feed.Found{{URL: "/de/feed", Title: "News & more"}, {URL: "/atom"}}},
		{"linked in the text", map[string]string{"/blog": page(`<a href="/news/rss.xml">Subscribe</a><a href="/feedback">Feedback</a>`)},
			[]feed.Found{{URL: "/news/rss.xml", Title: "Subscribe"}}},
		{"in a common place", map[string]string{"/blog": page(""), "/feed": page(""), "/rss": `{"ok":true}`, "/atom.xml": blog(2)},
			[]feed.Found{{URL: "/atom.xml", Title: "The Harbour Post"}}},
		{"nowhere", map[string]string{"/blog": page("")}, nil},
		{"too many", map[string]string{"/blog": page(strings.Repeat(`<a href="/rss">x</a>`, 1000))}, []feed.Found{{URL: "/rss", Title: "x"}}},
	} {
		base := site(t, tc.pages)
		got, err := feed.Discover(t.Context(), client(fetch.Config{}).Fetch, base+"/blog")
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
		}
		for i := range got {
			got[i].URL = strings.TrimPrefix(got[i].URL, base)
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: %s", tc.name, diff)
		}
	}
	for _, address := range []string{site(t, nil) + "/blog", "http://", "javascript:alert(1)"} {
		if _, err := feed.Discover(t.Context(), client(fetch.Config{}).Fetch, address); !errors.Is(err, desk.ErrBroken) && desk.ProblemOf(err).IsZero() {
			t.Errorf("%s: got %v", address, err)
		}
	}
}
