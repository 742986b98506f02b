package fetch_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"breakwater/internal/fetch"
)

// canary listens inside, on both versions, and counts who comes.
func canary(t *testing.T) (port4, port6 string, came *atomic.Int32) {
	t.Helper()
	came = new(atomic.Int32)
	listen := func(address string) string {
		ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address)
		if err != nil {
			return "1" // no such version on this machine
		}
		t.Cleanup(func() { ln.Close() })
		go func() {
			for {
				c, err := ln.Accept()
				if err != nil {
					return
				}
				came.Add(1)
				c.Close()
			}
		}()
		_, port, _ := net.SplitHostPort(ln.Addr().String())
		return port
	}
	return listen("127.0.0.1:0"), listen("[::1]:0"), came
}

// No way to write a private address leads inside, nor does a name or a redirection to one.
func TestAttackPrivateAddresses(t *testing.T) {
	t.Parallel()
	port, port6, came := canary(t)
	var to atomic.Value
	outside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", to.Load().(string))
		w.WriteHeader(http.StatusFound)
	}))
	t.Cleanup(outside.Close)
	_, outsidePort, _ := net.SplitHostPort(outside.Listener.Addr().String())
	c := fetch.New(fetch.Config{Resolver: names(t, "127.0.0.1"), AllowHosts: []string{"outside.example"}, Connect: time.Second, Total: 5 * time.Second})
	for _, address := range []string{
		"http://127.0.0.1:" + port, "http://localhost:" + port, "http://LOCALHOST.:" + port, "http://127.0.0.1.:" + port, "http://127.1:" + port, "http://127.000.000.001:" + port,
		"http://2130706433:" + port, "http://0x7f000001:" + port, "http://0x7f.0.0.1:" + port, "http://017700000001:" + port, "http://0177.0.0.1:" + port, "http://0:" + port, "http://0.0.0.0:" + port,
		"http://[::1]:" + port6, "http://[::]:" + port6, "http://[::]:" + port, "http://[::ffff:127.0.0.1]:" + port, "http://[::ffff:7f00:1]:" + port, "http://[::127.0.0.1]:" + port,
		"http://[64:ff9b::7f00:1]:" + port, "http://[64:ff9b:1::7f00:1]:" + port, "http://[2002:7f00:1::]:" + port, "http://[2001::7f00:1]:" + port, "http://[::1%25lo]:" + port6,
		"http://user:word@127.0.0.1:" + port, "http://outside.example@127.0.0.1:" + port, "http://outside.example:80@127.0.0.1:" + port, `http://127.0.0.1\@outside.example:` + port,
		"http://inside.example:" + port, "http://１２７.０.０.１:" + port, "http://①②⑦.⓪.⓪.①:" + port,
		"http://169.254.169.254/latest/meta-data", "http://[fd00:ec2::254]/", "http://[fe80::1%25eth0]:" + port, "http://100.64.0.1", "http://10.0.0.1", "http://172.16.0.1", "http://192.168.0.1", "http://192.0.0.192",
		"http://198.18.0.1", "http://224.0.0.1", "http://255.255.255.255", "http://[fc00::1]", "http://[ff02::1]",
		"file:///etc/passwd", "gopher://127.0.0.1:" + port + "/_x", "unix:///run/docker.sock", "ftp://127.0.0.1:" + port, "dict://127.0.0.1:" + port, "javascript:alert(1)", "//127.0.0.1:" + port, "http:127.0.0.1:" + port, "http:///etc/passwd", "http://",
		"http://127.0.0.1:" + port + "\r\nX: y", "ws://127.0.0.1:" + port,
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if a, err := c.Do(t.Context(), fetch.Request{Method: method, URL: address}); err == nil {
				t.Errorf("%s %s answered %q", method, address, a.Body)
			}
		}
		to.Store(address)
		if a, err := c.Do(t.Context(), fetch.Request{URL: "http://outside.example:" + outsidePort}); err == nil {
			t.Errorf("a redirection to %s answered %q from %s", address, a.Body, a.URL)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		if conn, err := c.Websocket(ctx, address, nil); err == nil {
			conn.CloseNow()
			t.Errorf("a websocket to %s stands", address)
		}
		cancel()
	}
	if n := came.Load(); n > 0 {
		t.Errorf("%d calls came inside", n)
	}
}

// A name that leads outside when it is looked at and inside when it is called, and one that leads to both at once.
func TestAttackRebinding(t *testing.T) {
	t.Parallel()
	port, _, came := canary(t)
	outside := []netip.Prefix{netip.MustParsePrefix("127.0.0.77/32")} // stands for the open web; nobody listens there
	for _, answers := range [][]string{{"127.0.0.77", "127.0.0.1"}, {"127.0.0.1", "127.0.0.77"}, {"127.0.0.77", "127.0.0.77", "127.0.0.1"}} {
		c := fetch.New(fetch.Config{Resolver: names(t, answers...), AllowPrivate: outside, Connect: time.Second})
		for range 4 {
			if _, err := c.Do(t.Context(), fetch.Request{URL: "http://rebinding.example:" + port}); err == nil {
				t.Errorf("a name that leads to %v in turn was answered", answers)
			}
		}
	}
	if n := came.Load(); n > 0 {
		t.Errorf("%d calls came inside", n)
	}
}

// A host that is allowed wherever it is, is not allowed to be where clouds keep the machine's keys.
func TestAttackCloudKeys(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"169.254.169.254", "169.254.170.2", "100.100.100.200", "0.0.0.0", "224.0.0.1"} {
		c := fetch.New(fetch.Config{Resolver: names(t, address), AllowHosts: []string{"engine.example", address}, Connect: time.Second})
		for _, host := range []string{"engine.example", address} {
			var private *fetch.Private
			if _, err := c.Do(t.Context(), fetch.Request{URL: "http://" + host + "/"}); !errors.As(err, &private) {
				t.Errorf("%s at %s: %v, want a private address", host, address, err)
			}
		}
	}
	var private *fetch.Private
	c := fetch.New(fetch.Config{AllowHosts: []string{"fd00:ec2::254"}, Connect: time.Second})
	if _, err := c.Do(t.Context(), fetch.Request{URL: "http://[fd00:ec2::254]/"}); !errors.As(err, &private) {
		t.Errorf("fd00:ec2::254: %v, want a private address", err)
	}
}
