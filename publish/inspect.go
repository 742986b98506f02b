package publish

import (
	"context"
	"errors"
	"fmt"
	"time"

	"breakwater/desk"
)

const (
	// lookEvery is how often a channel that is well is looked at, and lookSoon how soon one that is not.
	lookEvery = time.Hour
	lookSoon  = 5 * time.Minute
	// inspectWithin bounds one look; for the one that somebody asked for, a person waits.
	inspectWithin = 20 * time.Second
	// tellAfter looks in a row that did not work, people are told: a blip of the network wakes nobody.
	tellAfter = 2
	// expiresSoon is how long before their end people are told of credentials: long enough for somebody's holidays.
	expiresSoon = 14 * 24 * time.Hour
)

// Check tries settings for real, without saving them, and says what it found: who we are there. Its errors are *desk.Invalid
// with a sentence for people; the field is "settings" where none is to blame. For leads, with the stored settings of a channel;
// others need an admin.
func (c *Channels) Check(ctx context.Context, ch desk.Channel) (About, error) {
	least := desk.Lead
	if ch.ID == 0 || ch.Settings != nil {
		least = desk.Admin
	}
	if err := desk.Need(ctx, least); err != nil {
		return About{}, err
	}
	var stored desk.Settings
	if ch.ID != 0 {
		was, err := c.Store.Channel(ctx, ch.ID)
		if err != nil {
			return About{}, err
		}
		if ch.Settings == nil {
			return c.inspect(ctx, was)
		}
		ch.Kind, ch.BrandID, stored = was.Kind, was.BrandID, was.Settings
	}
	if ch.Name == "" {
		ch.Name = "test" // a name is not what is tried
	}
	set, err := c.settle(ch, ch.Settings, stored)
	if err != nil {
		return About{}, err
	}
	ch.Settings = set
	m, err := c.Kinds[ch.Kind].Open(ch)
	if err != nil {
		return About{}, err
	}
	about, err := inspect(ctx, m)
	var wrong *desk.Invalid
	if err == nil || errors.As(err, &wrong) {
		return about, err
	}
	_, problem := judge(err)
	return about, &desk.Invalid{Field: "settings", Reason: problem}
}

// inspect looks at a stored channel and notes what it found.
func (c *Channels) inspect(ctx context.Context, ch desk.Channel) (About, error) {
	m, err := c.Open(ctx, ch)
	var about About
	if err == nil {
		about, err = inspect(ctx, m)
	}
	if ctx.Err() != nil {
		return about, ctx.Err()
	}
	if err := c.found(ctx, ch, about, err); err != nil {
		return about, err
	}
	if err != nil {
		_, problem := judge(err)
		return about, &desk.Invalid{Field: "settings", Reason: problem}
	}
	return about, nil
}

func inspect(ctx context.Context, m Mouth) (About, error) {
	i, ok := m.(Inspector)
	if !ok {
		return About{}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, inspectWithin)
	defer cancel()
	return i.Inspect(ctx)
}

// judge reads what a look failed with: the state of the channel, and what people are told.
func judge(err error) (state string, problem desk.Text) {
	state, problem = desk.HealthFailing, desk.Say("It does not answer, or answers with an error. It is tried again by itself.")
	var wrong *desk.Invalid
	var retry *desk.Retry
	switch {
	case errors.Is(err, desk.ErrDenied):
		state, problem = desk.HealthDenied, desk.Say("It refuses our credentials. Enter new ones in its settings.")
	case errors.As(err, &wrong):
		state, problem = desk.HealthBroken, wrong.Reason
	case errors.Is(err, desk.ErrBroken):
		state, problem = desk.HealthBroken, desk.Say("It answers with something that cannot be read. Check its settings.")
	case errors.As(err, &retry) && retry.Limited:
		state, problem = desk.HealthLimited, desk.Say("It asks us to slow down. It is tried again by itself.")
	}
	if say := desk.ProblemOf(err); !say.IsZero() {
		problem = say
	}
	return state, problem
}

