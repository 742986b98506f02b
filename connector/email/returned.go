package email

import (
	"context"

	"github.com/emersion/go-imap/v2"

	"breakwater/connector"
	"breakwater/desk"
)

// ReturnBox is the settings of a mailbox that letters come back to, for kinds that send many.
func ReturnBox() []desk.Field {
	return []desk.Field{
		{Name: "imap_host", Label: "Mailbox of returned mail (IMAP)", Help: "Its server. Empty: returned mail is not read, only what the mail server refuses at once counts."},
		{Name: "imap_port", Label: "IMAP port", Kind: "number", Help: "Empty: 993 for TLS, 143 for STARTTLS or none."},
		{Name: "imap_security", Label: "IMAP encryption", Kind: "choice", Choices: []string{"tls", "starttls", "none"}, Default: "tls"},
		{Name: "imap_user", Label: "IMAP user name"},
		{Name: "imap_password", Label: "IMAP password", Kind: "secret"},
	}
}

// returnedBytes of a mail are read: its report comes before the copy of the letter, whose first lines name it.
const returnedBytes = 256 << 10

// Returned reads mails that came to a mailbox since cursor, oldest first, by the settings of ReturnBox. Nothing is changed in it. rest says
// that there are more. Errors carry a sentence for people.
func Returned(ctx context.Context, set desk.Settings, cursor string) (mails [][]byte, next string, rest bool, err error) {
	own := desk.Settings{}
	for _, name := range []string{"host", "port", "security", "user", "password"} {
		own[name] = set["imap_"+name]
	}
	s, err := newMailbox(own, connector.Env{})
	if err != nil {
		return nil, cursor, false, err
	}
	m := s.(*mailbox)
	ctx, cancel := context.WithTimeout(ctx, mailTime)
	defer cancel()
	c, box, err := m.open(ctx)
	if err != nil {
		return nil, cursor, false, err
	}
	defer func() { _ = c.Close() }() // it was only read
	from, first := after(cursor, box)
	if first {
		from = 0 // everything that is there may be of letters of ours
	}
	if from+1 >= box.UIDNext {
		return nil, mark(box.UIDValidity, from), false, nil
	}
	to := min(from+mailPage, box.UIDNext-1)
	var some imap.UIDSet
	some.AddRange(from+1, to)
	part := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: returnedBytes}}
	got, err := c.Fetch(some, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{part}}).Collect()
	if err != nil {
		return nil, cursor, false, m.later("The mail server {host} cannot be reached. We keep trying.", err)
	}
	for _, one := range got {
		mails = append(mails, one.FindBodySection(part))
	}
	return mails, mark(box.UIDValidity, to), to < box.UIDNext-1, nil
}
