package reply

import (
	"context"
	"errors"
	"time"

	"breakwater/desk"
)

// whyNot is what people are told of an act that one conversation does not take; ok is false for other failures.
func whyNot(err error) (why desk.Text, ok bool) {
	var wrong *desk.Invalid
	switch {
	case errors.As(err, &wrong):
		return wrong.Reason, true
	case errors.Is(err, desk.ErrInvalidTransition):
		return desk.Say("An answer to them is on its way or waits for a signature."), true
	case errors.Is(err, desk.ErrNotFound):
		return desk.Say("It is not there any more."), true
	case errors.Is(err, desk.ErrForbidden):
		return desk.Say("You may not do this."), true
	}
	return why, false
}

// Bulk is one thing done to many conversations.
type Bulk struct {
	Do     string // assign, label, snooze, leave, done, reopen, claim
	UserID int64
	Label  string
	Until  time.Time
	Why    string
	Claim  int64
}

// bulkMost is how many conversations one act touches: as many as a page shows.
const bulkMost = 200

// Outcome is what became of one conversation of many.
type Outcome struct {
	ID      int64     `json:"id,string"`
	Problem desk.Text `json:"problem,omitzero"`
}

// Many does one thing to many conversations, each for itself, and says what became of each. Nobody is answered by it. For responders.
func (q *Queue) Many(ctx context.Context, ids []int64, b Bulk) ([]Outcome, error) {
	if len(ids) == 0 || len(ids) > bulkMost {
		return nil, desk.Wrong("ids", "Choose at most {n} conversations.", "n", bulkMost)
	}
	out := make([]Outcome, len(ids))
	for i, id := range ids {
		out[i].ID = id
		err := q.one(ctx, id, b)
		if err != nil {
			if why, known := whyNot(err); known {
				out[i].Problem = why
				continue
			}
			return out, err
		}
	}
	return out, nil
}

func (q *Queue) one(ctx context.Context, id int64, b Bulk) (err error) {
	switch b.Do {
	case "assign":
		_, err = q.Assign(ctx, id, b.UserID)
	case "label":
		_, err = q.Label(ctx, id, []string{b.Label}, nil)
	case "snooze":
		_, err = q.Snooze(ctx, id, b.Until)
	case "leave":
		_, err = q.Leave(ctx, id, b.Why)
	case "done":
		_, err = q.Done(ctx, id)
	case "reopen":
		_, err = q.Reopen(ctx, id)
	case "claim":
		_, err = q.Link(ctx, id, b.Claim, true)
	default:
		err = desk.Wrong("do", "Choose one of these.")
	}
	return err
}
