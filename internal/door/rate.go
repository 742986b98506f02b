package door

import (
	"net/netip"
	"sync"
	"time"
)

// Rate is how often one asker may ask: at once as often as Burst, and over time every Every.
type Rate struct {
	Every time.Duration
	Burst int
}

// Limiter counts what each asker asks, in a bounded table. A nil Limiter lets everything through. It is safe for many goroutines.
type Limiter struct {
	rate Rate
	most int

	mu   sync.Mutex           // guards full
	full map[string]time.Time // by asker: when all of its burst is there again
}

// remembered is how many askers a limiter knows at a time, some 5 MB. Beyond them, askers that it does not know share one place.
const remembered = 50_000

// NewLimiter makes a limiter.
func NewLimiter(r Rate) *Limiter {
	return &Limiter{rate: r, most: remembered, full: make(map[string]time.Time)}
}

// Take counts one request of an asker. It gives how long the asker has to wait when it was one too many; that one is not counted.
func (l *Limiter) Take(asker string, now time.Time) (wait time.Duration) {
	if l == nil {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	full, known := l.full[asker]
	if !known && len(l.full) >= l.most {
		l.sweep(now)
		if len(l.full) >= l.most {
			asker = ""
			full = l.full[asker]
		}
	}
	if full.Before(now) {
		full = now
	}
	full = full.Add(l.rate.Every)
	if wait := full.Sub(now) - time.Duration(l.rate.Burst)*l.rate.Every; wait > 0 {
		return wait
	}
	l.full[asker] = full
	return 0
}

// Spent reports how long an asker has to wait before it may ask again; nothing is counted.
func (l *Limiter) Spent(asker string, now time.Time) (wait time.Duration) {
	if l == nil {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	full := l.full[asker]
	if full.Before(now) {
		full = now
	}
	return max(0, full.Add(l.rate.Every).Sub(now)-time.Duration(l.rate.Burst)*l.rate.Every)
}

// sweep forgets askers whose burst is whole. The caller holds l.mu.
func (l *Limiter) sweep(now time.Time) {
	for asker, full := range l.full {
		if !full.After(now) {
			delete(l.full, asker)
		}
	}
}

// Asker names who asks from an address, as Limiter counts: whoever has one address of version 6 has 2⁶⁴ of them.
func Asker(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if a = a.Unmap().WithZone(""); a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// Gauge counts what each asker holds at the same time. A nil Gauge lets everything through.
type Gauge struct {
	most int

	mu   sync.Mutex // guards held
	held map[string]int
}

// NewGauge makes a gauge that lets each asker hold that many.
func NewGauge(most int) *Gauge { return &Gauge{most: most, held: make(map[string]int)} }

// Hold takes one place; release gives it back, once. It is false when the asker holds all of its places.
func (g *Gauge) Hold(asker string) (release func(), ok bool) {
	if g == nil {
		return func() {}, true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.held[asker] >= g.most {
		return nil, false
	}
	g.held[asker]++
	return sync.OnceFunc(func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.held[asker]--; g.held[asker] == 0 {
			delete(g.held, asker)
		}
	}), true
}

// Limits are those of a whole desk: console and API count together.
type Limits struct {
	Strangers *Limiter // requests of who is not signed in, by Asker
	Accounts  *Limiter // requests of who is, by who
	Costly    *Limiter // of these, what costs much: searches, printing, calls to others; by who
	Wrong     *Limiter // deliveries that were not signed as they should be, by Asker and address of the delivery
	Streams   *Gauge   // live pages and followers, by who
}

// NewLimits are limits that no person and no sensible program meets. An office behind one address that opens a briefing within the
// same minute does not meet them either.
func NewLimits() *Limits {
	return &Limits{
		Strangers: NewLimiter(Rate{Every: time.Second / 30, Burst: 900}),
		Accounts:  NewLimiter(Rate{Every: time.Second / 200, Burst: 3000}),
		Costly:    NewLimiter(Rate{Every: time.Second / 2, Burst: 90}),
		Wrong:     NewLimiter(Rate{Every: time.Second / 5, Burst: 300}),
		Streams:   NewGauge(40),
	}
}

// None are no limits at all, for tests and for pages that show themselves.
func None() *Limits { return &Limits{} }
