package email

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"

	"breakwater/desk"
	"breakwater/publish"
)

const (
	// conversations are held with the mail server at once: as many as Exchange Online, the strictest of the large ones, lets one
	// mailbox have (learn.microsoft.com, SMTP AUTH client submission, November 2026).
	conversations = 3
	// closing is how long before the end of a send no mail is begun any more: one that breaks off leaves us in doubt about its reader.
	closing = 8 * time.Second
	// grace is what a mail gets that is under way when a hold cuts the send off. The hold waits for it.
	grace = 2 * time.Second
)

// round is one send to the addresses that are left.
type round struct {
	*list
	letter publish.Letter
	attach []attachment
	ends   time.Time // no mail is begun afterwards; zero: no such time

	mu    sync.Mutex // guards what follows
	to    []mail.Address
	wrote int   // mails that the server took, or refused for good
	later error // the server's, about some addresses
	broke error // the line's, which did not come back or left somebody in doubt
	final error // nobody can be written to like this
}

var errStopped = errors.New("stopped between two addresses")

// deliver writes to addresses over a few conversations with the server.
func (l *list) deliver(ctx context.Context, p publish.Letter, to []mail.Address) error {
	if len(to) == 0 {
		return nil
	}
	attach, err := l.attachments(ctx, p)
	if err != nil {
		return err
	}
	wire, hangUp := context.WithCancel(context.WithoutCancel(ctx))
	defer hangUp()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(grace, hangUp) })()
	r := &round{list: l, letter: p, attach: attach, to: to}
	if end, ok := ctx.Deadline(); ok {
		r.ends = end.Add(-closing)
	}
	var under sync.WaitGroup
	for range min(conversations, len(to)) {
		under.Go(func() {
			for r.converse(ctx, wire) {
			}
		})
	}
	under.Wait()
	return r.outcome(ctx)
}

// next is the next address to write to; ok is false when there is none, or no time for it.
func (r *round) next(ctx context.Context) (a mail.Address, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.to) == 0 || r.final != nil || ctx.Err() != nil || !r.ends.IsZero() && time.Now().After(r.ends) {
		return a, false
	}
	a, r.to = r.to[0], r.to[1:]
	return a, true
}

// converse holds one conversation with the server. It reports whether another may follow: the line broke after it had done some work.
func (r *round) converse(ctx, wire context.Context) (again bool) {
	c, err := r.dial(wire)
	if err != nil {
		r.note(err, true)
		return false
	}
	defer c.close()
	for {
		a, ok := r.next(ctx)
		if !ok {
			return false
		}
		err := r.one(wire, c, a)
		var broke *brokeOff
		if errors.As(err, &broke) {
			if !broke.over {
				r.back(a)
			}
			if broke.over || !again {
				r.note(broke.error, true)
			}
			return again
		}
		if err == nil {
			again = true
		}
		r.note(err, false)
	}
}

// back leaves an address that was surely not written to for another conversation.
func (r *round) back(a mail.Address) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.to = append(r.to, a)
}

// note keeps an error of one address, or of the line.
func (r *round) note(err error, ofLine bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var retry *desk.Retry
	switch {
	case err == nil:
		r.wrote++
	case !errors.As(err, &retry) && !errors.Is(err, context.Canceled):
		r.final = err
	case ofLine:
		r.broke = err
	default:
		r.later = err
	}
}

// outcome is what became of the send as a whole.
func (r *round) outcome(ctx context.Context) error {
	left := len(r.to)
	switch {
	case r.final != nil:
		return r.final
	case left > 0 && ctx.Err() != nil: // a hold: the rest is written to by the next try
		return &desk.Retry{Err: fmt.Errorf("not yet to everybody: %w", errStopped)}
	case left > 0 && r.wrote > 0:
		say := desk.Say("{n} of {all} addresses were not written to yet; they follow.", "n", left, "all", len(r.list.to))
		return &desk.Retry{Err: &desk.Problem{Say: say, Err: publish.ErrMore}}
	case r.broke != nil:
		return r.broke
	case left > 0:
		return &desk.Retry{Err: errStopped}
	}
	return r.later
}

