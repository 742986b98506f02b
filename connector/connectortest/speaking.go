package connectortest

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/publish"
)

// Stage is one place to speak in as a test serves it to a channel: a network, or with no Handler something in the house.
type Stage struct {
	Handler  http.Handler                    // healthy answers; must be safe for use by many goroutines
	Settings func(base string) desk.Settings // for a network at base
	Says     func(r *http.Request) bool      // whether the request is the one that says something in public
	Live     func() int                      // how many posts the place shows
	Long     string                          // a text that is too long there; empty: none is
	Lines    publish.Lines                   // what the channel keeps of its own; nil where it keeps nothing
	ByHand   publish.Asking                  // where people do it
	Board    publish.Noticeboard             // the house's own page
	// Hands does what people were asked to do meanwhile; nil where nobody is.
	Hands func()
	// Lose makes the place lose what is said from now on: after it has acted, or before. Nil: Handler's answers are cut, or with no
	// Handler nothing can get lost.
	Lose func(acted bool)
	Heal func() // ends that
}

// Speak checks the contract of a channel: what is said twice is there once, a send whose answer was lost is found, what a
// network refuses means what it must, what is live reads back, and what is taken back twice is gone.
func Speak(t *testing.T, kind connector.Kind, start func(t *testing.T) Stage) {
	t.Helper()
	for name, check := range map[string]func(t *testing.T, h *hall){
		"says the same key once":                   saysOnce,
		"finds a send whose answer was lost":       findsLost,
		"knows that a lost request is not there":   findsNothing,
		"a refusal says what it means":             refusals,
		"what is too long is refused":              tooLong,
		"reads back, and is gone when taken back":  readsBack,
		"finds after a restart what was said once": findsLater,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, newHall(t, kind, start(t)))
		})
	}
}

// hall is a channel at work against a network that can be made to fail.
type hall struct {
	Stage
	kind  connector.Kind
	base  string
	fault atomic.Pointer[http.HandlerFunc] // answers instead of the network what says something
	logs  lines
}

func newHall(t *testing.T, kind connector.Kind, s Stage) *hall {
	t.Helper()
	h := &hall{Stage: s, kind: kind}
	if s.Handler == nil {
		return h
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f := h.fault.Load(); f != nil && s.Says(r) {
			(*f)(w, r)
			return
		}
		s.Handler.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	h.base = srv.URL
	if h.Lose == nil {
		h.Lose, h.Heal = h.cut, func() { h.fault.Store(nil) }
	}
	return h
}

// open makes the mouth anew, as after a restart.
func (h *hall) open(t *testing.T) publish.Mouth {
	t.Helper()
	env := connector.Env{
		Fetch:   fetch.New(fetch.Config{AllowPrivate: fetch.Loopback()}),
		Log:     slog.New(slog.NewTextHandler(&h.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Channel: desk.Channel{ID: 7, BrandID: 1, Name: "channel"}, Lines: h.Lines, ByHand: h.ByHand, Board: h.Board,
	}
	m, err := h.kind.Channel(h.Settings(h.base), env)
	if err != nil {
		t.Fatalf("make the mouth: %v", err)
	}
	return m
}

// done lets people do what they were asked to.
func (h *hall) done() {
	if h.Hands != nil {
		h.Hands()
	}
}

// aPost is a post at its first try.
func aPost() publish.Letter {
	now := time.Now().UTC()
	p := desk.Post{Key: strings.ToLower(rand.Text()), Lang: "en", Text: "We recall the kettle. More: https://example.org/kettle #kettle", First: now, Claimed: now, Due: now, Attempts: 1}
	return publish.Letter{Post: p, Body: func(context.Context, desk.Media) ([]byte, error) { return nil, desk.ErrNotFound }}
}

func (h *hall) live(t *testing.T, want int) {
	t.Helper()
	if got := h.Live(); got != want {
		t.Errorf("the network shows %d posts, want %d", got, want)
	}
}

func saysOnce(t *testing.T, h *hall) {
	m, l := h.open(t), aPost()
	first, err := m.Send(t.Context(), l)
	if err != nil || first.NativeID == "" {
		t.Fatalf("send: %+v, %v", first, err)
	}
	l.Attempts = 2
	again, err := m.Send(t.Context(), l)
	if err != nil || again.NativeID != first.NativeID {
		t.Errorf("sent again: %+v, %v; want %+v", again, err, first)
	}
	h.live(t, 1)
}

// cut answers nothing: after the network has acted, or before.
func (h *hall) cut(acted bool) {
	f := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if acted {
			h.Handler.ServeHTTP(httptest.NewRecorder(), r)
		}
		panic(http.ErrAbortHandler) // cuts the connection
	})
	h.fault.Store(&f)
}

// unsure reports whether an error says that nobody knows; who keeps lines of its own knows later what became of each part.
func (h *hall) unsure(err error) bool {
	var retry *desk.Retry
	return errors.Is(err, publish.ErrUnsure) || h.Lines != nil && errors.As(err, &retry)
}

func findsLost(t *testing.T, h *hall) {
	if h.Lose == nil {
		return
	}
	m, l := h.open(t), aPost()
	h.Lose(true)
	if _, err := m.Send(t.Context(), l); !h.unsure(err) {
		t.Fatalf("an answer that was lost: %v, want ErrUnsure", err)
	}
	h.Heal()
	if f, ok := m.(publish.Finder); ok {
		if r, err := f.Find(t.Context(), l.Post); err != nil || r.NativeID == "" {
			t.Errorf("find: %+v, %v", r, err)
		}
	}
	l.Attempts = 2
	if _, err := m.Send(t.Context(), l); err != nil {
		t.Errorf("sent again: %v", err)
	}
	h.live(t, 1)
}

func findsNothing(t *testing.T, h *hall) {
	if h.Lose == nil {
		return
	}
	m, l := h.open(t), aPost()
	h.Lose(false)
	if _, err := m.Send(t.Context(), l); !h.unsure(err) {
		t.Fatalf("a request that was lost: %v, want ErrUnsure", err)
	}
	h.Heal()
	if f, ok := m.(publish.Finder); ok {
		if r, err := f.Find(t.Context(), l.Post); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("find: %+v, %v; want ErrNotFound", r, err)
		}
	}
	h.live(t, 0)
}

