package reply

import (
	"context"
	"slices"

	"breakwater/desk"
)

// historyMost is how many other conversations with somebody are shown.
const historyMost = 20

// History is what else passed between us and the person of a conversation, newest first. For viewers.
func (q *Queue) History(ctx context.Context, id int64) ([]Talk, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	c, err := q.Store.Conversation(ctx, id)
	if err != nil || c.Person.NativeID == "" {
		return nil, err
	}
	rows, err := q.List(ctx, desk.ConversationFilter{BrandID: c.BrandID, Network: c.Network, Person: c.Person.NativeID, Limit: historyMost + 1})
	return slices.DeleteFunc(rows, func(r Talk) bool { return r.ID == id }), err
}
