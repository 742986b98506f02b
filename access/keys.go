package access

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"breakwater/desk"
	"breakwater/internal/rounds"
	"breakwater/internal/seal"
)

// KeyStore is what changing the key needs of storage.
type KeyStore interface {
	// Sealed counts what is sealed, and what of it not with the current key.
	Sealed(ctx context.Context) (all, old int, err error)
	Reseal(ctx context.Context, act desk.Act, n int) (done int, err error)
	Record(ctx context.Context, act desk.Act, on string, out desk.Out) (desk.Entry, error)
}

// Keys changes the key that seals secrets, while the desk runs: a new key is put in front of the old one, both open, everything is sealed
// anew, and only then the old key goes. Whoever is killed meanwhile goes on where they stood.
type Keys struct {
	Box   *seal.Box
	Store KeyStore
	Log   *slog.Logger
	// Grace is how long is waited, after everything was sealed anew and before it is counted once more, for other processes on this data
	// folder that had begun to write with the old key.
	Grace time.Duration

	wake chan struct{}
}

const (
	keysEvery  = time.Minute // a change that was cut off is found at the start; this is for what failed
	keysAtOnce = 2000
)

// NewKeys makes it.
func NewKeys(box *seal.Box, s KeyStore, log *slog.Logger) *Keys {
	return &Keys{Box: box, Store: s, Log: log, Grace: 5 * time.Second, wake: make(chan struct{}, 1)}
}

// KeyState is how far a change of the key is.
type KeyState struct {
	Changing bool `json:"changing"` // the old key is still there
	Sealed   int  `json:"sealed"`   // things that keep a secret
	Left     int  `json:"left"`     // of them, not sealed with the current key yet
}

// State tells how far a change of the key is. For admins.
func (k *Keys) State(ctx context.Context) (s KeyState, err error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return s, err
	}
	n, err := k.Box.Keys()
	if err != nil {
		return s, err
	}
	s.Changing = n > 1
	s.Sealed, s.Left, err = k.Store.Sealed(ctx)
	return s, err
}

// Rotate begins to change the key; Run ends it. *desk.Invalid while a change is under way. For admins.
func (k *Keys) Rotate(ctx context.Context) (KeyState, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return KeyState{}, err
	}
	err := k.Box.Rotate()
	if errors.Is(err, seal.ErrRotating) {
		k.nudge()
		return KeyState{}, desk.Wrong("key", "The key is being changed already. Wait until that is done.")
	}
	if err != nil {
		return KeyState{}, err
	}
	out := desk.Out{Say: desk.Say("{name} began to change the key that seals secrets.", "name", desk.ActorOf(ctx).Name)}
	if _, err := k.Store.Record(ctx, desk.ActOf(ctx, "keys.rotate", ""), "keys", out); err != nil {
		return KeyState{}, err
	}
	k.nudge()
	return k.State(ctx)
}

func (k *Keys) nudge() {
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// Run ends changes of the key that were begun, now or before the desk was killed, until ctx ends.
func (k *Keys) Run(ctx context.Context) error {
	return rounds.Run(ctx, keysEvery, k.wake, k.round, func(err error) { k.Log.Error("the key could not be changed to the end", "error", err) })
}

// round seals some things anew, or, when all are, lets the old key go.
func (k *Keys) round(ctx context.Context) (int, error) {
	n, err := k.Box.Keys()
	if err != nil || n < 2 {
		return 0, err
	}
	done, err := k.Store.Reseal(ctx, desk.ActOf(ctx, "keys.reseal", ""), keysAtOnce)
	if err != nil || done > 0 {
		return done, err
	}
	select {
	case <-time.After(k.Grace):
	case <-ctx.Done():
		return 0, nil
	}
	all, old, err := k.Store.Sealed(ctx)
	if err != nil || old > 0 {
		return old, err // somebody was still writing
	}
	if err := k.Box.Retire(); err != nil {
		return 0, err
	}
	k.Log.Info("the key that seals secrets was changed", "sealed", all)
	out := desk.Out{Say: desk.Say("The key that seals secrets was changed. Sealed anew: {n}", "n", all)}
	_, err = k.Store.Record(ctx, desk.ActOf(ctx, "keys.retire", ""), "keys", out)
	return 0, err
}
