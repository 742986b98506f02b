package fetch_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"breakwater/internal/fetch"
)

// names is a DNS server that gives each question the next of its addresses, and the last one for ever.
func names(t *testing.T, addresses ...string) *net.Resolver {
	t.Helper()
	conn, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	})
	go func() {
		buf := make([]byte, 1500)
		for n := 0; ; {
			size, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:size]) != nil || len(m.Questions) == 0 {
				continue
			}
			m.Response = true
			m.Additionals = nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				a := netip.MustParseAddr(addresses[min(n, len(addresses)-1)])
				n++
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, Type: q.Type},
					Body:   &dnsmessage.AResource{A: a.As4()},
				}}
			}
			out, err := m.Pack()
			if err != nil {
				continue
			}
			if _, err := conn.WriteTo(out, from); err != nil {
				return
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func TestNamesThatLeadInside(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Connection", "close")
		io.WriteString(w, "inside")
	}))
	t.Cleanup(s.Close)
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	address := "http://feeds.example.org.:" + port + "/"
	for _, inside := range []string{"127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.1.1"} {
		_, err := fetch.New(fetch.Config{Resolver: names(t, inside)}).Do(t.Context(), fetch.Request{URL: address})
		var private *fetch.Private
		if !errors.As(err, &private) || private.Host != "feeds.example.org." {
			t.Errorf("a name for %s: got %v", inside, err)
		}
	}
	if asked.Load() > 0 {
		t.Fatal("the server inside was asked")
	}
	// A name that is allowed at the first question and leads elsewhere at the next: each connection is looked at anew.
	c := fetch.New(fetch.Config{Resolver: names(t, "127.0.0.1", "10.1.2.3"), AllowPrivate: fetch.Loopback()})
	if a, err := c.Do(t.Context(), fetch.Request{URL: address}); err != nil || string(a.Body) != "inside" {
		t.Errorf("first: got %q, %v", a.Body, err)
	}
	var private *fetch.Private
	if _, err := c.Do(t.Context(), fetch.Request{URL: address}); !errors.As(err, &private) {
		t.Errorf("then: got %v", err)
	}
}
