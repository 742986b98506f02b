package email

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/source"
)

// Mailbox is a mailbox that people write to: it hears by IMAP, and answers each of them by SMTP.
var Mailbox = connector.Kind{Source: newMailbox, Check: checkMailbox, Channel: newAnswers, ChannelSpec: answering, Spec: desk.Spec{
	Kind:  "mailbox",
	Title: "Mailbox (IMAP)",
	Help:  "Brings what people write to a mail address into the inbox. Nothing is deleted or marked there.",
	Fields: []desk.Field{
		{Name: "host", Label: "Mail server", Required: true, Help: "Its name, like mail.example.org."},
		{Name: "port", Label: "Port", Kind: "number", Help: "Empty: 993 for TLS, 143 for STARTTLS or none."},
		{Name: "security", Label: "Encryption", Kind: "choice", Choices: []string{"tls", "starttls", "none"}, Default: "tls"},
		{Name: "user", Label: "User name", Required: true},
		{Name: "password", Label: "Password", Kind: "secret", Required: true},
		{Name: "folder", Label: "Folder", Default: "INBOX"},
		{Name: "address", Label: "Our addresses", Kind: "lines", Help: "Mails from them are our own and are left alone. One on each line."},
		{Name: "group", Label: "This address is a list or a group", Kind: "bool", Default: "false", Help: "Like a Google group: what comes through it bears the marks of a list, and people wrote it all the same."},
	},
}}

// mailbox is the source. Its Pull is called by one goroutine at a time.
type mailbox struct {
	host, port, security string
	user                 string
	password             desk.Secret
	folder               string
	own                  []string
	list                 bool // all of its mail comes through a list
}

const (
	mailPage  = 50               // mails in one pull
	mailEvery = 15 * time.Second // between two looks
	mailBytes = 1 << 20          // of a mail that are read: its words come before its attachments
	mailTime  = 60 * time.Second // that a look may take
)

func newMailbox(set desk.Settings, _ connector.Env) (source.Source, error) {
	m := &mailbox{host: strings.TrimSpace(set["host"]), port: strings.TrimSpace(set["port"]), security: cmp.Or(set["security"], "tls"), user: set["user"],
		password: desk.Secret(set["password"]), folder: cmp.Or(strings.TrimSpace(set["folder"]), "INBOX"), list: set["group"] == "true"}
	if m.port == "" {
		m.port = map[string]string{"tls": "993", "starttls": "143", "none": "143"}[m.security]
	}
	n, err := strconv.Atoi(m.port)
	switch {
	case m.host == "" || strings.ContainsAny(m.host, " /"):
		return nil, desk.Wrong("host", "Enter the name of the mail server, like mail.example.org.")
	case m.security != "tls" && m.security != "starttls" && m.security != "none":
		return nil, desk.Wrong("security", "Choose one of: {choices}.", "choices", "tls, starttls, none")
	case err != nil || n < 1 || n > 65535:
		return nil, desk.Wrong("port", "Enter a port from 1 to 65535.")
	case m.user == "":
		return nil, desk.Wrong("user", "Fill this in.")
	case m.password == "":
		return nil, desk.Wrong("password", "Fill this in.")
	}
	for line := range strings.Lines(set["address"]) {
		if line = strings.ToLower(strings.TrimSpace(line)); line != "" {
			m.own = append(m.own, line)
		}
	}
	return m, nil
}

func checkMailbox(ctx context.Context, set desk.Settings, env connector.Env) (desk.Text, error) {
	s, err := newMailbox(set, env)
	if err != nil {
		return desk.Text{}, err
	}
	m := s.(*mailbox)
	c, box, err := m.open(ctx)
	if err != nil {
		return desk.Text{}, err
	}
	defer func() { _ = c.Close() }() // it was only read
	return desk.Say("The mailbox has {n} mails.", "n", int(box.NumMessages)), nil
}

