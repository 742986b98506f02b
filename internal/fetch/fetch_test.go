package fetch_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"breakwater/internal/fetch"
)

func local() *fetch.Client {
	return fetch.New(fetch.Config{AllowPrivate: fetch.Loopback(), UserAgent: "desk-test"})
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	t.Parallel()
	called := false
	s := serve(t, func(http.ResponseWriter, *http.Request) { called = true })
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	hosts := []string{
		"127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port, "[::ffff:127.0.0.1]:" + port, "0.0.0.0:" + port,
		"10.0.0.1", "169.254.169.254", "100.64.0.1", "[64:ff9b::7f00:1]", "[fe80::1]", "[2002:7f00:1::]", "192.168.0.1:22",
	}
	for _, host := range hosts {
		_, err := fetch.New(fetch.Config{}).Do(t.Context(), fetch.Request{URL: "http://" + host + "/?token=sesame"})
		var private *fetch.Private
		if !errors.As(err, &private) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: got %v, want a private address", host, err)
		}
	}
	if called {
		t.Error("the private server was called")
	}
}

func TestAllowedHosts(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "inside") })
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	var conf fetch.Config
	if err := conf.Allow("localhost", " 10.1.0.0/16", "192.168.7.7"); err != nil {
		t.Fatal(err)
	}
	want := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("192.168.7.7/32")}
	if diff := cmp.Diff(want, conf.AllowPrivate, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	if err := conf.Allow("http://x/"); err == nil {
		t.Error("an address with a path was taken for a host")
	}
	a, err := fetch.New(conf).Do(t.Context(), fetch.Request{URL: "http://localhost:" + port})
	if err != nil || string(a.Body) != "inside" {
		t.Errorf("got %q, %v", a.Body, err)
	}
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	for path, to := range map[string]struct {
		code int
		to   string
	}{
		"/permanent": {301, "/kept"}, "/kept": {308, "/end"}, "/temporary": {302, "/end"}, "/mixed": {301, "/temporary"},
		"/loop": {301, "/loop"}, "/file": {302, "file:///etc/passwd"}, "/inside": {302, "http://10.0.0.1/"},
	} {
		mux.Handle(path, http.RedirectHandler(to.to, to.code))
	}
	mux.HandleFunc("/end", func(w http.ResponseWriter, r *http.Request) {
		if r.Referer() != "" || r.Header.Get("Authorization") == "" {
			w.WriteHeader(http.StatusTeapot)
		}
	})
	s := serve(t, mux.ServeHTTP)
	withUser := strings.Replace(s.URL, "http://", "http://ana:sesame@", 1)
	for _, tc := range []struct{ path, last, moved string }{
		{"/permanent?token=sesame", "/end", "/end"},
		{"/temporary", "/end", ""},
		{"/mixed", "/end", "/temporary"},
		{"/end", "/end", ""},
	} {
		a, err := local().Do(t.Context(), fetch.Request{URL: withUser + tc.path})
		moved := strings.TrimPrefix(a.Moved, s.URL)
		if err != nil || a.URL != s.URL+tc.last || moved != tc.moved {
			t.Errorf("%s: got %s, moved %q, %v; want %s, moved %q", tc.path, a.URL, moved, err, tc.last, tc.moved)
		}
	}
	for _, path := range []string{"/loop", "/file"} {
		_, err := local().Do(t.Context(), fetch.Request{URL: s.URL + path})
		var astray *fetch.Astray
		if !errors.As(err, &astray) {
			t.Errorf("%s: got %v, want *Astray", path, err)
		}
	}
	_, err := local().Do(t.Context(), fetch.Request{URL: s.URL + "/inside"})
	var private *fetch.Private
	if !errors.As(err, &private) || private.Host != "10.0.0.1" {
		t.Errorf("redirected inside: got %v", err)
	}
}

