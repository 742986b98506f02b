package reply

import (
	"context"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
)

// Changed is an answer in the words of who signs it.
type Changed struct {
	Hash    string // of the words that they saw
	Text    string
	Despite []string // checks of the warnings that they saw and go past
	PIN     string
}

// SignChanged signs an answer that waits for a signature in other words. They are the signer's words from then on: the guard and the network's
// limits are asked again, and they go out as a lead's own answer would. Where a check wants a second opinion somebody else gives it, who wrote
// none of it; until then the answer goes on waiting. desk.ErrConflict when the words are others meanwhile, *Warned like Answer. For leads.
func (q *Queue) SignChanged(ctx context.Context, id int64, a Changed) (desk.Conversation, error) {
	c, s, err := q.signing(ctx, id)
	if err != nil {
		return c, err
	}
	c, level, err := q.joined(ctx, c)
	if err != nil {
		return c, err
	}
	w, err := q.reword(ctx, &c, &s, level, a.Text)
	if err != nil {
		return c, err
	}
	if w.Variants[0].Text == s.Variants[0].Text {
		return q.Sign(ctx, id, a.Hash, a.PIN)
	}
	who, err := q.Words.Signer(ctx, a.PIN)
	if err != nil {
		return c, err
	}
	to, err := q.guardChanged(ctx, &c, &s, &w.Variants[0], a.Despite)
	if err != nil {
		return c, err
	}
	said, err := q.asked(ctx, id, &s)
	if err != nil {
		return c, err
	}
	if err := s.SignChanged(who, a.Hash, w, to, time.Now().UTC()); err != nil {
		return c, err
	}
	if err := q.cite(ctx, &s); err != nil {
		return c, err
	}
	if said.Written == "" {
		said.Written = said.Text
	}
	said.Changer, said.Alike, said.Despite = who.Name, to.Alike, to.Despite
	return q.letChanged(ctx, c, s, said)
}

// reword is what an answer says with another text, at a level.
func (q *Queue) reword(ctx context.Context, c *desk.Conversation, s *desk.Statement, level desk.Level, text string) (desk.Words, error) {
	w := s.Words()
	if text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")); text == "" {
		return w, desk.Wrong("text", "Write an answer.")
	}
	ch, err := q.mouth(ctx, c, w.Variants[0].ChannelID)
	if err != nil {
		return w, err
	}
	if q.Address != nil {
		text = q.Address(ch.Kind, s.Answers.To, text)
	}
	w.Variants[0].Text, w.Level = text, max(w.Level, level)
	return w, nil
}

// guardChanged reads words as guard does. As whom they go out was their first writer's choice, and its warning theirs.
func (q *Queue) guardChanged(ctx context.Context, c *desk.Conversation, s *desk.Statement, v *desk.Variant, despite []string) (*desk.Answering, error) {
	heard, near, err := q.hear(ctx, c, v.Lang, v.Text)
	if err != nil {
		return nil, err
	}
	checks, err := past(heard, despite)
	if err != nil {
		return nil, err
	}
	to := *s.Answers
	if slices.Contains(to.Despite, CheckAccount) {
		checks = append([]string{CheckAccount}, checks...)
	}
	to.Writer, to.Alike, to.Despite = desk.ActorOf(ctx).Writer(), near, checks
	return &to, nil
}

// letChanged lets words out that their signer changed, or has somebody else sign them too.
func (q *Queue) letChanged(ctx context.Context, c desk.Conversation, s desk.Statement, said desk.Message) (desk.Conversation, error) {
	p, err := q.Store.ReplyPolicy(ctx, c.BrandID)
	if err != nil {
		return c, err
	}
	if signs(ctx, &p, &s) {
		return q.askOther(ctx, s, said)
	}
	_, err = q.Answers.Answer(ctx, s, time.Now().UTC().Add(q.Delay), func(l desk.Sending, s *desk.Statement, p *desk.Post) (err error) {
		c, err = q.settle(ctx, l, s, p, said, 0)
		return err
	})
	if seconds(err) {
		return q.askOther(ctx, s, said)
	}
	return c, err
}

// askOther keeps words that their signer changed until somebody else signed them too.
func (q *Queue) askOther(ctx context.Context, s desk.Statement, said desk.Message) (c desk.Conversation, err error) {
	if err := s.AskSecond(0, s.Updated); err != nil {
		return c, err
	}
	if err := q.another(ctx, &s); err != nil {
		return c, err
	}
	act := desk.ActOf(ctx, "statement.sign", "")
	err = q.Store.Sending(ctx, func(l desk.Sending) (err error) {
		one := s
		if err := l.KeepStatement(&one, act, desk.Out{Say: desk.Say("{name} changed an answer. Somebody else has to sign it.", "name", act.Name)}); err != nil {
			return err
		}
		c, err = q.settle(ctx, l, &one, nil, said, 0)
		return err
	})
	return c, err
}

// another answers an *desk.Invalid when nobody is left who could sign: that takes a lead of the brand who wrote none of it.
func (q *Queue) another(ctx context.Context, s *desk.Statement) error {
	all, err := q.Store.Users(ctx)
	if err != nil {
		return err
	}
	for _, u := range all {
		_, no := s.Seat(desk.Signer{ID: u.ID, Role: u.Role})
		if no == nil && !u.Disabled && u.As("").MayIn(s.BrandID, s.Variants[0].ChannelID, desk.MayApprove, desk.Lead) {
			return nil
		}
	}
	return desk.Wrong("text", "These words would need another lead who wrote none of them, and there is nobody. Sign them as they were, or send them back.")
}
