package fetch

import (
	"net/http"
	"net/url"
)

// way is where a call went.
type way struct {
	last  string // address that answers
	moved string // end of the permanent part of the way
	astir bool   // a temporary redirection was met: what follows it is temporary too
}

type wayKey struct{}

// checkRedirect follows reading calls only, a few times, never from https to http with credentials, and notes the way.
func checkRedirect(req *http.Request, via []*http.Request) error {
	from := via[len(via)-1]
	switch {
	case from.Method != http.MethodGet && from.Method != http.MethodHead:
		return http.ErrUseLastResponse
	case req.URL.Scheme != "http" && req.URL.Scheme != "https":
		return &Astray{Host: from.URL.Host, Why: "not to a web address"}
	case len(via) > Redirects:
		return &Astray{Host: from.URL.Host, Why: "too many times"}
	case from.URL.Scheme == "https" && req.URL.Scheme == "http" && secret(via[0]):
		return &Astray{Host: from.URL.Host, Why: "from https to http, with credentials"}
	}
	// net/http would show the next server where we come from, with the query.
	req.Header.Del("Referer")
	if w, ok := req.Context().Value(wayKey{}).(*way); ok {
		w.step(req.URL, req.Response.StatusCode)
	}
	return nil
}

func (w *way) step(to *url.URL, code int) {
	w.last = bare(to)
	permanent := code == http.StatusMovedPermanently || code == http.StatusPermanentRedirect
	w.astir = w.astir || !permanent
	if !w.astir {
		w.moved = w.last
	}
}

func secret(r *http.Request) bool {
	return r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != ""
}

// bare is u without user and password.
func bare(u *url.URL) string {
	c := *u
	c.User = nil
	return c.String()
}
