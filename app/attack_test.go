package app

import (
	"archive/tar"
	"bytes"
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/api"
	"breakwater/desk"
	"breakwater/internal/door"
	"breakwater/store"
	"breakwater/web"
)

// fort is a whole desk with its doors, as serve opens them, and an admin in it.
type fort struct {
	*stages
	t     *testing.T
	url   string
	admin *http.Client // signed in
	token string       // of the admin
	log   *writing
}

// writing is what was logged.
type writing struct {
	mu  sync.Mutex // guards all
	all strings.Builder
}

func (w *writing) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.Write(p)
}

func (w *writing) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.String()
}

const fortPassword = "harbour wall in winter"

func newFort(t *testing.T, c Config) *fort {
	t.Helper()
	f := &fort{t: t, log: &writing{}}
	if c.Data == "" {
		c.Data = t.TempDir()
	}
	c.Log = slog.New(slog.NewTextHandler(f.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	c.Listen = "127.0.0.1:0"
	var err error
	f.stages, err = open(t.Context(), c)
	f.must(err)
	t.Cleanup(func() { f.must(f.close()) })
	h, ready, err := f.front(c)
	f.must(err)
	ready.Store(true)
	ours, err := proxies(c.TrustProxy)
	f.must(err)
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	f.must(err)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- listenAndServe(ctx, door.Listen(ln, ours), h) }()
	t.Cleanup(func() { f.hub.Close(); stop(); f.must(<-done) })
	f.url = "http://" + ln.Addr().String()

	u, err := f.gate.AddUser(t.Context(), desk.User{Name: "Ana", Email: "ana@example.org", Role: desk.Admin, Lang: "en"}, fortPassword)
	f.must(err)
	_, secret, err := f.gate.AddTokenOf(t.Context(), u.ID, "attack", desk.Admin, time.Time{})
	f.must(err)
	f.token = secret.Reveal()
	return f
}

func (f *fort) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// ask sends a request as a program: with the admin's token, or with none.
func (f *fort) ask(method, path, token string, head map[string]string, body io.Reader) (int, http.Header, string) {
	f.t.Helper()
	req, err := http.NewRequestWithContext(f.t.Context(), method, f.url+path, body)
	f.must(err)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for k, v := range head {
		req.Header.Set(k, v)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	f.must(err)
	defer res.Body.Close()
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		return res.StatusCode, res.Header, ""
	}
	b, err := io.ReadAll(res.Body)
	f.must(err)
	return res.StatusCode, res.Header, string(b)
}

var part = regexp.MustCompile(`\{[^}]*\}`)

// everyAddress are requests to all that the desk answers, for somebody with the admin's token where there is one.
func everyAddress() (all []string) {
	for _, pattern := range append(web.Addresses(), api.Addresses()...) {
		pattern = strings.ReplaceAll(pattern, "{$}", "")
		all = append(all, part.ReplaceAllString(pattern, "1"))
	}
	return append(all, "GET /static/desk.css", "GET /static/none", "GET /nothing", "POST /nothing", "PUT /me", "GET /api/v1/nothing", "DELETE /api/v1/me", "GET /api/v1/openapi.json",
		"GET /metrics", "GET /healthz", "GET /readyz", "POST /in/1", "POST /in/x", "GET /in/1", "TRACE /")
}

// Every answer, also errors and what is none of ours, carries what keeps browsers from doing with it what it was not made for.
func TestAttackHeaders(t *testing.T) {
	t.Parallel()
	f := newFort(t, Config{PublicURL: "https://desk.example"})
	weak := regexp.MustCompile(`unsafe-|\*|https?:|blob:`)
	for _, address := range everyAddress() {
		method, path, _ := strings.Cut(address, " ")
		for _, token := range []string{"", f.token} {
			status, h, _ := f.ask(method, path, token, nil, strings.NewReader("{}"))
			policy := h.Get("Content-Security-Policy")
			for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'"} {
				if !strings.Contains(policy, want) && !strings.Contains(policy, "sandbox") {
					t.Errorf("%s (%d): Content-Security-Policy %q lacks %s", address, status, policy, want)
				}
			}
			if weak.MatchString(policy) {
				t.Errorf("%s (%d): Content-Security-Policy %q is weak", address, status, policy)
			}
			for name, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
				"Strict-Transport-Security": "max-age=63072000",
			} {
				if got := h.Get(name); got != want {
					t.Errorf("%s (%d): %s is %q, want %q", address, status, name, got, want)
				}
			}
			if got := h.Get("Referrer-Policy"); got != "same-origin" && got != "no-referrer" {
				t.Errorf("%s (%d): Referrer-Policy is %q", address, status, got)
			}
			if !strings.Contains(h.Get("Permissions-Policy"), "camera=()") {
				t.Errorf("%s (%d): Permissions-Policy is %q", address, status, h.Get("Permissions-Policy"))
			}
			if cache := h.Get("Cache-Control"); !strings.HasPrefix(path, "/static/") && path != "/worker.js" && cache != "no-store" && !strings.HasPrefix(cache, "private") {
				t.Errorf("%s (%d): Cache-Control is %q: others may be shown what is private", address, status, cache)
			}
			for _, leak := range []string{"Server", "X-Powered-By", "Access-Control-Allow-Origin"} {
				if got := h.Get(leak); got != "" {
					t.Errorf("%s (%d): %s is %q", address, status, leak, got)
				}
			}
		}
	}
}

