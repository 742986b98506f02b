package publish

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"time"

	"breakwater/desk"
)

// errHeld is why a send is cut off while it is under way.
var errHeld = errors.New("a hold was pressed")

// fly sends a claimed post and writes down what became of it. It outlives ctx: a send is never left halfway because the desk stops.
func (o *Outbox) fly(ctx context.Context, c claimed) {
	ctx = context.WithoutCancel(ctx)
	flying, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	o.takeOff(c, cancel)
	defer o.land(c.post.ID)
	receipt, err := o.say(flying, c)
	o.step("said")
	if err := o.commit(ctx, c, receipt, err); err != nil {
		// The lease runs out, and the network is asked.
		o.Log.Error("the outcome of a send could not be written", "post", c.post.ID, "error", err)
		return
	}
	o.step("written")
}

func (o *Outbox) takeOff(c claimed, cancel context.CancelCauseFunc) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flights[c.post.ID] = flight{c.post, cancel}
}

func (o *Outbox) land(id int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.flights, id)
}

// errTooSlow says that a claim was not used in time: nothing was sent.
var errTooSlow = errors.New("the send did not begin in time")

// mouth is what says a post. What belongs to a drill has one mouth only, and never gets another.
func (o *Outbox) mouth(ctx context.Context, p *desk.Post, c desk.Channel) (Mouth, error) {
	if p.DrillID == 0 {
		return o.Mouths(ctx, c)
	}
	if o.Drill == nil {
		return nil, errors.New("posts of drills have no network here")
	}
	return o.Drill, nil
}

// say does the one call that may not be repeated blindly.
func (o *Outbox) say(ctx context.Context, c claimed) (r Receipt, err error) {
	m, err := o.mouth(ctx, &c.post, c.channel)
	if err != nil {
		return r, err
	}
	letter := Letter{Post: c.post, Body: func(ctx context.Context, m desk.Media) ([]byte, error) { return o.Store.Blob(ctx, m.Hash) }}
	// By both clocks: one stands still while the machine sleeps, the other may be set.
	if late := o.Timing.Start; time.Since(c.began) > late || time.Now().Round(0).Sub(c.began.Round(0)) > late {
		return r, errTooSlow
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timing.Send)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			o.Log.Error("a channel panicked while sending", "post", c.post.ID, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %w", ErrUnsure)
		}
	}()
	o.step("saying")
	if c.post.Edits == 0 {
		r, err = m.Send(ctx, letter)
	} else {
		r, err = edit(ctx, m, letter, c.before)
	}
	if err == nil && r.At.IsZero() {
		r.At = time.Now().UTC()
	}
	return r, err
}

// edit changes the live copy of an earlier post in place.
func edit(ctx context.Context, m Mouth, l Letter, before desk.Post) (Receipt, error) {
	e, ok := m.(Editor)
	if !ok {
		return Receipt{}, errors.New("the channel cannot change what was said")
	}
	l.NativeID, l.Link = before.NativeID, before.Link
	return e.Edit(ctx, l)
}

// outcome is what a send came to.
type outcome int

const (
	taken   outcome = iota // the network has it
	refused                // for good
	later                  // surely not taken; may be tried again
	unsure                 // nobody knows
)

// outcomeOf reads the answer of a mouth. What is not clearly a no may have been a yes.
func outcomeOf(err error) outcome {
	var retry *desk.Retry
	var broken net.Error
	switch {
	case err == nil:
		return taken
	case errors.Is(err, errTooSlow):
		return later
	case errors.Is(err, ErrUnsure), errors.Is(err, ErrBlind), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return unsure
	case errors.As(err, &retry):
		return later
	case errors.As(err, &broken), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return unsure
	}
	return refused
}

// pause is how long after so many tries the next one comes, at least.
func pause(attempts int) time.Duration {
	return min(5*time.Second<<min(max(attempts-1, 0), 10), 30*time.Minute)
}

// writeWithin is how long an outcome is tried to be written: the store may be busy.
const writeWithin = 10 * time.Second

