package door

import (
	"cmp"
	"context"
	"math"
	"net"
	"net/http"
	"slices"
	"time"
)

// writing is the used of a connection that is being written to.
const writing = math.MaxInt64

// makeRoom closes the connections that have been idle longest, some at a time, and reports whether there were any. Those on which a
// request is being answered, and those of the team, stay.
func (l *Listener) makeRoom() bool {
	now := time.Now()
	idle := l.idle(now)
	some := idle[:min(len(idle), max(1, l.room.All/64))]
	for _, c := range some {
		_ = c.Close() // whose it was asks anew
	}
	if len(some) == 0 {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.looked = now
	}
	return len(some) > 0
}

// idle are the connections that may be closed, the idlest first.
func (l *Listener) idle(now time.Time) []*conn {
	type since struct {
		c    *conn
		used int64
	}
	var all []since
	l.mu.Lock()
	if now.Sub(l.looked) >= lookAgain {
		rested := int64(now.Sub(l.began) - l.room.Rest)
		for c := range l.open {
			if used := c.used.Load(); used <= rested && !c.busy.Load() && !c.team.Load() {
				all = append(all, since{c, used})
			}
		}
	}
	l.mu.Unlock()
	slices.SortFunc(all, func(a, b since) int { return cmp.Compare(a.used, b.used) })
	conns := make([]*conn, len(all))
	for i, s := range all {
		conns[i] = s.c
	}
	return conns
}

// State tells the listener whether a connection of its is in use; it is the ConnState of a server.
func State(c net.Conn, state http.ConnState) {
	if d := beneath(c); d != nil {
		d.busy.Store(state == http.StateActive || state == http.StateHijacked)
	}
}

// beneath is the connection that a listener of ours gave, under what was put around it; nil when there is none.
func beneath(c net.Conn) *conn {
	for c != nil {
		if d, ours := c.(*conn); ours {
			return d
		}
		around, is := c.(interface{ NetConn() net.Conn })
		if !is {
			return nil
		}
		c = around.NetConn()
	}
	return nil
}

type connKey struct{}

// WithConn remembers on which connection a request comes; it is the ConnContext of a server.
func WithConn(ctx context.Context, c net.Conn) context.Context {
	if d := beneath(c); d != nil {
		return context.WithValue(ctx, connKey{}, d)
	}
	return ctx
}

// Welcome says that somebody who is signed in sent a request: its connection stays, and its address has the kept places, unless it is
// that of a proxy, behind which the public is too.
func Welcome(ctx context.Context) {
	c, ok := ctx.Value(connKey{}).(*conn)
	if !ok || c.team.Swap(true) || c.ours {
		return
	}
	l, now := c.of, time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	for asker, at := range l.team {
		if now.Sub(at) > teamDay {
			delete(l.team, asker)
		}
	}
	l.team[c.asker] = now
}
