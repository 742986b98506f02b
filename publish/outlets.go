package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"breakwater/desk"
	"breakwater/internal/fetch"
)

const (
	// recheck is how often an outlet is asked again whether it still holds.
	recheck = time.Minute
	// recheckMost is how long one that asks us to come back later is left alone at most.
	recheckMost = 15 * time.Minute
	// outletWithin is how long an outlet may take to answer, and outletLease how long nobody else asks it meanwhile.
	outletWithin = 20 * time.Second
	outletLease  = time.Minute
	// outletsAtOnce is how many are asked at once.
	outletsAtOnce = 8
)

// outletRound tells other systems to stop, asks them every minute whether they still do, and lets them go on after the hold.
func (o *Outbox) outletRound(ctx context.Context) error {
	jobs, err := o.Store.ClaimJobs(ctx, outletJob, outletsAtOnce, outletLease)
	if err != nil {
		return err
	}
	done := make(chan error, len(jobs))
	for _, j := range jobs {
		go func() { done <- o.errand(ctx, j) }()
	}
	var all []error
	for range jobs {
		all = append(all, <-done)
	}
	return errors.Join(all...)
}

func (o *Outbox) errand(ctx context.Context, j desk.Job) error {
	var e errand
	if err := json.Unmarshal([]byte(j.Payload), &e); err != nil {
		return errors.Join(err, o.Store.FailJob(ctx, j.ID, time.Time{}, "payload cannot be read"))
	}
	h, err := o.Store.Hold(ctx, e.Hold)
	if err != nil {
		return err
	}
	c, err := o.Store.Channel(ctx, e.Channel)
	if errors.Is(err, desk.ErrNotFound) {
		return o.Store.FinishJob(ctx, j.ID)
	}
	if err != nil {
		return err
	}
	m, err := o.Mouths(ctx, c)
	if err != nil {
		if h.Live() { // what waits at its network cannot be taken back from here
			err = errors.Join(err, o.noteOutlet(ctx, h.ID, c, stopped{err: err}))
		}
		return o.Store.FailJob(ctx, j.ID, time.Now().Add(recheck), err.Error())
	}
	if !isOutlet(m) {
		return o.Store.FinishJob(ctx, j.ID)
	}
	ctx, cancel := context.WithTimeout(ctx, outletWithin)
	defer cancel()
	if !h.Live() { // also for the job that asked each minute: a last "stop" of it may have come after the first "go on"
		return o.goOn(ctx, j, m, h, c)
	}
	got := stop(ctx, m, h)
	o.step("outlet")
	if err := o.noteOutlet(context.WithoutCancel(ctx), h.ID, c, got); err != nil {
		return err
	}
	again := recheck
	var retry *desk.Retry
	if errors.As(got.err, &retry) {
		again = max(again, min(retry.After, recheckMost)) // asked more often, it would never be ready
	}
	return o.Store.FailJob(context.WithoutCancel(ctx), j.ID, time.Now().Add(again), "")
}

func isOutlet(m Mouth) bool {
	_, lists := m.(Scheduler)
	_, stops := m.(Stopper)
	return lists || stops
}

// stopped is what an outlet answered.
type stopped struct {
	taken []desk.Taken // out of its queue just now
	told  int          // that it says it stopped itself, in all
	err   error
}

// stop has an outlet stop: what can be listed is taken out of its queue, what can be told is told.
func stop(ctx context.Context, m Mouth, h desk.Hold) (s stopped) {
	if q, ok := m.(Scheduler); ok {
		s = empty(ctx, q)
	}
	if t, ok := m.(Stopper); ok && s.err == nil {
		s.told, s.err = t.Stop(ctx, h, true)
	}
	return s
}

// empty takes all posts out of a queue and looks whether it is empty then.
func empty(ctx context.Context, q Scheduler) (s stopped) {
	list, err := q.Scheduled(ctx)
	if err != nil {
		return stopped{err: err}
	}
	for _, one := range list {
		if err := q.Cancel(ctx, one.ID); err != nil {
			s.err = err
			return s
		}
		s.taken = append(s.taken, desk.Taken{ID: one.ID, Due: one.Due, Text: one.Text})
	}
	if len(list) == 0 {
		return s
	}
	if list, s.err = q.Scheduled(ctx); s.err == nil && len(list) > 0 {
		s.err = &desk.Retry{Err: fmt.Errorf("%d posts are still scheduled", len(list))}
	}
	return s
}

// noteOutlet writes down what an outlet answered; what it said before, said again, is no news for the room.
func (o *Outbox) noteOutlet(ctx context.Context, hold int64, c desk.Channel, got stopped) error {
	return o.Store.Sending(ctx, func(l desk.Sending) error {
		h, err := l.Hold(hold)
		if err != nil || !h.Live() {
			return err
		}
		out := h.Outlet(c.ID)
		was := *out
		out.Name, out.Checked, out.Problem = c.Name, time.Now().UTC(), desk.Text{}
		out.Taken = append(out.Taken, got.taken...)
		out.Stopped = max(out.Stopped, len(out.Taken)+got.told)
		say := desk.Say("{channel} confirms that it holds.", "channel", c.Name)
		var retry *desk.Retry
		var lost *fetch.Unreachable // it may go on sending, and nobody can tell it
		switch {
		case got.err == nil:
			out.State = desk.OutletConfirmed
		case errors.As(got.err, &retry) && !errors.As(got.err, &lost):
			out.State, out.Problem = desk.OutletWaiting, desk.Say("It asks us to come back later.")
			say = desk.Say("{channel} has not confirmed yet that it holds.", "channel", c.Name)
		default:
			out.State, out.Problem = desk.OutletUnknown, desk.Say("It does not answer. Stop it by hand, and look.")
			say = desk.Say("It is not known whether {channel} holds: stop it by hand.", "channel", c.Name)
			o.Log.Warn("an outlet does not say that it holds", "hold", hold, "channel", c.ID, "error", got.err)
		}
		entry := desk.Out{Say: say}
		if was.Checked.IsZero() || was.State != out.State || was.Stopped != out.Stopped {
			entry.IncidentID = h.IncidentID // else the room would hear it every minute
		}
		return l.KeepHold(&h, theDesk("hold.outlet"), entry)
	})
}

// goOn tells an outlet that the hold has ended. What was taken out of its queue stays out: people decide about it.
func (o *Outbox) goOn(ctx context.Context, j desk.Job, m Mouth, h desk.Hold, c desk.Channel) error {
	live, err := o.Store.LiveHolds(ctx)
	if err != nil {
		return err
	}
	for _, other := range live {
		if !other.Elective() && (other.BrandID == 0 || other.BrandID == c.BrandID) && (other.ChannelID == 0 || other.ChannelID == c.ID) && other.Campaign == "" {
			return o.Store.FinishJob(ctx, j.ID) // another hold keeps it
		}
	}
	if t, ok := m.(Stopper); ok {
		if _, err := t.Stop(ctx, h, false); err != nil {
			o.Log.Warn("an outlet could not be told that the hold has ended", "hold", h.ID, "channel", c.ID, "error", err)
			again := time.Now().Add(recheck)
			if j.Attempts > 60 {
				again = time.Time{}
			}
			return o.Store.FailJob(context.WithoutCancel(ctx), j.ID, again, err.Error())
		}
	}
	return o.Store.FinishJob(context.WithoutCancel(ctx), j.ID)
}
