package needs

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/internal/fetch"
)

// BlueskyNetwork is a whole Bluesky of a test's own: directory, personal data server and AppView, the real programs.
type BlueskyNetwork struct {
	PDS     string // address of the server that accounts live on; it passes questions on to the AppView
	AppView string

	fetch *fetch.Client
}

// Bluesky starts a Bluesky network on 127.0.0.1 and stops it with the test. It takes some ten seconds, and needs what
// test/bluesky/install.sh installs, PostgreSQL and Redis.
func Bluesky(t testing.TB) *BlueskyNetwork {
	t.Helper()
	dir, node := blueskyPrograms(t)
	env := append(os.Environ(), "DB_POSTGRES_URL="+Postgres(t), "REDIS_HOST="+redis(t), "NODE_NO_WARNINGS=1", "LOG_ENABLED=0", "TMPDIR="+t.TempDir())
	// Its servers choose ports first and listen later; what others took meanwhile ends it, and it is begun again.
	for range 3 {
		if n := startBluesky(t, dir, node, env); n != nil {
			return n
		}
	}
	t.Fatal("the Bluesky network found its ports taken three times")
	return nil
}

// startBluesky starts the network once. It is nil when a port that it had chosen was taken.
func startBluesky(t testing.TB, dir, node string, env []string) *BlueskyNetwork {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background()) // the test's own ends before its clean-up
	cmd := exec.CommandContext(ctx, node, "network.mjs")
	cmd.Dir, cmd.Env, cmd.WaitDelay = dir, env, 10*time.Second
	said := &tail{}
	cmd.Stderr = said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	life, err := cmd.StdinPipe() // the network ends with it, also when this process is killed
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 1)
	var reader sync.WaitGroup
	reader.Go(func() {
		defer close(lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			select {
			case lines <- s.Text():
			default: // only the first line is for us
			}
		}
	})
	t.Cleanup(func() {
		life.Close()
		stop()
		reader.Wait()
		_ = cmd.Wait() // it was killed
	})
	n := &BlueskyNetwork{fetch: fetch.New(fetch.Config{AllowPrivate: fetch.Loopback()})}
	select {
	case line, alive := <-lines:
		if !alive && strings.Contains(said.String(), "EADDRINUSE") {
			return nil
		}
		if err := json.Unmarshal([]byte(strings.ReplaceAll(line, "localhost", "127.0.0.1")), n); err != nil || n.PDS == "" {
			t.Fatalf("the Bluesky network said %q: %v\n%s", line, err, said)
		}
	case <-time.After(90 * time.Second):
		t.Fatalf("the Bluesky network did not start within 90 s:\n%s", said)
	}
	return n
}

// blueskyPrograms finds the network's folder and the Node that it was installed with.
func blueskyPrograms(t testing.TB) (dir, node string) {
	t.Helper()
	dir = filepath.Join(moduleRoot(t), "test", "bluesky")
	arch := map[string]string{"amd64": "x64"}[runtime.GOARCH]
	if arch == "" {
		arch = runtime.GOARCH
	}
	node = filepath.Join(dir, "node_modules", "node-"+runtime.GOOS+"-"+arch, "bin", "node")
	if _, err := os.Stat(filepath.Join(dir, "node_modules", ".installed")); err != nil {
		Missing(t, "the Bluesky network", "test/bluesky/install.sh has not installed it")
	}
	return dir, node
}

// moduleRoot is the folder of go.mod.
func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test's folder")
		}
		dir = up
	}
}

// redis starts a Redis that keeps nothing, and answers with its host and port.
func redis(t testing.TB) string {
	t.Helper()
	program := Program(t, "Redis", "redis-server")
	address := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, "--bind", "127.0.0.1", "--port", address[len("127.0.0.1:"):], "--save", "", "--appendonly", "no", "--dir", t.TempDir())
	if err := cmd.Start(); err != nil {
		stop()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait() // it was killed
	})
	return address
}

// tail keeps the last of what a program wrote.
type tail struct {
	mu sync.Mutex // guards b
	b  []byte
}

func (l *tail) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.b = append(l.b, p...)
	l.b = l.b[max(0, len(l.b)-8<<10):]
	return len(p), nil
}

func (l *tail) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.b)
}

// BlueskyAccount is somebody on the network.
type BlueskyAccount struct {
	Handle   string `json:"handle"`
	DID      string `json:"did"`
	Password string `json:"-"`

	token   string
	network *BlueskyNetwork
}

