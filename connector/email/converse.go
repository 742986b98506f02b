package email

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"strings"
	"time"

	"breakwater/desk"
)

// Server is the settings of a mail server, for kinds that write through one.
func Server() []desk.Field { return append([]desk.Field(nil), server...) }

// Stages of a mail at which a server answers.
const (
	OfSender    = "sender"    // it does not take mails from us
	OfRecipient = "recipient" // it does not take mails for this address
	OfContent   = "content"   // it does not take this mail
)

// Answer is what a mail server said instead of taking a mail. The conversation goes on after it, but after 421 (RFC 5321, 4.2.3).
type Answer struct {
	Code  int    // 4xx later, 5xx never
	Class string // enhanced code (RFC 3463), like 5.1.1; empty: it said none
	Stage string // OfSender, OfRecipient, OfContent
	Say   string
}

func (a *Answer) Error() string {
	return fmt.Sprintf("the mail server says %d of the %s", a.Code, a.Stage)
}

// Reply is what the server said: its code, its enhanced code and of what.
func (a *Answer) Reply() (code int, class, stage string) { return a.Code, a.Class, a.Stage }

// Words are the server's own.
func (a *Answer) Words() string { return a.Say }

// Conversation hands many mails to a mail server over one connection. It is for one goroutine.
type Conversation struct {
	*line
	pipelines bool
	stale     bool // a transaction that was refused is still open
}

// Converse begins a conversation by the settings of a mail server. It ends with ctx, or with Close. Errors carry a sentence for people;
// *desk.Retry for those that pass.
func Converse(ctx context.Context, set desk.Settings) (*Conversation, error) {
	own := make(desk.Settings, len(set)+1)
	for k, v := range set {
		own[k] = v
	}
	own["to"] = set["from"] // what a way asks for
	s, err := read(own)
	if err != nil {
		return nil, err
	}
	l, err := s.dial(ctx)
	if err != nil {
		return nil, err
	}
	ok, _ := l.smtp.Extension("PIPELINING")
	return &Conversation{line: l, pipelines: ok}, nil
}

// patience with one answer of the server. RFC 5321 (4.5.3.2) asks for more after the end of a mail; the connection to the next server is
// the organisation's own, and a held hand is worse than a letter that is noted as not known.
const patience = 2 * time.Minute

// Close says goodbye.
func (c *Conversation) Close() { c.close() }

// Hand gives a mail to the server. atEnd is called when all of it was written but its end: when it fails, the server never has the mail.
// *Answer when the server does not take it; any other error is the line's, and the conversation is over.
func (c *Conversation) Hand(from, to string, letter []byte, atEnd func() error) error {
	if strings.ContainsAny(from+to, "\r\n<>") {
		return &Answer{Code: 553, Class: "5.1.3", Stage: OfRecipient, Say: "not an address"}
	}
	if err := c.envelope(from, to); err != nil {
		return err
	}
	w := c.smtp.Text.DotWriter()
	if _, err := w.Write(letter); err != nil {
		return err
	}
	// All but the end is on its way before the question, which takes a moment, and between the answer and the end is next to nothing.
	if err := c.smtp.Text.W.Flush(); err != nil {
		return err
	}
	if err := atEnd(); err != nil {
		return errors.Join(err, c.conn.Close()) // without its end the server throws the mail away
	}
	c.hurry()
	if err := w.Close(); err != nil {
		return err
	}
	return c.read(250, OfContent)
}

func (c *Conversation) hurry() { _ = c.conn.SetDeadline(time.Now().Add(patience)) }

// envelope says from whom and to whom, and asks to begin: in one go where the server takes that (RFC 2920).
func (c *Conversation) envelope(from, to string) error {
	steps := []struct {
		line, stage string
		want        int
	}{{"MAIL FROM:<" + from + ">", OfSender, 250}, {"RCPT TO:<" + to + ">", OfRecipient, 25}, {"DATA", OfContent, 354}}
	c.hurry()
	if c.stale {
		if err := c.smtp.Reset(); err != nil {
			return err
		}
		c.stale = false
	}
	var refused error
	said := 0
	for i, s := range steps {
		if _, err := io.WriteString(c.smtp.Text.W, s.line+"\r\n"); err != nil {
			return err
		}
		if c.pipelines && i < len(steps)-1 {
			continue
		}
		if err := c.smtp.Text.W.Flush(); err != nil {
			return err
		}
		for ; said <= i; said++ {
			err := c.read(steps[said].want, steps[said].stage)
			var no *Answer
			switch {
			case err != nil && !errors.As(err, &no):
				return err
			case err != nil && refused == nil:
				refused = err
			case err == nil && refused != nil && steps[said].want == 354:
				// It takes a mail for nobody: one that is empty ends it.
				if _, err := io.WriteString(c.smtp.Text.W, ".\r\n"); err != nil {
					return err
				}
				if err := errors.Join(c.smtp.Text.W.Flush(), lineOnly(c.read(250, OfContent))); err != nil {
					return err
				}
			}
		}
		if refused != nil {
			c.stale = true
			return refused
		}
	}
	return nil
}

// lineOnly is err unless it is an answer.
func lineOnly(err error) error {
	var no *Answer
	if errors.As(err, &no) {
		return nil
	}
	return err
}

// read reads one answer.
func (c *Conversation) read(want int, stage string) error {
	_, said, err := c.smtp.Text.ReadResponse(want)
	var no *textproto.Error
	if !errors.As(err, &no) {
		return err
	}
	if no.Code < 400 || no.Code > 599 {
		return fmt.Errorf("the mail server says %d where that means nothing: %s", no.Code, oneLine(said))
	}
	a := &Answer{Code: no.Code, Stage: stage, Say: oneLine(no.Msg)}
	if class, _, ok := strings.Cut(no.Msg, " "); ok && enhanced(class) {
		a.Class = class
	}
	return a
}

// enhanced reports whether s is a code like 5.1.1.
func enhanced(s string) bool {
	return len(s) >= 5 && len(s) <= 9 && strings.Count(s, ".") == 2 && strings.Trim(s, "0123456789.") == "" && (s[0] == '4' || s[0] == '5')
}
