package alert

import (
	"context"
	"fmt"
	"time"

	"breakwater/desk"
)

// longestMute is the most that an alert can be muted for at once: who wants silence for longer has to look again.
const longestMute = 7 * 24 * time.Hour

// List gives a piece of the alerts, newest first.
func (r *Router) List(ctx context.Context, f desk.AlertFilter) ([]desk.Alert, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return r.store.Alerts(ctx, f)
}

// One is one alert.
func (r *Router) One(ctx context.Context, id int64) (desk.Alert, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Alert{}, err
	}
	return r.store.Alert(ctx, id)
}

// See acknowledges an alert. One that was seen before stays as it is, and that is no error. For responders.
func (r *Router) See(ctx context.Context, id int64) (desk.Alert, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Alert{}, err
	}
	act := desk.ActOf(ctx, "alert.see", "")
	return r.store.ChangeAlert(ctx, id, act, func(a *desk.Alert, out *desk.Out) error {
		if a.SeenBy != "" || a.State != desk.AlertOpen {
			out.Skip = true
			return nil
		}
		out.Say, out.IncidentID = desk.Say("{name} is looking at the alert.", "name", act.Name), a.IncidentID
		a.SeenUser = desk.ActorOf(ctx).UserID
		return a.See(act.Name, act.At)
	})
}

// Decide records the first decision: routine, watch, crisis or not_useful (which needs a reason). A crisis opens an incident,
// whose id is in the answer. For responders.
func (r *Router) Decide(ctx context.Context, id int64, d desk.Decision) (desk.Alert, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Alert{}, err
	}
	if err := r.enter(ctx); err != nil {
		return desk.Alert{}, err
	}
	defer r.leave()
	act := desk.ActOf(ctx, "alert.decide", d.Why)
	now, err := r.store.Alert(ctx, id)
	if err != nil {
		return desk.Alert{}, err
	}
	incidentID := now.IncidentID
	// Tried on a copy first, so that no incident is opened for a decision that cannot be taken.
	if err := now.Decide(d, act.Name, act.At); err != nil {
		return desk.Alert{}, err
	}
	if d.Is == desk.DecisionCrisis && incidentID == 0 && r.open != nil {
		if incidentID, err = r.open(ctx, now); err != nil {
			return desk.Alert{}, fmt.Errorf("open incident from alert %d: %w", id, err)
		}
	}
	a, err := r.store.ChangeAlert(ctx, id, act, func(a *desk.Alert, out *desk.Out) error {
		if a.SeenBy == "" {
			a.SeenUser = desk.ActorOf(ctx).UserID
		}
		if err := a.Decide(d, act.Name, act.At); err != nil {
			return err
		}
		a.IncidentID = incidentID
		out.Say, out.IncidentID = decided(d.Is, act.Name), incidentID
		return nil
	})
	if err == nil && a.Because != "" && r.learn != nil {
		err = r.learn(ctx, a)
	}
	return a, err
}

func decided(decision, name string) desk.Text {
	switch decision {
	case desk.DecisionRoutine:
		return desk.Say("{name} decided: routine, answered one by one.", "name", name)
	case desk.DecisionWatch:
		return desk.Say("{name} decided: keep watching.", "name", name)
	case desk.DecisionCrisis:
		return desk.Say("{name} decided: this is a crisis.", "name", name)
	}
	return desk.Say("{name} found the alert not useful.", "name", name)
}

// Mute keeps an alert and fresh ones about the same thing from sending messages until a time, at most a week ahead, for a
// reason; a zero time ends the mute. A level that rises above the present one is told all the same. For responders.
func (r *Router) Mute(ctx context.Context, id int64, until time.Time, why string) (desk.Alert, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Alert{}, err
	}
	act := desk.ActOf(ctx, "alert.mute", why)
	if !until.IsZero() {
		switch {
		case !until.After(act.At) || until.Sub(act.At) > longestMute:
			return desk.Alert{}, desk.Wrong("until", "Choose a time within the next seven days.")
		case why == "":
			return desk.Alert{}, desk.Wrong("why", "Say in a few words why this alert is muted.")
		}
	}
	return r.store.ChangeAlert(ctx, id, act, func(a *desk.Alert, out *desk.Out) error {
		a.MutedUntil = until.UTC()
		out.IncidentID = a.IncidentID
		out.Say = desk.Say("{name} muted the alert until {until}.", "name", act.Name, "until", until.UTC())
		if until.IsZero() {
			a.MutedUntil = time.Time{}
			out.Say = desk.Say("{name} ended the mute.", "name", act.Name)
		}
		return nil
	})
}

// End closes an alert by hand. The same thing is then not told again for some hours, unless it gets worse. Ending twice is no
// error. For responders.
func (r *Router) End(ctx context.Context, id int64, why string) (desk.Alert, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Alert{}, err
	}
	act := desk.ActOf(ctx, "alert.end", why)
	return r.end(ctx, id, act, act.At.Add(coolDown), desk.Say("{name} ended the alert.", "name", act.Name))
}
