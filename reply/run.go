package reply

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"breakwater/desk"
	"breakwater/internal/rounds"
)

// lookEvery is how often it is looked whether the time of a conversation that was put off has come.
const lookEvery = 10 * time.Second

// Run takes up what was put off when its time has come, and carries what is handed over, until ctx ends.
func (q *Queue) Run(ctx context.Context) error {
	var both errgroup.Group
	both.Go(func() error { return q.runWake(ctx) })
	both.Go(func() error { return q.runTickets(ctx) })
	return both.Wait()
}

func (q *Queue) runWake(ctx context.Context) error {
	return rounds.Run(ctx, lookEvery, nil, q.wake, func(err error) { q.Log.Error("conversations that were put off could not be taken up", "error", err) })
}

// wake takes up those whose time has come, a page at a time.
func (q *Queue) wake(ctx context.Context) (done int, err error) {
	all, err := q.Store.Conversations(ctx, desk.ConversationFilter{States: []string{desk.ConversationSnoozed}, Over: time.Now().UTC(), Limit: 100})
	if err != nil {
		return 0, err
	}
	for _, c := range all {
		if _, err := q.Reopen(ctx, c.ID); err != nil {
			return done, err
		}
		done++
	}
	return done, nil
}
