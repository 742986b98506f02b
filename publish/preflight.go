package publish

import (
	"context"
	"errors"
	"time"

	"breakwater/desk"
)

// preflight refuses what a check holds back when it goes out at due: for good, or until somebody gave a second opinion.
func (o *Outbox) preflight(ctx context.Context, s desk.Statement, aims []aim, due time.Time) error {
	if o.Check == nil {
		return nil
	}
	for _, a := range aims {
		for _, f := range o.Check(ctx, s, a.variant, a.channel, due) {
			switch {
			case f.Weight == desk.FindingBlock:
				return desk.Wrong("preflight", "{channel}: {finding}", "channel", a.channel.Name, "finding", f.Say)
			case f.Weight == desk.FindingSecond && !s.Seconded():
				return desk.Wrong("second", "{channel}: {finding} Ask for a second opinion on the statement first, or choose another time.", "channel", a.channel.Name, "finding", f.Say)
			}
		}
	}
	return nil
}

// mayGo is preflight for a post that is there already and gets another time. Words that its statement does not have any more are not
// looked over: they do not go out.
func (o *Outbox) mayGo(ctx context.Context, p desk.Post, due time.Time) error {
	if o.Check == nil {
		return nil
	}
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return err
	}
	s, err := o.Store.Statement(ctx, p.StatementID)
	if errors.Is(err, desk.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := o.Store.Channel(ctx, p.ChannelID)
	if err != nil {
		return err
	}
	v, known := s.Variant(p.VariantID)
	if !known || v.Hash() != p.Hash {
		return nil
	}
	return o.preflight(ctx, s, []aim{{variant: v, channel: c}}, due)
}
