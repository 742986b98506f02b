// Package sandbox is the network for drills, demos and tests: it lives in this process, and nothing in it leaves the house.
package sandbox

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/source"
)

const (
	// page is the most that one pull hands over.
	page = 500
	// keep is how many posts are remembered at least; who reads later than that has missed the oldest. Twice as many are
	// let come together before they are thinned out, so that a post does not cost a copy of all.
	keep = 50_000
	// heartbeat is how long a pull waits until it says that nothing came.
	heartbeat = 2 * time.Second
)

// Network is a network of our own. Every source that hears it reads the same posts, each from its own cursor. It is safe
// for use by many goroutines.
type Network struct {
	run  string // tells the posts of this process from those of an earlier one
	said *memory

	mu     sync.Mutex
	posts  []desk.Mention // guarded by mu, as all below
	first  int            // number of posts[0], from the network's beginning
	more   chan struct{}  // closed when something changes
	broken error
}

// New is an empty network.
func New() *Network {
	return &Network{run: strconv.FormatInt(time.Now().UnixNano(), 36), more: make(chan struct{}), said: &memory{lines: map[string][]desk.Line{}}}
}

// Kind is the connector that hears this network and speaks on it.
func (n *Network) Kind() connector.Kind {
	return connector.Kind{
		Spec: desk.Spec{
			Kind: "sandbox", Title: "Sandbox (drills and demos)",
			Help: "Hears a network inside this program: posts of drills and demos, which never leave the house.",
		},
		Source:      func(desk.Settings, connector.Env) (source.Source, error) { return &reader{network: n}, nil },
		Channel:     n.newMouth,
		ChannelSpec: speech(),
	}
}

// Post puts mentions on the network. One that comes again with Edited set is an edit; one with Deleted set is a deletion.
func (n *Network) Post(mentions ...desk.Mention) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.posts = append(n.posts, mentions...)
	if over := len(n.posts) - keep; over > keep {
		n.posts = append([]desk.Mention(nil), n.posts[over:]...)
		n.first += over
	}
	n.wake()
}

// Fail makes every pull answer err until Fail(nil).
func (n *Network) Fail(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.broken = err
	n.wake()
}

// wake tells all who wait. The caller holds mu.
func (n *Network) wake() {
	close(n.more)
	n.more = make(chan struct{})
}

// read gives what comes after a cursor, and what to wait for when there is nothing.
func (n *Network) read(cursor string) (b desk.Batch, more <-chan struct{}, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.broken != nil {
		return b, nil, n.broken
	}
	from := max(n.offset(cursor)-n.first, 0)
	to := min(from+page, len(n.posts))
	for _, m := range n.posts[from:to] {
		if m.Deleted.IsZero() {
			b.Mentions = append(b.Mentions, m)
		} else {
			b.Gone = append(b.Gone, m.Ref)
		}
	}
	b.Cursor = n.run + ":" + strconv.Itoa(n.first+to)
	return b, n.more, nil
}

// offset is the number of the first post after a cursor. The cursor of an earlier process starts at the beginning: what
// comes twice is one mention.
func (n *Network) offset(cursor string) int {
	run, at, _ := strings.Cut(cursor, ":")
	offset, err := strconv.Atoi(at)
	if run != n.run || err != nil || offset < 0 {
		return 0
	}
	return min(offset, n.first+len(n.posts))
}

// reader is one source's ear.
type reader struct {
	network *Network
	greeted bool // it has said once that it is well
}

// Pull gives what was posted since cursor, from the network's beginning for "". It blocks until there is something.
func (r *reader) Pull(ctx context.Context, cursor string) (desk.Batch, error) {
	idle := time.NewTimer(heartbeat)
	defer idle.Stop()
	for {
		b, more, err := r.network.read(cursor)
		if err != nil || len(b.Mentions)+len(b.Gone) > 0 || !r.greeted {
			r.greeted = err == nil
			return b, err
		}
		select {
		case <-ctx.Done():
			return desk.Batch{}, ctx.Err()
		case <-idle.C:
			return b, nil
		case <-more:
		}
	}
}
