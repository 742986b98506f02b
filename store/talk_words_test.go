package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/internal/needs"
	"breakwater/store"
)

// What an upgrade that was killed half-way left out of the index is found after the next start, also by two processes that start together.
func TestTheIndexOfConversationsIsFinished(t *testing.T) {
	t.Parallel()
	finished := func(t *testing.T, c store.Config, driver, dsn, id string) {
		ctx := context.Background()
		db, raw := open(t, c), bed(t, c, driver, dsn).Raw
		var all []desk.Incoming
		for i := range 3 {
			who := fmt.Sprint("person", i)
			all = append(all, desk.Incoming{BrandID: 1, Message: desk.Message{Ref: desk.Ref{Network: "mastodon", NativeID: who}, Via: desk.ViaNamed, At: time.Now(),
				Text: "The kettle smells burnt", Author: desk.Author{NativeID: who, Handle: who}}})
		}
		if err := db.Receive(ctx, all); err != nil {
			t.Fatal(err)
		}
		for _, q := range []string{"DELETE FROM talk_words WHERE " + id + " > (SELECT MIN(" + id + ") FROM talk_words)", "DELETE FROM settings WHERE name = 'talks indexed'"} {
			if _, err := raw.ExecContext(ctx, q); err != nil {
				t.Fatal(err)
			}
		}
		found := func(db *store.DB) int {
			t.Helper()
			got, err := db.Conversations(ctx, desk.ConversationFilter{Text: "kettle"})
			if err != nil {
				t.Fatal(err)
			}
			return len(got)
		}
		if n := found(db); n != 1 {
			t.Fatalf("of a torn index %d are found", n)
		}
		again := make(chan *store.DB, 2)
		for range 2 {
			go func() { again <- open(t, c) }()
		}
		for range 2 {
			if n := found(<-again); n != 3 {
				t.Errorf("%d of 3 conversations are found", n)
			}
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		dir := t.TempDir()
		finished(t, store.Config{Path: dir}, "sqlite", filepath.Join(dir, store.File), "rowid")
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := needs.Postgres(t)
		finished(t, store.Config{DSN: dsn}, "pgx", dsn, "id")
	})
}
