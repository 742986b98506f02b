package detect

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/singleflight"

	"breakwater/desk"
)

const (
	// mostDays is how far the time machine goes back.
	mostDays = 366
	// warmUp is how long before its first day it begins to learn, where there is a past.
	warmUp = learnDays
	// runs are kept for keepRuns so that a setting can be moved and looked at again within milliseconds; mostRuns at a time, some 5 MB
	// each for a year.
	keepRuns = 10 * time.Minute
	mostRuns = 12
	// readAtOnce is in how many pieces a long past is read.
	readAtOnce = 4
)

// run is a monitor's past as the detectors saw it: every bucket's counts and scores, whatever the settings. What a setting would
// have told is read from it.
type run struct {
	at      time.Time // when it was made
	from    time.Time // of the first bucket
	skip    int       // buckets before the days that were asked for: they taught
	buckets []scored
	heard   int // days of those asked for on which anything came
}

// scored is one bucket of a run.
type scored struct {
	count, negative    float32
	volume, bar        float32
	observed, expected float32 // of volume
	mood               float32
	angry, calm        float32 // negatives observed and expected, of mood
	usual              float32 // share of negatives, 0 … 1
	known              bool
}

// machine keeps runs.
type machine struct {
	once singleflight.Group
	mu   sync.Mutex // guards runs
	runs map[string]*run
}

// run gives a monitor's past of some days until now, from what was kept or made now.
func (e *Engine) run(ctx context.Context, monitorID int64, days int, now time.Time) (*run, error) {
	key := fmt.Sprint(monitorID, "/", days)
	e.machine.mu.Lock()
	kept := e.machine.runs[key]
	e.machine.mu.Unlock()
	if kept != nil && now.Sub(kept.at) < keepRuns {
		return kept, nil
	}
	v, err, _ := e.machine.once.Do(key, func() (any, error) {
		r, err := e.rerun(context.WithoutCancel(ctx), monitorID, days, now)
		if err != nil {
			return nil, err
		}
		e.machine.keep(key, r, now)
		return r, nil
	})
	if err != nil {
		return nil, err
	}
	return v.(*run), nil
}

func (m *machine) keep(key string, r *run, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.runs == nil {
		m.runs = make(map[string]*run)
	}
	for k, old := range m.runs {
		if now.Sub(old.at) >= keepRuns || len(m.runs) >= mostRuns {
			delete(m.runs, k)
		}
	}
	m.runs[key] = r
}

// rerun reads the past and steps the detectors over it, as a new ledger learns: by the time of publication.
func (e *Engine) rerun(ctx context.Context, monitorID int64, days int, now time.Time) (*run, error) {
	to := closed(now)
	r := &run{at: now, from: to.AddDate(0, 0, -days-warmUp), skip: warmUp * int(24*time.Hour/bucket)}
	all, err := e.readPast(ctx, monitorID, r.from, to)
	if err != nil {
		return nil, fmt.Errorf("run monitor %d over its past: %w", monitorID, err)
	}
	l := newLedger(r.from)
	r.buckets = make([]scored, len(all))
	day := int64(-1)
	for i, t := range all {
		if d := l.at.Unix() / 86400; t.Count > 0 && i >= r.skip && d != day {
			r.heard, day = r.heard+1, d
		}
		j := l.step(monitorID, l.settled(t))
		v := j.scores
		r.buckets[i] = scored{
			count: float32(t.Count), negative: float32(t.Negative), volume: float32(v.Volume.Value), bar: float32(v.Bar), observed: float32(v.Volume.Observed),
			expected: float32(v.Volume.Expected), mood: float32(v.Mood.Value), angry: float32(v.Mood.Observed), calm: float32(v.Mood.Expected),
			usual: float32(v.Usual), known: l.known() && !t.deaf,
		}
	}
	return r, nil
}

// readPast reads a long past in pieces at the same time.
func (e *Engine) readPast(ctx context.Context, monitorID int64, from, to time.Time) ([]taken, error) {
	k := keeper{store: e.store}
	n := int(to.Sub(from) / bucket)
	all := make([]taken, n)
	g, reading := errgroup.WithContext(ctx)
	for p := range readAtOnce {
		first, last := n*p/readAtOnce, n*(p+1)/readAtOnce
		g.Go(func() error {
			piece, err := k.past(reading, monitorID, from.Add(time.Duration(first)*bucket), from.Add(time.Duration(last)*bucket), false)
			copy(all[first:last], piece)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return all, k.deafen(ctx, all, from, to, false)
}

// fires reports whether a bucket speaks at a sensitivity, and at which level: the tests of surge and mood, as far as numbers say.
func (s *scored) fires(k knobs) (level desk.Level, detector string) {
	if !s.known {
		return 0, ""
	}
	if float64(s.mood) >= moodBar*k.bar {
		return desk.Issue, "mood"
	}
	observed, expected := float64(s.observed), float64(s.expected)
	if float64(s.volume) < float64(s.bar)*k.bar || observed < k.floor || observed < k.rise*expected || noise(observed, expected) < seasonal {
		return 0, ""
	}
	if share := float64(s.negative) / max(1, float64(s.count)); s.negative >= 5 && share >= max(1.5*float64(s.usual), 0.3) {
		return desk.Issue, "surge"
	}
	return desk.Watch, "surge"
}
