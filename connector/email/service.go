package email

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/publish"
)

// Service is customer service that takes mails: a help desk's address, or a shared mailbox.
var Service = connector.Kind{Channel: newService, Service: true, Spec: desk.Spec{
	Kind:  "service-mail",
	Title: "Customer service (e-mail)",
	Help:  "Hands conversations over to a help desk or a shared mailbox, one mail each, through your mail server.",
	Fields: append([]desk.Field{
		{Name: "to", Label: "To", Required: true, Help: "The address of customer service."},
	}, server...),
}}

// counter takes conversations over by mail. What became of each mail is kept in lines, as for answers.
type counter struct{ answers }

func newService(set desk.Settings, env connector.Env) (publish.Mouth, error) {
	s, err := read(set)
	if err != nil {
		return nil, err
	}
	return &counter{answers{sender: s, lines: env.Lines, id: env.Channel.ID}}, nil
}

// Send never sends: customer service takes conversations.
func (*counter) Send(context.Context, publish.Letter) (publish.Receipt, error) {
	return publish.Receipt{}, desk.Wrong("channel", "Nothing is published here: customer service takes conversations over by it.")
}

// Take writes the mail. publish.ErrBlind and publish.ErrUnsure when it may be out and nobody can tell.
func (c *counter) Take(ctx context.Context, t desk.TicketLetter) (desk.TicketReceipt, error) {
	if _, err := c.Find(ctx, desk.Post{Key: t.Key}); !errors.Is(err, desk.ErrNotFound) {
		return desk.TicketReceipt{}, err // it is out, or nobody can tell
	}
	m, err := c.ticket(&t)
	if err != nil {
		return desk.TicketReceipt{}, fmt.Errorf("write a mail: %w", err)
	}
	return desk.TicketReceipt{}, c.deliver(ctx, t.Key, c.envelope(t.ReplyTo), c.to.Address, m)
}

// envelope is who the mail server is told that the mail is from: what comes back undelivered goes there, and so into the conversation,
// where both addresses are of one domain.
func (c *counter) envelope(replyTo string) string {
	_, ours, _ := strings.Cut(c.from.Address, "@")
	if _, domain, ok := strings.Cut(replyTo, "@"); ok && strings.EqualFold(domain, ours) {
		return replyTo
	}
	return c.from.Address
}

// ticket makes the mail: what to do first, then whom it is about, then all that was said. Mail programs and help desks keep it apart by
// its Message-ID, which is the same for every try; no machine answers a mail that a machine sent (RFC 3834).
func (c *counter) ticket(t *desk.TicketLetter) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := m.From(c.from.String()); err != nil {
		return nil, err
	}
	if err := m.To(c.to.String()); err != nil {
		return nil, err
	}
	if t.ReplyTo != "" {
		if err := m.ReplyTo((&mail.Address{Name: c.from.Name, Address: t.ReplyTo}).String()); err != nil {
			return nil, err
		}
	}
	_, domain, _ := strings.Cut(c.from.Address, "@")
	m.SetMessageIDWithValue(messageID(t.Key, domain))
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.Subject(oneLine(fmt.Sprintf("%s: %s", t.Brand, firstLine(t.Why))))
	m.SetDateWithValue(t.At)
	m.SetBodyString(gomail.TypeTextPlain, ticketText(t))
	return m, nil
}

// ticketText is the ticket as people read it. Its few words of our own are English: whose help desk it is nobody knows.
func ticketText(t *desk.TicketLetter) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	clock := func(at time.Time) string { return at.UTC().Format("2006-01-02 15:04 UTC") }
	if t.Danger {
		line("SOMEBODY MAY BE HURT.\n")
	}
	line("%s\n\n-- %s, %s\n", t.Why, t.By, clock(t.At))
	who := t.Person.Name
	if t.Person.Handle != "" && t.Person.Handle != who {
		who = strings.TrimSpace(who + " (" + t.Person.Handle + ")")
	}
	line("From:         %s, by %s", who, t.Network)
	if t.Person.URL != "" {
		line("Their page:   %s", t.Person.URL)
	}
	if !t.Since.IsZero() {
		line("Waits since:  %s", clock(t.Since))
	}
	if !t.Due.IsZero() {
		line("Answer due:   %s", clock(t.Due))
	}
	line("Conversation: %s", t.Link)
	if t.ReplyTo != "" {
		line("Answers to this mail are seen by %s's desk alone, not by %s.", t.Brand, who)
	}
	line("\n%s", strings.Repeat("-", 72))
	if t.Earlier > 0 {
		line("(%d earlier messages are in the conversation.)", t.Earlier)
	}
	for _, m := range t.Messages {
		from := m.Name
		if m.From == "us" {
			from = strings.TrimSpace(t.Brand + " " + m.Name)
		}
		line("\n%s, %s%s", from, clock(m.At), strings.TrimRight(" "+m.URL, " "))
		if m.Title != "" {
			line("%s", m.Title)
		}
		for one := range strings.Lines(m.Text) {
			line("> %s", strings.TrimRight(one, "\r\n"))
		}
	}
	return b.String()
}
