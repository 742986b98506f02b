package staff

import (
	"context"
	"slices"

	"breakwater/desk"
)

// Rumours gives a piece of what our own people asked, newest first; incidentID, briefingID and open restrict it. For responders.
func (b *Briefings) Rumours(ctx context.Context, brandID, incidentID, briefingID int64, open bool, p desk.Paging) ([]desk.Rumour, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return nil, err
	}
	return b.store.Rumours(ctx, brandID, incidentID, briefingID, open, p)
}

// Rumour is one of them. desk.ErrNotFound. For responders.
func (b *Briefings) Rumour(ctx context.Context, id int64) (desk.Rumour, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Rumour{}, err
	}
	return b.store.Rumour(ctx, id)
}

// Answer answers a rumour for all who read the briefing, or (Private) for who asked alone. Of in count Answer, Shown, ClaimID, FactID,
// Private and Version. A claim and a fact are of the same incident, the fact confirmed. *desk.Invalid. For leads.
func (b *Briefings) Answer(ctx context.Context, in desk.Rumour) (desk.Rumour, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Rumour{}, err
	}
	act := desk.ActOf(ctx, "rumour.answer", "")
	return b.store.ChangeRumour(ctx, in.ID, act, func(now *desk.Rumour, out *desk.Out) error {
		if in.Version != 0 && in.Version != now.Version {
			return desk.ErrConflict
		}
		if err := b.cites(ctx, now.IncidentID, in.ClaimID, in.FactID); err != nil {
			return err
		}
		now.Answer, now.Shown, now.ClaimID, now.FactID, now.Private = in.Answer, in.Shown, in.ClaimID, in.FactID, in.Private
		now.AnsweredBy, now.AnsweredAt = act.Name, act.At
		if err := now.Check(); err != nil {
			return err
		}
		if now.Answer == "" {
			return desk.Wrong("answer", "Write an answer, also when it is that we do not know yet.")
		}
		out.IncidentID, out.Say = now.IncidentID, desk.Say("{name} answered our own people: {text}", "name", act.Name, "text", now.Question())
		return nil
	})
}

func (b *Briefings) cites(ctx context.Context, incidentID, claimID, factID int64) error {
	if claimID != 0 {
		claims, err := b.store.Claims(ctx, incidentID)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(claims, func(c desk.Claim) bool { return c.ID == claimID }) {
			return desk.Wrong("claim", "Choose a claim of this incident.")
		}
	}
	if factID == 0 {
		return nil
	}
	facts, err := b.store.Facts(ctx, incidentID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(facts, func(f desk.Fact) bool { return f.ID == factID && f.State == desk.FactConfirmed }) {
		return desk.Wrong("fact", "Choose a confirmed fact of this incident.")
	}
	return nil
}
