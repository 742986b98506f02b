package app

import (
	"context"
	"log/slog"
	"time"

	"breakwater/desk"
)

// Retention is looked after every hour, in slices small enough that the writer is free for mentions between them.
const (
	retainEvery = time.Hour
	retainSlice = 2000
	talkSlice   = 200 // each has many messages

	blobsEvery = 24 * time.Hour     // to look for bytes that nobody needs reads all of our texts
	blobsLoose = 7 * 24 * time.Hour // what was uploaded belongs to nothing until somebody saves what names it
)

// purger is what retention needs of storage.
type purger interface {
	Brands(ctx context.Context) ([]desk.Brand, error)
	Purge(ctx context.Context, brandID int64, before time.Time, limit int) (int, error)
	PurgeTalks(ctx context.Context, brandID int64, before time.Time, limit int) (int, error)
	PurgeBlobs(ctx context.Context, before time.Time) (int, error)
}

// retain removes the mentions and the conversations that are over and older than their brand keeps them, and pictures and files that
// nothing names any more, until ctx ends. Counts survive.
func retain(ctx context.Context, s purger, log *slog.Logger) error {
	again, blobs := time.NewTicker(retainEvery), time.NewTicker(blobsEvery)
	defer again.Stop()
	defer blobs.Stop()
	purgeBlobs(ctx, s, log)
	for {
		if err := purge(ctx, s, time.Now(), log); err != nil && ctx.Err() == nil {
			log.Error("old mentions could not be removed", "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-again.C:
		case <-blobs.C:
			purgeBlobs(ctx, s, log)
		}
	}
}

func purgeBlobs(ctx context.Context, s purger, log *slog.Logger) {
	switch n, err := s.PurgeBlobs(ctx, time.Now().Add(-blobsLoose)); {
	case err != nil && ctx.Err() == nil:
		log.Error("pictures and files that nothing names any more could not be removed", "error", err)
	case n > 0:
		log.Info("pictures and files that nothing names any more were removed", "number", n)
	}
}

func purge(ctx context.Context, s purger, now time.Time, log *slog.Logger) error {
	brands, err := s.Brands(ctx)
	if err != nil {
		return err
	}
	for _, b := range brands {
		if b.Retention <= 0 {
			continue
		}
		before := now.AddDate(0, 0, -b.Retention)
		mentions, err := whole(func() (int, error) { return s.Purge(ctx, b.ID, before, retainSlice) }, retainSlice)
		if err != nil {
			return err
		}
		talks, err := whole(func() (int, error) { return s.PurgeTalks(ctx, b.ID, before, talkSlice) }, talkSlice)
		if err != nil {
			return err
		}
		if mentions+talks > 0 {
			log.Info("what is old was removed", "brand", b.ID, "mentions", mentions, "conversations", talks, "days", b.Retention)
		}
	}
	return nil
}

// whole removes slice by slice until one is not full, and adds them up.
func whole(remove func() (int, error), slice int) (total int, err error) {
	for {
		n, err := remove()
		if total += n; err != nil || n < slice {
			return total, err
		}
	}
}
