package subscribe

import (
	"context"
	"errors"
	"fmt"
	"time"

	"breakwater/desk"
)

// close gives the mailing back, or ends it.
func (r *run) close(ctx context.Context, err error) error {
	ctx = context.WithoutCancel(ctx)
	switch {
	case err != nil:
		return errors.Join(err, r.store.GiveMailing(ctx, r.m.ID, r.book.epoch, time.Now().Add(r.Timing.Redo)))
	case r.book.over():
		return r.halted(ctx)
	case r.ours != nil:
		return r.trouble(ctx, r.ours)
	}
	more, err := r.store.FillMailing(ctx, *r.m, 1)
	if err != nil {
		return err
	}
	next, err := r.store.NextDelivery(ctx, r.m.ID)
	switch {
	case err != nil:
		return err
	case more || !next.IsZero():
		if now := time.Now(); next.Before(now) && r.broken > 0 {
			next = now.Add(r.Timing.Redo)
		}
		return r.store.GiveMailing(ctx, r.m.ID, r.book.epoch, next)
	}
	return r.done(ctx)
}

// done ends a mailing of which nobody is left.
func (r *run) done(ctx context.Context) error {
	count, err := r.store.CountDeliveries(ctx, r.m.ID)
	if err != nil {
		return err
	}
	_, err = r.store.EndMailing(ctx, r.m.ID, r.book.epoch, theDesk("mailing.done"), func(m *desk.Mailing, out *desk.Out) error {
		if m.Version != r.m.Version {
			return errChanged
		}
		m.State, m.Ended = desk.MailingDone, time.Now().UTC()
		out.Say = desk.Say("An update went to its subscribers. Sent: {sent}; not known: {unknown}; refused: {refused}.", "sent", count[desk.DeliverySent], "unknown", count[desk.DeliveryUnknown], "refused", count[desk.DeliveryRefused])
		return nil
	})
	if errors.Is(err, errChanged) { // a person has letters sent again: there may be some left after all
		return r.store.GiveMailing(ctx, r.m.ID, r.book.epoch, time.Now())
	}
	return ignore(err)
}

var errChanged = errors.New("the mailing was changed meanwhile")

// halted notes that a hold, or a person, stopped the mailing.
func (r *run) halted(ctx context.Context) error {
	_, err := r.store.EndMailing(ctx, r.m.ID, r.book.epoch, theDesk("mailing.hold"), func(m *desk.Mailing, out *desk.Out) error {
		m.State = desk.MailingHeld
		out.Say = desk.Say("A hold stopped an update to subscribers.")
		return nil
	})
	return ignore(err) // stopped by a person, or taken over: theirs
}

// ignore is err but for a mailing that is not ours any more.
func ignore(err error) error {
	if errors.Is(err, desk.ErrConflict) || errors.Is(err, desk.ErrNotFound) {
		return nil
	}
	return err
}

// trouble stops a mailing when the server does not want us, and has it tried again when that may pass.
func (r *run) trouble(ctx context.Context, err error) error {
	ctx = context.WithoutCancel(ctx)
	if !errors.Is(err, desk.ErrDenied) && !errors.Is(err, desk.ErrNotFound) {
		return errors.Join(err, r.store.GiveMailing(ctx, r.m.ID, r.book.epoch, time.Now().Add(r.Timing.Redo)))
	}
	say := desk.ProblemOf(err)
	if errors.Is(err, desk.ErrNotFound) {
		say = desk.Say("No mail server is set up for updates to subscribers.")
	}
	_, ended := r.store.EndMailing(ctx, r.m.ID, r.book.epoch, theDesk("mailing.trouble"), func(m *desk.Mailing, out *desk.Out) error {
		m.State, m.Problem, out.Say = desk.MailingTrouble, say, desk.Say("An update to subscribers cannot go out.")
		return nil
	})
	if ended != nil {
		return ignore(ended)
	}
	r.Around.Alarm(ctx, r.m.BrandID, fmt.Sprintf("mailing %d", r.m.ID), say)
	r.log.Warn("an update to subscribers cannot go out", "mailing", r.m.ID, "error", err)
	return nil
}

// sweep forgets who asked and never confirmed.
func (d *Desk) sweep(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		for {
			n, err := d.store.DropUnconfirmed(ctx, time.Now().Add(-confirmWithin), 1000)
			if err != nil && ctx.Err() == nil {
				d.log.Error("addresses that nobody confirmed could not be forgotten", "error", err)
			}
			if n == 0 || err != nil {
				break
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
