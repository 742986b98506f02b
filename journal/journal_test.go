package journal_test

import (
	"database/sql"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"

	"breakwater/desk"
	"breakwater/journal"
	"breakwater/store"
)

func TestLog(t *testing.T) {
	t.Parallel()
	ctx, dir := t.Context(), t.TempDir()
	db, err := store.Open(ctx, store.Config{Path: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	l := &journal.Log{Store: db}
	act := desk.Act{Who: "user:1", Name: "Ana", Do: "incident.note", Why: "seen", From: "192.0.2.7"}
	for range 3 {
		if _, err := db.Record(ctx, act, "incident:4", desk.Out{Say: desk.Say("{name} wrote a note.", "name", "Ana")}); err != nil {
			t.Fatal(err)
		}
	}
	v, err := l.Verify(ctx)
	if err != nil || !v.Intact || v.Entries != 3 || v.Last != 3 || v.Head == "" {
		t.Errorf("Verify = %+v, %v; want three entries, intact", v, err)
	}

	as := func(r desk.Role) []desk.Entry {
		t.Helper()
		entries, err := l.List(desk.WithActor(ctx, desk.Actor{Who: "user:2", Role: r}), desk.EntryFilter{})
		if err != nil || len(entries) != 3 {
			t.Fatalf("List = %d entries, %v", len(entries), err)
		}
		return entries
	}
	if got := as(desk.Viewer)[0].From; got != "" {
		t.Errorf("a viewer sees the address %q", got)
	}
	if got := as(desk.Admin)[0].From; got != "192.0.2.7" {
		t.Errorf("an admin sees the address %q", got)
	}
	if _, err := l.List(desk.WithActor(ctx, desk.Actor{}), desk.EntryFilter{}); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a stranger's List = %v, want forbidden", err)
	}

	tamper(t, dir)
	v, err = l.Verify(ctx)
	if err != nil || v.Intact || v.Entries != 1 || v.Last != 1 || v.Problem == "" {
		t.Errorf("Verify after entry 2 was changed = %+v, %v; want one entry, not intact", v, err)
	}
}

// tamper changes an entry behind the store's back.
func tamper(t *testing.T, dir string) {
	t.Helper()
	raw, err := sql.Open("sqlite", filepath.Join(dir, store.File))
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.ExecContext(t.Context(), "UPDATE journal SET why = 'not seen' WHERE seq = 2"); err != nil {
		t.Fatal(err)
	}
}
