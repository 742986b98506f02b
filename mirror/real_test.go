package mirror_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/connector"
	"breakwater/connector/sftp"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/internal/needs"
	"breakwater/mirror"
	"breakwater/store"
)

// As a child, the test program is a desk that keeps copies until it is killed: MIRROR is the folder of its store.
func TestMain(m *testing.M) {
	if dir := os.Getenv("MIRROR"); dir != "" {
		d, db, err := open(context.Background(), dir)
		if err == nil {
			err = errors.Join(db.ReleaseLeases(context.Background()), d.Run(context.Background()))
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// open is a desk of copies over a store in a folder. Beside the store lie what its brand shows (a number: see edition), "past", the number
// of what it showed before, of which an update about the jar was withdrawn, and "hold" as long as one is pressed.
func open(ctx context.Context, dir string) (*mirror.Desk, *store.DB, error) {
	db, err := store.Open(ctx, store.Config{Path: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, nil, err
	}
	door := fetch.New(fetch.Config{AllowPrivate: fetch.Loopback()})
	kind := mirror.Kind{Spec: sftp.Kind.Spec, Fresh: sftp.Kind.PlaceFresh, Public: sftp.Kind.PlacePublic, Open: func(set desk.Settings) (mirror.Place, error) {
		return sftp.Kind.Place(set, connector.Env{Fetch: door})
	}}
	around := mirror.Around{
		Edition: func(context.Context, int64) (mirror.Edition, error) {
			b, err := os.ReadFile(filepath.Join(dir, "edition"))
			if err != nil {
				return mirror.Edition{}, err
			}
			n, err := strconv.Atoi(string(b))
			return edition(n), err
		},
		Past: func(_ context.Context, _ int64, at time.Time) (mirror.Edition, error) {
			b, err := os.ReadFile(filepath.Join(dir, "past"))
			if err != nil || at.IsZero() {
				return mirror.Edition{}, err
			}
			n, err := strconv.Atoi(string(b))
			e := edition(n)
			e.Files["jar/update-1.html"] = mirror.File{Type: "text/html", Body: []byte("<p>withdrawn</html>")}
			return e, err
		},
		Held: func(context.Context, int64) (bool, error) {
			_, err := os.Stat(filepath.Join(dir, "hold"))
			return err == nil, nil
		},
		Alarm: func(context.Context, int64, string, desk.Text) {},
	}
	return mirror.New(db, []mirror.Kind{kind}, around, slog.New(slog.DiscardHandler)), db, nil
}

// edition n has the updates of two pages up to n, and not those that n says are gone; fronts name what they lead to.
func edition(n int) mirror.Edition {
	e := mirror.Edition{Files: map[string]mirror.File{}}
	page := func(name, body string) {
		e.Files[name] = mirror.File{Type: "text/html", Body: []byte("<p>" + body + strings.Repeat(" words", 300) + "</html>")}
	}
	var fronts []string
	for _, folder := range []string{"jar", "kettle"} {
		var links []string
		for i := max(1, n-10); i <= n; i++ {
			name := fmt.Sprintf("%s/update-%d.html", folder, i)
			page(name, "update")
			links = append(links, "["+name+"]")
		}
		page(folder+"/index.html", fmt.Sprint(n, links))
		fronts = append(fronts, "["+folder+"/index.html]")
	}
	page("index.html", fmt.Sprint(n, fronts))
	return e
}

// bed is a desk with one copy on a real server.
type bed struct {
	*mirror.Desk
	db     *store.DB
	dir    string // of the store
	folder string // of the copy
	server *needs.SSHServer
	id     int64
}

func newBed(t *testing.T) *bed {
	t.Helper()
	b := &bed{dir: t.TempDir(), folder: t.TempDir(), server: needs.SSH(t)}
	b.show(t, 1)
	var err error
	if b.Desk, b.db, err = open(t.Context(), b.dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.db.Close() })
	c, err := b.Save(t.Context(), desk.Carrier{BrandID: 1, Kind: "sftp", Name: "web", Settings: desk.Settings{"host": "127.0.0.1", "port": strconv.Itoa(b.server.Port), "user": b.server.User, "folder": b.folder}})
	if err != nil {
		t.Fatal(err)
	}
	b.id = c.ID
	b.server.Allow(t, c.Public)
	return b
}

func (b *bed) show(t *testing.T, n int) {
	t.Helper()
	beside := filepath.Join(b.dir, "edition.part")
	if err := errors.Join(os.WriteFile(beside, []byte(strconv.Itoa(n)), 0o600), os.Rename(beside, filepath.Join(b.dir, "edition"))); err != nil {
		t.Fatal(err)
	}
}

// run keeps copies until the test ends.
func (b *bed) run(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var under sync.WaitGroup
	under.Go(func() { _ = b.Run(ctx) })
	t.Cleanup(func() { stop(); under.Wait() })
}

func (b *bed) until(t *testing.T, what string, is func(desk.Carrier) bool) desk.Carrier {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		c, err := b.One(t.Context(), b.id)
		if err != nil {
			t.Fatal(err)
		}
		if is(c) {
			return c
		}
		if time.Now().After(end) {
			t.Fatalf("waited for %s: %+v", what, c)
		}
	}
}

// holds compares the folder with an edition: everything of it, and nothing else.
func (b *bed) holds(n int) error {
	want := edition(n).Files
	for name, f := range want {
		if got, err := os.ReadFile(filepath.Join(b.folder, name)); err != nil || string(got) != string(f.Body) {
			return fmt.Errorf("%s is not of edition %d: %w", name, n, err)
		}
	}
	return filepath.WalkDir(b.folder, func(path string, d fs.DirEntry, err error) error {
		name := strings.TrimPrefix(path, b.folder+"/")
		if _, ok := want[name]; err == nil && !d.IsDir() && !ok {
			return fmt.Errorf("%s lies there still", name)
		}
		return err
	})
}

var links = regexp.MustCompile(`\[([^\[\] ]+)\]`)

// visit walks through the folder as a visitor does, over and over, and gives what was not whole or led nowhere.
func (b *bed) visit(ctx context.Context, each func(seen int)) (wrong []string) {
	there := false
	read := func(name string) (string, bool) {
		body, err := os.ReadFile(filepath.Join(b.folder, name))
		there = there || err == nil
		return string(body), err == nil && strings.HasSuffix(string(body), "</html>")
	}
	for n := 0; ctx.Err() == nil; n++ {
		front, ok := read("index.html")
		if !ok {
			if there {
				wrong = append(wrong, "the front is not whole")
			}
			continue
		}
		each(n)
		for _, page := range links.FindAllStringSubmatch(front, -1) {
			body, ok := read(page[1])
			if !ok {
				wrong = append(wrong, "the front leads to "+page[1])
			}
			for _, u := range links.FindAllStringSubmatch(body, -1) {
				if _, ok := read(u[1]); !ok {
					if now, _ := read(page[1]); strings.Contains(now, u[0]) { // else it went while we walked
						wrong = append(wrong, page[1]+" leads to "+u[1])
					}
				}
			}
		}
	}
	return wrong
}

// A copy on a real server is set up, its server's key confirmed, and then follows every change; visitors never meet half of one, also while
// the desk is killed over and over in the middle of a push, and in the end exactly the newest is there.
func TestCopyOnARealServer(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	if shown, err := b.Test(t.Context(), b.id); err == nil || shown != b.server.HostKey {
		t.Fatalf("before the key is confirmed: %q, %v", shown, err)
	}
	if _, err := b.Trust(t.Context(), b.id, b.server.HostKey); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Test(t.Context(), b.id); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var walk sync.WaitGroup
	var wrong []string
	seen := 0
	walk.Go(func() { wrong = b.visit(ctx, func(n int) { seen = n }) })
	const kills, perKill = 4, 2
	n := 1
	for range kills {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), "MIRROR="+b.dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for range perKill {
			n++
			b.show(t, n)
			if err := b.Hasten(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			want := strconv.Itoa(n)
			until(t, "the first file of edition "+want, func() bool {
				_, err := os.Stat(filepath.Join(b.folder, "jar", "update-"+want+".html"))
				return err == nil
			}, func() { _ = b.Hasten(t.Context(), 1) })
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	if err := b.db.ReleaseLeases(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.run(t)
	began := time.Now()
	c := b.until(t, "a whole copy", func(c desk.Carrier) bool { return c.Good.After(began.Add(-time.Second)) && b.holds(n) == nil })
	stop()
	walk.Wait()
	if len(wrong) > 0 {
		t.Errorf("visitors met %d times half of a change, the first time: %s", len(wrong), wrong[0])
	}
	t.Logf("edition %d, %d files, %d walks", n, c.Files, seen)
}

func until(t *testing.T, what string, is func() bool, again func()) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if again(); time.Now().After(end) {
			t.Fatalf("waited for %s", what)
		}
	}
}

// A server that is down is tried again, one that shows another key is told nothing, and a hold keeps new words from the copy until it is lifted.
func TestCopyInTrouble(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	if _, err := b.Trust(t.Context(), b.id, b.server.HostKey); err != nil {
		t.Fatal(err)
	}
	b.run(t)
	b.until(t, "the first push", func(c desk.Carrier) bool { return !c.Good.IsZero() })

	b.server.Stop()
	b.show(t, 2)
	b.hasten(t)
	c := b.until(t, "a failure", func(c desk.Carrier) bool { return c.Tries > 0 })
	if c.State != desk.HealthFailing || c.Problem.IsZero() || c.Next.IsZero() || c.Failed.IsZero() || c.Good.IsZero() {
		t.Errorf("a server that is down: %+v", c)
	}
	b.server.NewKey(t)
	if err := b.server.Start(t); err != nil {
		t.Fatal(err)
	}
	b.hasten(t)
	c = b.until(t, "another key", func(c desk.Carrier) bool { return c.State == desk.HealthDenied })
	if c.Shown != b.server.HostKey || b.holds(1) != nil {
		t.Errorf("a server with another key: %+v", c)
	}
	if _, err := b.Trust(t.Context(), b.id, c.Shown); err != nil {
		t.Fatal(err)
	}
	b.until(t, "the second edition", func(c desk.Carrier) bool { return b.holds(2) == nil && c.State == desk.HealthOK })

	hold := filepath.Join(b.dir, "hold")
	if err := os.WriteFile(hold, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.dir, "past"), []byte("2"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.show(t, 3)
	b.hasten(t)
	b.until(t, "a held copy", func(c desk.Carrier) bool { return c.Waits })
	if _, err := os.Stat(filepath.Join(b.folder, "kettle/update-3.html")); err == nil {
		t.Error("new words went there under a hold")
	}
	if now, err := os.ReadFile(filepath.Join(b.folder, "jar/update-1.html")); err != nil || !strings.Contains(string(now), "withdrawn") {
		t.Errorf("words that were withdrawn stay: %s, %v", now, err)
	}
	if err := os.Remove(hold); err != nil {
		t.Fatal(err)
	}
	b.hasten(t)
	b.until(t, "the third edition", func(c desk.Carrier) bool { return b.holds(3) == nil && !c.Waits })
}

func (b *bed) hasten(t *testing.T) {
	t.Helper()
	if err := b.Hasten(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
}

// Secrets are sealed, masked, and never go to another server than the one they were entered for; who may not change copies cannot.
func TestCopyAndItsSecrets(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	c, err := b.One(t.Context(), b.id)
	if err != nil || c.Settings["key"] != desk.Mask || !strings.HasPrefix(c.Public, "ssh-ed25519 ") {
		t.Fatalf("what is shown: %+v, %v", c, err)
	}
	c.Name = "other"
	again, err := b.Save(t.Context(), c)
	if err != nil || again.Public != c.Public {
		t.Errorf("the key does not stay: %+v, %v", again, err)
	}
	again.Settings["host"] = "evil.example.org"
	var wrong *desk.Invalid
	if _, err := b.Save(t.Context(), again); !errors.As(err, &wrong) || wrong.Field != "key" {
		t.Errorf("the key goes to another server: %v", err)
	}
	lead := desk.WithActor(t.Context(), desk.Actor{Who: "user:1", Role: desk.Lead})
	if _, err := b.Trust(lead, b.id, b.server.HostKey); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a lead confirms keys: %v", err)
	}
	if err := b.Delete(lead, b.id); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a lead removes copies: %v", err)
	}
	if err := b.Delete(t.Context(), b.id); err != nil {
		t.Error(err)
	}
}
