package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// again has the page signed and published with other words. At the level of ordinary times nobody has to sign.
func (b *centreBench) again(n int) error {
	path := fmt.Sprintf("/centre/%d", b.id)
	if n > 0 {
		if err := b.call(http.MethodPut, path, map[string]any{"name": "Kettle", "slug": "kettle", "draft": []any{benchPage(n)}}, nil); err != nil {
			return err
		}
	}
	if err := b.call(http.MethodPost, path+"/ask", map[string]any{"level": 0}, nil); err != nil {
		return err
	}
	return b.call(http.MethodPost, path+"/publish", map[string]any{}, nil)
}

// pressed is what became of publishing.
type pressed struct {
	asked, seen int
	slowest     time.Duration // from when a publish was begun until the page showed it
	took        time.Duration
}

func (p pressed) perSecond() float64 { return float64(p.seen) / p.took.Seconds() }

// press publishes a page again and again, and reads what of it the public sees.
type press struct {
	b      *centreBench
	began  time.Time
	cancel context.CancelFunc
	done   chan error

	mu    sync.Mutex        // guards what follows
	begun map[int]time.Time // when each publish was begun
	told  pressed
}

// publish begins to publish the page once a second.
func (b *centreBench) publish() *press {
	ctx, cancel := context.WithCancel(context.Background())
	p := &press{b: b, began: time.Now(), cancel: cancel, done: make(chan error, 2), begun: make(map[int]time.Time)}
	ended := make(chan struct{})
	go func() { p.done <- p.write(ctx); close(ended) }()
	go func() { p.done <- p.read(ended) }()
	return p
}

// stop ends it, and waits until the last publish is to be seen.
func (p *press) stop() (pressed, error) {
	p.cancel()
	err := errors.Join(<-p.done, <-p.done)
	p.told.took = time.Since(p.began)
	return p.told, err
}

// write publishes once a second; when one takes longer, the next follows at once.
func (p *press) write(ctx context.Context) error {
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Until(p.began.Add(time.Duration(n-1) * time.Second))):
		}
		p.mu.Lock()
		p.begun[n], p.told.asked = time.Now(), n
		p.mu.Unlock()
		if err := p.b.again(n); err != nil {
			return fmt.Errorf("publish: %w", err)
		}
	}
}

// lastWait is how long the last publish may take to be seen.
const lastWait = 10 * time.Second

// read reads the page again and again until the last publish has been seen.
func (p *press) read(ended <-chan struct{}) error {
	last, over := 0, (<-chan time.Time)(nil)
	for {
		a, err := p.b.fetch(false)
		if err != nil {
			return fmt.Errorf("read what was published: %w", err)
		}
		n := countIn(a.body)
		p.mu.Lock()
		if n > last {
			last = n
			p.told.seen++
			p.told.slowest = max(p.told.slowest, time.Since(p.begun[n]))
		}
		all := last == p.told.asked
		p.mu.Unlock()
		select {
		case <-ended:
			if all {
				return nil
			}
			if over == nil {
				over = time.After(lastWait)
			}
		default:
		}
		select {
		case <-over:
			return fmt.Errorf("publish %d was never seen, the last one seen is %d", p.told.asked, last)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// countIn is the number of the publish that a page shows; 0 when it shows none.
func countIn(body []byte) int {
	_, rest, _ := bytes.Cut(body, []byte(countOf))
	digits, _, _ := bytes.Cut(rest, []byte("."))
	n, _ := strconv.Atoi(string(digits)) // 0 when there is none
	return n
}
