package detect

import (
	"context"
	"fmt"
	"reflect"
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

// Replayed is what came of replaying a monitor's verdicts.
type Replayed struct {
	From     time.Time   `json:"from"`
	To       time.Time   `json:"to"`
	Verdicts int         `json:"verdicts"` // that were made in that time
	Same     int         `json:"same"`     // that came out the same, to the bit
	Differ   []time.Time `json:"differ"`   // the buckets of those that did not, at most a hundred
}

// mostDiffer bounds one answer.
const mostDiffer = 100

// CheckReplay replays the verdicts of a monitor in [from, to), without times those of the last day, and holds them against those
// that were made. It begins where the oldest kept state does.
func (e *Engine) CheckReplay(ctx context.Context, monitorID int64, from, to time.Time) (Replayed, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return Replayed{}, err
	}
	if to.IsZero() {
		to = time.Now().UTC()
	}
	if from.IsZero() {
		from = to.AddDate(0, 0, -1)
	}
	if kept, err := e.store.Kept(ctx, monitorID, from, to); err == nil && len(kept) > 0 && kept[0].At.After(from) {
		from = kept[0].At
	}
	r := Replayed{From: from.UTC(), To: to.UTC()}
	then, err := e.store.Verdicts(ctx, monitorID, from, to)
	if err != nil {
		return r, err
	}
	if r.Verdicts = len(then); r.Verdicts == 0 {
		return r, nil
	}
	again, err := e.Replay(ctx, monitorID, from, then[len(then)-1].At.Add(bucket))
	if err != nil {
		return r, err
	}
	made := make(map[int64]desk.Verdict, len(again))
	for _, v := range again {
		made[v.At.Unix()] = v
	}
	for _, v := range then {
		if reflect.DeepEqual(v, made[v.At.Unix()]) {
			r.Same++
		} else if len(r.Differ) < mostDiffer {
			r.Differ = append(r.Differ, v.At)
		}
	}
	return r, nil
}
