package subscribe

import (
	"context"
	"errors"
	"time"

	"breakwater/desk"
)

// bouncesEvery is how often mailboxes of returned mail are looked into, and bouncesWithin how long one look may take.
const (
	bouncesEvery  = time.Minute
	bouncesWithin = 5 * time.Minute
)

// bounces reads the mailboxes of returned mail until ctx ends.
func (d *Desk) bounces(ctx context.Context) {
	tick := time.NewTicker(bouncesEvery)
	defer tick.Stop()
	for {
		if err := d.Bounces(ctx); err != nil && ctx.Err() == nil {
			d.log.Error("returned mail could not be read", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Bounces reads once what came back to each brand.
func (d *Desk) Bounces(ctx context.Context) error {
	all, err := d.store.Carriers(ctx, 0, desk.LettersKind)
	if err != nil {
		return err
	}
	var failed []error
	for _, c := range all {
		if c.Settings["imap_host"] != "" && !c.Paused {
			failed = append(failed, d.bouncesOf(ctx, c))
		}
	}
	return errors.Join(failed...)
}

// bouncesOf reads what came to a mailbox since it was looked into. How it fares is kept beside the settings, for people to see.
func (d *Desk) bouncesOf(ctx context.Context, c desk.Carrier) error {
	ctx, cancel := context.WithTimeout(ctx, bouncesWithin)
	defer cancel()
	for more := true; more; {
		mails, next, rest, err := d.Fetch(ctx, c.Settings, c.Cursor)
		c.Tried = time.Now().UTC()
		if err != nil {
			c.State, c.Problem, c.Tries = desk.HealthFailing, desk.ProblemOf(err), c.Tries+1
			if errors.Is(err, desk.ErrDenied) {
				c.State = desk.HealthDenied
			}
			d.log.Warn("the mailbox of returned mail cannot be read", "carrier", c.ID, "error", err)
			return d.store.SetCarrierState(context.WithoutCancel(ctx), c)
		}
		for _, raw := range mails {
			known, err := d.Returned(ctx, raw)
			if err != nil {
				return err // it is read again
			}
			if known {
				c.Returned++
			}
		}
		c.State, c.Problem, c.Tries, c.Good, c.Cursor, more = desk.HealthOK, desk.Text{}, 0, c.Tried, next, rest
		if err := d.store.SetCarrierState(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// Returned takes note of a mail that came to the mailbox of returned mail. It changes something only when the mail names a letter of ours by
// the address that only we can make, the letter was handed over and did not come back before, and a mail server says that it failed. known
// reports whether that was so.
func (d *Desk) Returned(ctx context.Context, raw []byte) (known bool, err error) {
	subscriberID, mailingID, ok := d.returned(raw)
	if !ok {
		return false, nil
	}
	f, ok := failureOf(raw)
	if !ok {
		return false, nil
	}
	known, stopped, err := d.store.ReturnDelivery(ctx, mailingID, subscriberID, f.Code, f.Hard)
	if known {
		d.log.Info("a letter came back", "mailing", mailingID, "subscriber", subscriberID, "code", f.Code, "class", f.Class, "stopped", stopped)
	}
	return known, err
}
