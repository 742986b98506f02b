package enrich

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"breakwater/desk"
	"breakwater/internal/fetch"
)

// keyMask stands for a key that people do not see; sent back it leaves the key as it is.
const keyMask = "***"

// Why the desk's own readings stand.
var (
	problemBudget  = desk.Say("Today's budget is used up. It begins anew at midnight UTC.")
	problemForm    = desk.Say("Its answer is not in the form agreed.")
	problemDenied  = desk.Say("It refuses the key.")
	problemLimited = desk.Say("It asks us to slow down.")
	problemPrivate = desk.Say("This address is in a private network. Say that the server is yours, if it is.")
	problemFailing = desk.Say("It does not answer as it should.")
	problemSilent  = desk.Say("It cannot be reached, or is too slow.")
)

// problemOf is what people read about a failure. What a server wrote is not repeated.
func problemOf(err error) desk.Text {
	var (
		status  *fetch.Status
		private *fetch.Private
		silent  *fetch.Unreachable
		wrong   *desk.Invalid
	)
	switch {
	case errors.As(err, &wrong):
		return wrong.Reason
	case errors.Is(err, errForm):
		return problemForm
	case errors.As(err, &private):
		return problemPrivate
	case errors.As(err, &silent):
		return problemSilent
	case errors.As(err, &status) && status.Denied():
		return problemDenied
	case errors.As(err, &status) && status.Limited():
		return problemLimited
	}
	return problemFailing
}

// Settings are those of the engine outside, its key hidden, and how it is doing. For admins.
func (o *Outside) Settings(ctx context.Context) (desk.Engine, desk.EngineState, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return desk.Engine{}, desk.EngineState{}, err
	}
	e, err := o.store.Engine(ctx)
	if err != nil {
		return e, desk.EngineState{}, err
	}
	if e.ID == 0 {
		e = desk.Engine{Kind: desk.EngineClassifier, Below: 0.6, Burst: true, Calls: 2000, Timeout: 20}
	}
	return hidden(e), o.State(), nil
}

// State is how the engine is doing.
func (o *Outside) State() desk.EngineState {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.newDay(o.now())
	s := o.state
	s.On, s.Waiting, s.Calls, s.Tokens = on(&o.engine), len(o.waiting), o.used.Calls, o.used.Tokens
	if o.now().Before(o.breaker.until) {
		s.Again = o.breaker.until.UTC()
	}
	return s
}

func hidden(e desk.Engine) desk.Engine {
	if e.Key != "" {
		e.Key = keyMask
	}
	return e
}

// Save changes the settings of the engine outside. Texts go on being sent to it only while its host stays the same. The key
// comes back as it was shown to stay as it is, but not for another host. Errors: *desk.Invalid for each field that is wrong,
// joined; desk.ErrConflict when Version, unless 0, is not the stored one. For admins.
func (o *Outside) Save(ctx context.Context, e desk.Engine) (desk.Engine, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return e, err
	}
	saved, err := o.store.ChangeEngine(ctx, desk.ActOf(ctx, "engine.save", ""), func(now *desk.Engine, out *desk.Out) error {
		if e.Version != 0 && e.Version != now.Version {
			return desk.ErrConflict
		}
		next, err := settled(e, *now)
		if err != nil {
			return err
		}
		next.ID, next.Version = now.ID, now.Version
		out.Say = desk.Say("The engine outside, {name}, was saved.", "name", next.Name)
		if now.Allowed != "" && next.Allowed == "" {
			out.Say = desk.Say("The engine outside was saved with another address. No text is sent to {host} any more.", "host", now.Allowed)
		}
		*now = next
		return nil
	})
	if err != nil {
		return e, err
	}
	o.changed(saved)
	return hidden(saved), nil
}

