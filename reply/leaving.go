package reply

import (
	"context"
	"time"

	"breakwater/desk"
)

// Leaving is an answer of the acting person that is on its way and can be taken back until Until.
type Leaving struct {
	ConversationID int64
	Name           string // whom it is for
	Until          time.Time
}

// leavingMost is how many answers on their way are looked at: nobody sends more in the seconds in which they can be taken back.
const leavingMost = 20

// Leaving is the acting person's newest answer that can still be taken back; the zero value when there is none. For viewers.
func (q *Queue) Leaving(ctx context.Context, brandID int64) (l Leaving, err error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return l, err
	}
	all, err := q.Store.PostsLeaving(ctx, brandID, time.Now(), leavingMost)
	if err != nil {
		return l, err
	}
	for _, p := range all {
		s, err := q.Store.Statement(ctx, p.StatementID)
		if err != nil {
			return l, err
		}
		if s.Author != q.who(ctx) || s.Answers == nil {
			continue
		}
		c, err := q.Store.Conversation(ctx, s.Answers.ConversationID)
		if err != nil {
			return l, err
		}
		if c.State == desk.ConversationSending && c.PostID == p.ID {
			return Leaving{c.ID, firstOf(c.Person.Name, c.Person.Handle), p.Due}, nil
		}
	}
	return l, nil
}
