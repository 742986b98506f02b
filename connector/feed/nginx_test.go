package feed_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/connector"
	"breakwater/connector/feed"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/internal/needs"
)

const megabyte = 1 << 20

// faults are nginx's directives for everything that goes wrong with feeds; {upstream} cuts its answers short.
const faults = `
	location = /moved       { return 301 /blog.rss; }
	location = /kept        { return 308 /blog.rss; }
	location = /elsewhere   { return 302 /blog.rss; }
	location = /loop        { return 301 /loop2; }
	location = /loop2       { return 302 /loop; }
	location = /gone        { return 410; }
	location = /closed      { return 403; }
	location = /broken      { return 500; }
	location = /resting     { add_header Retry-After 90 always; return 503; }
	location = /busy        { limit_req zone=one; limit_req_status 429; add_header Retry-After 60 always; alias {www}/blog.rss; }
	location = /cut         { proxy_pass {upstream}; }
	location = /silent      { return 444; }
	location = /slow        { limit_rate 10; alias {www}/blog.rss; }
	location = /zipped      { gzip on; gzip_types *; gzip_min_length 1; alias {www}/blog.rss; }
	location = /zipped-huge { gzip on; gzip_types *; alias {www}/huge.rss; }
	location = /bomb        { alias {www}/bomb.gz; add_header Content-Encoding gzip; types {} default_type application/rss+xml; }
`

func startNginx(t *testing.T) (base, folder string) {
	t.Helper()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "5000")
		io.WriteString(w, blog(3)[:500])
	}))
	t.Cleanup(upstream.Close)
	conf := strings.NewReplacer("{upstream}", upstream.URL).Replace(faults)
	base, folder = needs.Nginx(t, strings.ReplaceAll(conf, "{www}", "www"))
	www := filepath.Join(folder, "www")
	write(t, filepath.Join(www, "blog.rss"), blog(12))
	write(t, filepath.Join(www, "cut-off.rss"), blog(12)[:900])
	write(t, filepath.Join(www, "huge.rss"), blog(1))
	if err := os.Truncate(filepath.Join(www, "huge.rss"), 1<<30); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(www, "bomb.gz"), bomb(t))
	return base, folder
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// bomb is a feed with 256 MB of spaces in about 256 KB: zipped pieces may simply follow each other.
func bomb(t *testing.T) string {
	t.Helper()
	return zipped(t, strings.TrimSuffix(blog(1), "</channel></rss>")) + strings.Repeat(zipped(t, strings.Repeat(" ", megabyte)), 256)
}

func zipped(t *testing.T, text string) string {
	t.Helper()
	var b strings.Builder
	z := gzip.NewWriter(&b)
	io.WriteString(z, text)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func client(c fetch.Config) connector.Env {
	c.AllowPrivate = fetch.Loopback()
	return connector.Env{Fetch: fetch.New(c), Log: slog.New(slog.DiscardHandler), SourceID: 7}
}

func pull(t *testing.T, address, cursor string, env connector.Env) (desk.Batch, error) {
	t.Helper()
	s, err := feed.Kind.Source(desk.Settings{"url": address}, env)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	return s.Pull(ctx, cursor)
}

func TestFaultsOfARealServer(t *testing.T) {
	t.Parallel()
	base, folder := startNginx(t)
	env := client(fetch.Config{Total: 2 * time.Second})
	if _, err := pull(t, base+"/busy", "", env); err != nil { // uses up the one request a minute
		t.Fatal(err)
	}
	limited := func(after time.Duration) func(error) bool {
		return func(err error) bool {
			var r *desk.Retry
			return errors.As(err, &r) && r.After == after && r.Limited == (after == time.Minute)
		}
	}
	denied := func(err error) bool { return errors.Is(err, desk.ErrDenied) }
	broken := func(err error) bool { return errors.Is(err, desk.ErrBroken) && !errors.Is(err, desk.ErrGone) }
	gone := func(err error) bool {
		return errors.Is(err, desk.ErrGone) && strings.Contains(desk.ProblemOf(err).English(), "gone for good")
	}
	for path, means := range map[string]func(error) bool{
		"/loop": broken, "/gone": gone, "/missing": broken, "/closed": denied,
		"/broken": limited(0), "/resting": limited(90 * time.Second), "/busy": limited(time.Minute),
		"/cut": limited(0), "/silent": limited(0), "/slow": limited(0), "/cut-off.rss": broken,
	} {
		b, err := pull(t, base+path, "", env)
		if err == nil || !means(err) || b.Cursor != "" {
			t.Errorf("%s: got %v, which means something else", path, err)
		}
		if say := desk.ProblemOf(err); say.IsZero() {
			t.Errorf("%s: no sentence for people: %v", path, err)
		}
	}
	asked, err := os.ReadFile(filepath.Join(folder, "access.log"))
	if got := strings.Count(string(asked), `"GET /gone HTTP/1.1" 410`); err != nil || got != 1 {
		t.Errorf("what is gone was asked for %d times in one look, want 1 (%v)", got, err)
	}
}

func TestARealServerOnGoodDays(t *testing.T) {
	t.Parallel()
	base, folder := startNginx(t)
	env := client(fetch.Config{})
	for _, path := range []string{"/blog.rss", "/moved", "/kept", "/elsewhere", "/zipped"} {
		first, err := pull(t, base+path, "", env)
		if err != nil || len(first.Mentions) != 12 {
			t.Fatalf("%s: got %d mentions, %v", path, len(first.Mentions), err)
		}
		again, err := pull(t, base+path, first.Cursor, env)
		if err != nil || len(again.Mentions) != 0 {
			t.Errorf("%s again: got %d mentions, %v", path, len(again.Mentions), err)
		}
	}
	asked, err := os.ReadFile(filepath.Join(folder, "access.log"))
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]int{
		`"GET /moved HTTP/1.1" 301`: 1, `"GET /kept HTTP/1.1" 308`: 1, `"GET /elsewhere HTTP/1.1" 302`: 2, `"GET /blog.rss HTTP/1.1" 304`: 4,
	} {
		if got := strings.Count(string(asked), line); got != want {
			t.Errorf("%s: asked %d times, want %d\n%s", line, got, want, asked)
		}
	}
}

