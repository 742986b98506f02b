package app

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"breakwater/centre"
	"breakwater/internal/door"
)

// pipe is a listener for one connection.
type pipe struct {
	conn chan net.Conn
	once sync.Once
}

func (p *pipe) Accept() (net.Conn, error) {
	c, ok := <-p.conn
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (p *pipe) Close() error { p.once.Do(func() { close(p.conn) }); return nil }

func (p *pipe) Addr() net.Addr { return &net.UnixAddr{} }

// A body may come slowly, and one that we are slow to read may take its time; one that drips is given up.
func TestBodiesThatDrip(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		every, work time.Duration // between two kilobytes; between two reads
		whole       bool
	}{
		"at once":      {0, 0, true},
		"slowly":       {50 * time.Millisecond, 0, true},
		"we are slow":  {0, time.Minute, true},
		"drip by drip": {10 * time.Second, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var got int
				var failed error
				done := make(chan struct{})
				srv := &http.Server{Handler: steady(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					defer close(done)
					for b := make([]byte, 1024); failed == nil; time.Sleep(tt.work) {
						var n int
						n, failed = r.Body.Read(b)
						got += n
					}
				}))}
				client, server := net.Pipe()
				ln := &pipe{conn: make(chan net.Conn, 1)}
				ln.conn <- server
				var serving sync.WaitGroup
				serving.Go(func() { srv.Serve(ln) })
				began := time.Now()
				var all sync.WaitGroup
				all.Go(func() { io.Copy(io.Discard, client) })
				all.Go(func() {
					_, err := io.WriteString(client, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20480\r\n\r\n")
					for i := 0; i < 20 && err == nil; i++ {
						time.Sleep(tt.every)
						_, err = client.Write(make([]byte, 1024))
					}
				})
				<-done
				if whole := errors.Is(failed, io.EOF) && got == 20480; whole != tt.whole {
					t.Errorf("%d bytes came, %v; want the whole: %t", got, failed, tt.whole)
				}
				if spent := time.Since(began); !tt.whole && spent > 2*bodyGrace {
					t.Errorf("it was given up after %s", spent)
				}
				client.Close()
				srv.Close()
				all.Wait()
				serving.Wait()
			})
		})
	}
}

// A crowd that keeps its connections open, as browsers do after the last page, does not lock the team out: by TLS as well.
func TestACrowdThatStays(t *testing.T) {
	t.Parallel()
	model := httptest.NewTLSServer(nil)
	defer model.Close()
	site := new(centre.Site)
	for name, wrap := range map[string]func(net.Listener) net.Listener{
		"plain": site.Listen,
		"TLS":   func(ln net.Listener) net.Listener { return tls.NewListener(ln, model.TLS) },
	} {
		site.Replace(centre.Edition{Homes: map[string]map[string]centre.File{"aurora": {"index.html": {Type: "text/html", Body: []byte("a page")}}}}, time.Now())
		ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		handler, err := doors{console: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "the console") }),
			api: http.NotFoundHandler(), webhook: http.NotFoundHandler(), metrics: http.NotFoundHandler(), public: site}.handler()
		if err != nil {
			t.Fatal(err)
		}
		guarded := door.ListenFor(ln, func(netip.Addr) bool { return true }, door.Room{All: 300, Kept: 10, Each: 300, Read: time.Minute})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- listenAndServe(ctx, wrap(guarded), handler) }()
		for i := range 1000 {
			if got := visit(t, model, ln.Addr().String(), name == "TLS", "/c/aurora/"); got != "a page" {
				t.Fatalf("%s: visitor %d got %q", name, i, got)
			}
		}
		if got := visit(t, model, ln.Addr().String(), name == "TLS", "/stop"); got != "the console\n" {
			t.Errorf("%s: the console said %q", name, got)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// visit asks for a path on a connection of its own, which stays open, and gives the answer.
func visit(t *testing.T, model *httptest.Server, address string, safe bool, path string) string {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if safe {
		config := model.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
		config.ServerName = "example.com"
		c = tls.Client(c, config)
	}
	if _, err := io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: example.com\r\n\r\n"); err != nil {
		return err.Error()
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err.Error()
	}
	return string(body)
}
