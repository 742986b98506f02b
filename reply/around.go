package reply

import (
	"context"
	"slices"

	"breakwater/desk"
)

// Labels are those that a brand's conversations have. For viewers.
func (q *Queue) Labels(ctx context.Context, brandID int64) ([]string, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return q.Store.Labels(ctx, brandID)
}

// People are those who may answer for a brand; 0 is any. For responders.
func (q *Queue) People(ctx context.Context, brandID int64) ([]desk.User, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return nil, err
	}
	all, err := q.Store.Users(ctx)
	return slices.DeleteFunc(all, func(u desk.User) bool { return !u.MayAnswer(brandID) }), err
}

// Claims are those of the conversation's crisis. For viewers.
func (q *Queue) Claims(ctx context.Context, c *desk.Conversation) ([]desk.Claim, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil || c.IncidentID == 0 {
		return nil, err
	}
	return q.Store.Claims(ctx, c.IncidentID)
}

// Name is how people call who a conversation is with. desk.ErrNotFound. For viewers.
func (q *Queue) Name(ctx context.Context, id int64) (string, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return "", err
	}
	c, err := q.Store.Conversation(ctx, id)
	return firstOf(c.Person.Name, c.Person.Handle), err
}
