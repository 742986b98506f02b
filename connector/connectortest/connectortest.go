// Package connectortest is the contract of a listening connector: what every source must do on good days and on bad ones.
package connectortest

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/source"
)

// Secret goes wherever the settings of a Network have a credential. The contract looks for it in every error and log line.
const Secret = "sesame-7f3a9c"

// Network is one network as a test serves it: recorded answers of the real shape with invented people.
type Network struct {
	Handler  http.Handler                    // healthy answers; must be safe for use by many goroutines
	Settings func(base string) desk.Settings // for a network at base, such as http://127.0.0.1:4711
	First    int                             // how many mentions a new source finds (a stream: is sent once it is connected)
	Post     func()                          // makes the network say one thing more; nil when it cannot
	Stream   bool                            // Pull blocks while there is nothing new
}

// Run checks the contract of kind. Each check asks for a network of its own, so start must make a new one every time.
func Run(t *testing.T, kind connector.Kind, start func(t *testing.T) Network) {
	t.Helper()
	for name, check := range map[string]func(t *testing.T, d *desktop){
		"hears everything once":                     hearsOnce,
		"gives the same for the same cursor":        sameAgain,
		"goes on from the cursor after a restart":   goesOn,
		"ends with its context":                     ends,
		"a failure says what it means":              failures,
		"refuses settings without what it requires": refusesSettings,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, newDesktop(t, kind, start(t)))
		})
	}
}

// desktop is a connector at work against a network that can be made to fail.
type desktop struct {
	Network
	kind  connector.Kind
	base  string
	fault atomic.Pointer[http.HandlerFunc] // answers instead of the network while set
	logs  lines
}

func newDesktop(t *testing.T, kind connector.Kind, n Network) *desktop {
	t.Helper()
	d := &desktop{Network: n, kind: kind}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f := d.fault.Load(); f != nil {
			(*f)(w, r)
			return
		}
		n.Handler.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	t.Cleanup(s.CloseClientConnections) // first: streams never end by themselves
	d.base = s.URL
	return d
}

func (d *desktop) failWith(h http.HandlerFunc) { d.fault.Store(&h) }

// open makes the source anew, as after a restart.
func (d *desktop) open(t *testing.T) source.Source {
	t.Helper()
	s, err := d.kind.Source(d.Settings(d.base), d.env())
	if err != nil {
		t.Fatalf("make the source: %v", err)
	}
	if c, ok := s.(source.Closer); ok {
		t.Cleanup(func() {
			if err := c.Close(); err != nil {
				t.Errorf("close the source: %v", err)
			}
		})
	}
	return s
}

func (d *desktop) env() connector.Env {
	return connector.Env{
		Fetch:    fetch.New(fetch.Config{AllowPrivate: fetch.Loopback(), Idle: 10 * time.Second, Total: 20 * time.Second}),
		Log:      slog.New(slog.NewTextHandler(&d.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
		SourceID: 7,
	}
}

// quiet is how long nothing must come to be believed that nothing comes.
const quiet = 300 * time.Millisecond

// pull gives the next batch; a stream that has nothing gives an empty one.
func (d *desktop) pull(t *testing.T, s source.Source, cursor string, patience time.Duration) desk.Batch {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	b, err := s.Pull(ctx, cursor)
	if err != nil && d.Stream && ctx.Err() != nil {
		return desk.Batch{}
	}
	if err != nil {
		t.Fatalf("pull after %q: %v", cursor, err)
	}
	return b
}

// hear pulls until want mentions came and then once more; it gives them with the last cursor.
func (d *desktop) hear(t *testing.T, s source.Source, cursor string, want int) ([]desk.Mention, string) {
	t.Helper()
	var all []desk.Mention
	for range 100 {
		patience := 20 * time.Second
		if d.Stream && len(all) >= want {
			patience = quiet
		}
		b := d.pull(t, s, cursor, patience)
		if b.Cursor != "" {
			cursor = b.Cursor
		}
		all = append(all, b.Mentions...)
		if len(b.Mentions) == 0 && len(all) >= want {
			if !d.Stream && b.Wait <= 0 && !b.Done {
				t.Error("nothing new and no pause before the next pull")
			}
			return all, cursor
		}
	}
	t.Fatalf("%d mentions after 100 pulls, want %d", len(all), want)
	return nil, ""
}

// lines collects what is logged.
type lines struct {
	mu sync.Mutex // guards b
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// noSecret looks for Secret in everything that an error or the log would show.
func (d *desktop) noSecret(t *testing.T, err error) {
	t.Helper()
	if shown := fmt.Sprint(err, desk.ProblemOf(err).English()); strings.Contains(shown, Secret) {
		t.Errorf("the error shows a secret: %s", shown)
	}
	if strings.Contains(d.logs.String(), Secret) {
		t.Errorf("the log shows a secret: %s", d.logs.String())
	}
}
