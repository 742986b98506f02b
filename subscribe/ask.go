package subscribe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"breakwater/desk"
)

// confirmKind names the jobs that write letters to confirm; the payload is a wish.
const confirmKind = "subscribe.confirm"

// wish is a subscription that is not confirmed.
type wish struct {
	SubscriberID int64  `json:"subscriber"`
	CentreID     int64  `json:"centre"`
	Lang         string `json:"lang"`
	Made         int64  `json:"made"` // microseconds
}

// confirmWithin is how long a link to confirm works.
const confirmWithin = 3 * 24 * time.Hour

// Ask has a letter written to an address, by which its owner may subscribe to a page's updates (WholeBrand: all of the brand). from is the
// network address of who asks. The answer is the same for every address, known or not: nil. *desk.Invalid for what is no address;
// *desk.Retry when too many were asked for from there.
func (d *Desk) Ask(ctx context.Context, home Home, centreID int64, lang, address, from string) error {
	address, err := tidyAddress(address)
	if err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	if !d.asks.may(from, now) {
		return &desk.Retry{After: limitSpan, Err: errors.New("too many subscriptions were asked for from one address")}
	}
	_, err = d.store.ChangeSubscriber(ctx, home.BrandID, d.mailbox(home.BrandID, address), desk.Act{}, func(s *desk.Subscriber, out *desk.Out) error {
		if !s.Ask(lang, now, mostLetters) {
			out.Skip = true
			return nil
		}
		if s.State != desk.SubscriberLive {
			s.Address = address
		}
		out.Jobs = []desk.Job{confirmJob(wish{s.ID, centreID, lang, now.UnixMicro()})}
		return nil
	})
	d.Wake()
	return err
}

func confirmJob(w wish) desk.Job {
	b, err := json.Marshal(w)
	if err != nil {
		panic(err) // numbers and a word
	}
	return desk.Job{Kind: confirmKind, Key: fmt.Sprintf("%d/%d", w.SubscriberID, w.CentreID), Payload: string(b)}
}

// Asked is what a link to confirm is about: the subscriber and what they would get. desk.ErrNotFound for a link that we did not make;
// desk.ErrConflict for one that was used or is too old.
func (d *Desk) Asked(ctx context.Context, home Home, link string) (s desk.Subscriber, centreID int64, err error) {
	t, err := d.open(toConfirm, link)
	if err != nil {
		return s, 0, err
	}
	s, err = d.store.Subscriber(ctx, t.SubscriberID)
	switch {
	case err != nil:
		return s, 0, err
	case s.BrandID != home.BrandID:
		return s, 0, desk.ErrNotFound
	case time.Since(t.Made) > confirmWithin || !t.Made.After(s.Settled) || s.Address == "":
		return s, t.CentreID, desk.ErrConflict
	}
	return s, t.CentreID, nil
}

// Confirm subscribes whom a link names. Errors are those of Asked.
func (d *Desk) Confirm(ctx context.Context, home Home, link, lang string) error {
	s, centreID, err := d.Asked(ctx, home, link)
	if err != nil {
		return err
	}
	t, err := d.open(toConfirm, link)
	if err != nil {
		return err
	}
	_, err = d.store.ChangeSubscriber(ctx, s.BrandID, s.Mailbox, desk.Act{}, func(s *desk.Subscriber, _ *desk.Out) error {
		return s.Confirm(centreID, lang, t.Made, time.Now().UTC().Truncate(time.Microsecond))
	})
	return err
}

// Leaving is what a link to leave is about: who, and the page whose update brought it. desk.ErrNotFound for a link that we did not make.
// Who left or was forgotten meanwhile is an empty subscriber: there is nothing to leave.
func (d *Desk) Leaving(ctx context.Context, link string) (s desk.Subscriber, centreID int64, err error) {
	t, err := d.open(toLeave, link)
	if err != nil {
		return s, 0, err
	}
	s, err = d.store.Subscriber(ctx, t.SubscriberID)
	if errors.Is(err, desk.ErrNotFound) {
		return desk.Subscriber{State: desk.SubscriberLeft}, t.CentreID, nil
	}
	return s, t.CentreID, err
}

