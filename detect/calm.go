package detect

import (
	"context"
	"time"

	"breakwater/desk"
)

const (
	// calmFor is the stretch that must lie within what is usual for an alert to end.
	calmFor = 30 * time.Minute
	// few mentions are calm, whatever is usual.
	few = 3
)

// Calm reports whether what monitors heard in the last half hour is within what is usual: no more mentions than the upper edge
// of the band, and not half as many negatives again as usual. What an alert began at lies far above: between the two it goes
// on, so that it does not flicker. Where nothing is known of what is usual, and where nothing can be read, it is calm.
func (e *Engine) Calm(ctx context.Context, monitors []int64) bool {
	to := time.Now().UTC().Truncate(time.Minute)
	for _, id := range monitors {
		a := desk.Ask{Monitors: []int64{id}, From: to.Add(-calmFor), To: to, Step: calmFor}
		points, err := e.store.Series(ctx, a)
		if err != nil {
			continue
		}
		var n, negative int
		for _, p := range points {
			n, negative = n+p.Count, negative+p.Negative
		}
		if n <= few {
			continue
		}
		band, err := e.Usual(ctx, a)
		if err != nil || len(band) == 0 {
			continue
		}
		if float64(n) > band[0].High {
			return false
		}
		if share, ok, err := e.UsualShare(ctx, a); err == nil && ok && float64(negative) > max(souredTimes*share, souredShare)*float64(n) && negative > few {
			return false
		}
	}
	return true
}
