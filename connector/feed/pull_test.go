package feed_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/connector/feed"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

// changing serves whatever body it was given last.
type changing struct {
	*httptest.Server
	body  atomic.Value
	asked atomic.Int32
}

func serve(t *testing.T, body string) *changing {
	t.Helper()
	c := &changing{}
	c.body.Store(body)
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c.asked.Add(1)
		io.WriteString(w, c.body.Load().(string))
	}))
	t.Cleanup(c.Close)
	return c
}

func titles(b desk.Batch) []string {
	out := []string{}
	for _, m := range b.Mentions {
		out = append(out, m.Title)
	}
	return out
}

func atom(entries ...string) string {
	return `<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>` + strings.Join(entries, "") + `</feed>`
}

func entry(id, title string) string {
	return fmt.Sprintf(`<entry><id>%s</id><title>%s</title><link href="https://a.example/%s"/><updated>2026-11-20T10:00:00Z</updated></entry>`, id, title, id)
}

func TestNewsOverTime(t *testing.T) {
	t.Parallel()
	s := serve(t, "")
	cursor := ""
	for i, step := range []struct {
		name, body string
		want       []string
	}{
		{"first look", atom(entry("b", "B"), entry("a", "A")), []string{"B", "A"}},
		{"nothing new", atom(entry("b", "B"), entry("a", "A")), []string{}},
		{"one new, in another order", atom(entry("a", "A"), entry("c", "C"), entry("b", "B")), []string{"C"}},
		{"one edited", atom(entry("c", "C"), entry("b", "B, corrected")), []string{"B, corrected"}},
		{"an old one comes back from another machine", atom(entry("c", "C"), entry("a", "A")), []string{}},
		{"the same one twice", atom(entry("d", "D"), entry("d", "D"), entry("c", "C")), []string{"D"}},
		{"emptied", atom(), []string{}},
		{"filled again", atom(entry("d", "D"), entry("e", "E")), []string{"E"}},
	} {
		s.body.Store(step.body)
		b, err := pull(t, s.URL, cursor, client(fetch.Config{}))
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if diff := cmp.Diff(step.want, titles(b)); diff != "" {
			t.Errorf("%d %s: %s", i, step.name, diff)
		}
		for _, m := range b.Mentions {
			if edited := strings.Contains(m.Title, "corrected"); edited == m.Edited.IsZero() || edited && m.NativeID != "https://a.example/b" {
				t.Errorf("%s: %s edited at %v as %s", step.name, m.Title, m.Edited, m.NativeID)
			}
		}
		cursor = b.Cursor
	}
}

// A feed that has moved on by more than it holds does not fill the time since the last look.
func TestAFeedWithoutAnythingKnownHasLostSome(t *testing.T) {
	t.Parallel()
	s := serve(t, "")
	cursor := ""
	for _, step := range []struct {
		body string
		lost bool
	}{
		{atom(entry("a", "A"), entry("b", "B")), false},
		{atom(entry("b", "B"), entry("c", "C")), false},
		{atom(), false},
		{atom(entry("e", "E"), entry("f", "F")), true},
		{atom(entry("f", "F, corrected")), false},
	} {
		s.body.Store(step.body)
		b, err := pull(t, s.URL, cursor, client(fetch.Config{}))
		if err != nil || b.Lost != step.lost {
			t.Errorf("%s: lost %v, %v", step.body, b.Lost, err)
		}
		cursor = b.Cursor
	}
}

func TestTheFirstLookBringsTheNewestPage(t *testing.T) {
	t.Parallel()
	var entries []string
	for i := range 150 {
		at := time.Date(2026, 1, 1, 0, i, 0, 0, time.UTC).Format(time.RFC3339)
		entries = append(entries, fmt.Sprintf(`<entry><id>%d</id><title>%d</title><updated>%s</updated></entry>`, i, i, at))
	}
	s := serve(t, atom(entries...))
	b, err := pull(t, s.URL, "", client(fetch.Config{}))
	if err != nil || len(b.Mentions) != 100 || b.Mentions[0].Title != "149" {
		t.Fatalf("got %d mentions, first %v, %v", len(b.Mentions), titles(b)[:1], err)
	}
	again, err := pull(t, s.URL, b.Cursor, client(fetch.Config{}))
	if err != nil || len(again.Mentions) != 0 {
		t.Errorf("the rest came later: %v, %v", titles(again), err)
	}
}

