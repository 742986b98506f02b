package match

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"breakwater/desk"
)

// Constants of the back-fill.
const (
	fillSetting = "match.backfill"
	fillSlice   = 200                   // mentions of a slice; the most that the store gives at once
	fillRest    = 20 * time.Millisecond // between slices, so that hearing goes first
	// fillWait lets what was heard with the old queries be stored before stored mentions are gone through.
	fillWait = 2 * time.Second
	// fillRetry is the pause after an error.
	fillRetry = 30 * time.Second
)

// Progress is how far stored mentions have been matched with a new or changed query.
type Progress struct {
	MonitorID int64     `json:"monitor_id,string"`
	Started   time.Time `json:"started"`
	Before    int64     `json:"before,string"` // ids from here on are done; 0 at the start
	Reached   time.Time `json:"reached"`       // mentions published after this are done; zero at the start
	Looked    int       `json:"looked"`        // mentions looked at
	Added     int       `json:"added"`         // that answer it now
	Dropped   int       `json:"dropped"`       // that no longer do
}

// filler is the work to be done and the one who is told of more.
type filler struct {
	saving sync.Mutex // held while the setting is read and written
	mu     sync.Mutex // guards wake and work
	wake   chan struct{}
	work   []Progress
}

func (f *filler) bell() chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.wake == nil {
		f.wake = make(chan struct{}, 1)
	}
	return f.wake
}

// Progress lists the back-fills that are waiting or under way, the one under way first.
func (s *Monitors) Progress() []Progress {
	s.filler.mu.Lock()
	defer s.filler.mu.Unlock()
	return slices.Clone(s.filler.work)
}

// Refill has stored mentions matched anew, as after the vocabulary of languages changed. desk.ErrNotFound; desk.ErrForbidden below
// lead.
func (s *Monitors) Refill(ctx context.Context, monitorID int64) error {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return err
	}
	m, err := s.store.Monitor(ctx, monitorID)
	if err != nil {
		return err
	}
	out := desk.Out{Say: desk.Say("What is stored is gone through again for the monitor {name}.", "name", m.Name)}
	if _, err := s.store.Record(ctx, desk.ActOf(ctx, "monitor.refill", ""), "monitor:"+strconv.FormatInt(m.ID, 10), out); err != nil {
		return err
	}
	return s.refill(ctx, monitorID)
}

func (s *Monitors) refill(ctx context.Context, id int64) error {
	err := s.rework(ctx, func(work []Progress) []Progress {
		work = slices.DeleteFunc(work, func(p Progress) bool { return p.MonitorID == id })
		return append(work, Progress{MonitorID: id, Started: now()})
	})
	if err != nil {
		return fmt.Errorf("plan the back-fill of monitor %d: %w", id, err)
	}
	select {
	case s.filler.bell() <- struct{}{}:
	default:
	}
	return nil
}

// rework changes the list of work in the store and here. It survives a restart.
func (s *Monitors) rework(ctx context.Context, change func([]Progress) []Progress) error {
	s.filler.saving.Lock()
	defer s.filler.saving.Unlock()
	work, err := s.load(ctx)
	if err != nil {
		return err
	}
	work = change(work)
	text, err := json.Marshal(work)
	if err != nil {
		return err
	}
	if err := s.store.SetSetting(ctx, fillSetting, string(text)); err != nil {
		return err
	}
	s.filler.mu.Lock()
	defer s.filler.mu.Unlock()
	s.filler.work = work
	return nil
}

func (s *Monitors) load(ctx context.Context) ([]Progress, error) {
	text, err := s.store.Setting(ctx, fillSetting)
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return nil, err
	}
	var work []Progress
	if text == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(text), &work); err != nil {
		return nil, fmt.Errorf("setting %s: %w", fillSetting, err)
	}
	return work, nil
}

