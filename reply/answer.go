package reply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
)

// Answer is what somebody writes to one person.
type Answer struct {
	ChannelID int64 // 0: the first that can answer
	Lang      string
	Subject   string
	Text      string
	Facts     desk.IDs // of the ledger that it rests on
	Seen      int64    // the newest message that its writer saw; 0: whatever it is, as long as somebody waits for an answer
	Private   bool     // to them alone, where the network can
}

// Answer sends an answer to somebody, after a delay in which it can be undone, or asks for a signature where the policy wants one.
// *Busy while somebody else is writing to them; *Moved when the conversation went on since the writer looked: nobody is answered twice by
// accident. Both are decided in the transaction that puts the answer on its way. For responders.
func (q *Queue) Answer(ctx context.Context, id int64, a Answer) (desk.Conversation, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Conversation{}, err
	}
	c, err := q.Store.Conversation(ctx, id)
	if err != nil {
		return c, err
	}
	s, err := q.write(ctx, &c, a)
	if err != nil {
		return c, err
	}
	p, err := q.Store.ReplyPolicy(ctx, c.BrandID)
	if err != nil {
		return c, err
	}
	said, err := q.said(ctx, &c, &s)
	if err != nil {
		return c, err
	}
	who := desk.ActorOf(ctx)
	if p.NeedsSign(who.UserID, s.Level) && !who.MayIn(c.BrandID, s.Variants[0].ChannelID, desk.MayReply, desk.Lead) {
		return q.ask(ctx, s, said, a.Seen)
	}
	draft := s
	if err := s.ToReview(nil, s.Updated); err != nil {
		return c, err
	}
	if err := q.cite(ctx, &s); err != nil {
		return c, err
	}
	_, err = q.Answers.Answer(ctx, s, time.Now().UTC().Add(q.Delay), func(l desk.Sending, s *desk.Statement, p *desk.Post) (err error) {
		c, err = q.settle(ctx, l, s, p, said, a.Seen)
		return err
	})
	var wrong *desk.Invalid
	if errors.As(err, &wrong) && wrong.Field == "second" { // its subject needs a second opinion
		return q.ask(ctx, draft, said, a.Seen)
	}
	return c, err
}

// whispers are the kinds of channel that can say something to one person alone. The sandbox takes everything.
var whispers = []string{"mastodon", desk.Sandbox}

