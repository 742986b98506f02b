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
	got, err := o.stop(ctx, m, h, c)
	if err != nil {
		return err
	}
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

// lookByHand is what people are told of a queue that a hold does not empty.
var lookByHand = desk.Say("It does not know campaigns, so its queue was not touched. Look there by hand.")

func isOutlet(m Mouth) bool {
	_, lists := m.(Scheduler)
	_, stops := m.(Stopper)
	return lists || stops
}

// stopped is what an outlet answered.
type stopped struct {
	taken  []string // ids of what is out of its queue now
	told   int      // that it says it stopped itself, in all
	byHand bool     // its queue cannot be emptied for this hold
	err    error
}

// stop has an outlet stop: what can be listed is taken out of its queue, what can be told is told. Campaigns are ours: a queue does
// not know them, and is emptied for none.
func (o *Outbox) stop(ctx context.Context, m Mouth, h desk.Hold, c desk.Channel) (s stopped, err error) {
	q, lists := m.(Scheduler)
	if lists && h.Campaign == "" {
		if s, err = o.empty(ctx, q, h.ID, c); err != nil {
			return s, err
		}
	}
	if t, ok := m.(Stopper); ok && s.err == nil {
		s.told, s.err = t.Stop(ctx, h, true)
	}
	s.byHand = lists && h.Campaign != ""
	return s, nil
}

// empty takes all posts out of a queue and looks whether it is empty then. What waits there is written down before the first of it is
// taken out: a desk that dies in between loses no word.
func (o *Outbox) empty(ctx context.Context, q Scheduler, hold int64, c desk.Channel) (s stopped, err error) {
	list, err := q.Scheduled(ctx)
	if err != nil {
		return stopped{err: err}, nil
	}
	if live, err := o.keepQueue(ctx, hold, c, list); err != nil || !live {
		return s, err // one that has ended empties nothing any more
	}
	o.step("listed")
	for _, one := range list {
		if s.err = q.Cancel(ctx, one.ID); s.err != nil {
			return s, nil
		}
		s.taken = append(s.taken, one.ID)
		o.step("cancelled")
	}
	if len(list) == 0 {
		return s, nil
	}
	if list, s.err = q.Scheduled(ctx); s.err == nil && len(list) > 0 {
		s.err = &desk.Retry{Err: fmt.Errorf("%d posts are still scheduled", len(list))}
	}
	return s, nil
}

// keepQueue writes down what waits in an outlet's queue, and says whether the hold still holds.
func (o *Outbox) keepQueue(ctx context.Context, hold int64, c desk.Channel, list []Scheduled) (live bool, err error) {
	err = o.Store.Sending(ctx, func(l desk.Sending) error {
		h, err := l.Hold(hold)
		if live = err == nil && h.Live(); !live {
			return err
		}
		out := h.Outlet(c.ID)
		out.Name = c.Name
		if !out.Queued(kept(list), time.Now().UTC()) {
			return nil
		}
		return l.KeepHold(&h, theDesk("hold.queue"), desk.Out{Say: desk.Say("Posts wait in the queue of {channel}: they are taken out.", "channel", c.Name)})
	})
	return live, err
}

// kept are posts of a queue as a hold keeps them.
func kept(list []Scheduled) []desk.Taken {
	all := make([]desk.Taken, len(list))
	for i, q := range list {
		all[i] = desk.Taken{ID: q.ID, Due: q.Due, Text: q.Text, Lang: q.Lang, Raw: q.Raw}
	}
	return all
}

// checkQueue looks, after a hold, which of the posts that it meant to take out of a queue are out of it: the desk may have died
// before it could write that down.
func (o *Outbox) checkQueue(ctx context.Context, m Mouth, h desk.Hold, c desk.Channel) error {
	q, lists := m.(Scheduler)
	if out := h.Outlet(c.ID); !lists || out.Took() == len(out.Taken) {
		return nil
	}
	list, err := q.Scheduled(ctx)
	if err != nil {
		return err
	}
	return o.Store.Sending(context.WithoutCancel(ctx), func(l desk.Sending) error {
		h, err := l.Hold(h.ID)
		if err != nil || !h.Outlet(c.ID).Missing(kept(list), time.Now().UTC()) {
			return err
		}
		return l.KeepHold(&h, theDesk("hold.queue"), desk.Out{Say: leftSay(c), IncidentID: h.IncidentID})
	})
}

// leftSay is said of posts that were taken out of a queue when the hold was over already.
func leftSay(c desk.Channel) desk.Text {
	return desk.Say("Posts that were taken out of the queue of {channel} are still to be decided about.", "channel", c.Name)
}

// noteOutlet writes down what an outlet answered, also when the hold has ended meanwhile: what was taken out of its queue is not
// lost. What it said before, said again, is no news for the room.
func (o *Outbox) noteOutlet(ctx context.Context, hold int64, c desk.Channel, got stopped) error {
	return o.Store.Sending(ctx, func(l desk.Sending) error {
		h, err := l.Hold(hold)
		if err != nil || !h.Live() && len(got.taken) == 0 {
			return err
		}
		out := h.Outlet(c.ID)
		was := *out
		out.Name, out.Checked, out.Problem = c.Name, time.Now().UTC(), desk.Text{}
		out.Left(got.taken, out.Checked)
		out.Stopped = max(out.Stopped, out.Took()+got.told)
		say := desk.Say("{channel} confirms that it holds.", "channel", c.Name)
		var retry *desk.Retry
		var lost *fetch.Unreachable // it may go on sending, and nobody can tell it
		switch {
		case got.err == nil && got.byHand:
			out.State, out.Problem = desk.OutletUnknown, lookByHand
			say = desk.Say("It is not known whether {channel} holds: stop it by hand.", "channel", c.Name)
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
		if !h.Live() {
			out.State, say = was.State, leftSay(c)
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
	if err := o.checkQueue(ctx, m, h, c); err != nil {
		return o.goOnLater(ctx, j, err)
	}
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
			return o.goOnLater(ctx, j, err)
		}
	}
	return o.Store.FinishJob(context.WithoutCancel(ctx), j.ID)
}

// goOnLater tries in a minute again to tell an outlet that a hold has ended, for an hour.
func (o *Outbox) goOnLater(ctx context.Context, j desk.Job, cause error) error {
	o.Log.Warn("an outlet could not be told that the hold has ended", "job", j.Key, "error", cause)
	again := time.Now().Add(recheck)
	if j.Attempts > 60 {
		again = time.Time{}
	}
	return o.Store.FailJob(context.WithoutCancel(ctx), j.ID, again, cause.Error())
}