// Run goes through stored mentions for new and changed monitors until ctx ends; also for those that a restart interrupted.
// Errors of the store are logged and tried again.
func (s *Monitors) Run(ctx context.Context) error {
	bell, known := s.filler.bell(), false
	next := func() (more bool, err error) {
		if !known {
			if err := s.rework(ctx, func(work []Progress) []Progress { return work }); err != nil {
				return true, err
			}
			known = true
		}
		return s.fill(ctx)
	}
	for ctx.Err() == nil {
		rest := fillRest
		switch more, err := next(); {
		case err != nil && ctx.Err() == nil:
			if s.log != nil {
				s.log.ErrorContext(ctx, "back-fill stopped, tried again", "error", err, "again", fillRetry)
			}
			rest = fillRetry
		case !more:
			rest = -1
		}
		wait(ctx, bell, rest)
	}
	return nil
}

// wait until the bell rings or d is over; below 0 only the bell.
func wait(ctx context.Context, bell <-chan struct{}, d time.Duration) {
	var over <-chan time.Time
	if d >= 0 {
		bell = nil // what is under way needs no waking
		t := time.NewTimer(d)
		defer t.Stop()
		over = t.C
	}
	select {
	case <-ctx.Done():
	case <-bell:
	case <-over:
	}
}

// fill does one slice of the first work. It reports whether there is more to do.
func (s *Monitors) fill(ctx context.Context) (more bool, err error) {
	work := s.Progress()
	if len(work) == 0 {
		return false, nil
	}
	p := work[0]
	if young := fillWait - time.Since(p.Started); young > 0 {
		wait(ctx, nil, young)
		return true, ctx.Err()
	}
	done, err := s.slice(ctx, &p)
	if err != nil {
		return true, fmt.Errorf("back-fill monitor %d: %w", p.MonitorID, err)
	}
	if done && p.Added+p.Dropped > 0 {
		defer s.changed(p.MonitorID) // what is usual for it is learned from all that it answers now
	}
	return true, s.rework(ctx, func(work []Progress) []Progress {
		i := slices.IndexFunc(work, func(o Progress) bool { return o.MonitorID == p.MonitorID && o.Started.Equal(p.Started) })
		switch {
		case i < 0: // the query was changed meanwhile: its work starts anew
		case done:
			work = slices.Delete(work, i, i+1)
		default:
			work[i] = p
		}
		return work
	})
}

// slice matches the next mentions, newest first.
func (s *Monitors) slice(ctx context.Context, p *Progress) (done bool, err error) {
	m, err := s.store.Monitor(ctx, p.MonitorID)
	if errors.Is(err, desk.ErrNotFound) || err == nil && m.Paused {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	q, err := parseSaved(m.Query)
	if err != nil {
		return true, nil // saved by an older version that allowed more; the Set leaves it out too
	}
	page, err := s.store.Mentions(ctx, desk.Filter{Before: p.Before, Limit: fillSlice})
	if err != nil {
		return false, err
	}
	add, drop := compare(q, m.ID, page.Mentions)
	if len(add)+len(drop) > 0 {
		if err := s.store.Assign(ctx, m.ID, add, drop); err != nil {
			return false, err
		}
	}
	p.Looked, p.Added, p.Dropped = p.Looked+len(page.Mentions), p.Added+len(add), p.Dropped+len(drop)
	if n := len(page.Mentions); n > 0 {
		p.Reached = page.Mentions[n-1].Published
	}
	p.Before = page.Next
	return page.Next == 0, nil
}

// compare finds the mentions whose answer has changed. Deleted ones have no text any more and stay where they were counted.
func compare(q *Query, id int64, mentions []desk.Mention) (add, drop []int64) {
	for i := range mentions {
		m := &mentions[i]
		if !m.Deleted.IsZero() {
			continue
		}
		has, want := slices.Contains(m.Monitors, id), q.Matches(m)
		switch {
		case want && !has:
			add = append(add, m.ID)
		case has && !want:
			drop = append(drop, m.ID)
		}
	}
	return add, drop
}
