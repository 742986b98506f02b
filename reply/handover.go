package reply

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"breakwater/desk"
	"breakwater/internal/rounds"
)

const (
	handoverEvery = 2 * time.Second
	handoverLease = 5 * time.Minute // whoever takes it up after that goes on with what is left
)

// runHandovers gives what somebody who left had very much of to their heir, until ctx ends.
func (q *Queue) runHandovers(ctx context.Context) error {
	return rounds.Run(ctx, handoverEvery, nil, q.handovers, func(err error) {
		q.Log.Error("conversations of somebody who left are not handed over", "error", err)
	})
}

func (q *Queue) handovers(ctx context.Context) (int, error) {
	jobs, err := q.Jobs.ClaimJobs(ctx, desk.ExchangeHandoverKind, 8, handoverLease)
	if err != nil {
		return 0, err
	}
	var all []error
	for _, j := range jobs {
		var h desk.ExchangeHandover
		if err := json.Unmarshal([]byte(j.Payload), &h); err != nil {
			all = append(all, err, q.Jobs.FailJob(ctx, j.ID, time.Time{}, "payload cannot be read"))
			continue
		}
		if err := q.handOver(ctx, h); err != nil {
			if ctx.Err() == nil {
				all = append(all, err, q.Jobs.FailJob(ctx, j.ID, time.Now().Add(pause(j.Attempts)), err.Error()))
			}
			continue
		}
		all = append(all, q.Jobs.FinishJob(ctx, j.ID))
	}
	return len(jobs), errors.Join(all...)
}

// handOver goes on until nothing is left; in between people write and answer.
func (q *Queue) handOver(ctx context.Context, h desk.ExchangeHandover) error {
	for {
		more, err := q.Store.HandOverTalks(ctx, h, desk.ActOf(ctx, "conversation.handover", ""))
		if err != nil || !more {
			return err
		}
	}
}
