// Package source pulls mentions from connectors: cursors, pacing, back-off, health, gaps.
package source

import (
	"context"

	"breakwater/desk"
)

// Source is one place where mentions come from, as a connector makes it.
//
// Pull gives what came after cursor (as an earlier Batch handed it out; "" at the first time: start now, with at most a page
// of the recent past). A stream is a Pull that blocks until something came or ctx ends; it hands over at least every second
// while there is something. Pull must be resumable: called again with the same cursor it gives the same things again.
// A *desk.Retry carries its own pause, an error wrapping desk.ErrDenied asks for a person, ErrBroken for a look.
type Source interface {
	Pull(ctx context.Context, cursor string) (desk.Batch, error)
}

// Closer is a Source with something to release when its loop ends (a connection).
type Closer interface{ Close() error }

// Keeper takes a batch and returns when it is durable with its cursor. It is app's flow: match, enrich, store.
type Keeper interface {
	Keep(ctx context.Context, b desk.Batch) (desk.Stored, error)
}
