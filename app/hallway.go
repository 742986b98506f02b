package app

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"breakwater/centre"
	"breakwater/internal/say"
)

// hallway answers while the desk is being put together, which takes as long as its database is away: the public pages from what they were
// last, the rest as soon as there is an answer.
type hallway struct {
	site   *centre.Site
	opened chan struct{} // closed when front is set
	once   sync.Once
	front  http.Handler
}

func newHallway(site *centre.Site) *hallway { return &hallway{site: site, opened: make(chan struct{})} }

// open has everything answered by h from now on.
func (l *hallway) open(h http.Handler) {
	l.once.Do(func() { l.front = h; close(l.opened) })
}

// hallwayWait is how long somebody who asks for the console is let wait before they are told to come again: a start takes a moment only.
const hallwayWait = 5 * time.Second

// personal reports whether a request to the crisis centre is about something that is in the database: who subscribes, and who leaves. Told
// to come again they do, mail programs too; told that there is nothing they do not.
func personal(r *http.Request) bool {
	return strings.Contains(r.URL.Path, "/-/") || r.Method != http.MethodGet && r.Method != http.MethodHead
}

// ServeHTTP implements http.Handler.
func (l *hallway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	select {
	case <-l.opened:
		l.front.ServeHTTP(w, r)
		return
	default:
	}
	switch {
	case l.site.Owns(r) && !personal(r):
		l.site.ServeHTTP(w, r)
		return
	case r.URL.Path == "/healthz":
		answer(w, http.StatusOK, "ok")
		return
	case r.URL.Path == "/readyz":
		answer(w, http.StatusServiceUnavailable, "starting")
		return
	}
	wait := time.NewTimer(hallwayWait)
	defer wait.Stop()
	select {
	case <-l.opened:
		l.front.ServeHTTP(w, r)
	case <-r.Context().Done():
	case <-wait.C:
		w.Header().Set("Retry-After", "10")
		answer(w, http.StatusServiceUnavailable, say.For("", r.Header.Get("Accept-Language")).T("The desk waits for its database. The public pages are up."))
	}
}
