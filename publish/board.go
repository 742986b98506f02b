package publish

import (
	"context"

	"breakwater/desk"
)

// Noticeboard is the house's own public page, where posts are put up. Errors are *desk.Invalid for what it does not take, else those of
// the store: nothing was put up then.
type Noticeboard interface {
	// Put puts a post up, once for its key.
	Put(ctx context.Context, ch desk.Channel, p desk.Post) (Live, error)
	// Change puts a post's words in the place of those that stand under its NativeID.
	Change(ctx context.Context, ch desk.Channel, p desk.Post) (Live, error)
	// Take takes a post down. One that is not there is no error.
	Take(ctx context.Context, ch desk.Channel, p desk.Post) error
	// Shown is a post as it stands there. desk.ErrNotFound.
	Shown(ctx context.Context, ch desk.Channel, p desk.Post) (Live, error)
}
