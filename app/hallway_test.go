package app

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/centre"
	"breakwater/internal/needs"
)

// line is a way to a server that can be cut.
type line struct {
	at, to string
	mu     sync.Mutex // guards what follows
	ln     net.Listener
	open   map[net.Conn]bool
}

// connect opens the way.
func (l *line) connect(t *testing.T) {
	t.Helper()
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", l.at)
	if err != nil {
		t.Fatal(err)
	}
	l.mu.Lock()
	l.ln, l.open = ln, map[net.Conn]bool{}
	l.mu.Unlock()
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			up, err := net.Dial("tcp", l.to)
			if err != nil {
				c.Close()
				continue
			}
			l.mu.Lock()
			l.open[c], l.open[up] = true, true
			l.mu.Unlock()
			go func() { _, _ = io.Copy(up, c); up.Close() }()
			go func() { _, _ = io.Copy(c, up); c.Close() }()
		}
	}()
}

// cut ends it and all that runs over it.
func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ln.Close()
	for c := range l.open {
		c.Close()
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// A desk that starts while its database is away has the public pages up at once, on their own host name too, and the rest as soon as the
// database is there; a database that goes away later takes nothing from the public.
func TestPublicPagesWithoutADatabase(t *testing.T) {
	t.Parallel()
	dsn, err := url.Parse(needs.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	way := &line{at: freeAddress(t), to: dsn.Host}
	dsn.Host = way.at
	data := t.TempDir()
	home := filepath.Join(data, centreFolder, "aurora")
	files := map[string]centre.File{"index.html": {Body: []byte("<p>what to do now</p>")}, "old/index.html": {Body: []byte("<p>taken down</p>")}}
	if err := centre.Write(home, files); err != nil {
		t.Fatal(err)
	}
	noted := `{"hosts":{"help.aurora.example":"aurora"},"status":{"aurora":{"old/index.html":410}}}`
	if err := os.WriteFile(filepath.Join(data, centreFolder, "edition.json"), []byte(noted), 0o600); err != nil {
		t.Fatal(err)
	}
	c := Config{Listen: freeAddress(t), Data: data, DSN: dsn.String(), Log: slog.New(slog.DiscardHandler), Out: io.Discard}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, c) }()
	ask := func(host, path string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+c.Listen+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		res, err := (&http.Client{Timeout: 20 * time.Second}).Do(req)
		if err != nil {
			return 0, err.Error()
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(b)
	}
	until := func(what string, is func() bool) {
		t.Helper()
		for end := time.Now().Add(60 * time.Second); !is(); time.Sleep(50 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("waited for %s", what)
			}
		}
	}
	code := func(path string) int { n, _ := ask("", path); return n }
	until("the public page", func() bool { return code("/c/aurora/") == http.StatusOK })
	if n, body := ask("help.aurora.example", "/"); n != http.StatusOK || !strings.Contains(body, "what to do now") {
		t.Errorf("on its own host name: %d %s", n, body)
	}
	for path, want := range map[string]int{"/c/aurora/old/": http.StatusGone, "/c/aurora/none.html": http.StatusNotFound, "/healthz": http.StatusOK, "/readyz": http.StatusServiceUnavailable, "/c/aurora/-/leave/x": http.StatusServiceUnavailable, "/radar": http.StatusServiceUnavailable} {
		if n := code(path); n != want {
			t.Errorf("%s without a database: %d, want %d", path, n, want)
		}
	}
	way.connect(t)
	until("the rest of the desk", func() bool { return code("/readyz") == http.StatusOK })
	way.cut()
	until("that the database is missed", func() bool { return code("/readyz") == http.StatusServiceUnavailable })
	if n := code("/healthz"); n != http.StatusOK {
		t.Errorf("the desk fell with its database: %d", n)
	}
	stop()
	if err := <-ended; err != nil && !strings.Contains(err.Error(), "refused") {
		t.Error(err)
	}
}