// commit writes down what a send came to. Tried again while the store does not take it: it is the most precious line there is.
func (o *Outbox) commit(ctx context.Context, c claimed, r Receipt, cause error) error {
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	for wait := 20 * time.Millisecond; ; wait *= 2 {
		err := o.Store.Sending(ctx, func(l desk.Sending) error { return o.commitIn(l, c, r, cause) })
		if err == nil || errors.Is(err, errOther) {
			break
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
	}
	p, err := o.Store.Post(ctx, c.post.ID)
	if err != nil {
		return err
	}
	o.tell(ctx, p)
	if p.Published() {
		if o.Spoke != nil {
			o.Spoke(p)
		}
		return o.said(ctx, p.StatementID)
	}
	return nil
}

// errOther says that the post is not in our hands any more.
var errOther = errors.New("somebody else has settled it")

func (o *Outbox) commitIn(l desk.Sending, c claimed, r Receipt, cause error) error {
	p, err := l.Post(c.post.ID)
	if err != nil {
		return err
	}
	if p.Attempts != c.post.Attempts || p.State != desk.PostClaimed && p.State != desk.PostUnknown {
		return errOther
	}
	now := time.Now().UTC()
	is := outcomeOf(cause)
	if c.again && is != taken {
		is = unsure // that this try did not go out says nothing about the one before
	}
	if is == taken {
		if err = o.confirm(l, &p, r); !errors.Is(err, errTaken) {
			return err
		}
		is, cause = unsure, err
	}
	switch is {
	case unsure:
		if p.State == desk.PostUnknown {
			return errOther
		}
		why := desk.Say("The network did not answer.")
		if errors.Is(cause, context.Canceled) {
			why = desk.Say("The send was cut off by a hold.")
		}
		o.Log.Warn("a post may have gone out", "post", p.ID, "channel", c.channel.ID, "error", cause)
		return o.doubt(l, &p, why)
	case later:
		if now.Sub(p.Due) < o.Timing.GiveUp {
			return back(l, &p, o.nextTry(&p, now, cause), problemOf(cause))
		}
	}
	o.Log.Warn("a post was refused", "post", p.ID, "channel", c.channel.ID, "error", cause)
	return fail(l, &p, problemOf(cause))
}

func (o *Outbox) nextTry(p *desk.Post, now time.Time, cause error) time.Time {
	var retry *desk.Retry
	if errors.As(cause, &retry) && !errors.Is(cause, ErrMore) {
		return now.Add(max(retry.After, pause(p.Attempts)))
	}
	return now
}

// problemOf is what people are told about a failed send.
func problemOf(err error) desk.Text {
	if t := desk.ProblemOf(err); !t.IsZero() {
		return t
	}
	var wrong *desk.Invalid
	var retry *desk.Retry
	switch {
	case errors.As(err, &wrong):
		return wrong.Reason
	case errors.Is(err, desk.ErrDenied):
		return desk.Say("The network refuses our credentials. Renew them in the settings of the channel, then send again.")
	case errors.Is(err, errTooSlow):
		return desk.Text{}
	case errors.As(err, &retry):
		return desk.Say("The network asks us to come back later.")
	}
	return desk.Say("The network refused the post.")
}

// confirm notes that the network has the post. errTaken when what it has is another one with the same words.
func (o *Outbox) confirm(l desk.Sending, p *desk.Post, r Receipt) error {
	if r.ByWords {
		switch other, err := l.Says(r.NativeID, p.ID); {
		case err != nil:
			return err
		case other:
			return errTaken
		}
	}
	now := time.Now().UTC()
	if err := p.Confirm(r.NativeID, r.Link, r.At, now); err != nil {
		return err
	}
	p.Problem = r.Note
	ch, err := l.Channel(p.ChannelID)
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return err
	}
	out := desk.Out{Say: desk.Say("Published in {channel}.", "channel", ch.Name), IncidentID: p.IncidentID}
	if err := l.KeepPost(p, theDesk("post.send"), out); err != nil || p.Edits == 0 {
		return err
	}
	return replace(l, p.Edits)
}

// replace ends the post whose live copy took the words of another.
func replace(l desk.Sending, id int64) error {
	old, err := l.Post(id)
	if err != nil || !old.Published() {
		return err
	}
	if err := old.Gone(desk.PostReplaced); err != nil {
		return err
	}
	return l.KeepPost(&old, theDesk("post.replace"), desk.Out{Say: desk.Say("The live copy took newer words."), IncidentID: old.IncidentID})
}

// said brings a statement up to date after one of its posts went out, and the one that it replaces.
func (o *Outbox) said(ctx context.Context, statementID int64) error {
	s, err := o.Store.Statement(ctx, statementID)
	if err != nil || s.State != desk.StatementApproved {
		return err
	}
	s, err = o.Store.ChangeStatement(ctx, s.ID, theDesk("statement.publish"), func(s *desk.Statement, out *desk.Out) error {
		if out.Skip = s.State != desk.StatementApproved; out.Skip {
			return nil
		}
		out.Say = desk.Say("“{title}” was published.", "title", s.Title)
		if s.Answers == nil { // one answer is no step of a crisis
			out.IncidentID = s.IncidentID
		}
		return s.WentOut(time.Now().UTC())
	})
	if err != nil || s.Replaces == 0 {
		return err
	}
	_, err = o.Store.ChangeStatement(ctx, s.Replaces, theDesk("statement.correct"), func(old *desk.Statement, out *desk.Out) error {
		if out.Skip = old.State != desk.StatementPublished; out.Skip {
			return nil
		}
		out.Say, out.IncidentID = desk.Say("“{title}” was corrected by a later statement.", "title", old.Title), old.IncidentID
		return old.Corrected(time.Now().UTC())
	})
	return err
}

// tell has people told of a post that needs them.
func (o *Outbox) tell(ctx context.Context, p desk.Post) {
	if o.Alarm == nil {
		return
	}
	switch {
	case p.State == desk.PostFailed:
		o.Alarm(ctx, p.BrandID, fmt.Sprint("post-failed:", p.ID), desk.Say("A post did not go out: {why}", "why", p.Problem))
	case p.State == desk.PostHeld && p.HoldID == 0:
		o.Alarm(ctx, p.BrandID, fmt.Sprint("post-held:", p.ID), desk.Say("A post is held: {why}", "why", p.HeldWhy))
	case p.State == desk.PostUnknown && p.Next.IsZero():
		o.Alarm(ctx, p.BrandID, fmt.Sprint("post-unknown:", p.ID), desk.Say("A post may have gone out, and its channel cannot be asked: please look."))
	}
}
