// Package journal reads the hash-chained log of every act, and tells those who watch that something happened.
package journal

import (
	"context"
	"errors"
	"strings"

	"breakwater/desk"
	"breakwater/internal/chain"
)

// Store is what the journal needs of storage.
type Store interface {
	Journal(ctx context.Context, f desk.EntryFilter) ([]desk.Entry, error)
	// WalkJournal hands every entry above a number to each as its row has it, in order; with 0 from whatever there is.
	WalkJournal(ctx context.Context, after int64, each func(chain.Line) error) error
	Record(ctx context.Context, act desk.Act, on string, out desk.Out) (desk.Entry, error)
}

// Log is the journal as people read it.
type Log struct {
	Store Store
	Heads *Heads // what was kept of it elsewhere; nil: nothing, then who cuts off its end is not found out
}

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
	Entries  int      `json:"entries"`           // that fit, from the first on
	Last     int64    `json:"last,string"`       // number of the last that fits
	Head     string   `json:"head"`              // its hash: keep it elsewhere, and no earlier entry can change unseen
	Intact   bool     `json:"intact"`            // the whole chain fits
	Problem  string   `json:"problem,omitempty"` // what does not fit, for the operator
	Findings []Damage `json:"findings,omitempty"`
}

// Damage is what was done to an entry.
type Damage struct {
	Seq   int64     `json:"seq,string"`
	What  string    `json:"what"`                   // changed, replaced, missing, inserted, moved, rewritten
	Other int64     `json:"other,string,omitempty"` // moved: whose place it stands in; rewritten: the last of them
	Say   desk.Text `json:"say"`
}

// Verify recomputes the chain from the first entry to the last and compares it with what was kept elsewhere. A broken chain is a
// Verdict, not an error.
func (l *Log) Verify(ctx context.Context) (Verdict, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return Verdict{}, err
	}
	var c chain.Check
	var trouble error
	if l.Heads != nil {
		if c.Heads, trouble = l.Heads.Kept(); trouble != nil && !errors.Is(trouble, errHeads) {
			return Verdict{}, trouble
		}
	}
	if err := l.Store.WalkJournal(ctx, 0, func(e chain.Line) error { c.Next(e); return ctx.Err() }); err != nil {
		return Verdict{}, err
	}
	v := verdictOf(&c)
	if trouble != nil {
		v.Intact, v.Problem = false, strings.TrimPrefix(v.Problem+"; "+trouble.Error(), "; ")
	}
	return v, nil
}

// verdictOf ends a check.
func verdictOf(c *chain.Check) Verdict {
	var v Verdict
	var problems []string
	for _, f := range c.End() {
		one := Damage{f.Seq, f.What, f.Other, sentence(f)}
		v.Findings = append(v.Findings, one)
		problems = append(problems, one.Say.English())
	}
	v.Entries, v.Last, v.Head, v.Intact = c.Lines, c.Last.Seq, c.Last.Hash, len(v.Findings) == 0
	v.Problem = strings.Join(problems, " ")
	return v
}

func sentence(f chain.Finding) desk.Text {
	switch f.What {
	case chain.Missing:
		return desk.Say("Entry {seq} is missing.", "seq", f.Seq)
	case chain.Inserted:
		return desk.Say("Entry {seq} was put in later.", "seq", f.Seq)
	case chain.Moved:
		return desk.Say("Entry {other} stands in the place of entry {seq}.", "other", f.Other, "seq", f.Seq)
	case chain.Replaced:
		return desk.Say("Entry {seq} was replaced by another.", "seq", f.Seq)
	case chain.Rewritten:
		return desk.Say("Entries {seq} to {other} were written anew.", "seq", f.Seq, "other", f.Other)
	}
	return desk.Say("Entry {seq} was changed after it was written.", "seq", f.Seq)
}