// Leave ends the subscription that a link names: everything of the brand, or only the page's with onlyPage. No letter is handed over
// afterwards: one that is on its way just then is waited for. Leaving twice is no error.
func (d *Desk) Leave(ctx context.Context, link string, onlyPage bool) error {
	s, centreID, err := d.Leaving(ctx, link)
	if err != nil || s.ID == 0 {
		return err
	}
	if !onlyPage {
		centreID = desk.WholeBrand
	}
	_, err = d.store.ChangeSubscriber(ctx, s.BrandID, s.Mailbox, desk.Act{}, func(s *desk.Subscriber, out *desk.Out) error {
		if out.Skip = s.State == desk.SubscriberLeft; !out.Skip {
			s.Leave(centreID, time.Now().UTC().Truncate(time.Microsecond))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return d.landed(ctx, &s)
}

// airTime is how long somebody who leaves waits for a letter to them that is being handed over: mail programs that press the button for
// people give up after some ten seconds.
const airTime = 5 * time.Second

// landed waits until no letter to a subscriber is being handed over, at most airTime: a server that takes longer has that one letter.
func (d *Desk) landed(ctx context.Context, s *desk.Subscriber) error {
	ctx, cancel := context.WithTimeout(ctx, airTime)
	defer cancel()
	for {
		air, err := d.store.InTheAir(ctx, s.BrandID, s.ID)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil || !air:
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// leaveLink is the address that ends a subscription.
func (d *Desk) leaveLink(home Home, subscriberID, centreID int64) string {
	return home.URL + "/-/leave/" + d.seal(token{toLeave, subscriberID, centreID, time.UnixMicro(0)})
}

// settle notes what became of a job: done, later, or given up after a day.
func (d *Desk) settle(ctx context.Context, j desk.Job, err error) error {
	if err == nil {
		return d.store.FinishJob(ctx, j.ID)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	again := time.Now().Add(min(time.Duration(j.Attempts)*time.Minute, time.Hour))
	var later *desk.Retry
	if errors.As(err, &later) && later.After > 0 {
		again = time.Now().Add(later.After)
	}
	if j.Attempts > 60 || !passing(err) {
		again = time.Time{}
	}
	d.log.Warn("a letter to subscribers could not be written yet", "kind", j.Kind, "attempt", j.Attempts, "error", err)
	return d.store.FailJob(ctx, j.ID, again, err.Error())
}

// passing reports whether an error may be gone later.
func passing(err error) bool {
	var no Refusal
	if errors.As(err, &no) {
		code, _, _ := no.Reply()
		return code < 500
	}
	return !errors.Is(err, desk.ErrDenied)
}

// confirm writes one letter to confirm. Written twice after a crash it does no harm: both links work once together.
func (d *Desk) confirm(ctx context.Context, j desk.Job) error {
	var w wish
	if err := json.Unmarshal([]byte(j.Payload), &w); err != nil {
		return err
	}
	s, err := d.store.Subscriber(ctx, w.SubscriberID)
	if errors.Is(err, desk.ErrNotFound) || err == nil && s.Address == "" {
		return nil
	}
	if err != nil {
		return err
	}
	home, err := d.Around.HomeOf(ctx, s.BrandID)
	if err != nil {
		return err
	}
	set, err := d.Around.Server(ctx, s.BrandID)
	if err != nil {
		return err
	}
	title := ""
	if w.CentreID != desk.WholeBrand {
		topic, err := d.Around.TopicOf(ctx, w.CentreID, w.Lang)
		if err != nil && !errors.Is(err, desk.ErrNotFound) {
			return err
		}
		title = topic.Title
	}
	letter, err := d.confirmLetter(home, set, &s, w, title)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	c, err := d.Dial(ctx, set)
	if err != nil {
		return err
	}
	defer c.Close()
	return c.Hand(sender(set), s.Address, letter, func() error { return nil })
}