func TestUndatedItemsOfTheFirstLookAreOldNews(t *testing.T) {
	t.Parallel()
	s := serve(t, atom(`<entry><id>1</id><title>undated</title></entry>`, entry("2", "dated")))
	first, err := pull(t, s.URL, "", client(fetch.Config{}))
	if err != nil || len(first.Mentions) != 2 || !first.Mentions[0].Late || first.Mentions[1].Late {
		t.Fatalf("first look: %+v, %v", first.Mentions, err)
	}
	s.body.Store(atom(`<entry><id>3</id><title>undated too</title></entry>`, entry("2", "dated")))
	second, err := pull(t, s.URL, first.Cursor, client(fetch.Config{}))
	if err != nil || len(second.Mentions) != 1 || second.Mentions[0].Late {
		t.Errorf("second look: %+v, %v", second.Mentions, err)
	}
}

func TestRejectsAreCounted(t *testing.T) {
	t.Parallel()
	s := serve(t, atom(`<entry><id>1</id></entry>`, entry("2", "good")))
	b, err := pull(t, s.URL, "", client(fetch.Config{}))
	if err != nil || len(b.Mentions) != 1 || len(b.Rejects) != 1 {
		t.Errorf("got %+v, %v", b, err)
	}
}

func TestACursorOfAnotherAddressIsNotUsed(t *testing.T) {
	t.Parallel()
	s := serve(t, atom(entry("a", "A")))
	b, err := pull(t, s.URL+"/one", "", client(fetch.Config{}))
	if err != nil {
		t.Fatal(err)
	}
	for _, cursor := range []string{b.Cursor, "garbage", `{"seen":"%%"}`} {
		other, err := pull(t, s.URL+"/two", cursor, client(fetch.Config{}))
		if err != nil || len(other.Mentions) != 1 {
			t.Errorf("cursor %q: got %v, %v", cursor, titles(other), err)
		}
	}
}

func TestCredentialsStayAtHome(t *testing.T) {
	t.Parallel()
	var leaked atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leaked.Store(leaked.Load() || r.Header.Get("Authorization") != "")
		io.WriteString(w, atom(entry("a", "A")))
	}))
	t.Cleanup(other.Close)
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != "sesame" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		http.Redirect(w, r, strings.Replace(other.URL, "127.0.0.1", "localhost", 1), http.StatusMovedPermanently)
	}))
	t.Cleanup(home.Close)
	address := strings.Replace(home.URL, "http://", "http://ana:sesame@", 1)
	cursor := ""
	for range 2 {
		b, err := pull(t, address, cursor, client(fetch.Config{}))
		if err != nil || strings.Contains(b.Cursor, "sesame") {
			t.Fatalf("cursor %s, %v", b.Cursor, err)
		}
		cursor = b.Cursor
	}
	if leaked.Load() {
		t.Error("the password went to another host")
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for _, set := range []desk.Settings{
		{}, {"url": "harbour.example/feed"}, {"url": "ftp://a.example"}, {"url": "https://"}, {"url": "https://a.example", "every": "0"},
		{"url": "https://a.example", "every": "often"},
	} {
		if _, err := feed.Kind.Source(set, client(fetch.Config{})); err == nil {
			t.Errorf("%v was accepted", set)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("/feed", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, blog(3)) })
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>`)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	said, err := feed.Kind.Check(t.Context(), desk.Settings{"url": s.URL + "/feed"}, client(fetch.Config{}))
	if err != nil || said.English() != "This works: The Harbour Post with 3 articles." {
		t.Errorf("got %q, %v", said.English(), err)
	}
	_, err = feed.Kind.Check(t.Context(), desk.Settings{"url": s.URL}, client(fetch.Config{}))
	if err == nil || !strings.HasSuffix(err.Error(), s.URL+"/feed") {
		t.Errorf("a page: got %v", err)
	}
}