func TestNoDowngradeWithCredentials(t *testing.T) {
	t.Parallel()
	plain := serve(t, func(http.ResponseWriter, *http.Request) {})
	tls := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	t.Cleanup(tls.Close)
	roots := tls.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	c := fetch.New(fetch.Config{AllowPrivate: fetch.Loopback(), Roots: roots})
	var astray *fetch.Astray
	_, err := c.Do(t.Context(), fetch.Request{URL: tls.URL, Header: http.Header{"Authorization": {"Bearer sesame"}}})
	if !errors.As(err, &astray) {
		t.Errorf("with credentials: got %v, want *Astray", err)
	}
	if _, err := c.Do(t.Context(), fetch.Request{URL: tls.URL}); err != nil {
		t.Errorf("without credentials: %v", err)
	}
	_, err = local().Do(t.Context(), fetch.Request{URL: tls.URL})
	if err == nil || !strings.HasSuffix(err.Error(), "the certificate is not valid") {
		t.Errorf("unknown authority: got %v", err)
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(http.StatusTooManyRequests)
		io.WriteString(w, `{"error":"token sesame"}`+strings.Repeat("x", 1<<20))
	})
	_, err := local().Do(t.Context(), fetch.Request{URL: s.URL + "/bot-sesame/?token=sesame"})
	var status *fetch.Status
	if !errors.As(err, &status) {
		t.Fatalf("got %v", err)
	}
	if !status.Limited() || !status.Temporary() || status.Denied() || status.After != 2*time.Minute || len(status.Body) != 4<<10 {
		t.Errorf("got %+v", status)
	}
	if strings.Contains(err.Error(), "sesame") {
		t.Errorf("the error shows a secret: %v", err)
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	if _, err := z.Write(make([]byte, 8<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/bomb", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(bomb.Bytes())
	})
	mux.HandleFunc("/announced", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "1073741824") })
	mux.HandleFunc("/cut", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "half")
	})
	mux.HandleFunc("/corrupt", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(append(bytes.Clone(bomb.Bytes()[:200]), bytes.Repeat([]byte{0xff}, 200)...))
	})
	mux.HandleFunc("/exact", func(w http.ResponseWriter, _ *http.Request) { w.Write(make([]byte, 1<<20)) })
	mux.HandleFunc("/stalled", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "half")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	s := serve(t, mux.ServeHTTP)
	c := fetch.New(fetch.Config{AllowPrivate: fetch.Loopback(), Idle: 50 * time.Millisecond})
	for path, want := range map[string]string{
		"/bomb": "*fetch.TooLarge", "/announced": "*fetch.TooLarge", "/cut": "*fetch.Unreachable", "/corrupt": "*fetch.Garbled",
		"/stalled": "*fetch.Unreachable", "/exact": "<nil>",
	} {
		_, err := c.Do(t.Context(), fetch.Request{URL: s.URL + path, MaxBody: 1 << 20})
		if got := typeOf(err); got != want {
			t.Errorf("%s: got %s (%v), want %s", path, got, err, want)
		}
	}
}

func TestTheCallersContext(t *testing.T) {
	t.Parallel()
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := local().Do(ctx, fetch.Request{URL: s.URL}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want canceled", err)
	}
	_, err := local().Do(t.Context(), fetch.Request{URL: s.URL, Total: 20 * time.Millisecond})
	if typeOf(err) != "*fetch.Unreachable" || !strings.HasSuffix(err.Error(), "too slow") {
		t.Errorf("own limit: got %s %v", typeOf(err), err)
	}
}