// The session's cookie is for this host and https alone, out of the reach of scripts and of other sites.
func TestAttackCookies(t *testing.T) {
	t.Parallel()
	for public, want := range map[string][]string{
		"https://desk.example": {"__Host-desk=", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"},
		"":                     {"desk=", "Path=/", "HttpOnly", "SameSite=Lax"},
	} {
		f := newFort(t, Config{PublicURL: public})
		status, h, _ := f.ask(http.MethodPost, "/sign-in", "", map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Origin": f.url},
			strings.NewReader("email=ana@example.org&password="+strings.ReplaceAll(fortPassword, " ", "+")))
		set := h.Get("Set-Cookie")
		if status != http.StatusSeeOther || !strings.HasPrefix(set, want[0]) {
			t.Fatalf("sign-in answered %d and set %q", status, set)
		}
		for _, w := range want[1:] {
			if !strings.Contains(set, w) {
				t.Errorf("%q lacks %s", set, w)
			}
		}
		if strings.Contains(set, "Domain=") {
			t.Errorf("%q is sent to neighbours", set)
		}
		if public == "" {
			continue
		}
		value, _, _ := strings.Cut(strings.TrimPrefix(set, want[0]), ";")
		if status, _, _ := f.ask(http.MethodGet, "/me", "", map[string]string{"Cookie": "desk=" + value}, nil); status == http.StatusOK {
			t.Error("a cookie that a neighbour under the same domain can set is taken for a session")
		}
		if status, _, _ := f.ask(http.MethodGet, "/me", "", map[string]string{"Cookie": want[0] + value}, nil); status != http.StatusOK {
			t.Errorf("the session is not known again: %d", status)
		}
	}
}

// The numbers of a desk are for who has a token, or comes from where the operator says.
func TestAttackMetrics(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		c     Config
		from  string // as a proxy says; empty: this machine
		token bool
		want  int
	}{
		{"a desk of this machine, from it", Config{}, "", false, http.StatusOK},
		{"a desk of this machine, through a proxy", Config{}, "198.51.100.7", false, http.StatusUnauthorized},
		{"a public desk, from its machine or a careless proxy", Config{PublicURL: "https://desk.example"}, "", false, http.StatusUnauthorized},
		{"a public desk, with a token", Config{PublicURL: "https://desk.example"}, "198.51.100.7", true, http.StatusOK},
		{"a public desk, from where it may be watched", Config{PublicURL: "https://desk.example", MetricsFrom: []string{"198.51.100.0/24"}}, "198.51.100.7", false, http.StatusOK},
		{"a public desk, from elsewhere", Config{PublicURL: "https://desk.example", MetricsFrom: []string{"198.51.100.0/24"}}, "203.0.113.7", false, http.StatusUnauthorized},
	} {
		f := newFort(t, tt.c)
		head := map[string]string{}
		if tt.from != "" {
			head["X-Forwarded-For"] = tt.from
		}
		token := ""
		if tt.token {
			token = f.token
		}
		status, _, body := f.ask(http.MethodGet, "/metrics", token, head, nil)
		if status != tt.want || strings.Contains(body, "breakwater_") != (tt.want == http.StatusOK) {
			t.Errorf("%s: %d, want %d", tt.name, status, tt.want)
		}
		if status, _, _ := f.ask(http.MethodGet, "/metrics", "bw_GUESSED", map[string]string{"X-Forwarded-For": "203.0.113.7"}, nil); status != http.StatusUnauthorized {
			t.Errorf("%s: a token that is none reads them: %d", tt.name, status)
		}
	}
}

