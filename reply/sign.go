package reply

import (
	"context"
	"fmt"
	"slices"
	"time"

	"breakwater/desk"
)

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
