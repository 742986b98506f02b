package publish

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"breakwater/desk"
)

// Answer puts an answer to one person on its way, at due: its statement, its post and what settle does to its conversation are written in
// one transaction, or nothing is. The statement has one variant, for one channel; one that is stored already with other words, because its
// signer changed them, is stored with these. settle may refuse: somebody else answered meanwhile. For
// responders; *desk.Invalid for what a check or a hold keeps back.
func (o *Outbox) Answer(ctx context.Context, s desk.Statement, due time.Time, settle func(l desk.Sending, s *desk.Statement, p *desk.Post) error) (desk.Post, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Post{}, err
	}
	a, err := o.aimOf(ctx, &s)
	if err != nil {
		return desk.Post{}, err
	}
	if err := o.preflight(ctx, s, []aim{a}, due); err != nil {
		return desk.Post{}, err
	}
	var p desk.Post
	err = o.Store.Sending(ctx, func(l desk.Sending) (err error) {
		one := s
		p, err = o.answerIn(ctx, l, &one, &a, due, settle)
		return err
	})
	o.nudge()
	return p, err
}

// aimOf is the one variant of an answer with its channel.
func (o *Outbox) aimOf(ctx context.Context, s *desk.Statement) (aim, error) {
	if s.Answers == nil || len(s.Variants) != 1 || s.Variants[0].ChannelID == 0 {
		return aim{}, desk.Wrong("channel", "Choose the account that answers.")
	}
	v := s.Variants[0]
	c, err := o.Store.Channel(ctx, v.ChannelID)
	if err != nil {
		return aim{}, err
	}
	return aim{variant: v, channel: c}, desk.Permit(ctx, s.BrandID, c.ID)
}

func (o *Outbox) answerIn(ctx context.Context, l desk.Sending, s *desk.Statement, a *aim, due time.Time, settle func(desk.Sending, *desk.Statement, *desk.Post) error) (p desk.Post, err error) {
	holds, err := l.LiveHolds()
	if err != nil {
		return p, err
	}
	crisis, err := crisisOf(l, s)
	if err != nil {
		return p, err
	}
	if crisis != nil && s.Outgrown(crisis) {
		return p, desk.ErrConflict // the level rose while it was written: asked again it is written for the new one
	}
	out := desk.Out{Say: desk.Say("{name} answers somebody.", "name", desk.ActorOf(ctx).Name)}
	if err := keepAnswer(ctx, l, s, out); err != nil {
		return p, err
	}
	if !s.Passed() {
		return p, desk.Wrong("statement", "This statement is not approved as it stands.")
	}
	v := &s.Variants[0]
	p = desk.Post{
		BrandID: s.BrandID, ChannelID: a.channel.ID, StatementID: s.ID, VariantID: v.ID, DrillID: s.DrillID,
		Key: strings.ToLower(rand.Text()), Lang: v.Lang, Title: v.Title, Text: v.Text, Media: v.Media, Hash: v.Hash(),
		Due: due, State: desk.PostWaiting, Next: due, Answer: s.Answers, ReplyTo: s.Answers.ReplyTo, By: desk.ActorOf(ctx).Name, ByID: desk.ActorOf(ctx).UserID,
	}
	if err := through(holds, &p, speaks(crisis, s)); err != nil {
		return p, err
	}
	if err := l.KeepPost(&p, desk.ActOf(ctx, "post.answer", ""), out); err != nil {
		return p, err
	}
	return p, settle(l, s, &p)
}

// keepAnswer stores the words of an answer, unless they are stored as they are.
func keepAnswer(ctx context.Context, l desk.Sending, s *desk.Statement, out desk.Out) error {
	act := desk.ActOf(ctx, "statement.answer", "")
	if s.ID != 0 {
		was, err := l.Statement(s.ID)
		if err != nil {
			return err
		}
		if was.Hash() == s.Hash() {
			*s = was
			return nil
		}
		act.Do, out.Say = "statement.sign", desk.Say("{name} changed an answer and signed it.", "name", act.Name)
	}
	return l.KeepStatement(s, act, out)
}

// Undo takes an answer back that has not begun to go out; settle does the rest in the same transaction. For responders. An error wrapping
// desk.ErrInvalidTransition says that it is too late.
func (o *Outbox) Undo(ctx context.Context, id int64, settle func(l desk.Sending, p *desk.Post) error) (desk.Post, error) {
	return o.changePost(ctx, id, desk.Responder, func(l desk.Sending, p *desk.Post) error {
		if p.Answer == nil || p.State != desk.PostWaiting && p.State != desk.PostHeld {
			return desk.ErrInvalidTransition
		}
		if err := desk.Permit(ctx, p.BrandID, p.ChannelID); err != nil {
			return err
		}
		act := desk.ActOf(ctx, "post.undo", "")
		if err := p.Drop(desk.Text{}); err != nil {
			return err
		}
		if err := l.KeepPost(p, act, desk.Out{Say: desk.Say("{name} took an answer back before it went out.", "name", act.Name)}); err != nil {
			return err
		}
		return settle(l, p)
	})
}
