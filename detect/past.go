package detect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"breakwater/desk"
)

const (
	// learnDays of the past teach a ledger that is new.
	learnDays = 28
	// closeAfter is how long after its end a bucket is closed: what arrived in it is then committed, however busy the store. Until
	// then it is judged anew with every look, like the open one, so that nothing waits for this.
	closeAfter = time.Minute
	// deafFrom is for how much of a bucket a source must have heard nothing for it to count as not heard. What other sources brought
	// must then be less than half of what is expected.
	deafFrom = bucket / 2
	// manyLate is how many mentions must have come late for a ledger to be learned again: as many as it was made from, and some.
	manyLate = 200
	// topicPast is how far a topic that was found just now is counted back.
	topicPast = 3 * time.Hour
	// keepEvery is how often a ledger is kept to replay from.
	keepEvery = 24 * time.Hour
)

// keeper brings ledgers in step with the store.
type keeper struct {
	store  Store
	topics func(monitorID int64, from, to time.Time) []desk.TopicHeard // nil: none
}

// opened gives the ledger of a monitor as it was kept, or learns one from what the roll-ups say of the past.
func (k keeper) opened(ctx context.Context, monitorID int64, now time.Time) (*ledger, saving, error) {
	kept, err := k.store.Learned(ctx, monitorID)
	if err == nil {
		if l, err := readLedger(kept.State); err == nil && now.Sub(l.at) < learnDays*24*time.Hour {
			return l, saving{}, nil
		}
	}
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return nil, saving{}, err
	}
	return k.learn(ctx, monitorID, now)
}

// closed is the end of the last bucket that is closed.
func closed(now time.Time) time.Time { return now.Add(-closeAfter).UTC().Truncate(bucket) }

// learn makes a ledger from the roll-ups by the time of publication: histories are imported within minutes, and were not.
func (k keeper) learn(ctx context.Context, monitorID int64, now time.Time) (*ledger, saving, error) {
	to := closed(now)
	l := newLedger(to.AddDate(0, 0, -learnDays))
	buckets, err := k.past(ctx, monitorID, l.at, to, false)
	if err != nil {
		return nil, saving{}, fmt.Errorf("learn monitor %d: %w", monitorID, err)
	}
	if err := k.deafen(ctx, buckets, l.at, to, false); err != nil {
		return nil, saving{}, err
	}
	for _, t := range buckets {
		l.step(monitorID, l.settled(t))
	}
	l.late = 0
	var s saving
	s.keep(monitorID, l)
	s.newest(monitorID, l)
	return l, s, nil
}

// settled decides whether a bucket in which a source heard nothing is worthless: other sources may have brought enough.
func (l *ledger) settled(t taken) taken {
	t.deaf = t.deaf && float64(t.Count) < l.series.Expected(l.at.Unix())/2
	return t
}

// advance steps a ledger over the buckets that were closed since, by what arrived in them.
func (k keeper) advance(ctx context.Context, monitorID int64, l *ledger, now time.Time) (s saving, err error) {
	to := closed(now)
	if !l.at.Before(to) {
		return s, nil
	}
	buckets, err := k.past(ctx, monitorID, l.at, to, true)
	if err != nil {
		return s, err
	}
	if err := k.deafen(ctx, buckets, l.at, to, true); err != nil {
		return s, err
	}
	for _, t := range buckets {
		if l.at.Equal(l.at.Truncate(keepEvery)) {
			s.keep(monitorID, l)
		}
		s.verdict(l.step(monitorID, k.speak(monitorID, l, l.settled(t))))
	}
	s.newest(monitorID, l)
	return s, nil
}

// outgrown reports whether a ledger was overtaken by a history that came in.
func (l *ledger) outgrown() bool { return l.late > manyLate+l.came }

// open judges what came since the last closed bucket. The ledger stays as it is.
func (k keeper) open(ctx context.Context, monitorID int64, l *ledger, now time.Time) (judged, error) {
	to := now.UTC().Truncate(bucket).Add(bucket)
	buckets, err := k.past(ctx, monitorID, l.at, to, true)
	var j judged
	peek := l.clone()
	for _, t := range buckets {
		j = peek.step(monitorID, k.speak(monitorID, peek, t))
	}
	return j, err
}