// Account makes a new account; its handle is name.test.
func (n *BlueskyNetwork) Account(t testing.TB, name string) *BlueskyAccount {
	t.Helper()
	a := &BlueskyAccount{Password: "password-of-" + name, network: n}
	var made struct {
		Handle, DID string
		AccessJwt   string
	}
	in := map[string]any{"handle": name + ".test", "email": name + "@example.com", "password": a.Password}
	if _, err := n.fetch.PostJSON(t.Context(), n.PDS+"/xrpc/com.atproto.server.createAccount", nil, in, &made); err != nil {
		t.Fatalf("make the account %s: %v", name, err)
	}
	a.Handle, a.DID, a.token = made.Handle, made.DID, made.AccessJwt
	return a
}

// AppPassword makes a password for a program.
func (a *BlueskyAccount) AppPassword(t testing.TB) string {
	t.Helper()
	var made struct{ Password string }
	a.call(t, "com.atproto.server.createAppPassword", map[string]any{"name": "breakwater"}, &made)
	return made.Password
}

// Post writes a post, naming who it mentions, and answers with its address.
func (a *BlueskyAccount) Post(t testing.TB, text string, mentions ...*BlueskyAccount) string {
	t.Helper()
	facets := []any{}
	for _, m := range mentions {
		if i := strings.Index(text, "@"+m.Handle); i >= 0 {
			facets = append(facets, map[string]any{
				"index":    map[string]int{"byteStart": i, "byteEnd": i + 1 + len(m.Handle)},
				"features": []any{map[string]any{"$type": "app.bsky.richtext.facet#mention", "did": m.DID}},
			})
		}
	}
	record := map[string]any{"$type": "app.bsky.feed.post", "text": text, "createdAt": time.Now().UTC().Format(time.RFC3339Nano), "langs": []string{"en"}, "facets": facets}
	var made struct{ URI string }
	a.call(t, "com.atproto.repo.createRecord", map[string]any{"repo": a.DID, "collection": "app.bsky.feed.post", "record": record}, &made)
	return made.URI
}

// Delete takes a post back.
func (a *BlueskyAccount) Delete(t testing.TB, uri string) {
	t.Helper()
	_, rkey, _ := strings.Cut(uri, "/app.bsky.feed.post/")
	a.call(t, "com.atproto.repo.deleteRecord", map[string]any{"repo": a.DID, "collection": "app.bsky.feed.post", "rkey": rkey}, nil)
}

func (a *BlueskyAccount) call(t testing.TB, method string, in, out any) {
	t.Helper()
	if _, err := a.network.fetch.PostJSON(t.Context(), a.network.PDS+"/xrpc/"+method, http.Header{"Authorization": {"Bearer " + a.token}}, in, out); err != nil {
		t.Fatalf("%s as %s: %v", method, a.Handle, err)
	}
}

// Reply answers a post in its thread, and gives the answer's address. parent and root are posts as Thread tells them.
func (a *BlueskyAccount) Reply(t testing.TB, text string, root, parent BlueskyRef) string {
	t.Helper()
	record := map[string]any{
		"$type": "app.bsky.feed.post", "text": text, "createdAt": time.Now().UTC().Format(time.RFC3339Nano), "langs": []string{"en"},
		"reply": map[string]any{"root": root, "parent": parent},
	}
	var made struct{ URI string }
	a.call(t, "com.atproto.repo.createRecord", map[string]any{"repo": a.DID, "collection": "app.bsky.feed.post", "record": record}, &made)
	return made.URI
}

// BlueskyRef names one version of a post.
type BlueskyRef struct {
	URI string `json:"uri"`
	CID string `json:"cid"`
}

// BlueskyThread is a post with the answers to it that the network shows.
type BlueskyThread struct {
	Post struct {
		BlueskyRef
		Author struct{ DID, Handle string }
		Record struct {
			Text  string
			Reply *struct{ Root, Parent BlueskyRef }
		}
	}
	Replies []BlueskyThread
}

// Thread is a thread as the network shows it to the account; ok is false while it does not know the post.
func (a *BlueskyAccount) Thread(t testing.TB, uri string) (thread BlueskyThread, ok bool) {
	t.Helper()
	var got struct{ Thread BlueskyThread }
	address := a.network.PDS + "/xrpc/app.bsky.feed.getPostThread?" + url.Values{"uri": {uri}}.Encode()
	_, err := a.network.fetch.GetJSON(t.Context(), address, http.Header{"Authorization": {"Bearer " + a.token}}, &got)
	return got.Thread, err == nil && got.Thread.Post.URI != ""
}