// brokeOff is an error of the line: the conversation is over.
type brokeOff struct {
	error
	over bool // nothing more is to be done about the address: it is kept what became of it, or that nobody knows
}

func (e *brokeOff) Unwrap() error { return e.error }

// one writes to one address and keeps what became of it. Before the server can have the mail, it is kept that it may have it:
// who finds that after a crash knows that nobody knows.
func (r *round) one(ctx context.Context, c *line, a mail.Address) error {
	letter, err := r.write(a, r.letter, r.attach)
	if err != nil {
		return fmt.Errorf("write a mail: %w", err)
	}
	keep := func(state string, say desk.Text) error {
		kept := desk.Line{Name: strings.ToLower(a.Address), State: state, Say: say, At: time.Now().UTC()}
		if err := r.lines.KeepChannelLine(context.WithoutCancel(ctx), r.id, r.letter.Key, kept); err != nil {
			return &brokeOff{error: &desk.Retry{Err: fmt.Errorf("keep what became of an address: %w", err)}, over: state == desk.LineSent}
		}
		return nil
	}
	unsure := false
	err = c.hand(r.from.Address, a.Address, letter, func() error { unsure = true; return keep(desk.LineTrying, desk.Text{}) })
	code := codeOf(err)
	var ours *ofSender
	switch {
	case err == nil:
		return keep(desk.LineSent, desk.Text{})
	case errors.As(err, &ours) && code != 0:
		return r.ofUs(ctx, err)
	case code >= 500 && code != 530 && code != 535: // of this address or this mail
		if err := keep(desk.LineRefused, desk.Say("The mail server refuses it (code {code}).", "code", code)); err != nil {
			return err
		}
		return c.reset()
	case code >= 400 && code < 500 && code != serverCloses:
		if err := keep(desk.LineLater, desk.Say("The mail server asks us to try later (code {code}).", "code", code)); err != nil {
			return err
		}
		if err := c.reset(); err != nil {
			return err
		}
		return r.failure(ctx, err)
	case unsure: // the line broke while the server had the whole mail: it stays in doubt
		return &brokeOff{error: &desk.Retry{Err: fmt.Errorf("the answer for one address was lost: %w", errStopped)}, over: true}
	case code != 0:
		return r.ofUs(ctx, err)
	}
	return &brokeOff{error: r.failure(ctx, err)}
}

// serverCloses is what a server says that ends the conversation, whatever it was about (RFC 5321, 4.2.3).
const serverCloses = 421

// ofUs is what the server has against us: for now, which ends the conversation, or for good.
func (r *round) ofUs(ctx context.Context, err error) error {
	err = r.failure(ctx, err)
	var retry *desk.Retry
	if errors.As(err, &retry) {
		return &brokeOff{error: err}
	}
	return err
}

// ofSender is what the server has against us rather than against one address.
type ofSender struct{ error }

func (e *ofSender) Unwrap() error { return e.error }

// hand gives a mail to the server; atEnd is called when all of it was written but its end.
func (c *line) hand(from, to string, letter *gomail.Msg, atEnd func() error) error {
	if err := c.smtp.Mail("<" + from + ">"); err != nil {
		return &ofSender{err}
	}
	if err := c.smtp.Rcpt("<" + to + ">"); err != nil {
		return err
	}
	w, err := c.smtp.Data()
	if err != nil {
		return err
	}
	if _, err := letter.WriteTo(w); err != nil {
		return err
	}
	if err := atEnd(); err != nil {
		// Without its end the server throws the mail away.
		return errors.Join(err, c.conn.Close())
	}
	return w.Close()
}

// reset makes the line ready for the next mail after one that was refused.
func (c *line) reset() error {
	if err := c.smtp.Reset(); err != nil {
		return &brokeOff{error: &desk.Retry{Err: fmt.Errorf("go on after a refusal: %w", err)}, over: true} // what became of it is kept
	}
	return nil
}
