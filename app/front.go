package app

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"breakwater/centre"
	"breakwater/internal/door"
	"breakwater/subscribe"
)

// pinger answers whether the store can be reached.
type pinger interface {
	Ping(ctx context.Context) error
}

// doors are what the desk answers on its one address.
type doors struct {
	console, api, webhook, answers, metrics http.Handler
	watcher                                 watcher
	limits                                  *door.Limits
	secure                                  bool            // people come by https
	public                                  *centre.Site    // asked first: it needs nothing of the others
	letters                                 *subscribe.Door // where the public subscribes, beside the pages
	store                                   pinger
	ready                                   func() bool // false while the desk is still being put together
}

// handler sorts requests by path.
func (d doors) handler() (http.Handler, error) {
	squeeze, err := gzhttp.NewWrapper(gzhttp.MinSize(1400), gzhttp.ExceptContentTypes([]string{"text/event-stream"}),
		gzhttp.RandomJitter(32, 0, false)) // pages hold secrets beside what strangers wrote: their length must tell nothing
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", squeeze(d.console))
	mux.Handle("/api/v1/", squeeze(d.api))
	mux.Handle("POST /in/{source}", unsigned(d.limits, d.webhook))
	if d.answers != nil {
		mux.Handle("POST /answers/{way}", unsigned(d.limits, d.answers))
	}
	mux.Handle("GET /metrics", d.watcher.only(d.metrics))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { answer(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", d.readyz)
	rest := door.Headers(d.secure, mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.letters != nil && d.letters.Owns(r) {
			d.letters.ServeHTTP(w, r)
			return
		}
		if d.public != nil && d.public.Owns(r) {
			d.public.ServeHTTP(w, r)
			return
		}
		rest.ServeHTTP(w, r)
	}), nil
}

func (d doors) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	switch {
	case !d.ready():
		answer(w, http.StatusServiceUnavailable, "starting")
	case d.store.Ping(ctx) != nil:
		answer(w, http.StatusServiceUnavailable, "the database does not answer")
	default:
		answer(w, http.StatusOK, "ready")
	}
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n")) // nobody to tell when the asker left
}

// How slowly a request's body may come: senders that hold connections open are to give up before we do.
const (
	bodyGrace = 30 * time.Second // of waiting in all, and
	slowest   = 16 << 10         // a second for every so many bytes
)

// steady ends requests whose bodies come too slowly. Time that we take ourselves does not count.
func steady(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil && r.Body != http.NoBody {
			b := &steadyBody{ReadCloser: r.Body, conn: http.NewResponseController(w), left: bodyGrace}
			_ = b.conn.SetReadDeadline(time.Now().Add(b.left)) // for a body that nobody reads; only tests have no deadlines
			r.Body = b
		}
		next.ServeHTTP(w, r)
	})
}

// steadyBody is a body that must not be waited for too long.
type steadyBody struct {
	io.ReadCloser
	conn *http.ResponseController
	left time.Duration
}

func (b *steadyBody) Read(p []byte) (int, error) {
	began := time.Now()
	_ = b.conn.SetReadDeadline(began.Add(b.left))
	n, err := b.ReadCloser.Read(p)
	b.left += time.Duration(n)*time.Second/slowest - time.Since(began)
	if errors.Is(err, io.EOF) {
		_ = b.conn.SetReadDeadline(time.Time{})
	}
	return n, err
}

// listenAndServe answers on ln until ctx ends, then lets requests under way finish for a few seconds. Live event streams
// have ended before: their hub is closed with ctx.
func listenAndServe(ctx context.Context, ln net.Listener, h http.Handler) error {
	srv := &http.Server{
		Handler:           steady(h),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ConnState:         door.State, // who is idle makes room for others
		ConnContext:       door.WithConn,
		// Requests under way outlive the order to stop; live streams end with their hub.
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := srv.Shutdown(last); err != nil {
		return srv.Close()
	}
	return nil
}