// What anybody but a proxy of ours says in X-Forwarded-For is not believed: neither in the journal nor where askers are counted.
func TestAttackSpoofedAddress(t *testing.T) {
	t.Parallel()
	ours, err := proxies([]string{"10.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	limits := &door.Limits{Wrong: door.NewLimiter(door.Rate{Every: time.Hour, Burst: 3})}
	refuse := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	mux := http.NewServeMux()
	mux.Handle("POST /in/{source}", unsigned(limits, refuse))
	h := behindProxy(ours, mux)
	ask := func(from, says, source string) int {
		r := httptest.NewRequest(http.MethodPost, "/in/"+source, nil)
		r.RemoteAddr = from + ":4711"
		for _, name := range []string{"X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP", "CF-Connecting-IP"} {
			r.Header.Set(name, says)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	for i, says := range []string{"203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.4"} {
		want := http.StatusUnauthorized
		if i == 3 {
			want = http.StatusTooManyRequests
		}
		if got := ask("198.51.100.9", says, "1"); got != want {
			t.Errorf("delivery %d of a stranger who says to be %s: %d, want %d", i+1, says, got, want)
		}
	}
	if got := ask("198.51.100.9", "", "2"); got != http.StatusUnauthorized {
		t.Errorf("another source is closed too: %d", got)
	}
	if got := ask("10.0.0.1", "192.0.2.1", "1"); got != http.StatusUnauthorized {
		t.Errorf("who comes through our proxy is taken for the stranger: %d", got)
	}
}

// Who opens connections and says nothing, or asks for much and reads nothing, is given up, and nobody else waits for it.
func TestAttackSlowClients(t *testing.T) {
	t.Parallel()
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	const most = 4
	guarded := door.ListenFor(ln, func(netip.Addr) bool { return false }, door.Room{All: 100, Each: most, Read: 200 * time.Millisecond})
	ended := make(chan error, 1)
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		var err error
		for b := make([]byte, 8<<10); err == nil; {
			_, err = w.Write(b)
		}
		ended <- err
	}), ReadHeaderTimeout: 200 * time.Millisecond}
	go srv.Serve(guarded)
	t.Cleanup(func() { srv.Close() })
	dial := func() net.Conn {
		c, err := new(net.Dialer).DialContext(t.Context(), "tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	closed := func(c net.Conn) {
		t.Helper()
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
		if _, err := io.Copy(io.Discard, c); err != nil && strings.Contains(err.Error(), "timeout") {
			t.Error("a connection was kept")
		}
	}
	reader := dial()
	if _, err := io.WriteString(reader, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	select { // nothing is read
	case <-ended:
	case <-time.After(20 * time.Second):
		t.Error("an answer that nobody reads is still written")
	}
	var held []net.Conn
	for range most {
		held = append(held, dial())
	}
	closed(dial()) // one too many
	for _, c := range held {
		closed(c) // says nothing
	}
}

// A backup that somebody tampered with puts files nowhere but where a backup's files belong, and makes no links.
func TestAttackBackupNames(t *testing.T) {
	t.Parallel()
	around := t.TempDir()
	dir := filepath.Join(around, "data", "restored")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	put := func(h tar.Header, body string) {
		h.Size, h.Mode = int64(len(body)), 0o600
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, body); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"../evil", "../../evil", filepath.Join(around, "evil"), "a/../../../evil", "extra"} {
		put(tar.Header{Name: name}, "evil")
	}
	put(tar.Header{Name: store.File, Typeflag: tar.TypeSymlink, Linkname: filepath.Join(around, "evil")}, "")
	put(tar.Header{Name: store.File}, "database")
	put(tar.Header{Name: keyFile}, "key")
	put(tar.Header{Name: store.File}, "again")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	from := filepath.Join(around, "backup")
	if err := os.WriteFile(from, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	_ = unpack(from, dir) // refused, or read as far as it is a backup
	err := filepath.WalkDir(around, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path == from {
			return err
		}
		if d.Type()&fs.ModeSymlink != 0 || filepath.Dir(path) != dir || d.Name() != store.File && d.Name() != keyFile {
			t.Errorf("the backup made %s", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
