package needs

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// MailServer is a real mail server that keeps what it is given.
type MailServer struct {
	Plain    string // host:port without TLS and without sign-in
	StartTLS string // host:port that wants STARTTLS and a sign-in
	TLS      string // host:port with TLS from the first byte, and a sign-in
	User     string
	Password string
	Roots    *x509.CertPool // that its certificate is signed by

	box string
}

// mailConf is what it is given: its folder and its three ports.
const mailConf = `
pki mail cert "%[1]s/cert.pem"
pki mail key "%[1]s/key.pem"
table users file:%[1]s/users
table anyone { "@" = "nobody" }
listen on 127.0.0.1 port %[2]d hostname mail.test
listen on 127.0.0.1 port %[3]d hostname mail.test tls-require pki mail auth <users>
listen on 127.0.0.1 port %[4]d hostname mail.test smtps pki mail auth <users>
action "keep" mda "%[1]s/keep" virtual <anyone> user nobody
match from any for any action "keep"
match auth from any for any action "keep"
`

// keepScript puts each mail into a file of its own; it appears whole.
const keepScript = `#!/bin/sh
f=%[1]s/box/$(date +%%s%%N).$$
cat > "$f.part" && mv "$f.part" "$f.mail"
`

// mailRoom gives the server its own spool and run folders, which it has compiled in: several tests may run at a time, and
// the machine's own are left alone.
const mailRoom = `mount --make-rprivate / && mkdir -p /var/spool /run && mount -t tmpfs none /var/spool && mount -t tmpfs none /run && exec "$0" -d -f "$1"`

// Mail starts a real OpenSMTPD on 127.0.0.1 and stops it with the test. It needs root, for the server changes users and gets
// folders of its own.
func Mail(t testing.TB) *MailServer {
	t.Helper()
	program := Program(t, "opensmtpd", "smtpd", "/usr/sbin/smtpd")
	if os.Geteuid() != 0 {
		Missing(t, "opensmtpd", "it can be started by root only")
	}
	if out, err := exec.CommandContext(t.Context(), "unshare", "-m", "true").CombinedOutput(); err != nil {
		Missing(t, "opensmtpd", fmt.Sprintf("it needs mount namespaces (unshare -m): %v %s", err, out))
	}
	folder := t.TempDir()
	m := &MailServer{User: "desk", Password: "pa55 w0rd", box: filepath.Join(folder, "box")}
	m.furnish(t, folder)
	for range 5 {
		ports := [3]int{freePort(t), freePort(t), freePort(t)}
		m.Plain, m.StartTLS, m.TLS = local(ports[0]), local(ports[1]), local(ports[2])
		conf := fmt.Appendf(nil, mailConf, folder, ports[0], ports[1], ports[2])
		err := m.run(t, program, folder, conf)
		if err == nil {
			return m
		}
		t.Logf("ports %v: %v", ports, err) // taken in between
	}
	said, _ := os.ReadFile(filepath.Join(folder, "log"))
	t.Fatalf("smtpd does not start:\n%s", said)
	return nil
}

func local(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }

// furnish writes all that the server reads, where its unprivileged half gets at it.
func (m *MailServer) furnish(t testing.TB, folder string) {
	t.Helper()
	hash, err := exec.CommandContext(t.Context(), "smtpctl", "encrypt", m.Password).Output()
	if err != nil {
		t.Fatalf("smtpctl encrypt: %v", err)
	}
	cert, key := m.certificate(t)
	for _, err := range []error{
		os.Chmod(filepath.Dir(folder), 0o755), // the test's folder is its owner's alone
		os.Chmod(folder, 0o755),
		os.Mkdir(m.box, 0o777),
		os.Chmod(m.box, 0o777),
		os.WriteFile(filepath.Join(folder, "cert.pem"), cert, 0o644),
		os.WriteFile(filepath.Join(folder, "key.pem"), key, 0o600),
		os.WriteFile(filepath.Join(folder, "users"), fmt.Appendf(nil, "%s %s", m.User, hash), 0o644),
		os.WriteFile(filepath.Join(folder, "keep"), fmt.Appendf(nil, keepScript, folder), 0o755),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// certificate makes one for 127.0.0.1 and trusts it.
func (m *MailServer) certificate(t testing.TB) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	m.Roots = x509.NewCertPool()
	m.Roots.AppendCertsFromPEM(cert)
	return cert, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
}

// run starts the server and waits until all its ports answer.
func (m *MailServer) run(t testing.TB, program, folder string, conf []byte) error {
	name := filepath.Join(folder, "smtpd.conf")
	if err := os.WriteFile(name, conf, 0o644); err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(folder, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.CommandContext(context.Background(), "unshare", "-m", "sh", "-c", mailRoom, program, name) // the test's own context ends before its clean-up
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	stop := func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // the parent ends its children
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
	}
	for _, addr := range []string{m.Plain, m.StartTLS, m.TLS} {
		if err := answers(addr, ended); err != nil {
			stop()
			return err
		}
	}
	t.Cleanup(stop)
	return nil
}

// answers waits until somebody listens at addr, or the server ended.
func answers(addr string, ended chan error) error {
	deadline := time.Now().Add(20 * time.Second)
	for {
		c, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			return c.Close()
		}
		if time.Now().After(deadline) {
			return err
		}
		select {
		case err := <-ended:
			ended <- err
			return fmt.Errorf("smtpd ended: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Letter is one mail as it was delivered.
type Letter struct {
	*mail.Message
	Raw []byte
}

// Received waits until n mails were delivered, and gives them in that order.
func (m *MailServer) Received(t testing.TB, n int) []Letter {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		names, err := filepath.Glob(filepath.Join(m.box, "*.mail"))
		if err != nil {
			t.Fatal(err)
		}
		if len(names) >= n {
			slices.Sort(names)
			return letters(t, names)
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d mails were delivered within 20 s, want %d: %s", len(names), n, strings.Join(names, " "))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func letters(t testing.TB, names []string) []Letter {
	t.Helper()
	var all []Letter
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, raw)
		}
		all = append(all, Letter{m, raw})
	}
	return all
}
