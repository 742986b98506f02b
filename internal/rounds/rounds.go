// Package rounds is the loop of whoever works off what is due.
package rounds

import (
	"context"
	"time"
)

// Run calls round until ctx ends: at once again while there is work and it gets done, else after every, or when wake is told (nil:
// never). failed hears of a round's error, but not of those that the end of ctx makes. It gives nil.
func Run(ctx context.Context, every time.Duration, wake <-chan struct{}, round func(context.Context) (done int, err error), failed func(error)) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for ctx.Err() == nil {
		n, err := round(ctx)
		if err != nil && ctx.Err() == nil {
			failed(err)
		}
		if n > 0 && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-wake:
		case <-tick.C:
		}
	}
	return nil
}
