// Package journal reads the hash-chained log of every act, and tells those who watch that something happened.
package journal

import (
	"context"
	"errors"

	"breakwater/desk"
)

// Store is what the journal needs of storage.
type Store interface {
	Journal(ctx context.Context, f desk.EntryFilter) ([]desk.Entry, error)
	// VerifyJournal walks all entries in order and stops with an error at the first that does not fit the chain.
	VerifyJournal(ctx context.Context, each func(desk.Entry) error) error
}

// Log is the journal as people read it.
type Log struct{ Store Store }

// List gives a piece of the journal, newest first. Addresses that people acted from are for admins only.
func (l *Log) List(ctx context.Context, f desk.EntryFilter) ([]desk.Entry, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	entries, err := l.Store.Journal(ctx, f)
	if err != nil {
		return nil, err
	}
	if desk.Need(ctx, desk.Admin) != nil {
		for i := range entries {
			entries[i].From = ""
		}
	}
	return entries, nil
}

// Verdict is what a check of the whole chain found.
type Verdict struct {
	Entries int    `json:"entries"`           // that fit, from the first on
	Last    int64  `json:"last,string"`       // number of the last that fits
	Head    string `json:"head"`              // its hash: keep it elsewhere, and no earlier entry can change unseen
	Intact  bool   `json:"intact"`            // the whole chain fits
	Problem string `json:"problem,omitempty"` // what does not fit, for the operator
}

// Verify recomputes the chain from the first entry to the last. A broken chain is a Verdict, not an error.
func (l *Log) Verify(ctx context.Context) (Verdict, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return Verdict{}, err
	}
	var v Verdict
	err := l.Store.VerifyJournal(ctx, func(e desk.Entry) error {
		v.Entries, v.Last, v.Head = v.Entries+1, e.Seq, e.Hash
		return ctx.Err()
	})
	var broken interface{ BrokenAt() int64 }
	switch {
	case err == nil:
		v.Intact = true
	case errors.As(err, &broken):
		v.Problem = err.Error()
	default:
		return v, err
	}
	return v, nil
}
