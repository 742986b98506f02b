package match

import (
	"context"
	"errors"
	"math"

	"breakwater/desk"
)

// lessons are how much more a monitor's detectors are asked for after an alert was not useful, by the reason. What the reason
// itself mends teaches nothing here: a campaign belongs among the occasions, what is not about us out of the query, and what is
// known already is muted.
var lessons = map[string]float64{
	desk.BecauseSmall: 0.10,
	desk.BecauseJoke:  0.05,
	desk.BecauseOther: 0.05,
}

// Teach lets the monitors that an alert came from learn from the reason why it was not useful: their detectors are asked for a
// little more from then on, up to desk.MaxTaught. The organisation's own thresholds are as people set them. For responders.
func (s *Monitors) Teach(ctx context.Context, a desk.Alert) error {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return err
	}
	step := lessons[a.Because]
	if step == 0 {
		return nil
	}
	taught := make(map[int64]bool)
	var errs []error
	for _, sig := range a.Signals {
		if sig.MonitorID == 0 || sig.Detector == "threshold" || taught[sig.MonitorID] {
			continue
		}
		taught[sig.MonitorID] = true
		err := s.teach(ctx, sig.MonitorID, desk.ActOf(ctx, "monitor.teach", a.Why), func(was float64) float64 { return was + step })
		if !errors.Is(err, desk.ErrNotFound) { // deleted since
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Unteach forgets what a monitor learned from alerts that were not useful. For leads.
func (s *Monitors) Unteach(ctx context.Context, id int64) error {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return err
	}
	return s.teach(ctx, id, desk.ActOf(ctx, "monitor.teach", ""), func(float64) float64 { return 0 })
}

func (s *Monitors) teach(ctx context.Context, id int64, act desk.Act, change func(float64) float64) error {
	_, err := s.store.ChangeMonitor(ctx, id, act, func(m *desk.Monitor, out *desk.Out) error {
		was := m.Taught
		m.Taught = math.Round(100*min(max(change(was), 0), desk.MaxTaught)) / 100
		switch {
		case m.Taught == was:
			out.Skip = true
		case m.Taught == 0:
			out.Say = desk.Say("{name} forgot what it had learned from alerts that were not useful.", "name", m.Name)
		default:
			out.Say = desk.Say("{name} learned: its detectors now ask for {percent} % more before they speak.", "name", m.Name, "percent", int(math.Round(100*m.Taught)))
		}
		return nil
	})
	if err == nil {
		s.changed(id)
	}
	return err
}
