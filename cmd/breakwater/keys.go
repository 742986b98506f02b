package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// keyState is how far a change of the key is, as the API tells it.
type keyState struct {
	Changing     bool
	Sealed, Left int
}

type keysCmd struct {
	Show   keysShowCmd   `cmd:"" help:"Show how far a change of the key is."`
	Rotate keysRotateCmd `cmd:"" help:"Change the key that seals secrets, while the desk runs, and wait until everything is sealed anew."`
}

type keysShowCmd struct{}

// Run shows the state.
func (keysShowCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	return show(c, http.MethodGet, "/keys", nil, func(w io.Writer, k keyState) {
		if k.Changing {
			fmt.Fprintf(w, "being changed: %d of %d are sealed anew\n", k.Sealed-k.Left, k.Sealed)
			return
		}
		fmt.Fprintf(w, "%d things are sealed with the current key\n", k.Sealed)
	})
}

type keysRotateCmd struct{}

// Run changes the key and tells how far it is.
func (keysRotateCmd) Run(ctx context.Context, r *remote, s streams) error {
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	var k keyState
	if err := c.call(http.MethodPost, "/keys/rotate", nil, nil, &k); err != nil {
		return err
	}
	for left := -1; k.Changing; {
		if k.Left != left {
			left = k.Left
			fmt.Fprintf(s.Err, "%d of %d sealed anew\n", k.Sealed-k.Left, k.Sealed)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w; the desk goes on with it", ctx.Err())
		case <-time.After(500 * time.Millisecond):
		}
		if err := c.call(http.MethodGet, "/keys", nil, nil, &k); err != nil {
			return err
		}
	}
	return said(r, s, fmt.Sprintf("the key was changed; %d things are sealed with the new one, and the old one is gone", k.Sealed))
}
