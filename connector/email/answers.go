package email

import (
	"cmp"
	"context"
	"fmt"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/publish"
)

// answering is the settings of a mailbox that answers.
var answering = desk.Spec{
	Kind:  "mailbox",
	Title: "Mailbox (answers)",
	Help:  "Answers people who wrote by mail or by the public form, one by one, through your mail server, in the thread of their mail.",
	Fields: append([]desk.Field{
		{Name: "plus", Label: "Answers come back to an address of their own", Kind: "bool", Default: "true",
			Help: "Like care+key@example.org: it finds the conversation whatever the other mail program does. Your server has to take such addresses."},
	}, server...),
}

// answers is a channel that writes to one person at a time. What became of each mail is kept in lines.
type answers struct {
	*sender
	plus  bool
	lines publish.Lines
	id    int64
}

func newAnswers(set desk.Settings, env connector.Env) (publish.Mouth, error) {
	own := make(desk.Settings, len(set))
	for name, v := range set {
		own[name] = v
	}
	own["to"] = set["from"] // what a way asks for
	s, err := read(own)
	if err != nil {
		return nil, err
	}
	return &answers{s, set["plus"] != "false", env.Lines, env.Channel.ID}, nil
}

const lineOfAnswer = "answer"

// Send writes the mail. Before the server can have all of it, it is kept that it may: who finds that after a crash knows that nobody
// knows.
func (a *answers) Send(ctx context.Context, p publish.Letter) (publish.Receipt, error) {
	if p.Answer == nil || !strings.Contains(p.Answer.To, "@") {
		return publish.Receipt{}, desk.Wrong("channel", "A mailbox answers people who wrote to us. For everybody use an e-mail list.")
	}
	if r, err := a.Find(ctx, p.Post); err == nil {
		return r, nil
	}
	m, err := a.letter(p)
	if err != nil {
		return publish.Receipt{}, fmt.Errorf("write a mail: %w", err)
	}
	if err := a.deliver(ctx, p.Key, a.from.Address, p.Answer.To, m); err != nil {
		return publish.Receipt{}, err
	}
	return a.receipt(&p.Post), nil
}

// deliver hands a mail to the server and keeps what became of it. publish.ErrUnsure when the server may have it.
func (a *answers) deliver(ctx context.Context, key, from, to string, m *gomail.Msg) error {
	l, err := a.dial(ctx)
	if err != nil {
		return err
	}
	defer l.close()
	begun := false
	err = l.hand(from, to, m, func() error { begun = true; return a.keep(ctx, key, desk.LineTrying) })
	switch code := codeOf(err); {
	case err == nil:
		return a.keep(ctx, key, desk.LineSent)
	case code != 0: // it said no: nothing is in doubt
		if kerr := a.keep(ctx, key, desk.LineLater); kerr != nil {
			return kerr
		}
		return a.failure(ctx, err)
	case begun:
		return fmt.Errorf("the answer of the mail server was lost: %w", publish.ErrUnsure)
	}
	return a.failure(ctx, err)
}

func (a *answers) keep(ctx context.Context, key, state string) error {
	err := a.lines.KeepChannelLine(context.WithoutCancel(ctx), a.id, key, desk.Line{Name: lineOfAnswer, State: state, At: time.Now().UTC()})
	if err != nil {
		return fmt.Errorf("keep what became of a mail: %w: %w", publish.ErrUnsure, err)
	}
	return nil
}

// letter makes the mail, in the thread of what it answers. Its Message-ID is the same for every try.
func (a *answers) letter(p publish.Letter) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := m.From(a.from.String()); err != nil {
		return nil, err
	}
	if err := m.To((&mail.Address{Name: oneLine(p.Answer.Name), Address: p.Answer.To}).String()); err != nil {
		return nil, err
	}
	local, domain, _ := strings.Cut(a.from.Address, "@")
	if a.plus {
		if err := m.ReplyTo((&mail.Address{Name: a.from.Name, Address: local + "+" + p.Key + "@" + domain}).String()); err != nil {
			return nil, err
		}
	}
	m.SetMessageIDWithValue(messageID(p.Key, domain))
	if p.ReplyTo != "" {
		m.SetGenHeader(gomail.HeaderInReplyTo, "<"+p.ReplyTo+">")
	}
	if refs := p.Answer.Thread; len(refs) > 0 {
		m.SetGenHeader(gomail.HeaderReferences, "<"+strings.Join(refs[max(0, len(refs)-30):], "> <")+">")
	}
	m.Subject(oneLine(cmp.Or(p.Title, firstLine(p.Text))))
	m.SetDateWithValue(cmp.Or(p.First, time.Now()))
	if p.Lang != "" {
		m.SetGenHeader("Content-Language", p.Lang)
	}
	m.SetBodyString(gomail.TypeTextPlain, p.Text)
	return m, nil
}

func (a *answers) receipt(p *desk.Post) publish.Receipt {
	_, domain, _ := strings.Cut(a.from.Address, "@")
	return publish.Receipt{NativeID: messageID(p.Key, domain), At: time.Now().UTC()}
}

// Find tells from what was kept whether the mail is out. publish.ErrBlind when a crash left that open: a mail server cannot be asked.
func (a *answers) Find(ctx context.Context, p desk.Post) (publish.Receipt, error) {
	lines, err := a.lines.ChannelLines(ctx, a.id, p.Key)
	if err != nil {
		return publish.Receipt{}, fmt.Errorf("read what became of a mail: %w", err)
	}
	for _, l := range lines {
		switch {
		case l.Name == lineOfAnswer && l.State == desk.LineSent:
			return a.receipt(&p), nil
		case l.Name == lineOfAnswer && l.State == desk.LineTrying:
			return publish.Receipt{}, publish.ErrBlind
		}
	}
	return publish.Receipt{}, desk.ErrNotFound
}

// Read tells what lies in the mailbox of the person: what the mail server took.
func (a *answers) Read(ctx context.Context, p desk.Post) (publish.Live, error) {
	r, err := a.Find(ctx, p)
	if err != nil {
		return publish.Live{}, err
	}
	r.At = p.Sent
	return publish.Live{Receipt: r, Title: p.Title, Text: p.Text}, nil
}

// Inspect signs in and asks the server whether it is there.
func (a *answers) Inspect(ctx context.Context) (publish.About, error) {
	_, err := a.check(ctx)
	return publish.About{Account: a.from.Address}, err
}
