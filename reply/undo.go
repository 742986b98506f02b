package reply

import (
	"context"
	"errors"
	"time"

	"breakwater/desk"
)

// Undo takes the answer back that is on its way; its words are the draft again. An error wrapping desk.ErrInvalidTransition says that it
// is too late. For responders.
func (q *Queue) Undo(ctx context.Context, id int64) (desk.Conversation, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Conversation{}, err
	}
	c, err := q.Store.Conversation(ctx, id)
	if err != nil {
		return c, err
	}
	if c.State != desk.ConversationSending || c.PostID == 0 {
		return c, desk.ErrInvalidTransition
	}
	p, err := q.Answers.Undo(ctx, c.PostID)
	if err != nil {
		return c, err
	}
	if c, err = q.Store.Conversation(ctx, id); err != nil {
		return c, err
	}
	a := desk.ActorOf(ctx)
	return c, q.keepOver(ctx, &c, a.Writer(), a.Name, p.Text)
}

// keepOver makes words the draft of somebody, unless somebody writes there already.
func (q *Queue) keepOver(ctx context.Context, c *desk.Conversation, userID int64, name, text string) error {
	now := time.Now().UTC()
	_, _, err := q.Store.KeepDraft(ctx, desk.Draft{ConversationID: c.ID, UserID: userID, Name: name, Text: text, At: now, Until: now}, false)
	if errors.Is(err, desk.ErrNotFound) {
		return nil
	}
	return err
}
