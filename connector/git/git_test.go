package git

import (
	"errors"
	"maps"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/internal/needs"
	"breakwater/mirror"
)

func always() error { return nil }

// repository is an empty one of the real git.
func repository(t *testing.T) (dir string, git func(args ...string) string) {
	t.Helper()
	program := needs.Program(t, "git", "git")
	dir = filepath.Join(t.TempDir(), "help.git")
	git = func(args ...string) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), program, append([]string{"-C", dir}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	if out, err := exec.CommandContext(t.Context(), program, "init", "-q", "--bare", dir).CombinedOutput(); err != nil {
		t.Fatalf("git init: %v\n%s", err, out)
	}
	git("config", "receive.fsckObjects", "true")
	git("config", "http.receivepack", "true")
	return dir, git
}

// byWeb serves a repository by git's own program; who has the password may push.
func byWeb(t *testing.T, dir string) string {
	t.Helper()
	h := &cgi.Handler{Path: needs.Program(t, "git's program for the web", "/usr/lib/git-core/git-http-backend", "/usr/libexec/git-core/git-http-backend"),
		Env: []string{"GIT_PROJECT_ROOT=" + filepath.Dir(dir), "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=aurora"}}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != "token" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv.URL + "/help.git"
}

func open(t *testing.T, set desk.Settings) mirror.Place {
	t.Helper()
	p, err := Kind.Place(set, connector.Env{Fetch: fetch.New(fetch.Config{AllowPrivate: fetch.Loopback()})})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// change is a push of all of these files.
func change(files map[string]string) mirror.Change {
	c := mirror.Change{Files: map[string]mirror.File{}}
	for name, body := range files {
		c.Files[name] = mirror.File{Body: []byte(body)}
		c.Steps = append(c.Steps, mirror.Step{Name: name, File: c.Files[name]})
	}
	return c
}

// pushed checks that a branch gets everything as one commit after what it was, and that git itself finds nothing wrong with it.
func pushed(t *testing.T, p mirror.Place, git func(args ...string) string) {
	t.Helper()
	if err := p.Test(t.Context()); err != nil {
		t.Fatal(err)
	}
	first := map[string]string{"index.html": "one", "kettle/index.html": "page", "kettle-2/he.html": "דף", "kettle.html": "x", "media/a.jpg": strings.Repeat("\x00\xff", 90_000)}
	if n, err := p.Push(t.Context(), change(first), always); n != len(first) || err != nil {
		t.Fatalf("%d steps, %v", n, err)
	}
	second := maps.Clone(first)
	second["index.html"] = "two"
	delete(second, "kettle.html")
	if _, err := p.Push(t.Context(), change(second), always); err != nil {
		t.Fatal(err)
	}
	git("fsck", "--strict")
	if got := git("show", "pages:index.html"); got != "two" {
		t.Errorf("index.html is %q", got)
	}
	want := ".nojekyll CNAME index.html kettle-2/he.html kettle/index.html media/a.jpg"
	if got := strings.Join(strings.Fields(git("ls-tree", "-r", "--name-only", "pages")), " "); got != want {
		t.Errorf("files %s, want %s", got, want)
	}
	if got := git("rev-list", "--count", "pages"); got != "2" {
		t.Errorf("%s commits", got)
	}
	held := errors.New("held")
	if n, err := p.Push(t.Context(), change(first), func() error { return held }); n != 0 || !errors.Is(err, held) {
		t.Errorf("under a hold: %d, %v", n, err)
	}
	git("config", "receive.denyCurrentBranch", "refuse")
	git("symbolic-ref", "HEAD", "refs/heads/pages")
	git("config", "core.bare", "false")
	_, err := p.Push(t.Context(), change(first), always)
	git("config", "core.bare", "true")
	if !errors.Is(err, desk.ErrDenied) || desk.ProblemOf(err).IsZero() {
		t.Errorf("a branch that may not be moved: %v", err)
	}
	if got := git("rev-list", "--count", "pages"); got != "2" {
		t.Errorf("%s commits after pushes that were refused", got)
	}
}

// A branch of a real repository, by https's protocol.
func TestBranchByWeb(t *testing.T) {
	t.Parallel()
	dir, git := repository(t)
	set := desk.Settings{"remote": byWeb(t, dir), "branch": "pages", "domain": "help.example.org", "user": "aurora", "password": "token"}
	pushed(t, open(t, set), git)
	for name, tt := range map[string]struct {
		with desk.Settings
		want error
	}{
		"a wrong token":      {desk.Settings{"password": "x"}, desk.ErrDenied},
		"no such repository": {desk.Settings{"remote": strings.Replace(set["remote"], "help.git", "none.git", 1)}, desk.ErrBroken},
		"no repository":      {desk.Settings{"remote": httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<p>hello</p>")) })).URL}, desk.ErrBroken},
	} {
		with := maps.Clone(set)
		maps.Copy(with, tt.with)
		if err := open(t, with).Test(t.Context()); !errors.Is(err, tt.want) || desk.ProblemOf(err).IsZero() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A branch of a real repository behind a real OpenSSH server.
func TestBranchBySSH(t *testing.T) {
	t.Parallel()
	dir, git := repository(t)
	s := needs.SSH(t)
	set := desk.Settings{"remote": "ssh://" + s.User + "@127.0.0.1:" + strconv.Itoa(s.Port) + dir, "branch": "pages", "domain": "help.example.org"}
	if err := Kind.PlaceFresh(set); err != nil {
		t.Fatal(err)
	}
	s.Allow(t, Kind.PlacePublic(set))
	var stranger *mirror.Stranger
	if err := open(t, set).Test(t.Context()); !errors.As(err, &stranger) || stranger.Shown != s.HostKey {
		t.Fatalf("before the server's key is confirmed: %v", err)
	}
	set[mirror.HostKey] = stranger.Shown
	pushed(t, open(t, set), git)
	set["remote"] += "-none"
	if err := open(t, set).Test(t.Context()); !errors.Is(err, desk.ErrBroken) || desk.ProblemOf(err).IsZero() {
		t.Errorf("no such repository: %v", err)
	}
}

// Addresses are read as git reads them; what leads elsewhere is refused.
func TestAddressOfARepository(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]remote{
		"https://u:p@git.example.org/a/b.git/":    {web: true, host: "git.example.org", url: "https://git.example.org/a/b.git"},
		"ssh://git@git.example.org:2222/a/b.git":  {host: "git.example.org", address: "git.example.org:2222", user: "git", path: "/a/b.git"},
		"ssh://git.example.org/a.git":             {host: "git.example.org", address: "git.example.org:22", user: "git", path: "/a.git"},
		"git@git.example.org:a/b.git":             {host: "git.example.org", address: "git.example.org:22", user: "git", path: "a/b.git"},
		"file:///etc/passwd":                      {},
		"ext::sh -c id":                           {},
		"/srv/git/a.git":                          {},
		"https://git.example.org/a.git?service=x": {},
		"git@":                         {},
		"http://git.example.org/a.git": {},
		"http://127.0.0.1:3000/a.git":  {web: true, host: "127.0.0.1", url: "http://127.0.0.1:3000/a.git"},
	} {
		got, err := parse(address)
		if got != want || (err == nil) != (want != remote{}) {
			t.Errorf("%s: %+v, %v; want %+v", address, got, err, want)
		}
	}
	for _, name := range []string{"", "a b", "../x", "a..b", "/a", "a/", "x.lock", "a\nb"} {
		if _, err := newBranch(desk.Settings{"remote": "https://git.example.org/a.git", "branch": name}, connector.Env{}); err == nil {
			t.Errorf("the branch %q is taken", name)
		}
	}
}

// A token in the address goes where tokens are kept: everybody who may see copies reads their address.
func TestTokenInTheAddress(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ remote, user, password, wantRemote, wantUser, wantPassword string }{
		"both":       {"https://x-access-token:T0KEN@git.example.org/a.git", "", "", "https://git.example.org/a.git", "x-access-token", "T0KEN"},
		"alone":      {"https://T0KEN@git.example.org/a.git", "aurora", "", "https://git.example.org/a.git", "aurora", "T0KEN"},
		"name alone": {"https://aurora@git.example.org/a.git", "", "T0KEN", "https://git.example.org/a.git", "aurora", "T0KEN"},
		"by SSH":     {"ssh://git@git.example.org/a.git", "", "", "ssh://git@git.example.org/a.git", "", ""},
		"as git":     {"git@git.example.org:a/b.git", "", "", "git@git.example.org:a/b.git", "", ""},
	} {
		got := Kind.Spec.Apart(desk.Settings{"remote": tt.remote, "user": tt.user, "password": tt.password})
		if got["remote"] != tt.wantRemote || got["user"] != tt.wantUser || got["password"] != tt.wantPassword {
			t.Errorf("%s: %v", name, map[string]string(got))
		}
	}
}

// Whatever the other side answers is read or refused, never believed.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte("001f# service=git-receive-pack\n0000"))
	f.Add([]byte("000eunpack ok\n0019ok refs/heads/pages\n0000"))
	f.Fuzz(func(t *testing.T, b []byte) {
		have, err := advertised(b)
		for name, hash := range have.at {
			if err == nil && len(hash) != 40 {
				t.Errorf("%s is at %q", name, hash)
			}
		}
		_ = accepted(b, "refs/heads/pages")
	})
}
