package subscribe

import (
	"net/netip"
	"sync"
	"time"
)

// limits keep one asker from having many letters written.
type limits struct {
	mu    sync.Mutex // guards what follows
	since time.Time
	asked map[netip.Prefix]int
	all   int
}

const (
	// mostAsks are letters to confirm that one network address may cause within limitSpan: a family, or an office that just heard of it.
	mostAsks = 20
	// mostOfAll is what everybody together may cause within it, so that a thousand machines cannot make us a flood for others.
	mostOfAll = 20_000
	limitSpan = 10 * time.Minute
	// mostLetters to confirm go to one mailbox within a day, whoever asks.
	mostLetters = 3
)

func newLimits() *limits { return &limits{asked: map[netip.Prefix]int{}} }

// may reports whether somebody at an address may ask now.
func (l *limits) may(address string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.since) > limitSpan {
		l.since, l.all = now, 0
		clear(l.asked)
	}
	net := network(address)
	if l.asked[net] >= mostAsks || l.all >= mostOfAll {
		return false
	}
	l.asked[net]++
	l.all++
	return true
}

// network is who asks: an IPv4 address, or the network of an IPv6 customer.
func network(address string) netip.Prefix {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	a = a.Unmap().WithZone("")
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}
