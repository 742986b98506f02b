package detect

import (
	"context"
	"fmt"
	"time"

	"breakwater/desk"
)

// Replay makes the verdicts of a monitor's buckets in [from, to) once more from what is stored: the state that was kept at or
// before from, and what each verdict says it heard. They are the verdicts that were made then, to the bit; one that differs was
// changed. The error wraps desk.ErrNotFound when no state was kept so far back.
func (e *Engine) Replay(ctx context.Context, monitorID int64, from, to time.Time) ([]desk.Verdict, error) {
	kept, err := e.store.Kept(ctx, monitorID, from, to)
	if err != nil {
		return nil, err
	}
	if len(kept) == 0 {
		return nil, fmt.Errorf("replay monitor %d from %s: %w", monitorID, from, desk.ErrNotFound)
	}
	recorded, err := e.store.Verdicts(ctx, monitorID, kept[0].At, to)
	if err != nil {
		return nil, err
	}
	heard := make(map[int64]taken, len(recorded))
	for _, v := range recorded {
		heard[v.At.Unix()] = taken{Heard: v.Heard, topics: v.Topics, deaf: v.Deaf}
	}
	var all []desk.Verdict
	for l := (*ledger)(nil); l == nil || l.at.Before(to); {
		if len(kept) > 0 && (l == nil || !l.at.Before(kept[0].At)) { // what was learned anew then counts from here on
			if l, err = readLedger(kept[0].State); err != nil {
				return nil, fmt.Errorf("replay monitor %d: %w", monitorID, err)
			}
			kept = kept[1:]
			continue
		}
		if j := l.step(monitorID, heard[l.at.Unix()]); j.worth() && !j.At.Before(from) && j.At.Before(to) {
			all = append(all, j.Verdict)
		}
	}
	return all, nil
}