func TestConditional(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"7"`)
		if r.Header.Get("If-None-Match") == `"7"` || r.UserAgent() != "desk-test" {
			w.WriteHeader(http.StatusNotModified)
		}
	})
	first, err := local().Do(t.Context(), fetch.Request{URL: s.URL})
	if err != nil || first.NotModified() {
		t.Fatalf("first: %+v, %v", first, err)
	}
	second, err := local().Do(t.Context(), fetch.Request{URL: s.URL, ETag: first.Header.Get("ETag")})
	if err != nil || !second.NotModified() {
		t.Errorf("second: %+v, %v", second, err)
	}
}

// A kept connection that breaks under a POST with an Idempotency-Key is where net/http by itself would send twice.
func TestAPostIsSentOnce(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"text=hello", ""} {
		var posts atomic.Int32
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				t.Error(err)
			}
			if r.Method == http.MethodPost {
				posts.Add(1)
				conn, _, err := w.(http.Hijacker).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				conn.Close()
			}
		})
		c := local()
		if _, err := c.Do(t.Context(), fetch.Request{URL: s.URL}); err != nil {
			t.Fatal(err)
		}
		_, err := c.Do(t.Context(), fetch.Request{Method: "POST", URL: s.URL, Body: []byte(body), Header: http.Header{"Idempotency-Key": {"k"}}})
		if err == nil || posts.Load() != 1 {
			t.Errorf("body %q: %d posts, %v; want 1 and an error", body, posts.Load(), err)
		}
	}
}

func TestJSONAndForms(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if r.URL.Path == "/bad" {
			b = []byte(strings.Repeat("[", 20000))
		} else if r.URL.Path == "/form" {
			b = []byte(`{"said":"` + string(b) + `"}`)
		}
		w.Write(b)
	})
	var out struct{ Said string }
	if _, err := local().PostJSON(t.Context(), s.URL, nil, map[string]string{"said": "שלום"}, &out); err != nil || out.Said != "שלום" {
		t.Errorf("JSON: got %q, %v", out.Said, err)
	}
	if _, err := local().PostForm(t.Context(), s.URL+"/form", nil, url.Values{"a": {"b c"}}, &out); err != nil || out.Said != "a=b+c" {
		t.Errorf("form: got %q, %v", out.Said, err)
	}
	if _, err := local().GetJSON(t.Context(), s.URL+"/bad", nil, &out); typeOf(err) != "*fetch.Garbled" {
		t.Errorf("deep nesting: got %s %v", typeOf(err), err)
	}
}

func TestAddressesThatCannotBeCalled(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "ftp://example.org", "file:///etc/passwd", "http://", "http://a b/", "javascript:alert(1)", "//x"} {
		_, err := local().Do(t.Context(), fetch.Request{URL: address})
		if typeOf(err) != "*fetch.Address" {
			t.Errorf("%q: got %s %v", address, typeOf(err), err)
		}
	}
}

func TestStream(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "event: update\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	body, err := local().Stream(t.Context(), fetch.Request{URL: s.URL}, 50*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	got, err := io.ReadAll(body)
	if string(got) != "event: update\n" || typeOf(err) != "*fetch.Unreachable" {
		t.Errorf("got %q, %s %v", got, typeOf(err), err)
	}
}

func TestWebsocket(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer sesame" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"two"}})
		if err != nil {
			return
		}
		for _, text := range [][]byte{[]byte("hello"), make([]byte, fetch.MaxMessage+1)} {
			if err := conn.Write(r.Context(), websocket.MessageText, text); err != nil {
				t.Error(err)
			}
		}
		<-conn.CloseRead(r.Context()).Done()
	})
	address := strings.Replace(s.URL, "http", "ws", 1)
	header := http.Header{"Authorization": {"Bearer sesame"}}
	conn, err := local().Websocket(t.Context(), address, header, "one", "two")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	if _, got, err := conn.Read(t.Context()); string(got) != "hello" || err != nil || conn.Subprotocol() != "two" {
		t.Errorf("got %q over %q, %v", got, conn.Subprotocol(), err)
	}
	if _, _, err := conn.Read(t.Context()); !errors.Is(err, websocket.ErrMessageTooBig) {
		t.Errorf("a message above the limit: got %v", err)
	}
	var status *fetch.Status
	if _, err := local().Websocket(t.Context(), address, nil); !errors.As(err, &status) || !status.Denied() {
		t.Errorf("refused handshake: got %v", err)
	}
	var private *fetch.Private
	if _, err := fetch.New(fetch.Config{}).Websocket(t.Context(), address, header); !errors.As(err, &private) {
		t.Errorf("private: got %v", err)
	}
}
