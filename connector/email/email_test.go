package email

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"

	"breakwater/alert"
	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/needs"
)

// way is a way by mail to a server at addr.
func way(t *testing.T, addr, security string, more ...string) *sender {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	set := desk.Settings{"to": "Ana <ana@b.example>", "from": "Breakwater <desk@a.example>", "host": host, "port": port, "security": security}
	for i := 0; i+1 < len(more); i += 2 {
		set[more[i]] = more[i+1]
	}
	s, err := read(set)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var message = alert.Message{
	Key: "alert 7 way 3", Subject: "אזהרה: קוולונד", Text: "עלייה חדה\nhttps://desk.example/alerts/7",
	HTML: `<!doctype html><html lang="he" dir="rtl"><body><p>עלייה חדה</p></body></html>`, Alert: desk.Alert{ID: 7, Level: desk.Crisis},
}

func TestMailThroughARealServer(t *testing.T) {
	t.Parallel()
	server := needs.Mail(t)
	s := way(t, server.Addr, "none")
	if found, err := s.check(t.Context()); err != nil || found.IsZero() {
		t.Errorf("check: %v, %v", found, err)
	}
	receipt, err := s.Send(t.Context(), message)
	if err != nil {
		t.Fatalf("send: %v", err)
	}
	got := server.Received(t, 1)[0]
	if id := got.Header.Get("Message-ID"); id != receipt || !strings.HasSuffix(id, "@a.example>") {
		t.Errorf("Message-ID %s, receipt %s", id, receipt)
	}
	subject, _ := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
	if subject != message.Subject || got.Header.Get("Auto-Submitted") != "auto-generated" || got.Header.Get("References") == "" || got.Header.Get("To") == "" {
		t.Errorf("subject %q, header %v", subject, got.Header)
	}
	parts := bodies(t, got)
	if !strings.Contains(parts["text/plain"], "עלייה חדה") || !strings.Contains(parts["text/html"], `dir="rtl"`) {
		t.Errorf("parts %v", parts)
	}
	if again, err := s.Send(t.Context(), message); err != nil || again != receipt {
		t.Errorf("a second try has the Message-ID %s (%v), the first had %s", again, err, receipt)
	}
	if _, err := way(t, server.Addr, "none", "to", "ana@refused.example").Send(t.Context(), message); err == nil || later(err) {
		t.Errorf("an address that is refused: %v, want a final error", err)
	}
	for _, s := range []*sender{way(t, server.Addr, "tls"), way(t, server.Addr, "starttls")} {
		if _, err := s.Send(t.Context(), message); err == nil || later(err) || desk.ProblemOf(err).IsZero() {
			t.Errorf("%s towards a server without it: %v, want a final error", s.security, err)
		}
	}
	if _, err := way(t, server.Addr, "none", "user", "a", "password", "b").Send(t.Context(), message); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("a sign-in where there is none: %v", err)
	}
}

// bodies are the parts of a mail by type, decoded.
func bodies(t *testing.T, l needs.Letter) map[string]string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(l.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("content type %q, %v", l.Header.Get("Content-Type"), err)
	}
	out := map[string]string{}
	for r := multipart.NewReader(l.Body, params["boundary"]); ; {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		out[kind] = string(text)
	}
}

func TestEncryptionAndSignIn(t *testing.T) {
	t.Parallel()
	web := httptest.NewTLSServer(nil) // its certificate is for 127.0.0.1
	t.Cleanup(web.Close)
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())
	for _, security := range []string{"starttls", "tls"} {
		t.Run(security, func(t *testing.T) {
			t.Parallel()
			server := &faulty{tls: web.TLS, first: security == "tls", password: "pa55 w0rd"}
			addr := server.serve(t)
			good := way(t, addr, security, "user", "desk", "password", "pa55 w0rd")
			good.roots = roots
			if found, err := good.check(t.Context()); err != nil || found.IsZero() {
				t.Errorf("check: %v, %v", found, err)
			}
			if _, err := good.Send(t.Context(), message); err != nil {
				t.Errorf("send: %v", err)
			}
			wrong := way(t, addr, security, "user", "desk", "password", "hunter2hunter2")
			wrong.roots = roots
			if _, err := wrong.Send(t.Context(), message); !errors.Is(err, desk.ErrDenied) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("a wrong password: %v, want %v", err, desk.ErrDenied)
			}
			stranger := way(t, addr, security, "user", "desk", "password", "pa55 w0rd") // the authority is not known
			if _, err := stranger.Send(t.Context(), message); err == nil || later(err) || !strings.Contains(desk.ProblemOf(err).Say, "prove") {
				t.Errorf("a certificate of nobody: %v", err)
			}
			if len(server.raws) != 1 {
				t.Errorf("%d mails were taken, want the one", len(server.raws))
			}
		})
	}
}

func later(err error) bool {
	var r *desk.Retry
	return errors.As(err, &r)
}

