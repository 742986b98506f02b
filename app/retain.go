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
)

// purger is what retention needs of storage.
type purger interface {
	Brands(ctx context.Context) ([]desk.Brand, error)
	Purge(ctx context.Context, brandID int64, before time.Time, limit int) (int, error)
}

// retain removes the mentions that are older than their brand keeps them, until ctx ends. Counts survive.
func retain(ctx context.Context, s purger, log *slog.Logger) error {
	again := time.NewTicker(retainEvery)
	defer again.Stop()
	for {
		if err := purge(ctx, s, time.Now(), log); err != nil && ctx.Err() == nil {
			log.Error("old mentions could not be removed", "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-again.C:
		}
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
		total := 0
		for {
			n, err := s.Purge(ctx, b.ID, now.AddDate(0, 0, -b.Retention), retainSlice)
			if err != nil {
				return err
			}
			if total += n; n < retainSlice {
				break
			}
		}
		if total > 0 {
			log.Info("old mentions removed", "brand", b.ID, "mentions", total, "days", b.Retention)
		}
	}
	return nil
}
