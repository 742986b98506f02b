package needs

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// ACMEAuthority is a real authority of a test's own that gives certificates by ACME (Pebble). It asks on 127.0.0.1 whether a name is ours,
// whatever the name.
type ACMEAuthority struct {
	Directory string         // where its clients begin
	Door      *x509.CertPool // that vouches for the authority's own address

	management string
	stop       func()
}

// ACME starts an authority that asks on the port given, and refuses the names in blocked; its certificates are valid for the time given.
// It needs what test/install/programs.sh installs.
func ACME(t testing.TB, port int, valid time.Duration, blocked ...string) *ACMEAuthority {
	t.Helper()
	program := filepath.Join(moduleRoot(t), ".bin", "pebble")
	if _, err := os.Stat(program); err != nil {
		Missing(t, "an authority for certificates", "test/install/programs.sh has not installed it")
	}
	dir := t.TempDir()
	a := &ACMEAuthority{Door: selfSigned(t, dir)}
	names := everyName(t)
	for range 5 {
		at, management := freePort(t), freePort(t)
		a.Directory, a.management = fmt.Sprintf("https://127.0.0.1:%d/dir", at), fmt.Sprintf("https://127.0.0.1:%d", management)
		conf, err := json.Marshal(map[string]any{"pebble": map[string]any{
			"listenAddress": fmt.Sprintf("127.0.0.1:%d", at), "managementListenAddress": fmt.Sprintf("127.0.0.1:%d", management),
			"certificate": filepath.Join(dir, "door.crt"), "privateKey": filepath.Join(dir, "door.key"), "httpPort": 1, "tlsPort": port, "keyAlgorithm": "ecdsa",
			"domainBlocklist": blocked, "retryAfter": map[string]int{"authz": 1, "order": 1},
			"profiles": map[string]any{"default": map[string]any{"description": "of tests", "validityPeriod": int(valid.Seconds())}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "pebble.json"), conf, 0o600); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background()) // the test's own ends before its clean-up
		cmd := exec.CommandContext(ctx, program, "-config", filepath.Join(dir, "pebble.json"), "-dnsserver", names)
		cmd.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0")
		said := &tail{}
		cmd.Stdout, cmd.Stderr = said, said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() { _ = cmd.Wait(); close(ended) }()
		a.stop = func() { stop(); <-ended }
		t.Cleanup(a.stop)
		for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			if _, err := a.get(t, a.Directory); err == nil {
				return a
			}
			select {
			case <-ended:
				deadline = time.Time{}
			default:
			}
		}
		t.Logf("port %d: %s", at, said) // taken in between
	}
	t.Fatal("the authority does not start")
	return nil
}

// Stop stops it.
func (a *ACMEAuthority) Stop() { a.stop() }

func (a *ACMEAuthority) get(t testing.TB, address string) ([]byte, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: a.Door}}
	defer transport.CloseIdleConnections()
	res, err := (&http.Client{Transport: transport, Timeout: 5 * time.Second}).Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return io.ReadAll(res.Body)
}

// Roots vouch for the certificates that it gives.
func (a *ACMEAuthority) Roots(t testing.TB) *x509.CertPool {
	t.Helper()
	b, err := a.get(t, a.management+"/roots/0")
	pool := x509.NewCertPool()
	if err != nil || !pool.AppendCertsFromPEM(b) {
		t.Fatalf("the authority's root: %v %s", err, b)
	}
	return pool
}

// selfSigned writes door.crt and door.key for 127.0.0.1.
func selfSigned(t testing.TB, dir string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	crt := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for name, b := range map[string][]byte{"door.crt": crt, "door.key": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(bytes.Clone(crt))
	return pool
}

// everyName answers by TCP, as the authority asks, that every name is at 127.0.0.1, and gives its address.
func everyName(t testing.TB) string {
	t.Helper()
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for answerName(conn) == nil {
				}
			}()
		}
	}()
	return ln.Addr().String()
}

// answerName answers one question: a message with its length before it.
func answerName(conn io.ReadWriter) error {
	var size [2]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return err
	}
	b := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(conn, b); err != nil {
		return err
	}
	var m dnsmessage.Message
	if err := m.Unpack(b); err != nil || len(m.Questions) != 1 {
		return errors.Join(io.EOF, err)
	}
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
		m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1}, Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}}}
	}
	out, err := m.Pack()
	if err != nil {
		return err
	}
	_, err = conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(out))), out...))
	return err
}
