package radar

import (
	"context"
	"sync"
	"time"
)

const (
	// fresh is how long an answer is kept: long enough that a hundred open radars cost one question, too short to be noticed.
	fresh = 2 * time.Second
	// patience bounds a question that several may wait for, and that therefore does not end when one of them goes away.
	patience = 10 * time.Second
	// maxKept bounds the answers kept; more different questions at a time are not asked by people.
	maxKept = 512
)

// cache keeps answers for a moment and asks each question once at a time.
type cache struct {
	mu      sync.Mutex // guards answers
	answers map[string]*answer
}

type answer struct {
	done  chan struct{} // closed when value and err are there
	at    time.Time     // of the question
	value any
	err   error
}

// ask gives the kept answer to a question, or gets one. An error is not kept.
func ask[T any](ctx context.Context, c *cache, question string, get func(context.Context) (T, error)) (T, error) {
	a, mine := c.find(question)
	if mine {
		go func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
			defer cancel()
			a.value, a.err = get(ctx)
			if a.err != nil {
				c.forget(question, a)
			}
			close(a.done)
		}()
	}
	select {
	case <-a.done:
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
	value, _ := a.value.(T) // nil only beside an error
	return value, a.err
}

func (c *cache) find(question string) (a *answer, mine bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if a := c.answers[question]; a != nil && now.Sub(a.at) < fresh {
		return a, false
	}
	if len(c.answers) >= maxKept {
		clear(c.answers)
	}
	a = &answer{done: make(chan struct{}), at: now}
	c.answers[question] = a
	return a, true
}

func (c *cache) forget(question string, a *answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.answers[question] == a {
		delete(c.answers, question)
	}
}

func (c *cache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.answers)
}
