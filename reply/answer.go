package reply

import (
	"context"
	"errors"
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
	Seen      int64    // desk.Conversation.Seen as its writer saw it; 0: whatever it is, as long as somebody waits for an answer
	Private   bool     // to them alone, where the network can
	Despite   []string // checks of the warnings that its writer saw and goes past
}

// Answer sends an answer to somebody, after a delay in which it can be undone, or asks for a signature where the policy wants one.
// *Busy while somebody else is writing to them; *Moved when the conversation went on since the writer looked: nobody is answered twice by
// accident. Both are decided in the transaction that puts the answer on its way. *Warned when the guard warns of what its writer did not see
// yet; whoever saw it decides. For responders.
func (q *Queue) Answer(ctx context.Context, id int64, a Answer) (desk.Conversation, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Conversation{}, err
	}
	c, err := q.Store.Conversation(ctx, id)
	if err != nil {
		return c, err
	}
	c, level, err := q.joined(ctx, c)
	if err != nil {
		return c, err
	}
	s, err := q.write(ctx, &c, level, a)
	if err != nil {
		return c, err
	}
	if err := moved(&c, a.Seen); err != nil { // said before what is wrong with the words; decided below
		return c, err
	}
	if err := q.guard(ctx, &c, &s, a.Despite); err != nil {
		return c, err
	}
	p, err := q.Store.ReplyPolicy(ctx, c.BrandID)
	if err != nil {
		return c, err
	}
	said := said(ctx, &c, &s)
	if signs(ctx, &p, &s) {
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
	if seconds(err) {
		return q.ask(ctx, draft, said, a.Seen)
	}
	return c, err
}

// signs reports whether the policy has a lead sign what the acting person wrote. What leads write themselves they answer for.
func signs(ctx context.Context, p *desk.ReplyPolicy, s *desk.Statement) bool {
	who := desk.ActorOf(ctx)
	return p.NeedsSign(who.UserID, s.Level) && !who.MayIn(s.BrandID, s.Variants[0].ChannelID, desk.MayReply, desk.Lead)
}

// seconds reports whether words did not go out because their subject needs a second opinion.
func seconds(err error) bool {
	var wrong *desk.Invalid
	return errors.As(err, &wrong) && wrong.Field == "second"
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
	v := &s.Variants[0]
	said.StatementID, said.Title, said.Text, said.Lang = s.ID, v.Title, v.Text, v.Lang // as it goes out
	if err := c.Begin(s.ID, post, p != nil); err != nil {
		return c, &Moved{c.Seen()}
	}
	if err := l.KeepMessage(&said); err != nil {
		return c, err
	}
	c.Say(&said)
	c.CountCopy(said.Alike)
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
	say := settled(act.Name, p != nil, signed, signed && s.Wrote == q.who(ctx), PastWarnings(said.Despite))
	return c, l.KeepConversation(&c, act, desk.Out{Say: say})
}

// settled is what the journal says of an answer that went on its way, or has to be signed. It says nothing of the words, which may have names
// in them: those are the statement's versions.
func settled(name string, out, signed, changed bool, past desk.Text) desk.Text {
	switch {
	case changed && out && past.IsZero():
		return desk.Say("{name} changed an answer and signed it.", "name", name)
	case changed && out:
		return desk.Say("{name} changed an answer and signed it although the guard warned: {warnings}.", "name", name, "warnings", past)
	case changed && past.IsZero():
		return desk.Say("{name} changed an answer. Somebody else has to sign it.", "name", name)
	case changed:
		return desk.Say("{name} changed an answer although the guard warned: {warnings}. Somebody else has to sign it.", "name", name, "warnings", past)
	case !out && past.IsZero():
		return desk.Say("{name} wrote an answer. Somebody has to sign it.", "name", name)
	case !out:
		return desk.Say("{name} wrote an answer although the guard warned: {warnings}. Somebody has to sign it.", "name", name, "warnings", past)
	case !past.IsZero() && !signed:
		return desk.Say("{name} answers somebody although the guard warned: {warnings}.", "name", name, "warnings", past)
	}
	return desk.Say("{name} answers somebody.", "name", name)
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
	return moved(c, seen)
}

// moved answers *Moved when somebody answered, or wrote or changed what they had written since the writer looked.
func moved(c *desk.Conversation, seen int64) error {
	if c.Free() != nil || seen != 0 && seen != c.Seen() || seen == 0 && c.Since.IsZero() {
		return &Moved{c.Seen()}
	}
	return nil
}
