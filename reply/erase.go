package reply

import (
	"context"

	"breakwater/desk"
)

// Erase removes all that somebody wrote to a brand alone, at their wish, and says how many conversations it was: with them go our notes and
// drafts, and to whom our answers went. The journal names nobody. *desk.Invalid for what is public, and while an answer is on its way. For
// leads.
func (q *Queue) Erase(ctx context.Context, id int64) (n int, err error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return 0, err
	}
	act := desk.ActOf(ctx, "conversation.erase", "")
	return q.Store.EraseTalks(ctx, id, act, erasable, func(n int) desk.Out {
		return desk.Out{Say: desk.Say("{name} erased somebody who had written to us alone. Conversations: {n}", "name", act.Name, "n", n)}
	})
}

func erasable(c *desk.Conversation) error {
	switch {
	case !c.Private:
		return desk.Wrong("erase", "Only what somebody wrote to us alone is erased here. What is public goes when it is deleted at its network, or with its age.")
	case c.Free() != nil:
		return desk.Wrong("erase", "An answer to them is on its way or waits for a signature. Undo it or send it back first.")
	}
	return nil
}
