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
	all, err := q.Store.Conversations(ctx, desk.ConversationFilter{BrandID: brandID, States: []string{desk.ConversationSending}, Limit: leavingMost})
	if err != nil || len(all) == 0 {
		return l, err
	}
	now := time.Now()
	for _, c := range all {
		posts, err := q.Store.PostsTo(ctx, c.ID)
		if err != nil {
			return l, err
		}
		for _, p := range posts {
			if p.ID != c.PostID || p.State != desk.PostWaiting || !p.Due.After(now) || p.Due.Before(l.Until) {
				continue
			}
			mine, err := q.wrote(ctx, &c)
			if err != nil {
				return l, err
			}
			if mine {
				l = Leaving{c.ID, firstOf(c.Person.Name, c.Person.Handle), p.Due}
			}
		}
	}
	return l, nil
}

// wrote reports whether the answer that is on its way in a conversation is the acting person's.
func (q *Queue) wrote(ctx context.Context, c *desk.Conversation) (bool, error) {
	s, err := q.Store.Statement(ctx, c.StatementID)
	return err == nil && s.Author == q.who(ctx), err
}
