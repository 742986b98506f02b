// Package email brings alerts to people, and statements to lists of them, by mail, through the organisation's own mail server (SMTP).
package email

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net"
	"net/mail"
	"strconv"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"breakwater/alert"
	"breakwater/connector"
	"breakwater/desk"
)

// Kind is the mail connector. Its calls do not go through the door that refuses private addresses: an organisation's mail
// server stands in its own network as a rule.
var Kind = connector.Kind{Sender: newSender, Channel: newList, ChannelSpec: speech, Check: check, Spec: desk.Spec{
	Kind:  "email",
	Title: "E-mail",
	Help:  "Sends alerts by mail through your mail server.",
	Fields: append([]desk.Field{
		{Name: "to", Label: "To", Required: true, Help: "One address. For several people use a list address, or a way for each."},
	}, server...),
}}

// server is the settings of the mail server.
var server = []desk.Field{
	{Name: "from", Label: "From", Required: true, Help: "The sender's address, like Breakwater <desk@example.org>."},
	{Name: "host", Label: "Mail server", Required: true, Help: "Its name, like mail.example.org."},
	{Name: "port", Label: "Port", Kind: "number", Help: "Empty: 587 for STARTTLS, 465 for TLS, 25 for none."},
	{Name: "security", Label: "Encryption", Kind: "choice", Choices: []string{"starttls", "tls", "none"}, Default: "starttls"},
	{Name: "user", Label: "User name", Help: "Empty when the server asks for none."},
	{Name: "password", Label: "Password", Kind: "secret"},
}

// timeout of a whole conversation with the server; alert.Mailman gives up a try after 45 s.
const timeout = 30 * time.Second

// ports by encryption.
var ports = map[string]int{"starttls": 587, "tls": 465, "none": 25}

// sender is one way by mail.
type sender struct {
	to, from mail.Address
	host     string
	port     int
	security string
	user     string
	password desk.Secret
	roots    *x509.CertPool // nil: the system's
}

func newSender(set desk.Settings, _ connector.Env) (alert.Sender, error) { return read(set) }

// read checks the settings. Its errors are *desk.Invalid.
func read(set desk.Settings) (*sender, error) {
	s := &sender{host: strings.TrimSpace(set["host"]), security: set["security"], user: set["user"], password: desk.Secret(set["password"])}
	if s.security == "" {
		s.security = "starttls"
	}
	for name, into := range map[string]*mail.Address{"to": &s.to, "from": &s.from} {
		a, err := mail.ParseAddress(set[name])
		if err != nil || strings.ContainsFunc(a.Name+a.Address, unicode.IsControl) {
			return nil, desk.Wrong(name, "Enter one mail address, like ana@example.org.")
		}
		*into = *a
	}
	if s.host == "" || strings.ContainsFunc(s.host, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '/' }) {
		return nil, desk.Wrong("host", "Enter the name of the mail server, like mail.example.org.")
	}
	if s.port = ports[s.security]; s.port == 0 {
		return nil, desk.Wrong("security", "Choose one of: {choices}.", "choices", "starttls, tls, none")
	}
	if p := strings.TrimSpace(set["port"]); p != "" {
		n, err := strconv.Atoi(p)
		if err != nil || n < 1 || n > 65535 {
			return nil, desk.Wrong("port", "Enter a port from 1 to 65535.")
		}
		s.port = n
	}
	return s, nil
}

// line is a conversation with the mail server, signed in.
type line struct {
	client *gomail.Client
	smtp   *smtp.Client
	conn   net.Conn
}

