package email

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/publish"
)

// speech is the settings of a list of addresses.
var speech = desk.Spec{
	Kind:  "email",
	Title: "E-mail list",
	Help:  "Writes to a list of addresses, one mail each, through your mail server. Each address gets a statement once.",
	Fields: append([]desk.Field{
		{Name: "list", Label: "Recipients", Kind: "lines", Required: true, Help: "One address on each line, like Ana Nowak <ana@example.org>."},
	}, server...),
}

// mostRecipients of one list; more belong to a newsletter service, which the webhook reaches.
const mostRecipients = 10_000

// list is a channel of mails. What became of each address is kept in lines, so that none is written to twice.
type list struct {
	*sender
	to    []mail.Address
	lines publish.Lines
	id    int64
}

func newList(set desk.Settings, env connector.Env) (publish.Mouth, error) {
	to, err := addresses(set["list"])
	if err != nil {
		return nil, err
	}
	own := make(desk.Settings, len(set))
	for name, v := range set {
		own[name] = v
	}
	own["to"] = to[0].String() // what a way asks for
	s, err := read(own)
	if err != nil {
		return nil, err
	}
	return &list{s, to, env.Lines, env.Channel.ID}, nil
}

// addresses are those of a setting, each once.
func addresses(setting string) (all []mail.Address, err error) {
	seen := map[string]bool{}
	for line := range strings.Lines(setting) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		a, err := mail.ParseAddress(line)
		if err != nil || strings.ContainsFunc(a.Name+a.Address, unicode.IsControl) {
			return nil, desk.Wrong("list", "{line} is not a mail address.", "line", line)
		}
		if key := strings.ToLower(a.Address); !seen[key] {
			seen[key] = true
			all = append(all, *a)
		}
	}
	switch {
	case len(all) == 0:
		return nil, desk.Wrong("list", "Enter at least one mail address.")
	case len(all) > mostRecipients:
		return nil, desk.Wrong("list", "That is more than {most} addresses. Use a newsletter service for them.", "most", mostRecipients)
	}
	return all, nil
}

// Send writes to everybody who was not written to yet. It returns *desk.Retry while some are left who can be written to later, one
// that wraps publish.ErrMore when only time was short, and a receipt that names those who cannot be written to once nobody is left.
func (l *list) Send(ctx context.Context, p publish.Letter) (publish.Receipt, error) {
	states, err := l.states(ctx, p.Key)
	if err != nil {
		return publish.Receipt{}, err
	}
	if err := l.deliver(ctx, p, l.left(states)); err != nil {
		return publish.Receipt{}, err
	}
	return l.Find(ctx, p.Post)
}

// left are the addresses that a mail is still to be written to: those that nobody tried first, then those that were to be tried
// later. Not those of whom a crash left us in doubt: nobody gets it twice.
func (l *list) left(states map[string]string) (left []mail.Address) {
	for _, state := range []string{"", desk.LineLater} {
		for _, a := range l.to {
			if states[strings.ToLower(a.Address)] == state {
				left = append(left, a)
			}
		}
	}
	return left
}

// states is what became of each address, in small letters.
func (l *list) states(ctx context.Context, key string) (map[string]string, error) {
	lines, err := l.lines.ChannelLines(ctx, l.id, key)
	if err != nil {
		return nil, fmt.Errorf("read who was written to: %w", err)
	}
	states := make(map[string]string, len(lines))
	for _, one := range lines {
		states[one.Name] = one.State
	}
	return states, nil
}

// attachment is a picture or file of a letter.
type attachment struct {
	desk.Media
	body []byte
}

func (l *list) attachments(ctx context.Context, p publish.Letter) (all []attachment, err error) {
	for _, m := range p.Media {
		body, err := p.Body(ctx, m)
		if err != nil {
			return nil, fmt.Errorf("read media %s: %w", m.Hash, err)
		}
		all = append(all, attachment{m, body})
	}
	return all, nil
}

// write makes the mail to one address. Its Message-ID is the same for every try.
func (l *list) write(a mail.Address, p publish.Letter, attach []attachment) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := m.From(l.from.String()); err != nil {
		return nil, err
	}
	if err := m.To(a.String()); err != nil {
		return nil, err
	}
	domain := l.from.Address[strings.LastIndexByte(l.from.Address, '@')+1:]
	m.SetMessageIDWithValue(messageID(p.Key+" "+strings.ToLower(a.Address), domain))
	m.Subject(oneLine(cmp.Or(p.Title, firstLine(p.Text))))
	m.SetDateWithValue(cmp.Or(p.First, time.Now()))
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office answers, please
	m.SetGenHeader("Precedence", "list")
	if p.Lang != "" {
		m.SetGenHeader("Content-Language", p.Lang)
	}
	m.SetBodyString(gomail.TypeTextPlain, p.Text)
	for _, one := range attach {
		if err := m.AttachReader(one.Name, strings.NewReader(string(one.body)), gomail.WithFileContentType(gomail.ContentType(one.Type)), gomail.WithFileDescription(oneLine(one.Alt))); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

// Find tells from what was kept whether everybody was written to. desk.ErrNotFound while there is somebody left.
func (l *list) Find(ctx context.Context, p desk.Post) (publish.Receipt, error) {
	states, err := l.states(ctx, p.Key)
	if err != nil {
		return publish.Receipt{}, err
	}
	count := map[string]int{}
	for _, a := range l.to {
		count[states[strings.ToLower(a.Address)]]++
	}
	if count[""]+count[desk.LineLater] > 0 {
		return publish.Receipt{}, desk.ErrNotFound
	}
	r := publish.Receipt{NativeID: messageID(p.Key, "list"), At: time.Now().UTC()}
	if n := count[desk.LineRefused] + count[desk.LineTrying]; n > 0 {
		r.Note = desk.Say("{sent} of {all} addresses were written to. Refused: {refused}; not known: {doubt}.",
			"sent", count[desk.LineSent], "all", len(l.to), "refused", count[desk.LineRefused], "doubt", count[desk.LineTrying])
	}
	if count[desk.LineSent] == 0 && count[desk.LineTrying] == 0 {
		return r, &desk.Problem{Say: desk.Say("The mail server refused all addresses of the list."), Err: errors.New("every recipient was refused")}
	}
	return r, nil
}

// Read tells what lies in people's mailboxes: what the mail server took. Nobody can change it there, and nobody can take it back.
// desk.ErrNotFound when it took nothing.
func (l *list) Read(ctx context.Context, p desk.Post) (publish.Live, error) {
	states, err := l.states(ctx, p.Key)
	if err != nil {
		return publish.Live{}, err
	}
	for _, state := range states {
		if state == desk.LineSent {
			return publish.Live{Receipt: publish.Receipt{NativeID: p.NativeID, At: p.Sent}, Title: p.Title, Text: p.Text, Media: len(p.Media)}, nil
		}
	}
	return publish.Live{}, desk.ErrNotFound
}

// Inspect signs in and asks the server whether it is there.
func (l *list) Inspect(ctx context.Context) (publish.About, error) {
	_, err := l.check(ctx)
	return publish.About{Account: l.from.Address}, err
}
