package app

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/internal/needs"
)

// page is a log that is read while it is written.
type page struct {
	mu sync.Mutex // guards b
	b  bytes.Buffer
}

func (p *page) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.Write(b)
}

func (p *page) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.String()
}

// A real authority gives a certificate for a host name of ours, asking on our own listener; it is kept, renewed before it ends without
// anybody asking, and a refusal is told once with the authority's reason.
func TestCertificatesByACME(t *testing.T) {
	t.Parallel()
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	authority := needs.ACME(t, ln.Addr().(*net.TCPAddr).Port, 36*time.Second, "blocked.example.org") // renewed when a third of that is left
	log, data := new(page), t.TempDir()
	c := Config{Data: data, ACME: "ana@example.org", ACMEDirectory: authority.Directory, acmeDoor: authority.Door, AllowPrivate: []string{"127.0.0.0/8"}, Listen: "127.0.0.1:0", Log: slog.New(slog.NewTextHandler(log, nil))}
	certs := newCertificates(c, func(name string) bool { return strings.HasSuffix(name, ".example.org") })
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- listenAndServe(ctx, tls.NewListener(ln, certs.config()), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Host) }))
	}()
	roots := authority.Roots(t)
	ask := func(name string) (*big.Int, error) {
		d := &tls.Dialer{Config: &tls.Config{ServerName: name, RootCAs: roots, MinVersion: tls.VersionTLS12}}
		wait, done := context.WithTimeout(t.Context(), 60*time.Second)
		defer done()
		conn, err := d.DialContext(wait, "tcp", ln.Addr().String())
		if err != nil {
			return nil, err
		}
		defer conn.Close()
		return conn.(*tls.Conn).ConnectionState().PeerCertificates[0].SerialNumber, nil
	}
	first, err := ask("help.example.org")
	if err != nil {
		t.Fatalf("no certificate that browsers would take: %v\n%s", err, log)
	}
	if kept, err := filepath.Glob(filepath.Join(data, "certificates", "help.example.org*")); err != nil || len(kept) == 0 {
		t.Errorf("it is not kept: %v %v", kept, err)
	}
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		now, err := ask("help.example.org")
		if err != nil {
			t.Fatalf("while it is renewed: %v", err)
		}
		if now.Cmp(first) != 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("it is not renewed")
		}
	}
	for range 2 {
		if _, err := ask("blocked.example.org"); err == nil {
			t.Error("a name that the authority refuses has a certificate")
		}
	}
	if said := log.String(); strings.Count(said, "name=blocked.example.org") != 1 || !strings.Contains(said, "why=") {
		t.Errorf("the refusal is told so:\n%s", said)
	}
	if _, err := ask("help.example.com"); err == nil {
		t.Error("a name that is not ours has a certificate")
	}
	authority.Stop()
	again := newCertificates(c, certs.ours)
	pair, err := again.get(&tls.ClientHelloInfo{ServerName: "help.example.org", CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}, SupportedCurves: []tls.CurveID{tls.CurveP256}, SignatureSchemes: []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256}, SupportedVersions: []uint16{tls.VersionTLS13}})
	if err != nil {
		t.Errorf("after a restart without the authority: %v", err)
	} else if leaf, err := x509.ParseCertificate(pair.Certificate[0]); err != nil || leaf.VerifyHostname("help.example.org") != nil {
		t.Errorf("after a restart: %v", err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
