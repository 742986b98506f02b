package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"breakwater/internal/chain"
	"breakwater/journal"
	"breakwater/store"
)

// benchJournal measures how fast the whole journal is verified, beside a bare walk over the same rows.
func benchJournal(args []string) error {
	fs := flag.NewFlagSet("journal", flag.ContinueOnError)
	n := fs.Int("entries", 100_000, "entries in the journal")
	if err := fs.Parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "breakwater-bench-journal")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	db, err := store.Open(ctx, store.Config{Path: dir})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := fillJournal(ctx, dir, *n); err != nil {
		return err
	}
	began := time.Now()
	if err := db.WalkJournal(ctx, 0, func(chain.Line) error { return nil }); err != nil {
		return err
	}
	bare := time.Since(began)
	began = time.Now()
	v, err := (&journal.Log{Store: db}).Verify(ctx)
	if err != nil {
		return err
	}
	took := time.Since(began)
	if !v.Intact || v.Entries != *n {
		return fmt.Errorf("%d of %d entries fit: %s", v.Entries, *n, v.Problem)
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "rows read\t%.2f s\t\nread and verified\t%.2f s\t\n", bare.Seconds(), took.Seconds())
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Printf("entries_per_second=%.0f entries=%d seconds=%.2f\n", float64(*n)/took.Seconds(), v.Entries, took.Seconds())
	return nil
}

// fillJournal writes entries like those of a busy desk, straight into the table: the desk itself puts each on disk before the next.
func fillJournal(ctx context.Context, dir string, n int) error {
	raw, err := sql.Open("sqlite", filepath.Join(dir, store.File))
	if err != nil {
		return err
	}
	defer raw.Close()
	tx, err := raw.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after the commit there is nothing to roll back
	insert, err := tx.PrepareContext(ctx, "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer insert.Close()
	prev := ""
	for i := range n {
		l := chain.Line{Seq: int64(i + 1), At: time.Now().UnixMicro(), Who: "user:7", Name: "Ana Lindqvist", Act: "incident.note", Thing: fmt.Sprint("incident:", i%40),
			Incident: int64(i % 40), Say: `{"say":"{name} wrote a note.","with":{"name":"Ana Lindqvist"}}`, Why: "The factory confirmed that the batch was stopped on Tuesday.",
			Address: "192.0.2.7", Before: prev, After: prev, Prev: prev}
		l.Hash = l.Sum()
		prev = l.Hash
		if _, err := insert.ExecContext(ctx, l.Seq, l.At, l.Who, l.Name, l.Act, l.Thing, l.Incident, l.Say, l.Why, l.Address, l.Before, l.After, l.Detail, l.Prev, l.Hash); err != nil {
			return err
		}
	}
	return tx.Commit()
}
