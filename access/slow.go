package access

import (
	"net/netip"
	"sync"
	"time"
)

// A limit is how patient the gate is with one kind of key.
type limit struct {
	free int           // tries without a wait
	most time.Duration // the longest wait
}

// One person mistyping at one place is slowed first; a place that tries many people, and a person tried from many places, later
// and, for the person, never for long: a stranger must not be able to keep somebody out.
var (
	perPair    = limit{free: 5, most: 15 * time.Minute}
	perAddress = limit{free: 30, most: 15 * time.Minute}
	perAccount = limit{free: 100, most: 30 * time.Second}
)

const (
	firstWait = 2 * time.Second // doubles with every further try
	forget    = time.Hour       // after which tries no longer count
	maxTries  = 20_000          // keys remembered; about 3 MB
)

// slow counts tries that failed, or are still being looked at, in a bounded table.
type slow struct {
	mu    sync.Mutex // guards tries
	tries map[string]tried
}

type tried struct {
	n     int
	last  time.Time
	until time.Time // no try before
}

func newSlow() *slow { return &slow{tries: make(map[string]tried)} }

// try counts one try, or gives how long to wait before the next. Tries are counted before the password is looked at, so that
// many at once gain nothing.
func (s *slow) try(email, address string, now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	keys := keysOf(email, address)
	var wait time.Duration
	for _, k := range keys {
		wait = max(wait, s.tries[k.name].until.Sub(now))
	}
	if wait > 0 {
		return wait
	}
	for _, k := range keys {
		s.count(k, now)
	}
	return 0
}

func (s *slow) count(k key, now time.Time) {
	t, known := s.tries[k.name]
	if !known && len(s.tries) >= maxTries {
		s.sweep(now)
	}
	if now.Sub(t.last) > forget {
		t.n = 0
	}
	t.n, t.last = t.n+1, now
	if over := t.n - k.free; over >= 0 {
		t.until = now.Add(min(k.most, firstWait<<min(over, 20)))
	}
	s.tries[k.name] = t
}

// sweep makes room: what no longer counts goes, and if that is not enough, a tenth of the rest in no order.
func (s *slow) sweep(now time.Time) {
	for k, t := range s.tries {
		if now.Sub(t.last) > forget {
			delete(s.tries, k)
		}
	}
	for k := range s.tries {
		if len(s.tries) < maxTries*9/10 {
			return
		}
		delete(s.tries, k)
	}
}

// passed forgets the tries of somebody who came in.
func (s *slow) passed(email, address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range keysOf(email, address) {
		delete(s.tries, k.name)
	}
}

type key struct {
	name string
	limit
}

// keysOf are what a try counts for. Who has an address of IPv6 has a whole network of them, at least a /64.
func keysOf(email, address string) []key {
	if a, err := netip.ParseAddr(address); err == nil && a.Unmap().Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			address = p.String()
		}
	}
	return []key{
		{"both " + address + " " + email, perPair},
		{"from " + address, perAddress},
		{"as " + email, perAccount},
	}
}
