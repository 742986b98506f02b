package sftp

import (
	"context"
	"errors"
	"os"
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

// open is a copy in a folder of a real OpenSSH server, signed in to with a key of the desk's own.
func open(t *testing.T, s *needs.SSHServer, dir string, with desk.Settings) (mirror.Place, desk.Settings) {
	t.Helper()
	set := desk.Settings{"host": "127.0.0.1", "port": strconv.Itoa(s.Port), "user": s.User, "folder": dir, "host_key": s.HostKey}
	for k, v := range with {
		set[k] = v
	}
	if err := Kind.PlaceFresh(set); err != nil {
		t.Fatal(err)
	}
	p, err := Kind.Place(set, connector.Env{Fetch: fetch.New(fetch.Config{AllowPrivate: fetch.Loopback()})})
	if err != nil {
		t.Fatal(err)
	}
	return p, set
}

func always() error { return nil }

func file(body string) mirror.File { return mirror.File{Type: "text/html", Body: []byte(body)} }

// A folder on a real server gets files, their compressed copies, new ones in the place of old ones, and loses what is gone; what others put
// there stays.
func TestFolderOnARealServer(t *testing.T) {
	t.Parallel()
	s := needs.SSH(t)
	dir := t.TempDir()
	p, set := open(t, s, dir, nil)
	if err := p.Test(t.Context()); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("before the server knows our key: %v", err)
	}
	s.Allow(t, Kind.PlacePublic(set))
	if err := p.Test(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("a test leaves %v, %v", left, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "robots.txt"), []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	packed := file("<p>update</p>")
	packed.Gzip = []byte("gz")
	push := func(steps ...mirror.Step) int {
		t.Helper()
		n, err := p.Push(t.Context(), mirror.Change{Steps: steps}, always)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := push(mirror.Step{Name: "kettle/update-1.html", File: packed}, mirror.Step{Name: "index.html", File: file("one")}); n != 2 {
		t.Errorf("%d steps done", n)
	}
	want(t, dir, map[string]string{"kettle/update-1.html": "<p>update</p>", "kettle/update-1.html.gz": "gz", "index.html": "one", "robots.txt": "theirs"})
	push(mirror.Step{Name: "index.html", File: file("two")}, mirror.Step{Name: "kettle/update-1.html", Gone: true}, mirror.Step{Name: "never/was.html", Gone: true})
	want(t, dir, map[string]string{"index.html": "two", "robots.txt": "theirs"})
	if _, err := os.Stat(filepath.Join(dir, "kettle")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the empty folder stays: %v", err)
	}
}

// want compares a folder's files with those wanted.
func want(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	got := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		got[strings.TrimPrefix(path, dir+"/")] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(files) {
		t.Errorf("files %v, want %v", got, files)
	}
	for name, body := range files {
		if got[name] != body {
			t.Errorf("%s is %q, want %q", name, got[name], body)
		}
	}
}

// What goes wrong at a real server is told so that people can act, and a push that a hold ends stops at that very file.
func TestFolderTrouble(t *testing.T) {
	t.Parallel()
	s := needs.SSH(t)
	dir := t.TempDir()
	_, set := open(t, s, dir, nil)
	s.Allow(t, Kind.PlacePublic(set))
	other := "SHA256:" + strings.Repeat("A", 43)
	held := errors.New("held")
	for name, tt := range map[string]struct {
		with  desk.Settings
		may   func() error
		is    error
		known bool // another key was confirmed
		shown bool
	}{
		"a key that nobody confirmed": {with: desk.Settings{"host_key": ""}, shown: true},
		"another key":                 {with: desk.Settings{"host_key": other}, shown: true, known: true},
		"a folder that is not there":  {with: desk.Settings{"folder": dir + "/none"}, is: desk.ErrBroken},
		"a hold":                      {may: func() error { return held }, is: held},
	} {
		with := desk.Settings{"key": set["key"]}
		for k, v := range tt.with {
			with[k] = v
		}
		p, _ := open(t, s, dir, with)
		may := tt.may
		if may == nil {
			may = always
		}
		n, err := p.Push(t.Context(), mirror.Change{Steps: []mirror.Step{{Name: "a", File: file("x")}}}, may)
		var stranger *mirror.Stranger
		if errors.As(err, &stranger) != tt.shown || tt.shown && (stranger.Shown != s.HostKey || stranger.Other != tt.known) {
			t.Errorf("%s: %v shows %+v", name, err, stranger)
		}
		if n != 0 || err == nil || tt.is != nil && !errors.Is(err, tt.is) {
			t.Errorf("%s: %d steps, %v", name, n, err)
		}
	}
	want(t, dir, nil)
	p, _ := open(t, s, dir, desk.Settings{"key": set["key"]})
	p.(*folder).env.Fetch = fetch.New(fetch.Config{})
	var private *fetch.Private
	if err := p.Test(t.Context()); !errors.As(err, &private) {
		t.Errorf("a private address that nobody allowed: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Push(gone, mirror.Change{}, always); !errors.Is(err, context.Canceled) {
		t.Errorf("a push that ended: %v", err)
	}
}
