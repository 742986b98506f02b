package detect

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"breakwater/desk"
)

// old is a moment some days ago at noon.
func old(days int) time.Time {
	return time.Now().UTC().AddDate(0, 0, -days).Truncate(24 * time.Hour).Add(12 * time.Hour)
}

// stormAt appends n angry mentions within minutes of a moment.
func (r *radio) stormAt(t *testing.T, at time.Time, n int) {
	t.Helper()
	var ms []desk.Mention
	for i := range n {
		ms = append(ms, r.mention(at.Add(time.Duration(i)*20*time.Minute/time.Duration(n)), desk.Negative, "they dragged a passenger off"))
	}
	r.append(t, ms)
}

// The time machine tells what settings would have told, against what the team did then and what it would have cost.
func TestTry(t *testing.T) {
	t.Parallel()
	r := newRadio(t, 40, nil)
	r.stormAt(t, old(9), 120)
	r.stormAt(t, old(4), 120)
	act := desk.Act{Who: "desk", Do: "test"}
	for _, level := range []desk.Level{desk.Watch, desk.Issue, desk.Crisis} {
		_, err := r.db.ChangeWay(t.Context(), 0, act, func(w *desk.Way, out *desk.Out) error {
			w.Name, w.MinLevel, out.Say = fmt.Sprint("way ", level), level, desk.Say("made")
			return nil
		})
		check(t, err)
	}
	useless, err := r.db.ChangeAlert(t.Context(), 0, act, func(a *desk.Alert, out *desk.Out) error {
		a.BrandID, a.MonitorID, a.State, a.Opened, out.Say = r.monitor.BrandID, r.monitor.ID, desk.AlertDecided, old(9).Add(30*time.Minute), desk.Say("opened")
		a.Decision, a.Because, a.DecidedAt = desk.DecisionNotUseful, desk.BecauseJoke, old(9).Add(50*time.Minute)
		return nil
	})
	check(t, err)
	room := func(opened time.Time) desk.Incident {
		i, err := r.db.ChangeIncident(t.Context(), 0, act, func(i *desk.Incident, out *desk.Out) error {
			i.BrandID, i.Title, i.State, i.Began, i.Opened, out.Say = r.monitor.BrandID, "Dragged off", desk.IncidentClosed, opened.Add(-3*time.Hour), opened, desk.Say("opened")
			return nil
		})
		check(t, err)
		return i
	}
	late, quiet := room(old(4).Add(4*time.Hour)), room(old(6))

	m := r.monitor
	m.Rules = []desk.Rule{{Measure: "mentions", Over: 15, AtLeast: 60, Level: desk.Crisis}, {Measure: "people", Over: 60, AtLeast: 5}, {Measure: "negative", Over: 60, AtLeast: 10_000}}
	got, err := r.engine.Try(t.Context(), m, 12)
	check(t, err)
	if got.Tried.Count != 2 || got.Now.Count != 2 || got.Heard < 12 || got.Heard > 13 || len(got.Points) < 12 {
		t.Fatalf("tried %+v, now %+v, heard %d days, %d points; want two alerts each", got.Tried, got.Now, got.Heard, len(got.Points))
	}
	if a := got.Tried.Alerts[0]; a.AlertID != useless.ID || a.Decision != desk.DecisionNotUseful || a.Earlier < 30 || a.Earlier > 50 || a.Level != desk.Crisis {
		t.Errorf("the first would have been %+v, want the one that was a joke, half an hour earlier, at crisis", a)
	}
	if a := got.Tried.Alerts[1]; a.IncidentID != late.ID || a.Earlier < 3*60 || a.Earlier > 4*60 {
		t.Errorf("the second would have been %+v, want the room, hours earlier", a)
	}
	if got.Tried.Found != 1 || got.Tried.Useless != 1 || len(got.Missed) != 1 || got.Missed[0].IncidentID != quiet.ID {
		t.Errorf("found %d, useless %d, missed %+v; want one of each", got.Tried.Found, got.Tried.Useless, got.Missed)
	}
	if got.Tried.Messages <= got.Now.Messages || got.Now.Messages < 4 {
		t.Errorf("%d messages with a threshold at crisis, %d without; want more", got.Tried.Messages, got.Now.Messages)
	}
	if len(got.Rules) != 3 || len(got.Rules[0].Times) != 2 || got.Rules[1].Known || len(got.Rules[2].Times) != 0 {
		t.Errorf("rules %+v, want two times, unknown, none", got.Rules)
	}
	if len(got.Others) != 3 || !slices.IsSortedFunc(got.Others, func(a, b Sensitive) int { return a.Alerts - b.Alerts }) {
		t.Errorf("sensitivities %+v, want more alerts the higher", got.Others)
	}
	if _, err := r.engine.Try(t.Context(), desk.Monitor{ID: 999}, 12); err == nil {
		t.Error("a monitor that is not there was tried")
	}
}

func BenchmarkTry(b *testing.B) {
	r := newRadio(b, 300, nil)
	ctx := b.Context()
	b.Run("cold", func(b *testing.B) {
		for b.Loop() {
			r.engine.machine.runs = nil
			_, err := r.engine.Try(ctx, r.monitor, 366)
			check(b, err)
		}
	})
	b.Run("moved", func(b *testing.B) {
		for b.Loop() {
			_, err := r.engine.Try(ctx, r.monitor, 366)
			check(b, err)
		}
	})
}
