package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/store"
)

// flood is a batch of n mentions that a search for "kelp" finds, numbered from first on.
func flood(first, n int) desk.Batch {
	b := desk.Batch{SourceID: 7, Cursor: fmt.Sprint(first + n)}
	for i := first; i < first+n; i++ {
		b.Mentions = append(b.Mentions, desk.Mention{
			Ref: desk.Ref{Network: "mastodon", NativeID: fmt.Sprint(i)}, Kind: desk.KindPost, Lang: "en",
			Text: fmt.Sprintf("kelp number%d", i), Published: time.Date(2026, 3, 2, 12, 0, i, 0, time.UTC),
		})
	}
	return b
}

// finds tells how many mentions a search for text has.
func finds(t *testing.T, db *store.DB, text string) (n int) {
	t.Helper()
	for f := (desk.Filter{Text: text, Limit: 200}); ; {
		p, err := db.Mentions(background, f)
		if err != nil {
			t.Fatal(err)
		}
		n += len(p.Mentions)
		if f.Before = p.Next; p.Next == 0 {
			return n
		}
	}
}

func appended(t *testing.T, db *store.DB, b desk.Batch) {
	t.Helper()
	if _, err := db.Append(background, []desk.Batch{b}); err != nil {
		t.Fatal(err)
	}
}

func closed(t *testing.T, db *store.DB) {
	t.Helper()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Whatever becomes of the index file while the desk is off, searches find what the database holds, no more and no less.
func TestIndexFollowsTheDatabase(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		meddle func(t *testing.T, dir, early, other string) // early and other hold files of an earlier time and of another desk
		want   int
	}{
		"left alone":                     {func(*testing.T, string, string, string) {}, 50},
		"the index is missing":           {func(t *testing.T, dir, _, _ string) { remove(t, dir, store.IndexFile) }, 50},
		"the index is rubbish":           {func(t *testing.T, dir, _, _ string) { write(t, dir, store.IndexFile, "not a database at all") }, 50},
		"the index is empty":             {func(t *testing.T, dir, _, _ string) { write(t, dir, store.IndexFile, "") }, 50},
		"the index is older":             {func(t *testing.T, dir, early, _ string) { take(t, early, dir, store.IndexFile) }, 50},
		"the index is another desk's":    {func(t *testing.T, dir, _, other string) { take(t, other, dir, store.IndexFile) }, 50},
		"the database is older":          {func(t *testing.T, dir, early, _ string) { take(t, early, dir, store.File) }, 20},
		"the database is another desk's": {func(t *testing.T, dir, _, other string) { take(t, other, dir, store.File) }, 5},
		"the database is older, alone": {func(t *testing.T, dir, early, _ string) {
			take(t, early, dir, store.File)
			remove(t, dir, store.IndexFile)
		}, 20},
		"both are of the same earlier day": {func(t *testing.T, dir, early, _ string) {
			take(t, early, dir, store.File)
			take(t, early, dir, store.IndexFile)
		}, 20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, early, other := t.TempDir(), t.TempDir(), t.TempDir()
			db := open(t, store.Config{Path: other})
			appended(t, db, flood(1000, 5))
			closed(t, db)
			db = open(t, store.Config{Path: dir})
			appended(t, db, flood(0, 20))
			closed(t, db)
			take(t, dir, early, store.File)
			take(t, dir, early, store.IndexFile)
			db = open(t, store.Config{Path: dir})
			appended(t, db, flood(20, 30))
			closed(t, db)

			c.meddle(t, dir, early, other)
			db = open(t, store.Config{Path: dir})
			if n := finds(t, db, "kelp"); n != c.want {
				t.Errorf("%d mentions are found, want %d", n, c.want)
			}
			appended(t, db, flood(500, 3))
			if n := finds(t, db, "kelp"); n != c.want+3 {
				t.Errorf("%d mentions are found after three more, want %d", n, c.want+3)
			}
			if n := finds(t, db, "number501"); n != 1 {
				t.Errorf("%d mentions are number 501, want 1", n)
			}
		})
	}
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func take(t *testing.T, from, to, name string) {
	t.Helper()
	copyFile(t, filepath.Join(from, name), filepath.Join(to, name))
}

// TestWriteAndDie is the child of TestIndexAfterKill: it dies the moment its mentions are kept, whatever the index is doing.
func TestWriteAndDie(t *testing.T) {
	dir := os.Getenv(childEnv + "_DIE")
	if dir == "" {
		return
	}
	db, err := store.Open(background, store.Config{Path: dir})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		p, err := db.Prepare(background, flood(i*1500, 1500))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Write(background, []*store.Prepared{p}); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {}
}

// What was kept when the process was killed is found after the next start, also what the index had not taken yet.
func TestIndexAfterKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestWriteAndDie$")
	cmd.Env = append(os.Environ(), childEnv+"_DIE="+dir)
	if out, err := cmd.CombinedOutput(); err == nil || cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the child was not killed: %v\n%s", err, out)
	}
	if n := finds(t, open(t, store.Config{Path: dir}), "kelp"); n != 6000 {
		t.Errorf("%d mentions are found, want 6000", n)
	}
}

// While the index cannot be written, mentions are kept all the same; it catches up by itself.
func TestIndexInTrouble(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := open(t, store.Config{Path: dir})
	appended(t, db, flood(0, 10))
	meddler, err := sql.Open("sqlite", filepath.Join(dir, store.IndexFile))
	if err != nil {
		t.Fatal(err)
	}
	defer meddler.Close()
	c, err := meddler.Conn(background)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	exec := func(q string) {
		t.Helper()
		if _, err := c.ExecContext(background, q); err != nil {
			t.Fatal(err)
		}
	}
	exec("BEGIN IMMEDIATE")
	for i := range 6 { // more than may wait
		appended(t, db, flood(10+10*i, 10))
	}
	if err := db.Searchable(background); err == nil {
		t.Error("the store says that searches find everything while the index cannot be written")
	}
	if s, err := db.Mentions(background, desk.Filter{Limit: 200}); err != nil || len(s.Mentions) != 70 {
		t.Errorf("%d mentions are kept, want 70 (%v)", len(s.Mentions), err)
	}
	exec("ROLLBACK")
	patience, cancel := context.WithTimeout(background, time.Minute)
	defer cancel()
	for db.Searchable(patience) != nil && patience.Err() == nil {
	}
	if n := finds(t, db, "kelp"); n != 70 {
		t.Errorf("%d mentions are found after the index could be written again, want 70", n)
	}
}