// past reads what came in each bucket of [from, to): by arrival, or by publication.
func (k keeper) past(ctx context.Context, monitorID int64, from, to time.Time, arrival bool) ([]taken, error) {
	if !from.Before(to) {
		return nil, nil
	}
	points, err := k.store.Series(ctx, desk.Ask{Monitors: []int64{monitorID}, From: from, To: to, Step: bucket, Arrival: arrival})
	if err != nil {
		return nil, err
	}
	all := make([]taken, to.Sub(from)/bucket)
	for _, p := range points {
		if i := int(p.At.Sub(from) / bucket); i >= 0 && i < len(all) {
			all[i].Heard = desk.Heard{Count: p.Count - p.Late, Negative: p.Negative - p.LateNegative, Copies: p.Copies - p.LateCopies, Late: p.Late}
		}
	}
	return all, nil
}

// speak adds to a bucket what the live topics brought, and for those that are new what they brought before.
func (k keeper) speak(monitorID int64, l *ledger, t taken) taken {
	if k.topics == nil {
		return t
	}
	t.topics = k.topics(monitorID, l.at, l.at.Add(bucket))
	t.topics = t.topics[:min(len(t.topics), maxTopics)]
	if !slices.ContainsFunc(t.topics, func(h desk.TopicHeard) bool { return !l.series.Knows(h.Topic) }) {
		return t
	}
	for at := l.at.Add(-topicPast); at.Before(l.at); at = at.Add(bucket) {
		earlier := k.topics(monitorID, at, at.Add(bucket))
		for i := range t.topics {
			h := &t.topics[i]
			if e := slices.IndexFunc(earlier, func(o desk.TopicHeard) bool { return o.Topic == h.Topic }); e >= 0 && !l.series.Knows(h.Topic) {
				h.Past = append(h.Past, [2]int{earlier[e].Count, earlier[e].Negative})
			}
		}
	}
	return t
}

// deafen marks the buckets in which a source heard nothing; whether that makes them worthless is decided where what is expected
// is known. What filled a gap arrived after it, so that by arrival it stays one.
func (k keeper) deafen(ctx context.Context, all []taken, from, to time.Time, arrival bool) error {
	gaps, err := k.store.Gaps(ctx, nil, from, to)
	if err != nil {
		return err
	}
	for _, g := range gaps {
		if !g.Filled.IsZero() && !arrival {
			continue
		}
		if g.To.IsZero() || g.To.After(to) {
			g.To = to
		}
		for i := max(0, int(g.From.Sub(from)/bucket)); i < len(all); i++ {
			begin := from.Add(time.Duration(i) * bucket)
			if !begin.Before(g.To) {
				break
			}
			all[i].deaf = all[i].deaf || overlap(g, begin) >= deafFrom
		}
	}
	return nil
}

// overlap is how much of the bucket that begins at begin lies in a gap.
func overlap(g desk.Gap, begin time.Time) time.Duration {
	first, last := begin, begin.Add(bucket)
	if g.From.After(first) {
		first = g.From
	}
	if g.To.Before(last) {
		last = g.To
	}
	return last.Sub(first)
}

// saving is what one transaction keeps.
type saving struct {
	learned  []desk.Learned
	verdicts []desk.Verdict
}

func (s *saving) verdict(j judged) {
	if j.worth() {
		s.verdicts = append(s.verdicts, j.Verdict)
	}
}

// keep keeps a ledger to replay from.
func (s *saving) keep(monitorID int64, l *ledger) {
	s.learned = append(s.learned, desk.Learned{MonitorID: monitorID, At: l.at, State: l.bytes(), Keep: true})
}

// newest replaces what was kept of a ledger.
func (s *saving) newest(monitorID int64, l *ledger) {
	s.learned = slices.DeleteFunc(s.learned, func(o desk.Learned) bool { return o.MonitorID == monitorID && !o.Keep })
	s.learned = append(s.learned, desk.Learned{MonitorID: monitorID, At: l.at, State: l.bytes()})
}

// add puts what came later behind what waits.
func (s *saving) add(o saving) {
	for _, n := range o.learned {
		if !n.Keep {
			s.learned = slices.DeleteFunc(s.learned, func(w desk.Learned) bool { return w.MonitorID == n.MonitorID && !w.Keep })
		}
		s.learned = append(s.learned, n)
	}
	s.verdicts = append(s.verdicts, o.verdicts...)
}