func TestAMoveThatIsTakenBack(t *testing.T) {
	t.Parallel()
	base, folder := startNginx(t)
	env := client(fetch.Config{})
	b, err := pull(t, base+"/moved", "", env)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(folder, "www", "blog.rss")); err != nil {
		t.Fatal(err)
	}
	if _, err := pull(t, base+"/moved", b.Cursor, env); !errors.Is(err, desk.ErrBroken) {
		t.Errorf("gone at both addresses: got %v", err)
	}
	asked, _ := os.ReadFile(filepath.Join(folder, "access.log"))
	if got := strings.Count(string(asked), `"GET /moved HTTP/1.1"`); got != 2 {
		t.Errorf("the address in the settings was asked %d times, want 2:\n%s", got, asked)
	}
}

// What a server sends must not decide how much memory we use. Not parallel: it looks at the whole heap.
func TestHugeFeedsDoNotGrowTheHeap(t *testing.T) {
	base, _ := startNginx(t)
	env := client(fetch.Config{})
	look := func(path string) {
		_, err := pull(t, base+path, "", env)
		var large *fetch.TooLarge
		if !errors.As(err, &large) || !errors.Is(err, desk.ErrBroken) {
			t.Errorf("%s: got %v, want too large", path, err)
		}
	}
	for _, tc := range []struct {
		name string
		do   func()
		most uint64 // megabytes; with the garbage that was not collected yet
	}{
		{"a gigabyte", func() { look("/huge.rss") }, 8},
		{"a gigabyte zipped", func() { look("/zipped-huge") }, 48},
		{"a bomb", func() { look("/bomb") }, 48},
		{"twenty bombs at once", func() {
			var all sync.WaitGroup
			for range 20 {
				all.Go(func() { look("/bomb") })
			}
			all.Wait()
		}, 192},
	} {
		if peak := peakOf(tc.do) / megabyte; peak > tc.most {
			t.Errorf("%s: the heap grew by %d MB, want at most %d", tc.name, peak, tc.most)
		}
	}
}

// peakOf is by how many bytes the heap grew at most while do ran.
func peakOf(do func()) uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before, peak := m.HeapAlloc, m.HeapAlloc
	done := make(chan struct{})
	go func() { defer close(done); do() }()
	for tick := time.NewTicker(2 * time.Millisecond); ; {
		select {
		case <-done:
			tick.Stop()
			return peak - before
		case <-tick.C:
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc)
		}
	}
}

func TestANameThatLeadsInside(t *testing.T) {
	t.Parallel()
	base, folder := startNginx(t)
	env := connector.Env{Fetch: fetch.New(fetch.Config{}), Log: slog.New(slog.DiscardHandler)}
	address := strings.Replace(base, "127.0.0.1", "localhost", 1) + "/blog.rss"
	_, err := pull(t, address, "", env)
	if !errors.Is(err, desk.ErrBroken) || !strings.Contains(desk.ProblemOf(err).English(), "private network") {
		t.Errorf("got %v, %q", err, desk.ProblemOf(err).English())
	}
	if asked, _ := os.ReadFile(filepath.Join(folder, "access.log")); strings.Contains(string(asked), "blog.rss") {
		t.Errorf("it was asked all the same: %s", asked)
	}
}

func ExampleReadOPML() {
	list := `<opml version="2.0"><body><outline text="News"><outline text="Harbour Post" xmlUrl="https://harbour.example/feed"/></outline></body></opml>`
	feeds, err := feed.ReadOPML(strings.NewReader(list))
	fmt.Println(feeds, err)
	// Output: [{Harbour Post https://harbour.example/feed  News}] <nil>
}
