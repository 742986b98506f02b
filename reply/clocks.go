package reply

import (
	"context"
	"errors"
	"strconv"
	"time"

	"breakwater/desk"
	"breakwater/internal/rounds"
)

const (
	clocksEvery = 2 * time.Second
	clocksLease = 5 * time.Minute // of one brand; whoever takes it up after that does the same once more
	clocksAtOne = 200             // conversations in one transaction, so that answers get in between
)

// runClocks sets clocks anew until ctx ends.
func (q *Queue) runClocks(ctx context.Context) error {
	return rounds.Run(ctx, clocksEvery, nil, q.clocks, func(err error) { q.Log.Error("clocks of the inbox do not follow", "error", err) })
}

// clocks does what changes of levels and policies ask for.
func (q *Queue) clocks(ctx context.Context) (int, error) {
	jobs, err := q.Jobs.ClaimJobs(ctx, desk.ReclockKind, 8, clocksLease)
	if err != nil {
		return 0, err
	}
	var all []error
	for _, j := range jobs {
		brandID, err := strconv.ParseInt(j.Payload, 10, 64)
		if err != nil {
			all = append(all, err, q.Jobs.FailJob(ctx, j.ID, time.Time{}, "payload cannot be read"))
			continue
		}
		if err := q.Reclock(ctx, brandID); err != nil {
			if ctx.Err() == nil {
				all = append(all, err, q.Jobs.FailJob(ctx, j.ID, time.Now().Add(pause(j.Attempts)), err.Error()))
			}
			continue
		}
		all = append(all, q.Jobs.FinishJob(ctx, j.ID))
	}
	return len(jobs), errors.Join(all...)
}

// Reclock sets when answers are due to all who wait for a brand, as its policy says at the levels of now. Who wrote before a crisis began is
// part of it from then on.
func (q *Queue) Reclock(ctx context.Context, brandID int64) error {
	f := desk.ConversationFilter{BrandID: brandID, Waits: true, Longest: true, Limit: clocksAtOne}
	for {
		set, err := q.clock(ctx, brandID)
		if err != nil {
			return err
		}
		rows, err := q.Store.Conversations(ctx, f)
		if err != nil {
			return err
		}
		var late []int64
		for i := range rows {
			if c := rows[i]; set(&c) {
				late = append(late, c.ID)
			}
		}
		if err := q.reclock(ctx, brandID, late); err != nil || len(rows) < f.Limit {
			return err
		}
		last := &rows[len(rows)-1]
		f.After = desk.ConversationPlace{At: last.Since, ID: last.ID}
	}
}

// clock sets clocks as a brand's policy says at the levels of now, and reports whether that changed anything.
func (q *Queue) clock(ctx context.Context, brandID int64) (set func(*desk.Conversation) bool, err error) {
	p, err := q.Store.ReplyPolicy(ctx, brandID)
	if err != nil {
		return nil, err
	}
	rooms, err := q.Store.OpenIncidents(ctx, brandID)
	return clockOf(&p, rooms), err
}

func clockOf(p *desk.ReplyPolicy, rooms []desk.Incident) func(*desk.Conversation) bool {
	return func(c *desk.Conversation) bool {
		room := c.IncidentID
		return c.Reclock(p, c.Join(rooms)) || c.IncidentID != room
	}
}

// reclock sets the clocks of conversations in one transaction, as they, the policy and the levels are within it: of two that run at once the
// later has the last word, and knows the newer policy.
func (q *Queue) reclock(ctx context.Context, brandID int64, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	act := desk.ActOf(ctx, "conversation.clock", "")
	return q.Store.Sending(ctx, func(l desk.Sending) error {
		p, rooms, err := l.Clocks(brandID)
		if err != nil {
			return err
		}
		set := clockOf(&p, rooms)
		for _, id := range ids {
			c, err := l.Conversation(id)
			if errors.Is(err, desk.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			if !set(&c) {
				continue
			}
			if err := l.KeepConversation(&c, act, desk.Out{Say: desk.Say("The clock of a conversation follows the level.")}); err != nil {
				return err
			}
		}
		return nil
	})
}
