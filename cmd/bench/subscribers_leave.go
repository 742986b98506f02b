package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// leavers at once, as mail programs press the button for people.
const leavingHands = 4

// leaving has people leave, spread over the whole mailing. What it gives says whether all of them have.
func (b *lettersBench) leaving(ctx context.Context) func() bool {
	b.mu.Lock()
	all := make([]string, 0, len(b.leave))
	for who := range b.leave {
		all = append(all, who)
	}
	b.mu.Unlock()
	b.rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	var next atomic.Int64
	var hands sync.WaitGroup
	for range leavingHands {
		hands.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(all) {
					return
				}
				// One hand for each step of the mailing; the last ones leave when most letters have gone.
				for int(b.main.Load()) < i*b.readers*9/10/len(all) && pause(ctx, 5*time.Millisecond) {
				}
				b.oneLeaves(ctx, all[i])
			}
		})
	}
	var done atomic.Bool
	go func() { hands.Wait(); done.Store(true) }()
	return done.Load
}

// pause waits a while and reports whether ctx still lasts.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// oneLeaves presses until the desk says that it is done, or ctx ends.
func (b *lettersBench) oneLeaves(ctx context.Context, who string) {
	b.mu.Lock()
	path := strings.TrimPrefix(b.leave[who], "https://desk.example")
	b.mu.Unlock()
	for ctx.Err() == nil {
		if _, err := b.ask(ctx, http.MethodPost, path, url.Values{"List-Unsubscribe": {"One-Click"}}); err == nil {
			b.mu.Lock()
			b.left[who] = time.Now()
			b.mu.Unlock()
			return
		}
		pause(ctx, 50*time.Millisecond)
	}
}
