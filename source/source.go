// Package source pulls mentions from connectors: cursors, pacing, back-off, health, gaps.
package source

import (
	"context"
	"io"
	"time"

	"breakwater/desk"
)

// Source is one place where mentions come from, as a connector makes it.
//
// Pull gives what came after cursor (as an earlier Batch handed it out; "" at the first time: start now, with at most a page
// of the recent past). A stream is a Pull that blocks until something came or ctx ends; it hands over at least every second
// while there is something, and an empty batch when it has connected and now and then while it is well but quiet. Pull must
// be resumable: called again with the same cursor it gives the same things again.
// A *desk.Retry carries its own pause, an error wrapping desk.ErrDenied asks for a person, desk.ErrBroken
// for a look.
type Source interface {
	Pull(ctx context.Context, cursor string) (desk.Batch, error)
}

// Closer is a Source with something to release when its loop ends (a connection).
type Closer interface{ Close() error }

// Keeper takes a batch and returns when it is durable with its cursor. It is app's flow: match, enrich, store.
type Keeper interface {
	Keep(ctx context.Context, b desk.Batch) (desk.Stored, error)
}

// Kind is what this stage knows of a connector.
type Kind struct {
	Spec desk.Spec
	// Open makes the source; it checks the settings and connects nothing. Nil when others come to us (Spec.Push).
	Open func(desk.Source) (Source, error)
	// Check tries the settings with one cheap call and says what it found. Nil: Test pulls once instead.
	Check func(context.Context, desk.Source) (desk.Text, error)
	// Import keeps what a file says, from its beginning: what was kept before is known again. Nil when it cannot read files.
	Import func(ctx context.Context, k Keeper, s desk.Source, r io.Reader, each func(Report)) (Report, error)
}

// Report is what became of an imported file, or of it so far.
type Report struct {
	Rows      int           `json:"rows"`
	New       int           `json:"new"`
	Known     int           `json:"known"` // kept before
	Edited    int           `json:"edited"`
	Gone      int           `json:"gone"`
	Unmatched int           `json:"unmatched"` // that no monitor listens for: not kept
	Rejected  int           `json:"rejected"`
	Rejects   []desk.Reject `json:"rejects"` // the first thousand, by line
}

// Kinds are the connectors by Spec.Kind.
type Kinds map[string]Kind

// Store is what sources need of storage.
type Store interface {
	Sources(ctx context.Context) ([]desk.Source, error)
	Source(ctx context.Context, id int64) (desk.Source, error)
	// ChangeSource loads, applies change and saves in one transaction with a journal entry; id 0 makes a new one.
	// change may run more than once.
	ChangeSource(ctx context.Context, id int64, act desk.Act, change func(*desk.Source, *desk.Out) error) (desk.Source, error)
	DeleteSource(ctx context.Context, id int64, act desk.Act) error
	Cursor(ctx context.Context, id int64) (string, error)
	// SetHealth saves how a source is doing. A changed State is journalled and opens or closes a gap.
	SetHealth(ctx context.Context, id int64, h desk.Health) error
	Gaps(ctx context.Context, ids []int64, from, to time.Time) ([]desk.Gap, error)
	FillGap(ctx context.Context, id int64, at time.Time) error
	LoseGap(ctx context.Context, id int64) error
}
