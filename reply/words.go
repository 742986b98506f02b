package reply

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"breakwater/desk"
)

// whispers are the kinds of channel that can say something to one person alone. The sandbox takes everything.
var whispers = []string{"mastodon", desk.Sandbox}

// write makes the statement of an answer, at a level.
func (q *Queue) write(ctx context.Context, c *desk.Conversation, level desk.Level, a Answer) (s desk.Statement, err error) {
	text := strings.TrimSpace(strings.ReplaceAll(a.Text, "\r\n", "\n"))
	if text == "" {
		return s, desk.Wrong("text", "Write an answer.")
	}
	ch, err := q.mouth(ctx, c, a.ChannelID)
	if err != nil {
		return s, err
	}
	private := (a.Private || c.Private) && ch.Kind != "mailbox" // a mail is theirs alone anyhow
	if private && !slices.Contains(whispers, ch.Kind) {
		return s, desk.Wrong("private", "An answer on {network} is public: nothing can be said there to one person alone. Go on in private instead.", "network", desk.NetworkName(ch.Kind))
	}
	to, warning, err := q.whom(ctx, c, private)
	if err != nil {
		return s, err
	}
	if q.Address != nil {
		text = q.Address(ch.Kind, to.To, text)
	}
	subject := strings.TrimSpace(a.Subject)
	switch {
	case subject == "" && ch.Kind == "mailbox":
		subject = again(c.Subject)
	case subject == "" && ch.Kind == "mastodon": // what was folded behind a warning is answered behind it
		subject = warning
	}
	if to.Visibility == "direct" && slices.Contains(openNetworks, ch.Kind) {
		return s, desk.Wrong("private", "Programs cannot write to one person alone on this network. Ask them to go on by the private link, or by mail.")
	}
	act := desk.ActOf(ctx, "", "")
	lang := a.Lang
	if lang == "" || lang == "und" {
		lang = firstOf(known(c.Lang), ch.Lang, "en")
	}
	s = desk.Statement{BrandID: c.BrandID, IncidentID: c.IncidentID, DrillID: c.DrillID, Created: act.At, Author: q.who(ctx), Answers: to}
	if level == desk.Normal { // an incident that is over lends its words no right of way
		s.IncidentID = 0
	}
	w := desk.Words{Title: fmt.Sprintf("Answer %d", c.ID), Kind: "reply", Level: level,
		Variants: []desk.Variant{{ID: "v1", ChannelID: ch.ID, Lang: lang, Title: subject, Text: text, Facts: a.Facts}}}
	return s, s.Rewrite(w, s.Author, act.At)
}

// openNetworks are those on which everybody reads what is answered: Bluesky's private messages are in its own service alone, not in the
// protocol that programs speak to an account's server.
var openNetworks = []string{"bluesky"}

// who is the person behind the acting one, as signatures compare them.
func (q *Queue) who(ctx context.Context) string {
	a := desk.ActorOf(ctx)
	if a.UserID != 0 {
		return fmt.Sprint("user:", a.UserID)
	}
	return a.Who
}

func known(lang string) string {
	if lang == "und" {
		return ""
	}
	return lang
}

func firstOf(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

// again is the subject of an answer to a mail.
func again(subject string) string {
	if len(subject) >= 3 && strings.EqualFold(subject[:3], "re:") || subject == "" {
		return subject
	}
	return "Re: " + subject
}

// mouth is the channel that answers.
func (q *Queue) mouth(ctx context.Context, c *desk.Conversation, channelID int64) (desk.Channel, error) {
	all, err := q.mouths(ctx, c)
	if err != nil {
		return desk.Channel{}, err
	}
	i := 0
	if channelID != 0 {
		i = slices.IndexFunc(all, func(ch desk.Channel) bool { return ch.ID == channelID })
	}
	if i < 0 || len(all) == 0 {
		return desk.Channel{}, &desk.Invalid{Field: "channel", Reason: Missing(c)}
	}
	return all[i], nil
}

// whom says to whom an answer goes, and in which thread; title is that of what it answers.
func (q *Queue) whom(ctx context.Context, c *desk.Conversation, private bool) (a *desk.Answering, title string, err error) {
	all, err := q.Store.MessagesOf(ctx, c.ID, desk.MessageIn, desk.Paging{Limit: threadMost})
	if err != nil {
		return nil, "", err
	}
	i := slices.IndexFunc(all, func(m desk.Message) bool { return m.Deleted.IsZero() })
	if i < 0 {
		return nil, "", desk.Wrong("reply_to", "The post that this answers is not there any more.")
	}
	m := &all[i]
	a = &desk.Answering{ConversationID: c.ID, ReplyTo: m.NativeID, To: m.Author.Handle, Name: m.Author.Name, Visibility: m.Visibility}
	if private {
		a.Visibility = "direct"
	}
	if c.Via == desk.ViaMail || c.Via == desk.ViaForm {
		a.Thread = append(slices.Clone(m.Thread), m.NativeID)
		if m.Via == desk.ViaForm {
			a.ReplyTo, a.Thread = "", nil
		}
	}
	return a, m.Title, nil
}

// cite notes the facts that an answer rests on as they stand.
func (q *Queue) cite(ctx context.Context, s *desk.Statement) error {
	if s.IncidentID == 0 || len(s.Cites()) == 0 {
		return nil
	}
	facts, err := q.Store.Facts(ctx, s.IncidentID)
	if err == nil {
		s.Cite(facts)
	}
	return err
}

// said is the answer as its conversation shows it.
func said(ctx context.Context, c *desk.Conversation, s *desk.Statement) desk.Message {
	v, a := &s.Variants[0], s.Answers
	return desk.Message{ConversationID: c.ID, Kind: desk.MessageOut, Via: c.Via, At: s.Updated, Author: desk.Author{Handle: s.Author, Name: desk.ActorOf(ctx).Name},
		Title: v.Title, Text: v.Text, Lang: v.Lang, Visibility: a.Visibility, Alike: a.Alike, Despite: a.Despite}
}