// write makes the statement of an answer.
func (q *Queue) write(ctx context.Context, c *desk.Conversation, a Answer) (s desk.Statement, err error) {
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
	level, err := q.level(ctx, c)
	if err != nil {
		return s, err
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
	all, err := q.Store.Messages(ctx, c.ID, desk.Paging{Limit: threadMost})
	if err != nil {
		return nil, "", err
	}
	i := slices.IndexFunc(all, func(m desk.Message) bool { return m.Kind == desk.MessageIn && m.Deleted.IsZero() })
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
func (q *Queue) said(ctx context.Context, c *desk.Conversation, s *desk.Statement) (desk.Message, error) {
	v := &s.Variants[0]
	near, _, err := q.nearest(ctx, c, v.Text)
	return desk.Message{ConversationID: c.ID, Kind: desk.MessageOut, Via: c.Via, At: s.Updated, Author: desk.Author{Handle: s.Author, Name: desk.ActorOf(ctx).Name},
		Title: v.Title, Text: v.Text, Lang: v.Lang, Visibility: s.Answers.Visibility, Alike: near}, err
}

// settle makes the conversation one that is being answered, unless somebody else does so or it went on since the writer looked.
func (q *Queue) settle(ctx context.Context, l desk.Sending, s *desk.Statement, p *desk.Post, said desk.Message, seen int64) (desk.Conversation, error) {
	c, err := l.Conversation(s.Answers.ConversationID)
	if err != nil {
		return c, err
	}
	signed := c.State == desk.ConversationSigning && c.StatementID == s.ID
	if !signed {
		if err := q.free(ctx, l, &c, seen); err != nil {
			return c, err
		}
	}
	post := int64(0)
	if p != nil {
		post, said.PostID = p.ID, p.ID
	}
	said.StatementID = s.ID
	if err := c.Begin(s.ID, post, p != nil); err != nil {
		return c, &Moved{c.Last}
	}
	if err := l.KeepMessage(&said); err != nil {
		return c, err
	}
	c.Last, c.Touched = said.ID, said.At
	if said.Alike >= Copy && !signed {
		c.Copied, c.Copy = c.Copied+1, true
	}
	if c.AssigneeID == 0 {
		a := desk.ActorOf(ctx)
		c.AssigneeID, c.Assignee = a.UserID, a.Name
	}
	if p != nil {
		c.Follow(p) // a hold may have taken it already
	}
	if err := l.DropDraft(c.ID, desk.ActorOf(ctx).Writer(), time.Now().UTC()); err != nil {
		return c, err
	}
	act := desk.ActOf(ctx, "conversation.answer", "")
	say := desk.Say("{name} answers somebody.", "name", act.Name)
	if p == nil {
		say = desk.Say("{name} wrote an answer. Somebody has to sign it.", "name", act.Name)
	}
	return c, l.KeepConversation(&c, act, desk.Out{Say: say})
}

// free answers *Busy or *Moved unless the acting person may answer now.
func (q *Queue) free(ctx context.Context, l desk.Sending, c *desk.Conversation, seen int64) error {
	d, err := l.Draft(c.ID)
	if err != nil {
		return err
	}
	if d.Owned(desk.ActorOf(ctx).Writer(), time.Now().UTC()) {
		return &Busy{d}
	}
	if c.Free() != nil || seen != 0 && seen != c.Last || seen == 0 && c.Since.IsZero() {
		return &Moved{c.Last}
	}
	return nil
}

// ask keeps an answer until a lead signed it.
func (q *Queue) ask(ctx context.Context, s desk.Statement, said desk.Message, seen int64) (c desk.Conversation, err error) {
	if err := s.ToReview([]desk.Signature{{Role: desk.SecondOpinion}}, s.Updated); err != nil {
		return c, err
	}
	if err := q.cite(ctx, &s); err != nil {
		return c, err
	}
	act := desk.ActOf(ctx, "statement.answer", "")
	err = q.Store.Sending(ctx, func(l desk.Sending) (err error) {
		one := s
		if err := l.KeepStatement(&one, act, desk.Out{Say: desk.Say("{name} wrote an answer. Somebody has to sign it.", "name", act.Name)}); err != nil {
			return err
		}
		c, err = q.settle(ctx, l, &one, nil, said, seen)
		return err
	})
	return c, err
}

// Sign lets an answer out that waits for a signature. hash is that of the words that the signer saw. For leads.
func (q *Queue) Sign(ctx context.Context, id int64, hash, pin string) (desk.Conversation, error) {
	c, s, err := q.signing(ctx, id)
	if err != nil {
		return c, err
	}
	if !s.Passed() { // signed already: only the way out was cut off
		if s, err = q.Words.Sign(ctx, s.ID, hash, pin); err != nil {
			return c, err
		}
	}
	if !s.Passed() {
		return c, nil
	}
	all, err := q.Store.Messages(ctx, id, desk.Paging{Limit: threadMost})
	if err != nil {
		return c, err
	}
	i := slices.IndexFunc(all, func(m desk.Message) bool { return m.StatementID == s.ID })
	if i < 0 {
		return c, desk.ErrConflict
	}
	_, err = q.Answers.Answer(ctx, s, time.Now().UTC().Add(q.Delay), func(l desk.Sending, s *desk.Statement, p *desk.Post) (err error) {
		c, err = q.settle(ctx, l, s, p, all[i], 0)
		return err
	})
	return c, err
}

// signing is a conversation whose answer waits for a signature, with its words. For leads.
func (q *Queue) signing(ctx context.Context, id int64) (c desk.Conversation, s desk.Statement, err error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return c, s, err
	}
	if c, err = q.Store.Conversation(ctx, id); err != nil {
		return c, s, err
	}
	if c.State != desk.ConversationSigning {
		return c, s, desk.ErrInvalidTransition
	}
	s, err = q.Store.Statement(ctx, c.StatementID)
	return c, s, err
}

// SendBack gives an answer that waits for a signature back to who wrote it, for a reason: its words are the draft again. For leads.
func (q *Queue) SendBack(ctx context.Context, id int64, hash, why, pin string) (desk.Conversation, error) {
	c, s, err := q.signing(ctx, id)
	if err != nil {
		return c, err
	}
	if s.State == desk.StatementReview {
		if _, err := q.Words.SendBack(ctx, s.ID, hash, why, pin); err != nil {
			return c, err
		}
	}
	act := desk.ActOf(ctx, "conversation.back", why)
	note := desk.Message{Kind: desk.MessageNote, At: act.At, Author: desk.Author{Handle: q.who(ctx), Name: act.Name}, Text: why}
	c, err = q.Store.Noted(ctx, id, note, act, func(c *desk.Conversation, out *desk.Out) error {
		if c.State != desk.ConversationSigning || c.StatementID != s.ID {
			return desk.ErrInvalidTransition
		}
		c.Back(desk.Say("Sent back: {why}", "why", why))
		out.Say = desk.Say("{name} sent an answer back.", "name", act.Name)
		return nil
	})
	if err != nil {
		return c, err
	}
	var author int64
	_, _ = fmt.Sscanf(s.Author, "user:%d", &author) // none: a program wrote it
	return c, q.keepOver(ctx, &c, author, c.Assignee, s.Variants[0].Text)
}

// Undo takes the answer back that is on its way; its words are the draft again. An error wrapping desk.ErrInvalidTransition says that it
// is too late. For responders.
func (q *Queue) Undo(ctx context.Context, id int64) (desk.Conversation, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Conversation{}, err
	}
	c, err := q.Store.Conversation(ctx, id)
	if err != nil {
		return c, err
	}
	if c.State != desk.ConversationSending || c.PostID == 0 {
		return c, desk.ErrInvalidTransition
	}
	p, err := q.Answers.Undo(ctx, c.PostID)
	if err != nil {
		return c, err
	}
	if c, err = q.Store.Conversation(ctx, id); err != nil {
		return c, err
	}
	a := desk.ActorOf(ctx)
	return c, q.keepOver(ctx, &c, a.Writer(), a.Name, p.Text)
}

// keepOver makes words the draft of somebody, unless somebody writes there already.
func (q *Queue) keepOver(ctx context.Context, c *desk.Conversation, userID int64, name, text string) error {
	now := time.Now().UTC()
	_, _, err := q.Store.KeepDraft(ctx, desk.Draft{ConversationID: c.ID, UserID: userID, Name: name, Text: text, At: now, Until: now}, false)
	if errors.Is(err, desk.ErrNotFound) {
		return nil
	}
	return err
}
