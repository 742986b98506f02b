package wordpress

import (
	"context"
	"encoding/base64"
	"errors"
	"html"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/connector"
	"breakwater/connector/connectortest"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/internal/needs"
	"breakwater/publish"
)

// pixel is a picture: one grey dot.
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="

func letter(p desk.Post) publish.Letter {
	return publish.Letter{Post: p, Body: func(context.Context, desk.Media) ([]byte, error) { return base64.StdEncoding.DecodeString(pixel) }}
}

func same(a, b string) bool {
	return strings.Join(strings.Fields(a), " ") == strings.Join(strings.Fields(b), " ")
}

// stage is the site behind a proxy that notes which posts were made through it.
func stage(t *testing.T, wp *needs.WordPressSite) connectortest.Stage {
	site, err := url.Parse(wp.URL)
	if err != nil {
		t.Fatal(err)
	}
	says := func(r *http.Request) bool {
		return r.Method == http.MethodPost && r.URL.Query().Get("rest_route") == "/wp/v2/posts"
	}
	var mu sync.Mutex // guards made
	var made []string
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(site) },
		ModifyResponse: func(res *http.Response) error {
			if res.StatusCode != http.StatusCreated || !says(res.Request) {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			made = append(made, path.Base(res.Header.Get("Location")))
			return nil
		},
	}
	return connectortest.Stage{
		Handler: proxy, Says: says,
		Settings: func(base string) desk.Settings {
			return desk.Settings{"url": base, "user": wp.User, "password": wp.Password}
		},
		Live: func() (n int) {
			mu.Lock()
			defer mu.Unlock()
			for _, id := range made {
				res, err := http.Get(wp.URL + "/?rest_route=/wp/v2/posts/" + id)
				if err != nil {
					t.Fatal(err)
				}
				res.Body.Close()
				if res.StatusCode == http.StatusOK {
					n++
				}
			}
			return n
		},
	}
}

// A statement is published on a real WordPress, once; it reads back as it was written, changes, and goes.
func TestRealWordPress(t *testing.T) {
	t.Parallel()
	wp := needs.WordPress(t)
	connectortest.Speak(t, Kind, func(t *testing.T) connectortest.Stage { return stage(t, wp) })
	env := connector.Env{Fetch: fetch.New(fetch.Config{AllowPrivate: fetch.Loopback()})}
	for user, password := range map[string]string{wp.User: wp.Password, wp.Author: wp.AuthorPW} {
		m, err := Kind.Channel(desk.Settings{"url": wp.URL, "user": user, "password": password[:4] + " " + password[4:]}, env)
		if err != nil {
			t.Fatal(err)
		}
		s := m.(*site)
		about, err := s.Inspect(t.Context())
		if err != nil || about.Account != user+" · "+wp.URL[len("http://"):] {
			t.Fatalf("%s: inspect: %+v, %v", user, about, err)
		}
		p := desk.Post{
			Key: "key-" + user, Title: `Kettle recall: "S & P" <b>models</b>`, Lang: "en", Claimed: time.Now(),
			Text:  "We recall 3 < 4 kettles & \"cups\".\nPress: [gallery] <script>alert(1)</script>\n\nMore: https://example.org/a?b=1&c=2 today.\n\nשלום 新聞",
			Media: []desk.Media{{Hash: "aa11bb22cc33" + user, Type: "image/png", Alt: `A "kettle"`, Name: "k.png"}, {Hash: "dd11bb22cc33" + user, Type: "image/png", Alt: "<Cup>", Name: "c.png"}},
		}
		first, err := s.Send(t.Context(), letter(p))
		if err != nil {
			t.Fatalf("%s: send: %v", user, err)
		}
		again, err := s.Send(t.Context(), letter(p))
		found, err2 := s.Find(t.Context(), p)
		if err != nil || err2 != nil || again.NativeID != first.NativeID || found.NativeID != first.NativeID || !strings.HasPrefix(first.Link, wp.URL) {
			t.Fatalf("%s: sent again %+v (%v), found %+v (%v), want %+v", user, again, err, found, err2, first)
		}
		p.NativeID = first.NativeID
		live, err := s.Read(t.Context(), p)
		if err != nil || !same(live.Text, p.Text) || live.Title != p.Title || live.Media != 2 {
			t.Errorf("%s: reads back %+v, %v\nwant %q", user, live, err, p.Text)
		}
		shown := wp.Page(t, first.Link)
		if strings.Contains(shown, "<script>alert") || strings.Contains(shown, "<b>models") || !strings.Contains(html.UnescapeString(shown), "[gallery]") {
			t.Errorf("%s: the page makes something of the words:\n%s", user, shown)
		}
		p.Text, p.Media = "Corrected: 12 kettles.", p.Media[:1]
		if _, err := s.Edit(t.Context(), letter(p)); err != nil {
			t.Fatalf("%s: edit: %v", user, err)
		}
		if live, err := s.Read(t.Context(), p); err != nil || live.Text != p.Text || live.Media != 1 {
			t.Errorf("%s: after the edit %+v, %v", user, live, err)
		}
		for range 2 {
			if err := s.Retract(t.Context(), p); err != nil {
				t.Fatalf("%s: retract: %v", user, err)
			}
		}
		if _, err := s.Read(t.Context(), p); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("%s: after it was taken back: %v", user, err)
		}
	}
	wrong, err := Kind.Channel(desk.Settings{"url": wp.URL, "user": "desk", "password": "wrong"}, env)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wrong.(*site).Inspect(t.Context()); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("a wrong password: %v", err)
	}
}
