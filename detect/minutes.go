package detect

import (
	"context"
	"time"

	"breakwater/desk"
)

const (
	// spanMinutes is how much of the past a window shows: the longest that the mood is held against.
	spanMinutes = 360
	// skew is how far ahead of us a network's clock may be (desk.Clamp).
	skew = 6
	// reread is how many minutes are read anew at every look: what comes a little late, and clocks that run ahead.
	reread = 10
	// rereadAll is how often everything is: edits, deletions and corrections change older minutes too.
	rereadAll = 15 * time.Minute
)

// minutes keeps the minutes of one monitor in step with the store, at the price of one short query a look.
type minutes struct {
	start time.Time // of all[0]
	all   []Minute  // the last one is the minute that is open
	read  time.Time // when all of it was read
}

// update reads what may have changed until now; n is how many minutes are kept.
func (s *minutes) update(ctx context.Context, st Store, monitorID int64, n int, now time.Time) error {
	open := now.Truncate(time.Minute)
	from := open.Add(-time.Duration(reread-1) * time.Minute)
	whole := now.Sub(s.read) >= rereadAll || len(s.all) != n || open.Sub(s.end()) > reread*time.Minute/2
	if whole {
		s.start, s.all = open.Add(-time.Duration(n-1)*time.Minute), make([]Minute, n)
		from = s.start
	}
	s.shift(open)
	points, err := st.Series(ctx, desk.Ask{Monitors: []int64{monitorID}, From: from, To: open.Add(skew * time.Minute), Step: time.Minute})
	if err != nil {
		s.all = nil // half of an update is worse than none
		return err
	}
	if whole {
		s.read = now
	}
	first := int(from.Sub(s.start) / time.Minute)
	clear(s.all[max(first, 0):])
	for _, p := range points {
		i := min(int(p.At.Sub(s.start)/time.Minute), len(s.all)-1) // what is dated ahead of us is now
		if i < 0 {
			continue
		}
		m := &s.all[i]
		m.Count += int32(p.Count)
		m.Negative += int32(p.Negative)
		m.Positive += int32(p.Positive)
		m.Copies += int32(p.Copies)
		m.Reach += p.Reach
	}
	return nil
}

// end is the minute that was open at the last update.
func (s *minutes) end() time.Time {
	return s.start.Add(time.Duration(len(s.all)-1) * time.Minute)
}

// shift moves the series on so that its last minute is open.
func (s *minutes) shift(open time.Time) {
	by := int(open.Sub(s.end()) / time.Minute)
	if by <= 0 {
		return
	}
	n := copy(s.all, s.all[min(by, len(s.all)):])
	clear(s.all[n:])
	s.start = s.start.Add(time.Duration(by) * time.Minute)
}
