package app

import (
	"context"
	"errors"
	"math"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/internal/door"
)

// watcher is who may read the metrics: who comes from one of the networks, and who brings a token of the desk. They tell nothing
// of what is said, but how much, and whom it would hurt to be silent.
type watcher struct {
	from  []netip.Prefix
	token func(ctx context.Context, token, from string) (desk.Actor, error)
}

func (m watcher) only(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a, err := netip.ParseAddrPort(r.RemoteAddr); err == nil && inside(a.Addr().Unmap(), m.from) {
			next.ServeHTTP(w, r)
			return
		}
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if strings.EqualFold(scheme, "Bearer") {
			from, _, _ := net.SplitHostPort(r.RemoteAddr)
			_, err := m.token(r.Context(), strings.TrimSpace(token), from)
			if err == nil {
				next.ServeHTTP(w, r)
				return
			}
			if !errors.Is(err, desk.ErrNotFound) {
				answer(w, http.StatusServiceUnavailable, "the database does not answer")
				return
			}
		}
		w.Header().Set("WWW-Authenticate", `Bearer realm="breakwater"`)
		answer(w, http.StatusUnauthorized, "send a token of this desk, or start it with --metrics-from")
	})
}

// isHere reports whether a host of an address is this machine.
func isHere(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// unsigned slows who delivers again and again what is not signed as it should be. It counts by sender and receiver: one program with
// an old secret keeps no other from delivering.
func unsigned(limits *door.Limits, next http.Handler) http.Handler {
	if limits == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from, _, _ := net.SplitHostPort(r.RemoteAddr)
		asker := door.Asker(from) + " " + r.URL.Path
		if wait := limits.Wrong.Spent(asker, time.Now()); wait > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
			answer(w, http.StatusTooManyRequests, "too many deliveries that were not signed as they should be")
			return
		}
		kept := &statusKeeper{ResponseWriter: w}
		next.ServeHTTP(kept, r)
		if kept.status == http.StatusUnauthorized || kept.status == http.StatusNotFound {
			limits.Wrong.Take(asker, time.Now())
		}
	})
}

// statusKeeper remembers what was answered.
type statusKeeper struct {
	http.ResponseWriter
	status int
}

// WriteHeader remembers.
func (k *statusKeeper) WriteHeader(status int) {
	k.status = status
	k.ResponseWriter.WriteHeader(status)
}

// Unwrap lets deadlines through.
func (k *statusKeeper) Unwrap() http.ResponseWriter { return k.ResponseWriter }
