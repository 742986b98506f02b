package alert

import (
	"context"
	"slices"
	"time"

	"breakwater/desk"
)

// ownDoing is the detector's name of what the desk says of its own work: a post that did not go out, a copy that somebody changed.
const ownDoing = "publishing"

// ownAtOnce is how many such alerts of a brand may be live until further ones join the newest without a message of their own: when
// a network is down, one message per post would be noise.
const ownAtOnce = 3

// Raise tells people of a brand that something the desk does needs them. key names it: while an alert about the same thing is live,
// nothing new is told.
func (r *Router) Raise(ctx context.Context, brandID int64, key string, why desk.Text) error {
	return r.raise(ctx, subject{brand: brandID}, key, why)
}

// Show is Raise for what people are called for by an escalation of its own: it stands on the radar and goes to the ways that a team
// reads, and calls nobody a second time.
func (r *Router) Show(ctx context.Context, brandID int64, key string, why desk.Text) error {
	return r.raise(ctx, subject{brand: brandID, called: true}, key, why)
}

func (r *Router) raise(ctx context.Context, of subject, key string, why desk.Text) error {
	if err := r.enter(ctx); err != nil {
		return err
	}
	defer r.leave()
	live, err := r.store.Alerts(ctx, desk.AlertFilter{BrandID: of.brand, Live: true, Paging: desk.Paging{Limit: 200}})
	if err != nil {
		return err
	}
	live = slices.DeleteFunc(live, func(a desk.Alert) bool { return a.BrandID != of.brand || !own(&a) })
	now := time.Now().UTC()
	s := desk.Signal{Detector: ownDoing, At: now, Strength: 1, Level: desk.Watch, Why: why, Evidence: desk.Evidence{Since: now, TopicID: key}}
	switch {
	case slices.ContainsFunc(live, func(a desk.Alert) bool { return says(&a, key) }):
		return nil
	case len(live) < ownAtOnce:
		return r.begin(ctx, of, desk.Alert{}, []desk.Signal{s}, now)
	}
	_, err = r.store.ChangeAlert(ctx, live[0].ID, theDesk("alert.update", now), func(a *desk.Alert, out *desk.Out) error {
		a.Signals = append([]desk.Signal{s}, a.Signals[:min(len(a.Signals), shown-1)]...)
		a.Updated, out.Say = now, why
		return nil
	})
	return err
}

// own reports whether an alert is about the desk's own work.
func own(a *desk.Alert) bool { return len(a.Signals) > 0 && a.Signals[0].Detector == ownDoing }

func says(a *desk.Alert, key string) bool {
	return slices.ContainsFunc(a.Signals, func(s desk.Signal) bool { return s.Evidence.TopicID == key })
}
