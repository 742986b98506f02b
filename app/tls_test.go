package app

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/acme"

	"breakwater/centre"
)

// certify writes a certificate for a name into a folder.
func certify(t *testing.T, dir, name string, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	crt := &x509.Certificate{SerialNumber: big.NewInt(serial), DNSNames: []string{name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, crt, crt, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{name + ".key": {Type: "PRIVATE KEY", Bytes: private}, name + ".crt": {Type: "CERTIFICATE", Bytes: der}} {
		full := filepath.Join(dir, file)
		if err := os.WriteFile(full, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Unix(1e9+serial, 0) // another time than the one before, whatever the clock's steps
		if err := os.Chtimes(full, at, at); err != nil {
			t.Fatal(err)
		}
	}
}

// Own host names answer by TLS with the certificates that lie in a folder, also after they were renewed; other names get none.
func TestCertificatesFromFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	certify(t, dir, "help.example.org", 1)
	certs := newCertificates(Config{Data: t.TempDir(), Certs: dir, Listen: "127.0.0.1:0"}, func(string) bool { return false })
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- listenAndServe(ctx, tls.NewListener(ln, certs.config()), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto+" "+r.Host) }))
	}()
	ask := func(name string) (string, *big.Int, error) {
		transport := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true, ServerName: name}, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, ln.Addr().String())
		}}
		defer transport.CloseIdleConnections()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+name+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := (&http.Client{Transport: transport, Timeout: 20 * time.Second}).Do(req)
		if err != nil {
			return "", nil, err
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		return string(body), res.TLS.PeerCertificates[0].SerialNumber, err
	}
	for serial := range int64(2) {
		certify(t, dir, "help.example.org", serial+1)
		if body, got, err := ask("help.example.org"); err != nil || body != "HTTP/2.0 help.example.org" || got.Int64() != serial+1 {
			t.Errorf("answer %q with certificate %v, %v; want number %d", body, got, err, serial+1)
		}
	}
	if _, _, err := ask("other.example.org"); err == nil {
		t.Error("a name that is not ours has a certificate")
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// Strangers may ask for any name: none is kept in memory, written down or called a fault of the authority's.
func TestStrangersNamesAreNotKept(t *testing.T) {
	t.Parallel()
	log := new(page)
	certs := newCertificates(Config{Data: t.TempDir(), Certs: t.TempDir(), ACME: "ana@example.org", PublicURL: "https://desk.example.org", Log: slog.New(slog.NewTextHandler(log, nil))}, func(string) bool { return false })
	long := strings.Repeat("x", 50_000)
	for i := range 300 {
		n := strconv.Itoa(i)
		for _, hello := range []*tls.ClientHelloInfo{{ServerName: long + n}, {ServerName: n}, {ServerName: "a b" + n + ".example.org"}, {ServerName: n + ".example.net", SupportedProtos: []string{acme.ALPNProto}},
			{ServerName: "desk.example.org", SupportedProtos: []string{acme.ALPNProto}}} {
			if _, err := certs.get(hello); err == nil || len(err.Error()) > 200 {
				t.Fatalf("%.40q: %.400v", hello.ServerName, err)
			}
		}
	}
	if len(certs.told)+len(certs.files) > 0 || log.String() != "" {
		t.Errorf("%d names are kept, and the log says %.400s", len(certs.told)+len(certs.files), log)
	}
}

// Certificates are got for our own names alone.
func TestCertificatesAreGotForOurNamesAlone(t *testing.T) {
	t.Parallel()
	certs := newCertificates(Config{Data: t.TempDir(), ACME: "ana@example.org", PublicURL: "https://desk.example.org"}, func(name string) bool { return name == "help.example.org" })
	for name, ours := range map[string]bool{"desk.example.org": true, "Help.Example.org": true, "other.example.org": false, "": false} {
		if err := certs.policy(t.Context(), name); errors.Is(err, errNoName) == ours {
			t.Errorf("%q: %v", name, err)
		}
	}
	if protos := certs.config().NextProtos; len(protos) != 3 || protos[2] != "acme-tls/1" {
		t.Errorf("protocols %v", protos)
	}
	if _, err := listenTLS(t.Context(), Config{TLSListen: "127.0.0.1:0"}); err == nil {
		t.Error("listens by TLS without any certificate")
	}
}

// What is wrong with the certificate of a name of ours is there to be seen, since it was met first, until there is a good one; names that
// are not ours fill nothing.
func TestWhatIsWrongWithACertificateIsSeen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	certs := newCertificates(Config{Certs: dir}, func(name string) bool { return name == "help.example.org" })
	ask := func(name string) { _, _ = certs.get(&tls.ClientHelloInfo{ServerName: name}) } // what comes of it is asked below
	now := func() (centre.Unsafe, time.Time) {
		wrong, _ := certs.unsafe("help.example.org")
		return wrong.Why, wrong.Since
	}
	ask("help.example.org")
	why, since := now()
	if why != centre.Missing {
		t.Errorf("no file: %q", why)
	}
	certify(t, dir, "help.example.org", 1)
	key := filepath.Join(dir, "help.example.org.key")
	good, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(key, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	ask("Help.example.org.")
	if why, then := now(); why != centre.Unreadable || !then.Equal(since) {
		t.Errorf("a key that is none: %q since %s, want since %s", why, then, since)
	}
	if err := os.WriteFile(key, good, 0o600); err != nil {
		t.Fatal(err)
	}
	ask("help.example.org")
	if why, _ := now(); why != "" {
		t.Errorf("a good pair: %q", why)
	}
	old := certs.files["help.example.org"]
	old.pair.Leaf.NotAfter = time.Now().Add(-time.Minute)
	ask("help.example.org")
	if why, _ := now(); why != centre.RanOut {
		t.Errorf("one that ran out: %q", why)
	}
	ask("other.example.org")
	if _, wrong := certs.unsafe("other.example.org"); wrong || len(certs.wrong) != 1 {
		t.Error("a name that is not ours is kept")
	}
}

// The console's own name counts in any letters, as it is configured and as it is asked for.
func TestTheConsolesOwnNameInCapitals(t *testing.T) {
	t.Parallel()
	certs := newCertificates(Config{Certs: t.TempDir(), PublicURL: "https://Desk.Example.org"}, func(string) bool { return false })
	if _, err := certs.get(&tls.ClientHelloInfo{ServerName: "DESK.example.org"}); err == nil {
		t.Fatal("there is a certificate")
	}
	if wrong, is := certs.unsafe("desk.example.org"); !is || wrong.Why != centre.Missing || wrong.Host != "desk.example.org" {
		t.Errorf("kept is %+v among %d", wrong, len(certs.wrong))
	}
}
