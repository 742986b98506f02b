package store_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"breakwater/store"
)

// A folder that others may read is common: the desk's words in it are not theirs.
func TestFilesAreTheOwnersAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(dir, store.File)
	for _, was := range []string{"a new one", "one from before"} {
		db, err := store.Open(t.Context(), store.Config{Path: dir, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		files, err := os.ReadDir(dir)
		if err != nil || len(files) < 4 {
			t.Errorf("%s: files = %v, %v; want the database, the index and what is beside them", was, files, err)
		}
		for _, f := range files {
			if is, err := f.Info(); err != nil || is.Mode().Perm()&0o007 != 0 {
				t.Errorf("%s: %s has the rights %v, %v; want none for others", was, f.Name(), is.Mode().Perm(), err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(old, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
