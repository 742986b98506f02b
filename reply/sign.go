package reply

import (
	"context"
	"fmt"
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

// Sign lets an answer out that waits for a signature. hash is that of the words that the signer saw: desk.ErrConflict when they are others
// meanwhile, whoever signed those. For leads.
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
	said, err := q.asked(ctx, id, &s)
	if err != nil {
		return c, err
	}
	_, err = q.Answers.Answer(ctx, s, time.Now().UTC().Add(q.Delay), func(l desk.Sending, s *desk.Statement, p *desk.Post) (err error) {
		if s.Hash() != hash {
			return desk.ErrConflict
		}
		c, err = q.settle(ctx, l, s, p, said, 0)
		return err
	})
	return c, err
}

// asked is the message of an answer that waits for a signature: the newest of ours, for nobody else answers meanwhile.
func (q *Queue) asked(ctx context.Context, id int64, s *desk.Statement) (m desk.Message, err error) {
	ours, err := q.Store.MessagesOf(ctx, id, desk.MessageOut, desk.Paging{Limit: 1})
	if err == nil && (len(ours) == 0 || ours[0].StatementID != s.ID) {
		err = desk.ErrConflict
	}
	if err != nil {
		return m, err
	}
	return ours[0], nil
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
	said, err := q.asked(ctx, id, &s)
	if err != nil {
		return c, err
	}
	act := desk.ActOf(ctx, "conversation.back", why)
	note := desk.Message{ConversationID: id, Kind: desk.MessageNote, At: act.At, Author: desk.Author{Handle: q.who(ctx), Name: act.Name}, Text: why}
	err = q.Store.Sending(ctx, func(l desk.Sending) (err error) {
		if c, err = l.Conversation(id); err != nil {
			return err
		}
		if c.State != desk.ConversationSigning || c.StatementID != s.ID {
			return desk.ErrInvalidTransition
		}
		c.Back(desk.Say("Sent back: {why}", "why", why))
		kept := note
		if err := l.KeepMessage(&kept); err != nil {
			return err
		}
		if _, err := l.KeepDraft(draftOf(&c, author(s.Author), said.Author.Name, s.Variants[0].Text)); err != nil {
			return err // who writes there already goes on: the note says why, and the thread has the words
		}
		return l.KeepConversation(&c, act, desk.Out{Say: desk.Say("{name} sent an answer back.", "name", act.Name)})
	})
	return c, err
}

// author is who began a statement, as drafts name them.
func author(who string) int64 {
	var user int64
	if _, err := fmt.Sscanf(who, "user:%d", &user); err == nil {
		return user
	}
	return desk.Actor{Who: who}.Writer()
}
