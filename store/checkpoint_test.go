package store

import (
	"context"
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What was copied is in the file itself, and the log is written from its beginning again.
func TestCheckpointerCopiesTheLog(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := t.TempDir()
	path := filepath.Join(dir, "a.db")
	w, err := sql.Open("sqlite", sqliteDSN(path, "journal_mode(WAL)", "wal_autocheckpoint(0)"))
	if err != nil {
		t.Fatal(err)
	}
	w.SetMaxOpenConns(1)
	defer w.Close()
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := w.ExecContext(ctx, query, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec("CREATE TABLE said (body TEXT)")
	c, err := newCheckpointer(path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	logged := func() int64 {
		t.Helper()
		info, err := os.Stat(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	after := int64(0)
	for round := range 4 {
		for range 50 {
			exec("INSERT INTO said VALUES (?)", strings.Repeat("x", 9000))
		}
		if err := c.copy(ctx); err != nil {
			t.Fatal(err)
		}
		if round == 0 {
			after = logged()
		} else if logged() > after*3/2 {
			t.Errorf("round %d: the log has %d bytes, after the first round it had %d", round, logged(), after)
		}
	}
	if err := c.close(); err != nil {
		t.Fatal(err)
	}
	// The file alone, without its log, has everything.
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	alone := filepath.Join(dir, "b.db")
	if err := os.WriteFile(alone, b, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := sql.Open("sqlite", sqliteDSN(alone))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var n int
	if err := r.QueryRowContext(ctx, "SELECT COUNT(*) FROM said").Scan(&n); err != nil || n != 200 {
		t.Errorf("%d rows, %v; want 200", n, err)
	}
}