// faulty is a mail server that fails as it is told.
type faulty struct {
	rcpt, data *gosmtp.SMTPError
	auth       *gosmtp.SMTPError
	stall      chan struct{} // the answer to DATA waits for it
	password   string        // empty: any
	tls        *tls.Config
	first      bool // TLS from the first byte

	mu   sync.Mutex
	raws [][]byte
}

func (f *faulty) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return &session{f}, nil }

type session struct{ *faulty }

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, _, password string) error {
		if s.auth != nil {
			return s.auth
		}
		if s.password != "" && password != s.password {
			return gosmtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (s *session) Mail(string, *gosmtp.MailOptions) error { return nil }

func (s *session) Rcpt(string, *gosmtp.RcptOptions) error {
	if s.rcpt != nil {
		return s.rcpt
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.stall != nil {
		<-s.stall
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.raws = append(s.raws, raw)
	if s.data != nil {
		return s.data
	}
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// serve starts the server on a port of its own.
func (f *faulty) serve(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := gosmtp.NewServer(f)
	server.Domain, server.AllowInsecureAuth, server.TLSConfig = "mail.test", f.tls == nil, f.tls
	addr := l.Addr().String()
	if f.first {
		l = tls.NewListener(l, f.tls)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close(); <-ended })
	return addr
}

func TestWhatAServersAnswerMeans(t *testing.T) {
	t.Parallel()
	says := func(code int) *gosmtp.SMTPError {
		return &gosmtp.SMTPError{Code: code, EnhancedCode: gosmtp.EnhancedCode{code / 100, 0, 0}, Message: "no"}
	}
	tests := []struct {
		name   string
		server *faulty
		later  bool
		denied bool
	}{
		{name: "greylisted", server: &faulty{rcpt: says(451)}, later: true},
		{name: "full", server: &faulty{data: says(452)}, later: true},
		{name: "going down", server: &faulty{rcpt: says(421)}, later: true},
		{name: "no such person", server: &faulty{rcpt: says(550)}},
		{name: "taken for spam", server: &faulty{data: says(554)}},
		{name: "wrong password", server: &faulty{auth: says(535)}, denied: true},
		{name: "no sign-in just now", server: &faulty{auth: says(454)}, later: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var more []string
			if tt.server.auth != nil {
				more = []string{"user", "a", "password", "b"}
			}
			_, err := way(t, tt.server.serve(t), "none", more...).Send(t.Context(), message)
			if err == nil || later(err) != tt.later || errors.Is(err, desk.ErrDenied) != tt.denied || desk.ProblemOf(err).IsZero() {
				t.Errorf("%v (later %v, denied %v, says %q), want later %v, denied %v", err, later(err), errors.Is(err, desk.ErrDenied), desk.ProblemOf(err).English(), tt.later, tt.denied)
			}
		})
	}
}

func TestACutOrSlowLineIsTriedAgain(t *testing.T) {
	t.Parallel()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(c, "220 mail.test ESMTP\r\n")
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close() })
	if _, err := way(t, l.Addr().String(), "none").Send(t.Context(), message); !later(err) {
		t.Errorf("a line that is cut: %v, want a later try", err)
	}
	slow := faulty{stall: make(chan struct{})}
	addr := slow.serve(t)
	t.Cleanup(func() { close(slow.stall) }) // before the server is closed
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := way(t, addr, "none").Send(ctx, message); !later(err) || time.Since(began) > 5*time.Second {
		t.Errorf("a server that does not answer: %v after %s, want a later try at once", err, time.Since(began))
	}
	closed := l.Addr().String()
	_ = l.Close()
	if _, err := way(t, closed, "none").Send(t.Context(), message); !later(err) {
		t.Errorf("nobody listens: %v, want a later try", err)
	}
}

func TestNoHeaderCanBeSlippedIn(t *testing.T) {
	t.Parallel()
	var server faulty
	s := way(t, server.serve(t), "none")
	m := message
	m.Subject = "surge\r\nBcc: victim@c.example\r\n\r\n<script>" + strings.Repeat("x", 5000)
	m.Key = "k\r\nX-Evil: 1"
	if _, err := s.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	head, _, _ := bytes.Cut(server.raws[0], []byte("\r\n\r\n"))
	for line := range strings.SplitSeq(string(head), "\r\n") {
		if strings.HasPrefix(line, "Bcc") || strings.HasPrefix(line, "X-Evil") {
			t.Errorf("slipped in: %s", line)
		}
		if len(line) > 998 {
			t.Errorf("a header line of %d bytes", len(line))
		}
	}
	for field, value := range map[string]string{
		"to": "ana@b.example\r\nBcc: c@d.example", "from": "nobody", "host": "mail example", "port": strconv.Itoa(1 << 17), "security": "rot13",
	} {
		set := desk.Settings{"to": "ana@b.example", "from": "desk@a.example", "host": "mail.example"}
		set[field] = value
		var wrong *desk.Invalid
		if _, err := Kind.Sender(set, connector.Env{}); !errors.As(err, &wrong) || wrong.Field != field {
			t.Errorf("%s %q: %v, want it named", field, value, err)
		}
	}
}