// found notes what a look found. A state that changed is an entry in the journal; the rest is quietly kept.
func (c *Channels) found(ctx context.Context, was desk.Channel, about About, cause error) error {
	ch := was
	ch.Checked, ch.State, ch.Problem = time.Now().UTC(), desk.HealthOK, desk.Text{}
	if cause == nil {
		ch.Limits, ch.Expires = about.Limits, about.Expires
		if about.Account != "" {
			ch.Account = about.Account
		}
	} else {
		ch.State, ch.Problem = judge(cause)
		c.Log.Info("a channel is not well", "channel", ch.ID, "state", ch.State, "error", cause)
	}
	c.tell(ctx, ch)
	if ch.State == was.State || was.State == desk.HealthNew && ch.State == desk.HealthOK {
		return c.Store.SetChannelState(ctx, ch)
	}
	act := desk.Act{Who: "desk", Name: "Breakwater", Do: "channel.state", At: ch.Checked}
	_, err := c.Store.ChangeChannel(ctx, ch.ID, act, func(now *desk.Channel, out *desk.Out) error {
		if now.Version != was.Version {
			out.Skip = true // changed meanwhile: what was found is of other settings
			return nil
		}
		now.Checked, now.State, now.Problem, now.Limits, now.Expires, now.Account = ch.Checked, ch.State, ch.Problem, ch.Limits, ch.Expires, ch.Account
		out.Say = desk.Say("{channel} works again.", "channel", ch.Name)
		if cause != nil {
			out.Say = desk.Say("{channel} has a problem: {problem}", "channel", ch.Name, "problem", ch.Problem)
		}
		return nil
	})
	return err
}

// tell has people told of a channel that would fail them when they need it.
func (c *Channels) tell(ctx context.Context, ch desk.Channel) {
	c.mu.Lock()
	if ch.State == desk.HealthOK {
		delete(c.failed, ch.ID)
	} else {
		c.failed[ch.ID]++
	}
	failed := c.failed[ch.ID]
	c.mu.Unlock()
	if c.Alarm == nil || ch.Paused {
		return
	}
	switch {
	case ch.State == desk.HealthDenied && failed == 1, ch.State != desk.HealthOK && ch.State != desk.HealthLimited && failed == tellAfter:
		c.Alarm(ctx, ch.BrandID, fmt.Sprint("channel-trouble:", ch.ID), desk.Say("We cannot speak in {channel}: {problem}", "channel", ch.Name, "problem", ch.Problem))
	case ch.State == desk.HealthOK && ch.Dying(ch.Checked, expiresSoon):
		c.Alarm(ctx, ch.BrandID, fmt.Sprint("channel-expires:", ch.ID, ":", ch.Expires.Unix()),
			desk.Say("The credentials of {channel} end on {at}. Renew them before.", "channel", ch.Name, "at", ch.Expires))
	}
}

// look makes Run look at new channels at once.
func (c *Channels) look() {
	select {
	case c.nudge <- struct{}{}:
	default:
	}
}

// Run looks at every channel once an hour until ctx ends, at those in trouble more often.
func (c *Channels) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		if err := c.round(ctx, time.Now()); err != nil && ctx.Err() == nil {
			c.Log.Error("the channels could not be looked at", "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		case <-c.nudge:
		}
	}
}

func (c *Channels) round(ctx context.Context, now time.Time) error {
	all, err := c.Store.Channels(ctx, 0)
	if err != nil {
		return err
	}
	var failures []error
	for _, ch := range all {
		every := lookEvery
		if ch.State != desk.HealthOK {
			every = lookSoon
		}
		if ch.State != desk.HealthNew && now.Sub(ch.Checked) < every || c.Kinds[ch.Kind].Open == nil {
			continue
		}
		var wrong *desk.Invalid
		if _, err := c.inspect(ctx, ch); err != nil && !errors.As(err, &wrong) && !errors.Is(err, desk.ErrNotFound) {
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}
