package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"breakwater/access"
	"breakwater/desk"
	"breakwater/store"
)

// newDesk makes a data folder with a desk of one admin in it.
func newDesk(t *testing.T) Config {
	t.Helper()
	c := Config{Data: t.TempDir(), Log: slog.New(slog.DiscardHandler)}
	db, err := openStore(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	u := desk.User{Name: "Ana", Email: "ana@example.org", Role: desk.Admin}
	if _, err := access.New(db, c.Log).AddUser(t.Context(), u, "seven small boats"); err != nil {
		t.Fatal(err)
	}
	return c
}

func signIn(t *testing.T, c Config, password string) error {
	t.Helper()
	return within(t.Context(), c, func(db *store.DB) error {
		_, _, err := access.New(db, c.Log).SignIn(t.Context(), "ana@example.org", password, "test", "127.0.0.1")
		return err
	})
}

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	c := newDesk(t)
	file := filepath.Join(t.TempDir(), "monday.backup")
	if err := Backup(t.Context(), c, file); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup has mode %v, %v; want 0600: it holds every secret", info.Mode(), err)
	}
	if err := Backup(t.Context(), c, file); !errors.Is(err, os.ErrExist) {
		t.Errorf("a backup over another one: %v, want it refused", err)
	}

	other := Config{Data: filepath.Join(t.TempDir(), "new"), Log: c.Log}
	if err := Restore(t.Context(), other, file, false); err != nil {
		t.Fatal(err)
	}
	if err := signIn(t, other, "seven small boats"); err != nil {
		t.Errorf("sign in to the restored desk: %v", err)
	}
	if err := Restore(t.Context(), other, file, false); !errors.Is(err, os.ErrExist) {
		t.Errorf("restore over a desk: %v, want it refused", err)
	}
	if err := Restore(t.Context(), other, file, true); err != nil {
		t.Errorf("restore over a desk that is to be replaced: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(other.Data, "restore-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("restore left %v behind", left)
	}
}

func TestRestoreTouchesNothingForABadBackup(t *testing.T) {
	t.Parallel()
	c := newDesk(t)
	good := filepath.Join(t.TempDir(), "good")
	if err := Backup(t.Context(), c, good); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	bad := map[string][]byte{
		"empty": {}, "half": whole[:len(whole)/2], "text": []byte(strings.Repeat("not a backup ", 100)), "no key": whole[:len(whole)-3072],
	}
	for name, content := range bad {
		file := filepath.Join(t.TempDir(), "bad")
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := Restore(t.Context(), c, file, true); err == nil {
			t.Errorf("%s: a bad backup was restored", name)
		}
		if err := signIn(t, c, "seven small boats"); err != nil {
			t.Errorf("%s: sign in after a refused restore: %v", name, err)
		}
	}
}

func TestOnlyOneDeskRunsOnAFolder(t *testing.T) {
	t.Parallel()
	c := newDesk(t)
	unlock, err := lockFolder(c.Data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lockFolder(c.Data); err == nil {
		t.Error("a second desk got the folder")
	}
	unlock()
	again, err := lockFolder(c.Data)
	if err != nil {
		t.Fatalf("the folder after the first desk ended: %v", err)
	}
	again()
}

func TestLockedOut(t *testing.T) {
	t.Parallel()
	c := newDesk(t)
	if err := SetPassword(t.Context(), c, " Ana@Example.org ", "eight large ships"); err != nil {
		t.Fatal(err)
	}
	if err := signIn(t, c, "eight large ships"); err != nil {
		t.Errorf("sign in with the new password: %v", err)
	}
	if err := SetPassword(t.Context(), c, "nobody@example.org", "eight large ships"); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("a password for nobody: %v, want not found", err)
	}
	if _, err := AddUser(t.Context(), c, desk.User{Name: "Omar", Email: "omar@example.org", Role: desk.Lead}, "a third pass phrase"); err != nil {
		t.Error(err)
	}
	users, err := Users(t.Context(), c)
	if err != nil || len(users) != 2 {
		t.Errorf("people: %v, %v; want two", users, err)
	}
	if _, err := Users(t.Context(), Config{Data: t.TempDir(), Log: c.Log}); !errors.Is(err, ErrNoDesk) {
		t.Errorf("people of an empty folder: %v, want no desk", err)
	}
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	c := newDesk(t)
	check := func() (int, []string) {
		var lines []string
		n, err := Check(t.Context(), c, func(ok bool, what string) { lines = append(lines, what) })
		if err != nil {
			t.Fatal(err)
		}
		return n, lines
	}
	if n, lines := check(); n != 0 {
		t.Errorf("a new desk has %d problems: %q", n, lines)
	}
	err := within(t.Context(), c, func(db *store.DB) error {
		ctx := context.WithoutCancel(t.Context())
		s, err := db.ChangeSource(ctx, 0, desk.ActOf(ctx, "source.save", ""), func(s *desk.Source, out *desk.Out) error {
			s.Kind, s.Name, out.Say = "feed", "Daily", desk.Say("{source} was added as a source.", "source", "Daily")
			return nil
		})
		if err != nil {
			return err
		}
		return db.SetHealth(ctx, s.ID, desk.Health{State: desk.HealthDenied, Problem: desk.Say("Renew them, then try again.")})
	})
	if err != nil {
		t.Fatal(err)
	}
	n, lines := check()
	if n != 1 || !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, "Daily is denied") }) {
		t.Errorf("a desk with a denied source has %d problems: %q", n, lines)
	}
}
