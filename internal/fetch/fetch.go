// Package fetch is the only door to other people's servers: it refuses private addresses, caps sizes and times, and names us.
package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// Config says how the door is set. The zero value is right for the open web.
type Config struct {
	AllowPrivate []netip.Prefix // networks that may be reached although they are private
	AllowHosts   []string       // names that may be reached wherever they resolve to, but where no server of ours ever is: see never
	UserAgent    string         // who we are; empty is a general one
	MaxBody      int64          // bytes of an answer after decompression; 0 is DefaultMaxBody
	Connect      time.Duration  // to connect and for the TLS handshake, each; 0 is 10 s
	Header       time.Duration  // from the request to the answer's header; 0 is 20 s
	Idle         time.Duration  // between two pieces of an answer; 0 is 20 s
	Total        time.Duration  // of a whole call; streams and websockets have no such limit; 0 is 60 s
	Roots        *x509.CertPool // certificate authorities; nil is the system's
	Resolver     *net.Resolver  // nil is the system's
}

// DefaultMaxBody is 16 MB: generous for a feed or a page of an API, small beside the memory of a small machine.
const DefaultMaxBody = 16 << 20

// Redirects is how many times in a row we follow a server elsewhere. To https, to www and to a final slash are three.
const Redirects = 5

// Loopback are the networks of this machine, for tests and for servers beside us.
func Loopback() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

// Allow adds what an operator wrote: networks (10.1.0.0/16), addresses (10.1.2.3) and host names (gotosocial.internal).
// It returns an error that names the first item that is none of these.
func (c *Config) Allow(items ...string) error {
	for _, item := range items {
		item = strings.TrimSpace(item)
		if p, err := netip.ParsePrefix(item); err == nil {
			c.AllowPrivate = append(c.AllowPrivate, p.Masked())
			continue
		}
		if a, err := netip.ParseAddr(item); err == nil {
			c.AllowPrivate = append(c.AllowPrivate, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		if item == "" || strings.ContainsAny(item, "/: @") {
			return fmt.Errorf("%q is not a network, an address or a host name", item)
		}
		c.AllowHosts = append(c.AllowHosts, strings.ToLower(item))
	}
	return nil
}

// Client makes the calls. It is made by New and is safe for use by many goroutines.
type Client struct {
	conf  Config
	http  *http.Client
	turns chan struct{} // holds a token for each large answer that is worked on
}

// New makes a client.
func New(c Config) *Client {
	c.UserAgent = orElse(c.UserAgent, "Breakwater (self-hosted crisis desk)")
	c.MaxBody = orElse(c.MaxBody, DefaultMaxBody)
	c.Connect = orElse(c.Connect, 10*time.Second)
	c.Header = orElse(c.Header, 20*time.Second)
	c.Idle = orElse(c.Idle, 20*time.Second)
	c.Total = orElse(c.Total, time.Minute)
	return &Client{
		conf:  c,
		http:  &http.Client{Transport: c.transport(), CheckRedirect: checkRedirect},
		turns: make(chan struct{}, turns),
	}
}

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// transport has no proxy from the environment: behind one, our own look at the address would mean nothing.
func (c Config) transport() *http.Transport {
	return &http.Transport{
		DialContext:            c.dial(),
		TLSClientConfig:        &tls.Config{RootCAs: c.Roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    c.Connect,
		ResponseHeaderTimeout:  c.Header,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           64,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 256 << 10,
	}
}

// dial looks at the address after the name was resolved and before anything is sent, so that no name can lead inside.
func (c Config) dial() func(ctx context.Context, network, address string) (net.Conn, error) {
	var v4, v6 []netip.Prefix
	for _, p := range c.AllowPrivate {
		if p.Addr().Is4() {
			v4 = append(v4, p)
		} else {
			v6 = append(v6, p)
		}
	}
	guard := ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...))
	guarded := &net.Dialer{Timeout: c.Connect, KeepAlive: 30 * time.Second, Resolver: c.Resolver, Control: guard.Safe}
	open := &net.Dialer{Timeout: c.Connect, KeepAlive: 30 * time.Second, Resolver: c.Resolver, Control: c.never}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		by := guarded
		if slices.Contains(c.AllowHosts, strings.ToLower(host)) {
			by = open
		}
		conn, err := by.DialContext(ctx, network, address)
		if errors.Is(err, ssrf.ErrProhibitedIP) || errors.Is(err, ssrf.ErrProhibitedNetwork) {
			return nil, &Private{Host: host}
		}
		return conn, err
	}
}

// credentials are where clouds give the keys of a machine to whoever asks from it, beside the link-local addresses
// (AWS by version 6, Alibaba Cloud; their documentation, November 2026).
var credentials = []netip.Addr{netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("100.100.100.200")}

// never refuses, also for a name that is allowed wherever it resolves to, what no server of ours is: the machine's own keys in a
// cloud, and addresses of nobody in particular. Only a network in AllowPrivate opens these.
func (c Config) never(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	a := at.Addr().Unmap().WithZone("")
	if slices.ContainsFunc(c.AllowPrivate, func(p netip.Prefix) bool { return p.Contains(a) }) {
		return nil
	}
	if a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() || slices.Contains(credentials, a) {
		return fmt.Errorf("%w: %s", ssrf.ErrProhibitedIP, a)
	}
	return nil
}
