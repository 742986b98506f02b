package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"breakwater/desk"
	"breakwater/store"
)

var background = context.Background()

// at is the configuration for a folder or a postgres:// address.
func at(where string) store.Config {
	if strings.HasPrefix(where, "postgres://") {
		return store.Config{DSN: where}
	}
	return store.Config{Path: where}
}

func addWay(t *testing.T, db *store.DB, name string) desk.Way {
	t.Helper()
	w, err := db.ChangeWay(background, 0, desk.Act{Who: "user:1"}, func(w *desk.Way, out *desk.Out) error {
		w.Name, w.Settings, out.Say = name, desk.Settings{"password": "correct horse"}, desk.Say("{name} was added.", "name", name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// A backup that is made while everything goes on is whole, and a store opens on it.
func TestBackup(t *testing.T) {
	t.Parallel()
	db := open(t, store.Config{Path: t.TempDir()})
	var wg sync.WaitGroup
	stop := make(chan struct{})
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				addWay(t, db, fmt.Sprint(i))
			}
		}
	})
	dir := t.TempDir()
	path := filepath.Join(dir, store.File)
	for len(ways(t, db)) == 0 {
	}
	if err := db.Backup(background, path); err != nil {
		t.Fatal(err)
	}
	close(stop)
	wg.Wait()
	if err := db.Backup(background, path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second backup over the first: %v", err)
	}
	if _, err := db.Setting(background, "a"); err != nil {
		t.Errorf("after the backup: %v", err)
	}
	restored := open(t, store.Config{Path: dir})
	n := 0
	if err := restored.VerifyJournal(background, func(desk.Entry) error { n++; return nil }); err != nil {
		t.Error(err)
	}
	if got := ways(t, restored); len(got) != n || n == 0 {
		t.Errorf("%d ways with %d entries", len(got), n)
	}
}

func ways(t *testing.T, db *store.DB) []desk.Way {
	t.Helper()
	w, err := db.Ways(background)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Nobody who steals the folder reads a secret; who has the key does, also after a restart, and moved rows are refused.
func TestSealed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := open(t, store.Config{Path: dir})
	w := addWay(t, db, "Ana, mail")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte("correct horse")) {
			t.Errorf("%s shows the secret", f)
		}
	}
	db = open(t, store.Config{Path: dir})
	if got := ways(t, db); len(got) != 1 || got[0].Settings["password"] != "correct horse" || got[0].ID != w.ID {
		t.Errorf("after a restart: %+v", got)
	}
}
