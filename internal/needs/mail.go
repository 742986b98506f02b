package needs

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
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

// MailServer is a real mail server that keeps what it is given. It takes mail from anybody, without encryption: Debian's
// OpenSMTPD 6.8 fails in every TLS handshake with its OpenSSL 3, so TLS and sign-in are tried on another server.
type MailServer struct {
	Addr string // host:port

	box string
}

// mailConf is what it is given: its folder and its port. It refuses mail for one address.
const mailConf = `
table anyone { "@" = "nobody" }
listen on 127.0.0.1 port %[2]d hostname mail.test
action "keep" mda "%[1]s/keep" virtual <anyone> user nobody
match from any for domain "refused.example" reject
match from any for any action "keep"
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
	return startMail(t, mailConf)
}

// startMail starts it by a configuration, which is given its folder and its port.
func startMail(t testing.TB, conf string) *MailServer {
	t.Helper()
	program := Program(t, "opensmtpd", "smtpd", "/usr/sbin/smtpd")
	if os.Geteuid() != 0 {
		Missing(t, "opensmtpd", "it can be started by root only")
	}
	if out, err := exec.CommandContext(t.Context(), "unshare", "-m", "true").CombinedOutput(); err != nil {
		Missing(t, "opensmtpd", fmt.Sprintf("it needs mount namespaces (unshare -m): %v %s", err, out))
	}
	folder := t.TempDir()
	m := &MailServer{box: filepath.Join(folder, "box")}
	m.furnish(t, folder)
	for range 5 {
		port := freePort(t)
		m.Addr = fmt.Sprintf("127.0.0.1:%d", port)
		err := m.run(t, program, folder, fmt.Appendf(nil, conf, folder, port))
		if err == nil {
			return m
		}
		t.Logf("port %d: %v", port, err) // taken in between
	}
	said, _ := os.ReadFile(filepath.Join(folder, "log"))
	t.Fatalf("smtpd does not start:\n%s", said)
	return nil
}

// furnish writes all that the server reads, where its unprivileged half gets at it.
func (m *MailServer) furnish(t testing.TB, folder string) {
	t.Helper()
	for _, err := range []error{
		os.Chmod(filepath.Dir(folder), 0o755), // the test's folder is its owner's alone
		os.Chmod(folder, 0o755),
		os.Mkdir(m.box, 0o777),
		os.Chmod(m.box, 0o777),
		os.WriteFile(filepath.Join(folder, "keep"), fmt.Appendf(nil, keepScript, folder), 0o755),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// run starts the server and waits until its port answers.
func (m *MailServer) run(t testing.TB, program, folder string, conf []byte) error {
	name := filepath.Join(folder, "smtpd.conf")
	if err := os.WriteFile(name, conf, 0o644); err != nil {
		return err
	}
	cmd := exec.CommandContext(context.Background(), "unshare", "-m", "sh", "-c", mailRoom, program, name) // the test's own context ends before its clean-up
	return daemon(t, cmd, folder, m.Addr)
}

// daemon starts a server that logs into its folder, waits until it answers at addr, and stops it with the test.
func daemon(t testing.TB, cmd *exec.Cmd, folder, addr string) error {
	log, err := os.OpenFile(filepath.Join(folder, "log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = cmd.Wait() }()
	stop := func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // the parent ends its children
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
	}
	if err := answers(addr, ended); err != nil {
		stop()
		return err
	}
	t.Cleanup(stop)
	return nil
}

// answers waits until somebody listens at addr, or the server ended.
func answers(addr string, ended chan struct{}) error {
	deadline := time.Now().Add(20 * time.Second)
	for {
		c, err := (&net.Dialer{Timeout: time.Second}).DialContext(context.Background(), "tcp", addr)
		if err == nil {
			return c.Close()
		}
		if time.Now().After(deadline) {
			return err
		}
		select {
		case <-ended:
			return errors.New("it ended by itself")
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

// Text is what the mail says in plain text. It can be taken once.
func (l Letter) Text(t testing.TB) string {
	t.Helper()
	body := l.Body
	kind, with, err := mime.ParseMediaType(l.Header.Get("Content-Type"))
	code := l.Header.Get("Content-Transfer-Encoding")
	if err == nil && kind == "multipart/alternative" {
		part, err := multipart.NewReader(body, with["boundary"]).NextRawPart() // the plainest comes first
		if err != nil {
			t.Fatalf("%v\n%s", err, l.Raw)
		}
		body, code = part, part.Header.Get("Content-Transfer-Encoding")
	}
	switch strings.ToLower(code) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatalf("%v\n%s", err, l.Raw)
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}
