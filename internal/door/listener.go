package door

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// Room is how many connections there is room for, and how slowly they may be read. Whoever holds connections open is to give up
// before we do.
type Room struct {
	All  int           // connections at a time; each takes some tens of kilobytes
	Each int           // of one address; proxies of ours hold them for many
	Read time.Duration // that a connection may take nothing of what is written, and a second more for every slowestRead bytes of it
}

const slowestRead = 16 << 10

// Listener keeps one address from taking all connections, and any client from reading so slowly that its answers pile up.
type Listener struct {
	net.Listener
	ours func(netip.Addr) bool
	room Room

	mu   sync.Mutex // guards all and held
	all  int
	held map[string]int // by Asker
}

// Listen guards ln. ours are the addresses of our own proxies and machines, which may hold as many connections as there are; nil
// are none.
func Listen(ln net.Listener, ours func(netip.Addr) bool) *Listener {
	return ListenFor(ln, ours, Room{All: 8192, Each: 512, Read: 30 * time.Second})
}

// ListenFor is Listen with another room.
func ListenFor(ln net.Listener, ours func(netip.Addr) bool, room Room) *Listener {
	return &Listener{Listener: ln, ours: ours, room: room, held: make(map[string]int)}
}

// Accept gives the next connection that has a place. Those that have none are closed at once.
func (l *Listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		asker, free := l.asker(c)
		if l.take(asker, free) {
			return &conn{Conn: c, grace: l.room.Read, release: sync.OnceFunc(func() { l.giveBack(asker) })}, nil
		}
		_ = c.Close()
	}
}

// asker is who holds a connection; free is one of ours.
func (l *Listener) asker(c net.Conn) (name string, free bool) {
	from, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil {
		return c.RemoteAddr().String(), false
	}
	return Asker(from.Addr().String()), l.ours != nil && l.ours(from.Addr().Unmap())
}

func (l *Listener) take(asker string, free bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all >= l.room.All || !free && l.held[asker] >= l.room.Each {
		return false
	}
	l.all++
	l.held[asker]++
	return true
}

func (l *Listener) giveBack(asker string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all--
	if l.held[asker]--; l.held[asker] == 0 {
		delete(l.held, asker)
	}
}

// conn gives up on who does not read.
type conn struct {
	net.Conn
	grace   time.Duration
	release func()

	mu  sync.Mutex // guards own and set
	own time.Time  // a deadline that the server set for itself: the earlier one counts
	set time.Time  // when ours was moved last
}

// Write moves the deadline on before it writes.
func (c *conn) Write(b []byte) (int, error) {
	c.mu.Lock()
	now := time.Now()
	if c.own.IsZero() && (len(b) > slowestRead || now.Sub(c.set) > c.grace/30) {
		c.set = now
		_ = c.Conn.SetWriteDeadline(now.Add(c.grace + time.Duration(len(b)/slowestRead)*time.Second)) // a connection that is gone says so by Write
	}
	c.mu.Unlock()
	return c.Conn.Write(b)
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
