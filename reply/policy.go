package reply

import (
	"context"
	"fmt"

	"breakwater/desk"
)

// Policy is how a brand answers people. For viewers.
func (q *Queue) Policy(ctx context.Context, brandID int64) (desk.ReplyPolicy, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.ReplyPolicy{}, err
	}
	return q.Store.ReplyPolicy(ctx, brandID)
}

// SavePolicy changes how a brand answers people. A version other than the stored one is desk.ErrConflict. For leads.
func (q *Queue) SavePolicy(ctx context.Context, p desk.ReplyPolicy) (desk.ReplyPolicy, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return p, err
	}
	was, err := q.Store.ReplyPolicy(ctx, p.BrandID)
	if err != nil {
		return p, err
	}
	if err := p.Check(); err != nil {
		return p, err
	}
	act := desk.ActOf(ctx, "reply-policy.save", "")
	saved, err := q.Store.ChangeReplyPolicy(ctx, was.ID, act, func(now *desk.ReplyPolicy, out *desk.Out) error {
		if now.Version != p.Version {
			return desk.ErrConflict
		}
		id, version := now.ID, now.Version
		*now = p
		now.ID, now.Version = id, version
		out.Jobs = []desk.Job{desk.ReclockJob(p.BrandID, fmt.Sprintf("policy:%d/%d", p.BrandID, version))}
		out.Say = desk.Say("{name} changed how people are answered.", "name", act.Name)
		return nil
	})
	if err == nil && q.Changed != nil {
		q.Changed()
	}
	return saved, err
}