// open signs in and opens the folder, without leave to change anything in it.
func (m *mailbox) open(ctx context.Context) (*imapclient.Client, *imap.SelectData, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(m.host, m.port))
	if err != nil {
		return nil, nil, m.later("The mail server {host} cannot be reached. We keep trying.", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	c, err := m.greet(conn)
	if err != nil {
		_ = conn.Close()
		return nil, nil, m.later("The mail server {host} cannot prove who it is, or speaks no encryption. Check name, port and encryption.", err)
	}
	if err := c.Login(m.user, m.password.Reveal()).Wait(); err != nil {
		_ = c.Close()
		var refused *imap.Error
		if errors.As(err, &refused) && refused.Type == imap.StatusResponseTypeNo {
			return nil, nil, &desk.Problem{Say: desk.Say("The mail server {host} refuses our sign-in. Check user name and password.", "host", m.host), Err: fmt.Errorf("%w: %w", desk.ErrDenied, err)}
		}
		return nil, nil, m.later("The mail server {host} cannot be reached. We keep trying.", err)
	}
	box, err := c.Select(m.folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		_ = c.Close()
		return nil, nil, &desk.Problem{Say: desk.Say("The mail server {host} has no folder {folder}.", "host", m.host, "folder", m.folder), Err: fmt.Errorf("%w: %w", desk.ErrBroken, err)}
	}
	_ = stop // the connection ends with ctx, or with its owner
	return c, box, nil
}

func (m *mailbox) greet(conn net.Conn) (*imapclient.Client, error) {
	secure := &tls.Config{ServerName: m.host, MinVersion: tls.VersionTLS12}
	switch m.security {
	case "tls":
		return imapclient.New(tls.Client(conn, secure), nil), nil
	case "starttls":
		return imapclient.NewStartTLS(conn, &imapclient.Options{TLSConfig: secure})
	}
	return imapclient.New(conn, nil), nil
}

func (m *mailbox) later(say string, err error) error {
	return &desk.Retry{Err: &desk.Problem{Say: desk.Say(say, "host", m.host), Err: err}}
}

// Pull reads what came since cursor. The first time it takes what nobody has read among the newest.
func (m *mailbox) Pull(ctx context.Context, cursor string) (desk.Batch, error) {
	ctx, cancel := context.WithTimeout(ctx, mailTime)
	defer cancel()
	c, box, err := m.open(ctx)
	if err != nil {
		return desk.Batch{}, err
	}
	defer func() { _ = c.Close() }() // it was only read
	from, first := after(cursor, box)
	b := desk.Batch{Wait: mailEvery, Cursor: mark(box.UIDValidity, from)}
	if from+1 >= box.UIDNext {
		return b, nil
	}
	to := min(from+mailPage, box.UIDNext-1)
	var some imap.UIDSet
	some.AddRange(from+1, to)
	part := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: mailBytes}}
	got, err := c.Fetch(some, &imap.FetchOptions{UID: true, Flags: true, InternalDate: true, BodySection: []*imap.FetchItemBodySection{part}}).Collect()
	if err != nil {
		return desk.Batch{}, m.later("The mail server {host} cannot be reached. We keep trying.", err)
	}
	for _, one := range got {
		if first && seen(one.Flags) {
			continue
		}
		in, ok, err := m.read(one.FindBodySection(part), one.InternalDate)
		if err != nil {
			b.Rejects = append(b.Rejects, desk.Reject{Line: int(one.UID), Reason: desk.Say("This mail cannot be read.")})
		} else if ok {
			b.Incoming = append(b.Incoming, in)
		}
	}
	b.Cursor = mark(box.UIDValidity, to)
	if to < box.UIDNext-1 {
		b.Wait = 0
	}
	return b, nil
}

func seen(flags []imap.Flag) bool {
	for _, f := range flags {
		if f == imap.FlagSeen {
			return true
		}
	}
	return false
}

// mark is a cursor: the folder's validity and the last id that was read.
func mark(validity uint32, uid imap.UID) string { return fmt.Sprintf("%d:%d", validity, uid) }

// after is the last id that was read; first says that nothing was, or that the folder was made anew.
func after(cursor string, box *imap.SelectData) (uid imap.UID, first bool) {
	var validity, last uint32
	if _, err := fmt.Sscanf(cursor, "%d:%d", &validity, &last); err != nil || validity != box.UIDValidity {
		if box.UIDNext > mailPage {
			return box.UIDNext - mailPage - 1, true
		}
		return 0, true
	}
	return imap.UID(last), false
}
