package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// emptyIndex is an index file of its own.
func emptyIndex(t *testing.T) *index {
	t.Helper()
	ctx := context.Background()
	db, err := Open(ctx, Config{Path: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db.d.(*sqliteDialect).search
}

// kept are the rows of one of the index's tables, each as text.
func kept(t *testing.T, x *index, query string) []string {
	t.Helper()
	pool, err := sql.Open("sqlite", sqliteDSN(filepath.Clean(x.path)))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	rows, err := pool.QueryContext(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var a, b, c any
		if err := rows.Scan(&a, &b, &c); err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%v %x %v", a, b, c))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// mentionsOf are n made-up mentions as a turn has them: common and rare tokens, of all lengths, in any order, some very often.
func mentionsOf(r *rand.Rand, from int64, n int) []any {
	var values []any
	forms := []string{"w%d ", "długie%dsłowo ", "字%d ", "\ue06d%d ", "%d "}
	word := func() string {
		k := int(40_000 * r.Float64() * r.Float64() * r.Float64())
		return fmt.Sprintf(forms[k%len(forms)], k)
	}
	for range n {
		from += 1 + int64(r.IntN(1<<r.IntN(40)))
		var b strings.Builder
		for range 1 + r.IntN(80) {
			b.WriteString(word())
		}
		switch r.IntN(60) {
		case 0:
			b.WriteString(strings.Repeat("again and ", r.IntN(6000)))
		case 1:
			b.WriteString(strings.Repeat("x", 96) + "  ")
		}
		values = append(values, from, b.String())
	}
	return values
}

// A segment of ours is the one that FTS5 would have written, to the byte.
func TestSegmentIsAsFTS5WritesIt(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 1))
		ours, theirs := emptyIndex(t), emptyIndex(t)
		from := int64(1) << r.IntN(62)
		for range 3 {
			values := mentionsOf(r, from, []int{1, 30, 700}[r.IntN(3)])
			from = values[len(values)-2].(int64)
			if err := ours.writeBy(ctx, ours.own, func(tr *tx) error { _, err := ours.putFlood(tr, values); return err }); err != nil {
				t.Fatal(err)
			}
			if err := theirs.write(ctx, func(tr *tx) error { return theirs.put(tr, nil, values) }); err != nil {
				t.Fatal(err)
			}
		}
		for _, query := range []string{
			"SELECT id, block, 0 FROM search_data ORDER BY id", "SELECT segid, term, pgno FROM search_idx ORDER BY segid, term", "SELECT id, sz, origin FROM search_docsize ORDER BY id",
		} {
			a, b := kept(t, ours, query), kept(t, theirs, query)
			if diff := cmp.Diff(b, a); diff != "" {
				t.Fatalf("seed %d, %s: %d rows, want %d: %.3000s", seed, query, len(a), len(b), diff)
			}
		}
	}
}

// FTS5 deletes from our segments, merges them with its own, and finds no fault with them.
func TestFTS5GoesOnWithSegments(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := rand.New(rand.NewPCG(7, 2))
	ours, theirs := emptyIndex(t), emptyIndex(t)
	put := func(x *index, stale []int64, values []any) {
		t.Helper()
		if err := x.write(ctx, func(tr *tx) error { return x.put(tr, stale, values) }); err != nil {
			t.Fatal(err)
		}
	}
	var ids []int64
	from := int64(1) << 60
	for turn := range 150 {
		values := mentionsOf(r, from, 40)
		if turn == 20 {
			values = []any{from + 1, " "} // without a token
		}
		for i := 0; i < len(values); i += 2 {
			ids = append(ids, values[i].(int64))
		}
		from = ids[len(ids)-1]
		put(theirs, nil, values)
		if turn%10 == 9 {
			put(ours, nil, values)
			stale := []int64{ids[r.IntN(len(ids))], ids[r.IntN(len(ids))], 5}
			put(ours, stale, nil)
			put(theirs, stale, nil)
			continue
		}
		var merges due
		if err := ours.writeBy(ctx, ours.own, func(tr *tx) (err error) { merges, err = ours.putFlood(tr, values); return err }); err != nil {
			t.Fatal(err)
		}
		if err := ours.merge(ctx, merges); err != nil {
			t.Fatal(err)
		}
	}
	if err := ours.write(ctx, func(tr *tx) error { return tr.exec("INSERT INTO search (search) VALUES ('integrity-check')") }); err != nil {
		t.Error(err)
	}
	if err := ours.write(ctx, func(tr *tx) error {
		list, err := listed(tr)
		if err == nil && (len(list.levels) < 2 || len(list.levels[1].segments) < 2) {
			t.Error("segments were not merged")
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	for _, x := range []*index{ours, theirs} {
		if err := x.write(ctx, func(tr *tx) error { return tr.exec("CREATE VIRTUAL TABLE said USING fts5vocab (search, instance)") }); err != nil {
			t.Fatal(err)
		}
	}
	const query = "SELECT term, doc, offset FROM said ORDER BY term, doc, offset"
	a, b := kept(t, ours, query), kept(t, theirs, query)
	if diff := cmp.Diff(b, a); diff != "" {
		t.Errorf("%d tokens, want %d: %.3000s", len(a), len(b), diff)
	}
	if n := len(kept(t, ours, "SELECT DISTINCT segid, 0, 0 FROM search_idx")); n >= crowded+10 {
		t.Errorf("%d segments are left, want them merged", n)
	}
}

func TestVarint(t *testing.T) {
	t.Parallel()
	for shift := range 65 {
		for _, v := range []uint64{1<<shift - 1, 1 << shift, 1<<shift + 1} {
			b := appendVarint(nil, v)
			if got, n := varint(append(bytes.Clone(b), 0xFF)); got != v || n != len(b) {
				t.Errorf("%d is written as %x and read as %d of %d bytes", v, b, got, n)
			}
			if _, n := varint(b[:len(b)-1]); n != 0 {
				t.Errorf("%x without its end is read", b)
			}
		}
	}
}