// settled checks settings, tidied, against those before.
func settled(e, was desk.Engine) (desk.Engine, error) {
	e.Name, e.Address, e.Model, e.Labels = strings.TrimSpace(e.Name), strings.TrimSpace(e.Address), strings.TrimSpace(e.Model), strings.TrimSpace(e.Labels)
	e.Allowed = ""
	var wrong []error
	sameHost := hostOf(e.Address) == hostOf(was.Address)
	switch {
	case e.Key != keyMask:
		e.Key = desk.Secret(strings.TrimSpace(e.Key.Reveal()))
	case was.Key != "" && !sameHost:
		wrong = append(wrong, desk.Wrong("key", "The address changed: enter the key again."))
	default:
		e.Key = was.Key
	}
	if sameHost {
		e.Allowed = was.Allowed
	}
	u, err := url.Parse(e.Address)
	checks := []struct {
		ok    bool
		field string
		say   string
	}{
		{e.Kind == desk.EngineClassifier || e.Kind == desk.EngineChat, "kind", "Choose one of the list."},
		{e.Name != "" && utf8.RuneCountInString(e.Name) <= 60, "name", "Give the engine a short name: mentions show it."},
		{err == nil && u.Host != "" && u.User == nil && (u.Scheme == "https" || u.Scheme == "http"), "address", "Give a full address that begins with https://."},
		{len(e.Address) <= 2000, "address", "This is too long."},
		{err != nil || u.Scheme != "http" || e.Private, "address", "Texts go through the open net only by https. Plain http is for a server in your own network."},
		{e.Kind != desk.EngineChat || e.Model != "" && len(e.Model) <= 200, "model", "Name the model that is to be asked."},
		{!strings.ContainsAny(e.Key.Reveal(), "\r\n") && len(e.Key) <= 4000, "key", "This must be one line."},
		{e.Below >= 0 && e.Below <= 1, "below", "Enter a share between 0 and 100 %."},
		{e.Calls >= 1 && e.Calls <= 1_000_000, "calls", "Enter how many calls a day it may have, up to a million."},
		{e.Tokens >= 0 && e.Tokens <= 1_000_000_000, "tokens", "Enter a number of tokens, or 0 for no limit."},
		{e.Timeout >= 1 && e.Timeout <= 120, "timeout", "Enter seconds, from 1 to 120."},
		{len(e.Labels) <= 4000, "labels", "This is too long."},
	}
	for _, c := range checks {
		if !c.ok {
			wrong = append(wrong, desk.Wrong(c.field, c.say))
		}
	}
	if _, err := labels(e.Labels); err != nil {
		wrong = append(wrong, err)
	}
	return e, errors.Join(wrong...)
}

func (o *Outside) changed(e desk.Engine) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.set(e)
}

// Allow lets the texts of mentions be sent to a host, which must be that of the engine's address: an admin says so, and the
// journal holds it.
func (o *Outside) Allow(ctx context.Context, host string) error {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return err
	}
	return o.permit(ctx, "engine.allow", func(e *desk.Engine, out *desk.Out) error {
		if e.Address == "" {
			return desk.Wrong("host", "Save the address of the engine first.")
		}
		if host = strings.ToLower(strings.TrimSpace(host)); host == "" || host != hostOf(e.Address) {
			return desk.Wrong("host", "Name the host of the engine's address: {host}.", "host", hostOf(e.Address))
		}
		out.Skip = e.Allowed == host
		e.Allowed = host
		out.Say = desk.Say("The texts of mentions may be sent to {host}, with names and addresses masked.", "host", host)
		return nil
	})
}

// Stop sends nothing any more.
func (o *Outside) Stop(ctx context.Context) error {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return err
	}
	return o.permit(ctx, "engine.stop", func(e *desk.Engine, out *desk.Out) error {
		out.Skip = e.Allowed == ""
		out.Say = desk.Say("No text is sent to {host} any more.", "host", e.Allowed)
		e.Allowed = ""
		return nil
	})
}

func (o *Outside) permit(ctx context.Context, do string, change func(*desk.Engine, *desk.Out) error) error {
	saved, err := o.store.ChangeEngine(ctx, desk.ActOf(ctx, do, ""), change)
	if err == nil {
		o.changed(saved)
	}
	return err
}

// Test asks the engine once, with a sentence of our own and the settings given, saving nothing, and says what it answers. A
// failure is an *desk.Invalid that says what to do, joined with its cause. For admins.
func (o *Outside) Test(ctx context.Context, e desk.Engine) (desk.Text, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return desk.Text{}, err
	}
	was, err := o.store.Engine(ctx)
	if err != nil {
		return desk.Text{}, err
	}
	if e, err = settled(e, was); err != nil {
		return desk.Text{}, err
	}
	began := time.Now()
	v, err := guarded(func() (verdict, error) { return ask(ctx, o.callerOf(&e), &e, trial) })
	if err != nil {
		return desk.Text{}, errors.Join(&desk.Invalid{Field: "address", Reason: problemOf(err)}, err)
	}
	var m desk.Mention
	v.read(&m, e.Name)
	took := time.Since(began).Round(time.Millisecond).Milliseconds()
	say := map[desk.Mood]string{
		desk.Negative: "It answers after {ms} ms: the sentence that we tried is negative, as it should be.",
		desk.Neutral:  "It answers after {ms} ms, but takes a complaint that we tried for neutral.",
		desk.Positive: "It answers after {ms} ms, but takes a complaint that we tried for positive. Look at its labels.",
	}[m.Mood]
	return desk.Say(say, "ms", took), nil
}
