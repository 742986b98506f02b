package detect

import (
	"context"
	"slices"
	"time"

	"breakwater/desk"
)

// reached is when a far-reaching author began to speak; posts within the rule's window of each other are one time.
func (e *Engine) reached(ctx context.Context, monitorID int64, r desk.Rule, from, to time.Time) ([]time.Time, error) {
	f := desk.Filter{Monitors: []int64{monitorID}, From: from, To: to, MinReach: int(r.AtLeast), Limit: 200}
	var at []time.Time
	for range 10 { // two thousand such posts are enough to see that the rule is too low
		p, err := e.store.Mentions(ctx, f)
		if err != nil {
			return nil, err
		}
		for i := range p.Mentions {
			at = append(at, p.Mentions[i].Published)
		}
		if p.Next == 0 {
			break
		}
		f.Before = p.Next
	}
	slices.SortFunc(at, time.Time.Compare)
	over := time.Duration(r.Over) * time.Minute
	var times []time.Time
	for i, t := range at {
		if i == 0 || t.Sub(at[i-1]) > over {
			times = append(times, t)
		}
	}
	return times, nil
}
