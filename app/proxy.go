package app

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// prefixes reads networks (CIDR), and single addresses as networks of one.
func prefixes(list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range list {
		s = strings.TrimSpace(s)
		if a, err := netip.ParseAddr(s); err == nil {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("%q is neither an address nor a network like 10.0.0.0/8", s)
		}
		out = append(out, p)
	}
	return out, nil
}

// proxies tells which addresses are those of our proxies: this machine, and the networks given.
func proxies(list []string) (ours func(netip.Addr) bool, err error) {
	trusted, err := prefixes(list)
	return func(a netip.Addr) bool { return a.IsLoopback() || inside(a, trusted) }, err
}

func inside(a netip.Addr, networks []netip.Prefix) bool {
	return slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(a) })
}

// behindProxy gives requests that come through a trusted proxy the address of who asked the proxy, so that sign-in slows down
// the one who guesses passwords and not everybody, and the journal names who acted. Trusted are this machine and the networks
// given; what anybody else says in X-Forwarded-For is not believed.
func behindProxy(ours func(netip.Addr) bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if from, ok := asked(r, ours); ok {
			r = r.Clone(r.Context())
			r.RemoteAddr = net.JoinHostPort(from.String(), "0")
		}
		next.ServeHTTP(w, r)
	})
}

// asked is the nearest address, from the proxy outwards, that is not one of our proxies; each proxy adds who asked it at the end.
func asked(r *http.Request, ours func(netip.Addr) bool) (from netip.Addr, ok bool) {
	direct, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !ours(direct.Addr().Unmap()) {
		return from, false
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		a, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return from, ok
		}
		from, ok = a.Unmap(), true
		if !ours(from) {
			return from, true
		}
	}
	return from, ok
}
