package reply

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"breakwater/desk"
	"breakwater/internal/rounds"
)

// lookEvery is how often it is looked whether the time of a conversation that was put off has come.
const lookEvery = 10 * time.Second

// Run takes up what was put off when its time has come, carries what is handed over, has clocks follow levels and policies, and gives what
// somebody who left had to their heir, until ctx ends.
func (q *Queue) Run(ctx context.Context) error {
	var all errgroup.Group
	all.Go(func() error { return q.runWake(ctx) })
	all.Go(func() error { return q.runTickets(ctx) })
	all.Go(func() error { return q.runClocks(ctx) })
	all.Go(func() error { return q.runHandovers(ctx) })
	return all.Wait()
}

func (q *Queue) runWake(ctx context.Context) error {
	return rounds.Run(ctx, lookEvery, nil, q.wake, func(err error) { q.Log.Error("conversations that were put off could not be taken up", "error", err) })
}

// wake takes up those whose time has come, a page at a time. Whom somebody answered or put off anew meanwhile is left alone, and one that
// fails keeps none of the others asleep.
func (q *Queue) wake(ctx context.Context) (done int, err error) {
	const page = 100
	now := time.Now().UTC()
	f := desk.ConversationFilter{States: []string{desk.ConversationSnoozed}, Over: now, Limit: page}
	for {
		all, one := q.Store.Conversations(ctx, f)
		if one != nil {
			return done, errors.Join(err, one)
		}
		n, one := q.wakeThese(ctx, all, now)
		done, err = done+n, errors.Join(err, one)
		if len(all) < page {
			return done, err
		}
		last := all[page-1]
		f.After = desk.ConversationPlace{At: last.Touched, ID: last.ID}
	}
}

func (q *Queue) wakeThese(ctx context.Context, all []desk.Conversation, now time.Time) (done int, err error) {
	act := desk.ActOf(ctx, "conversation.reopen", "")
	clocks := map[int64]func(*desk.Conversation) bool{} // by brand
	for _, c := range all {
		clock := clocks[c.BrandID]
		if clock == nil {
			var one error
			if clock, one = q.clock(ctx, c.BrandID); one != nil {
				err = errors.Join(err, one)
				continue
			}
			clocks[c.BrandID] = clock
		}
		_, one := q.Store.ChangeConversation(ctx, c.ID, act, func(c *desk.Conversation, out *desk.Out) error {
			if out.Skip = c.State != desk.ConversationSnoozed || c.Until.After(now); out.Skip {
				return nil
			}
			out.Say = desk.Say("A conversation was taken up again.")
			if err := c.Reopen(now); err != nil {
				return err
			}
			clock(c)
			return nil
		})
		if one == nil {
			done++
		}
		err = errors.Join(err, one)
	}
	return done, err
}
