package reply

import (
	"context"
	"time"

	"breakwater/desk"
)

// Undo takes the answer back that is on its way; its words are the draft again, unless somebody else writes there by now: then the
// conversation's Problem says so, and the thread has them. An error wrapping desk.ErrInvalidTransition says that it is too late. For
// responders.
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
	a := desk.ActorOf(ctx)
	_, err = q.Answers.Undo(ctx, c.PostID, func(l desk.Sending, p *desk.Post) (err error) {
		if c, err = l.Conversation(id); err != nil {
			return err
		}
		kept, err := l.KeepDraft(draftOf(&c, a.Writer(), a.Name, p.Text))
		if err != nil || kept {
			return err
		}
		c.Problem = desk.Say("Somebody else writes to them by now. The words that were taken back are in the conversation.")
		act := desk.ActOf(ctx, "conversation.undo", "")
		return l.KeepConversation(&c, act, desk.Out{Say: c.Problem})
	})
	return c, err
}

// draftOf makes words a draft that anybody may take up.
func draftOf(c *desk.Conversation, writer int64, name, text string) desk.Draft {
	now := time.Now().UTC()
	return desk.Draft{ConversationID: c.ID, UserID: writer, Name: name, Text: text, At: now, Until: now}
}
