package app

import (
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
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
