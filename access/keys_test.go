package access

import (
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/internal/seal"
	"breakwater/store"
)

const (
	sealedUsers   = 40
	sealedReaders = 20 // subscribers, whose addresses are sealed
)

// vault is a store whose secrets are sealed with a key in a file beside it.
func vault(t testing.TB, dir string) (*Keys, *store.DB, *seal.Box) {
	t.Helper()
	box, err := seal.File(filepath.Join(dir, "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), store.Config{Path: dir, Seal: box, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	k := NewKeys(box, db, slog.New(slog.DiscardHandler))
	k.Grace = 20 * time.Millisecond
	return k, db, box
}

func fill(t testing.TB, db *store.DB) {
	t.Helper()
	for i := range sealedUsers {
		_, err := db.ChangeUser(t.Context(), 0, desk.Act{Who: "desk", Do: "user.add"}, func(u *desk.User, out *desk.Out) error {
			u.Name, u.Email, u.Role, u.Password, out.Say = "x", fmt.Sprintf("u%d@example.org", i), desk.Viewer, fmt.Sprint("secret ", i), desk.Say("x")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	readers := make([]desk.Subscriber, sealedReaders)
	for i := range readers {
		readers[i] = desk.Subscriber{BrandID: 1, Mailbox: fmt.Sprint("box ", i), Address: fmt.Sprintf("reader%d@example.org", i), State: desk.SubscriberLive}
	}
	if _, _, err := db.AddSubscribers(t.Context(), readers, desk.Act{}, desk.Out{}); err != nil {
		t.Fatal(err)
	}
}

// whole reports what of the secrets cannot be read any more.
func whole(t *testing.T, db *store.DB) {
	t.Helper()
	users, err := db.Users(t.Context())
	check(t, err)
	if len(users) != sealedUsers {
		t.Fatalf("%d people", len(users))
	}
	for i, u := range users {
		if u.Password != fmt.Sprint("secret ", i) {
			t.Errorf("%s has %q", u.Email, u.Password)
		}
	}
	readers, err := db.Subscribers(t.Context(), 1, "", 0, 2*sealedReaders)
	check(t, err)
	for i, r := range readers {
		if r.Address != fmt.Sprintf("reader%d@example.org", i) {
			t.Errorf("subscriber %d has %q", r.ID, r.Address)
		}
	}
	if len(readers) != sealedReaders {
		t.Errorf("%d subscribers", len(readers))
	}
	check(t, db.VerifyJournal(t.Context(), nil))
}

// The key is changed while the desk writes and another process reads: nothing is lost, links go on, and the old key opens nothing.
func TestRotateKeys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k, db, box := vault(t, dir)
	fill(t, db)
	beside, err := seal.File(filepath.Join(dir, "secret.key")) // as another process on the folder has it
	check(t, err)
	links := string(box.Derive("links"))
	first, err := os.ReadFile(filepath.Join(dir, "secret.key"))
	check(t, err)
	before, err := beside.Seal([]byte("x"), "y")
	check(t, err)
	state, err := k.Rotate(t.Context())
	if err != nil || !state.Changing || state.Left != sealedUsers+sealedReaders {
		t.Fatalf("begun: %+v, %v", state, err)
	}
	if _, err := k.Rotate(t.Context()); field(err) != "key" {
		t.Errorf("begun twice: %v", err)
	}
	late, err := beside.Seal([]byte("x"), "y")
	check(t, err)
	if !box.Current(late, "y") {
		t.Error("the other process still seals with the old key")
	}
	if _, err := box.Open(before, "y"); err != nil {
		t.Errorf("the old key opens nothing any more while it is needed: %v", err)
	}
	for state.Changing {
		_, err := k.round(t.Context())
		check(t, err)
		whole(t, db)
		if state, err = k.State(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if state.Left != 0 || state.Sealed != sealedUsers+sealedReaders {
		t.Errorf("done: %+v", state)
	}
	now, err := os.ReadFile(filepath.Join(dir, "secret.key"))
	check(t, err)
	if strings.Contains(string(now), strings.TrimSpace(string(first))) {
		t.Error("the old key is still in the file")
	}
	if string(box.Derive("links")) != links {
		t.Error("links that were sent out end")
	}
	if _, err := box.Open(before, "y"); err == nil {
		t.Error("the old key still opens")
	}
	_, _, again := vault(t, dir)
	if string(again.Derive("links")) != links {
		t.Error("links end with a restart")
	}
	whole(t, db)
}

// killed is set in the process that is to be killed.
const killed = "BREAKWATER_TEST_ROTATE"

// A process that changes the key is killed at any moment, again and again: whoever opens the folder after that reads everything, and the
// change ends.
func TestRotateKeysUnderKill(t *testing.T) {
	if dir := os.Getenv(killed); dir != "" {
		k, _, box := vault(t, dir)
		fmt.Println("begun")
		for {
			if n, err := box.Keys(); err != nil || n == 1 {
				if err := box.Rotate(); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := k.round(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Parallel()
	dir := t.TempDir()
	k, db, box := vault(t, dir)
	fill(t, db)
	first, err := os.ReadFile(filepath.Join(dir, "secret.key"))
	check(t, err)
	for i := range 12 {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestRotateKeysUnderKill$")
		cmd.Env = append(os.Environ(), killed+"="+dir)
		out, err := cmd.StdoutPipe()
		check(t, err)
		check(t, cmd.Start())
		_, err = out.Read(make([]byte, 5)) // it has begun
		check(t, err)
		<-time.After(time.Duration(i*17) * time.Millisecond) // anywhere in it
		check(t, cmd.Process.Kill())
		_ = cmd.Wait() // it was killed
		whole(t, db)
	}
	for n := 2; n > 1; {
		_, err := k.round(t.Context())
		check(t, err)
		if n, err = box.Keys(); err != nil {
			t.Fatal(err)
		}
	}
	if now, err := os.ReadFile(filepath.Join(dir, "secret.key")); err != nil || strings.Contains(string(now), strings.TrimSpace(string(first))) {
		t.Errorf("the first key is still there: %v", err)
	}
	whole(t, db)
	_, fresh, _ := vault(t, dir)
	whole(t, fresh)
}
