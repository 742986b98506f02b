package drill

import (
	"context"
	"iter"
	"time"

	"breakwater/desk"
)

// Storm is a brand's ordinary weeks and the crisis that ends them: of one of Cases. The same Case, Seed and Start always make the
// same storm, word for word. Every person, company and outlet in it is invented; every address ends in .example.
type Storm struct {
	Case  Case // the zero value is the first of Cases
	Seed  int64
	Start time.Time // when the crisis begins; the first post comes three seconds later
	Speed float64   // 1, the zero value too: at its height within two minutes; 2: twice as fast
}

// History is the ordinary conversation published in [from, to), in order of time: some 600 mentions a day in six languages
// on four networks, with the rhythm of day and week. It does not contain the crisis.
func (s Storm) History(from, to time.Time) iter.Seq[desk.Mention] {
	w := newWorld(s.Case, s.Seed)
	return func(yield func(desk.Mention) bool) {
		for h := from.Truncate(time.Hour); h.Before(to); h = h.Add(time.Hour) {
			for _, m := range w.hour(h) {
				if !m.Published.Before(from) && m.Published.Before(to) && !yield(m) {
					return
				}
			}
		}
	}
}

// Crisis is all that the crisis brings, in order of time: some 700 mentions within a quarter of an hour at speed 1. A
// mention that comes again with Edited set is an edit, one with Deleted set was taken back.
func (s Storm) Crisis() []desk.Mention {
	speed := s.Speed
	if speed <= 0 {
		speed = 1
	}
	return newWorld(s.Case, s.Seed).crisis(s.Start, func(seconds float64) time.Duration {
		return time.Duration(seconds / speed * float64(time.Second))
	})
}

// Play posts the crisis and the ordinary conversation around it as their times come, until ctx ends; it begins with what is
// due since Start. The ordinary conversation keeps its pace whatever the Speed. It returns the cause of ctx's end.
func (s Storm) Play(ctx context.Context, post func(desk.Mention)) error {
	crisis := s.Crisis()
	ordinary, stop := iter.Pull(s.History(s.Start, s.Start.AddDate(10, 0, 0)))
	defer stop()
	usual, more := ordinary()
	for {
		var next desk.Mention
		switch {
		case len(crisis) > 0 && (!more || !when(crisis[0]).After(when(usual))):
			next, crisis = crisis[0], crisis[1:]
		case more:
			next = usual
			usual, more = ordinary()
		default:
			<-ctx.Done()
			return context.Cause(ctx)
		}
		if err := until(ctx, when(next)); err != nil {
			return err
		}
		post(next)
	}
}

// until waits for a time.
func until(ctx context.Context, at time.Time) error {
	wait := time.Until(at)
	if wait <= 0 {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
