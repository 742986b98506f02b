package store_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/internal/needs"
	"breakwater/store"
)

// childEnv tells a child process of these tests where to append: "path" or "postgres://…".
const childEnv = "BREAKWATER_STORE_TEST_APPEND"

const batchSize = 40

// hear appends batches for ever, from where the source's cursor stands. It hands over the last batch once more first, as a source does
// that was interrupted before it learned that its batch was kept.
func hear(db *store.DB, from int, kept func(batch int)) error {
	for i := max(from-1, 0); ; i++ {
		b := desk.Batch{SourceID: 7, Cursor: fmt.Sprint(i + 1)}
		for j := range batchSize {
			at := time.Date(2026, 3, 2, 12, 0, i, 0, time.UTC)
			b.Mentions = append(b.Mentions, desk.Mention{Ref: desk.Ref{Network: "feed", NativeID: fmt.Sprint(i, "/", j)}, Text: "some words",
				Published: at, Arrived: at, Kind: desk.KindPost, Lang: "en", Monitors: []int64{1}})
		}
		if i%3 == 2 { // every third batch also takes one of the batch before back
			b.Gone = []desk.Ref{{Network: "feed", NativeID: fmt.Sprint(i-1, "/0")}}
		}
		if _, err := db.Append(background, []desk.Batch{b}); err != nil {
			return err
		}
		kept(i + 1)
	}
}

// TestAppendUntilKilled is the child of TestKill.
func TestAppendUntilKilled(t *testing.T) {
	where := os.Getenv(childEnv)
	if where == "" {
		return
	}
	db, err := store.Open(background, at(where))
	if err != nil {
		t.Fatal(err)
	}
	cursor, err := db.Cursor(background, 7)
	if err != nil {
		t.Fatal(err)
	}
	from, _ := strconv.Atoi(cursor)
	t.Fatal(hear(db, from, func(n int) { fmt.Println("kept", n) }))
}

// A process that is killed in the middle, several times, has lost nothing of what it was told is kept, and nothing counts twice.
func TestKill(t *testing.T) {
	t.Parallel()
	for name, where := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return t.TempDir() },
		"postgres": func(t *testing.T) string { return needs.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			where := where(t)
			told := 0
			for round := range 4 {
				told = appendAndKill(t, where, 3+7*round)
			}
			checkKilled(t, open(t, at(where)), told)
		})
	}
}

// appendAndKill starts a child, kills it after it kept so many batches, and gives the last that it said was kept.
func appendAndKill(t *testing.T, where string, batches int) (last int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestAppendUntilKilled$")
	cmd.Env = append(os.Environ(), childEnv+"="+where)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, err := fmt.Sscanf(lines.Text(), "kept %d", &last); err != nil {
			t.Errorf("the child says %q", lines.Text())
		}
		if batches--; batches == 0 {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || batches > 0 {
		t.Fatalf("the child ended by itself, with %d batches to go: %v", batches, err)
	}
	return last
}

func checkKilled(t *testing.T, db *store.DB, told int) {
	t.Helper()
	cursor, err := db.Cursor(background, 7)
	if err != nil {
		t.Fatal(err)
	}
	batches, _ := strconv.Atoi(cursor)
	if batches < told {
		t.Errorf("batch %d was said to be kept, the cursor stands at %d", told, batches)
	}
	count := 0
	for f := (desk.Filter{Text: "words", Limit: 200}); ; {
		p, err := db.Mentions(background, f)
		if err != nil {
			t.Fatal(err)
		}
		count += len(p.Mentions)
		if f.Before = p.Next; p.Next == 0 {
			break
		}
	}
	if want := batches*batchSize - batches/3; count != want {
		t.Errorf("%d mentions are found after %d batches, want %d", count, batches, want)
	}
	s, err := db.Series(background, desk.Ask{Monitors: []int64{1}})
	if err != nil || len(s) != 1 || s[0].Count != batches*batchSize {
		t.Errorf("the roll-ups say %+v after %d batches of %d (%v)", s, batches, batchSize, err)
	}
	h, err := db.Mentions(background, desk.Filter{From: time.Date(2026, 3, 2, 12, 0, batches, 0, time.UTC)})
	if err != nil || len(h.Mentions) != 0 {
		t.Errorf("%d mentions lie beyond the cursor (%v)", len(h.Mentions), err)
	}
}
