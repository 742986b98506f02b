package door

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Room is how many connections there is room for, and how slowly they may be read. Whoever holds connections open is to give up
// before we do.
type Room struct {
	All  int           // connections at a time; each takes some tens of kilobytes
	Kept int           // of these, for addresses where somebody signed in during the last day: a crowd never keeps the team out
	Each int           // of one address; proxies of ours hold them for many
	Rest time.Duration // that a connection may be idle even when there is no place: a page is followed by its pictures
	Read time.Duration // that a connection may take nothing of what is written, and a second more for every slowestRead bytes of it
}

const (
	slowestRead = 16 << 10
	teamDay     = 24 * time.Hour         // that an address is the team's after a request of somebody signed in
	lookAgain   = 100 * time.Millisecond // after no place could be made: to look costs a millisecond
)

// Listener keeps one address from taking all connections, and any client from reading so slowly that its answers pile up. When there is
// no place for a connection those that have been idle longest are closed: browsers hold theirs for minutes after the last page.
type Listener struct {
	net.Listener
	ours  func(netip.Addr) bool
	room  Room
	began time.Time

	mu     sync.Mutex // guards what follows
	open   map[*conn]struct{}
	held   map[string]int       // by Asker
	team   map[string]time.Time // when somebody signed in asked from an address last, by Asker
	looked time.Time            // when no place could be made last
}

// Listen guards ln. ours are the addresses of our own proxies and machines, which may hold as many connections as there are; nil
// are none.
func Listen(ln net.Listener, ours func(netip.Addr) bool) *Listener {
	return ListenFor(ln, ours, Room{All: 8192, Kept: 256, Each: 512, Rest: 5 * time.Second, Read: 30 * time.Second})
}

// ListenFor is Listen with another room.
func ListenFor(ln net.Listener, ours func(netip.Addr) bool, room Room) *Listener {
	return &Listener{Listener: ln, ours: ours, room: room, began: time.Now(), open: make(map[*conn]struct{}), held: make(map[string]int), team: make(map[string]time.Time)}
}

// Accept gives the next connection that has a place, or for which one could be made. Others are closed at once.
func (l *Listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		n := l.connOf(c)
		if l.take(n) || l.makeRoom() && l.take(n) {
			return n, nil
		}
		_ = c.Close()
	}
}

// connOf is a connection that has no place yet.
func (l *Listener) connOf(c net.Conn) *conn {
	n := &conn{Conn: c, of: l, asker: c.RemoteAddr().String()}
	if from, err := netip.ParseAddrPort(n.asker); err == nil {
		n.asker, n.ours = Asker(from.Addr().String()), l.ours != nil && l.ours(from.Addr().Unmap())
	}
	n.used.Store(int64(time.Since(l.began)))
	n.release = sync.OnceFunc(func() { l.giveBack(n) })
	return n
}

func (l *Listener) take(c *conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	places := l.room.All
	if at, team := l.team[c.asker]; !team || time.Since(at) > teamDay {
		places -= l.room.Kept
	}
	if len(l.open) >= places || !c.ours && l.held[c.asker] >= l.room.Each {
		return false
	}
	l.open[c] = struct{}{}
	l.held[c.asker]++
	return true
}

func (l *Listener) giveBack(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, had := l.open[c]; !had {
		return
	}
	delete(l.open, c)
	if l.held[c.asker]--; l.held[c.asker] == 0 {
		delete(l.held, c.asker)
	}
}

// conn gives up on who does not read.
type conn struct {
	net.Conn
	of      *Listener
	asker   string // as Asker names it
	ours    bool
	release func()
	busy    atomic.Bool  // a request is being answered by the server
	team    atomic.Bool  // somebody signed in asked on it
	used    atomic.Int64 // when something was written last, since of.began; writing while that goes on

	mu  sync.Mutex // guards own and set
	own time.Time  // a deadline that the server set for itself: the earlier one counts
	set time.Time  // when ours was moved last
}

// Write moves the deadline on before it writes.
func (c *conn) Write(b []byte) (int, error) {
	c.mu.Lock()
	now, grace := time.Now(), c.of.room.Read
	if c.own.IsZero() && (len(b) > slowestRead || now.Sub(c.set) > grace/30) {
		c.set = now
		_ = c.Conn.SetWriteDeadline(now.Add(grace + time.Duration(len(b)/slowestRead)*time.Second)) // a connection that is gone says so by Write
	}
	c.mu.Unlock()
	c.used.Store(writing)
	n, err := c.Conn.Write(b)
	c.used.Store(int64(now.Sub(c.of.began)))
	return n, err
}

// SetWriteDeadline is that of who knows better how long a write may take; none gives it back to us.
func (c *conn) SetWriteDeadline(at time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.own, c.set = at, time.Time{}
	return c.Conn.SetWriteDeadline(at)
}

// SetDeadline is for both directions.
func (c *conn) SetDeadline(at time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.own, c.set = at, time.Time{}
	return c.Conn.SetDeadline(at)
}

// Close ends the connection and gives its place back.
func (c *conn) Close() error {
	defer c.release()
	return c.Conn.Close()
}
