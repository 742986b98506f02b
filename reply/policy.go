package reply

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	for _, r := range p.Rules {
		if err := q.mayGet(ctx, r.UserID, &was); err != nil {
			return p, err
		}
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

// mayGet answers an *Invalid for somebody whom a rule may not give work to, unless one does already: who could answer once keeps nobody from
// changing the rest.
func (q *Queue) mayGet(ctx context.Context, userID int64, was *desk.ReplyPolicy) error {
	if userID == 0 || slices.ContainsFunc(was.Rules, func(r desk.ReplyRule) bool { return r.UserID == userID }) {
		return nil
	}
	u, err := q.Store.User(ctx, userID)
	if errors.Is(err, desk.ErrNotFound) || err == nil && !u.MayAnswer(was.BrandID) {
		return desk.Wrong("rules", "Choose somebody who may answer.")
	}
	return err
}