// dial begins a conversation. It ends with ctx, or with close.
func (s *sender) dial(ctx context.Context) (*line, error) {
	l := &line{}
	options := []gomail.Option{
		gomail.WithPort(s.port), gomail.WithTimeout(timeout), gomail.WithoutNoop(), gomail.WithTLSPolicy(gomail.NoTLS),
		gomail.WithDialContextFunc(func(dialling context.Context, network, addr string) (net.Conn, error) {
			conn, err := s.connect(dialling, network, addr)
			if err != nil {
				return nil, err
			}
			l.conn = conn
			context.AfterFunc(ctx, func() { _ = conn.Close() })
			return conn, nil
		}),
	}
	if s.security == "starttls" {
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory), gomail.WithTLSConfig(s.tls()))
	}
	if s.user != "" {
		options = append(options, gomail.WithUsername(s.user), gomail.WithPassword(s.password.Reveal()), gomail.WithOpportunisticSMTPAuth(
			gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthCramMD5, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	var err error
	if l.client, err = gomail.NewClient(s.host, options...); err != nil {
		return nil, fmt.Errorf("set up mail: %w", err)
	}
	if l.smtp, err = l.client.DialToSMTPClientWithContext(ctx); err != nil {
		if l.conn != nil { // the library leaves it open
			_ = l.conn.Close()
		}
		return nil, s.failure(ctx, err)
	}
	return l, nil
}

// connect opens the connection, encrypted where TLS comes first.
func (s *sender) connect(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	if s.security != "tls" {
		return conn, nil
	}
	secure := tls.Client(conn, s.tls())
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return secure, nil
}

func (s *sender) tls() *tls.Config {
	return &tls.Config{ServerName: strings.Trim(s.host, "[]"), MinVersion: tls.VersionTLS12, RootCAs: s.roots}
}

// close says goodbye; whatever becomes of it, the mail was accepted or not.
func (l *line) close() { _ = l.client.CloseWithSMTPClient(l.smtp) }

// Send gives the message to the mail server. The receipt is the mail's Message-ID, which is the same for every try, so that
// mail programs show it once.
func (s *sender) Send(ctx context.Context, m alert.Message) (string, error) {
	letter, err := s.letter(m)
	if err != nil {
		return "", fmt.Errorf("write a mail: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	l, err := s.dial(ctx)
	if err != nil {
		return "", err
	}
	defer l.close()
	if err := l.client.SendWithSMTPClient(l.smtp, letter); err != nil && !letter.IsDelivered() {
		return "", s.failure(ctx, err)
	}
	return letter.GetMessageID(), nil
}

// letter writes the mail.
func (s *sender) letter(m alert.Message) (*gomail.Msg, error) {
	l := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := l.From(s.from.String()); err != nil {
		return nil, err
	}
	if err := l.To(s.to.String()); err != nil {
		return nil, err
	}
	domain := s.from.Address[strings.LastIndexByte(s.from.Address, '@')+1:]
	l.SetMessageIDWithValue(messageID(m.Key, domain))
	if m.Alert.ID != 0 { // mails about one alert form a thread
		l.SetGenHeader(gomail.HeaderReferences, "<"+messageID("alert "+strconv.FormatInt(m.Alert.ID, 10), domain)+">")
	}
	l.Subject(oneLine(m.Subject))
	l.SetDate()
	l.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office answers, please
	l.SetGenHeader("X-Auto-Response-Suppress", "All")
	if m.Alert.Level >= desk.Crisis {
		l.SetImportance(gomail.ImportanceHigh)
	}
	l.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		l.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	return l, nil
}

// messageID names a mail: the same for the same key.
func messageID(key, domain string) string {
	h := sha256.Sum256([]byte(key))
	return hex.EncodeToString(h[:16]) + "@" + domain
}

// oneLine makes a text fit for a header: one line, no control characters, not endless.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if r := []rune(s); len(r) > 250 {
		s = string(r[:249]) + "…"
	}
	return strings.TrimSpace(s)
}

// check signs in and asks the server whether it is there, without sending anything.
func check(ctx context.Context, set desk.Settings, _ connector.Env) (desk.Text, error) {
	s, err := read(set)
	if err != nil {
		return desk.Text{}, err
	}
	return s.check(ctx)
}

func (s *sender) check(ctx context.Context) (desk.Text, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	l, err := s.dial(ctx)
	if err != nil {
		return desk.Text{}, err
	}
	defer l.close()
	if err := l.smtp.Noop(); err != nil {
		return desk.Text{}, s.failure(ctx, err)
	}
	if s.user != "" {
		return desk.Say("The mail server {host} accepts our sign-in.", "host", s.host), nil
	}
	return desk.Say("The mail server {host} answers.", "host", s.host), nil
}