func refusals(t *testing.T, h *hall) {
	if h.Handler == nil {
		return
	}
	retry := func(err error) bool {
		var r *desk.Retry
		return errors.As(err, &r) && !errors.Is(err, publish.ErrUnsure)
	}
	for code, means := range map[int]func(error) bool{
		http.StatusUnauthorized: func(err error) bool { return errors.Is(err, desk.ErrDenied) && !retry(err) },
		http.StatusForbidden:    func(err error) bool { return errors.Is(err, desk.ErrDenied) && !retry(err) },
		http.StatusTooManyRequests: func(err error) bool {
			var r *desk.Retry
			return retry(err) && errors.As(err, &r) && r.Limited && r.After == 2*time.Minute
		},
		http.StatusServiceUnavailable:  retry,
		http.StatusInternalServerError: func(err error) bool { return errors.Is(err, publish.ErrUnsure) },
		http.StatusUnprocessableEntity: func(err error) bool { return err != nil && !retry(err) && !errors.Is(err, publish.ErrUnsure) },
	} {
		f := status(code)
		h.fault.Store(&f)
		_, err := h.open(t).Send(t.Context(), aPost())
		if !means(err) {
			t.Errorf("%d: got %v, which means something else", code, err)
		}
		if err != nil && strings.Contains(err.Error()+desk.ProblemOf(err).English(), Secret) || strings.Contains(h.logs.String(), Secret) {
			t.Errorf("%d: a secret is shown", code)
		}
	}
	h.live(t, 0)
}

func tooLong(t *testing.T, h *hall) {
	if h.Long == "" {
		return
	}
	l := aPost()
	l.Text = h.Long
	_, err := h.open(t).Send(t.Context(), l)
	var retry *desk.Retry
	if err == nil || errors.As(err, &retry) || errors.Is(err, publish.ErrUnsure) {
		t.Errorf("a text that is too long: %v, want a refusal", err)
	}
	h.live(t, 0)
}

func readsBack(t *testing.T, h *hall) {
	m, l := h.open(t), aPost()
	r, err := m.Send(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	l.NativeID, l.Link = r.NativeID, r.Link
	h.done()
	reader, reads := m.(publish.Reader)
	if reads {
		live, err := reader.Read(t.Context(), l.Post)
		if err != nil || strings.Join(strings.Fields(live.Text), " ") != l.Text || live.Media != 0 {
			t.Errorf("reads back %+v, %v; want %q", live, err, l.Text)
		}
	}
	back, ok := m.(publish.Retracter)
	if !ok {
		return
	}
	if err := back.Retract(t.Context(), l.Post); err != nil && h.Hands == nil {
		t.Errorf("take back: %v", err)
	}
	h.done()
	if err := back.Retract(t.Context(), l.Post); err != nil {
		t.Errorf("take back again: %v", err)
	}
	if reads {
		if _, err := reader.Read(t.Context(), l.Post); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("after it was taken back: %v, want ErrNotFound", err)
		}
	}
	h.live(t, 0)
}

func findsLater(t *testing.T, h *hall) {
	l := aPost()
	r, err := h.open(t).Send(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	if f, ok := h.open(t).(publish.Finder); ok {
		if found, err := f.Find(t.Context(), l.Post); err != nil || found.NativeID != r.NativeID {
			t.Errorf("find: %+v, %v; want %+v", found, err, r)
		}
	}
}
