package detect

import (
	"context"
	"time"

	"breakwater/desk"
)

// Forecast is what is to be expected in the hours after a.From, which is now, for each a.Step until a.To (at most ForecastHours):
// of a.Monitors, or of all of a.BrandID, together. It is empty while too little is known, and while the last hour is within what
// is usual: then what is usual is what is to be expected.
func (e *Engine) Forecast(ctx context.Context, a desk.Ask) ([]desk.Band, error) {
	now := a.From.UTC().Truncate(time.Minute)
	past := a
	past.From, past.To, past.Step, past.By = now.Add(-time.Duration(ForecastPast)*ForecastStep), now, ForecastStep, ""
	usual, err := e.Usual(ctx, past)
	if err != nil || len(usual) < ForecastPast || a.Step <= 0 {
		return nil, err
	}
	points, err := e.store.Series(ctx, past)
	if err != nil {
		return nil, err
	}
	counts, expected := make([]float64, ForecastPast), make([]float64, ForecastPast)
	for _, p := range points {
		if i := int(p.At.Sub(past.From) / ForecastStep); i >= 0 && i < ForecastPast {
			counts[i] += float64(p.Count)
		}
	}
	for i := range expected {
		expected[i] = usual[i].Expected
	}
	hour := past
	hour.From, hour.Step = now.Add(-time.Hour), time.Hour
	last, err := e.Usual(ctx, hour)
	if err != nil || len(last) == 0 || total(counts[ForecastPast-hourSteps:]) <= last[0].High {
		return nil, err
	}
	next := past
	next.From, next.To = now, now.Add(ForecastHours*time.Hour)
	ahead, err := e.Usual(ctx, next)
	if err != nil {
		return nil, err
	}
	coming := make([]float64, len(ahead))
	for i := range ahead {
		coming[i] = ahead[i].Expected
	}
	return stepped(Forecast(now, counts, expected, coming), now, a.To, a.Step), nil
}

// stepped puts a forecast into other steps: what is known of five minutes is spread evenly within them, and what is off is off in
// the same direction for hours, so that edges add up.
func stepped(bands []desk.Band, from, to time.Time, step time.Duration) (all []desk.Band) {
	end := from.Add(time.Duration(len(bands)) * ForecastStep)
	if to.After(end) {
		to = end
	}
	for at := from; at.Add(step/2).Before(to) && len(all) < maxBands; at = at.Add(step) {
		sum := desk.Band{At: at}
		for i := range bands {
			begin := bands[i].At
			part := overlapping(begin, begin.Add(ForecastStep), at, at.Add(step)).Seconds() / ForecastStep.Seconds()
			sum.Low += part * bands[i].Low
			sum.Expected += part * bands[i].Expected
			sum.High += part * bands[i].High
		}
		all = append(all, sum)
	}
	return all
}

// overlapping is how long both of two stretches last.
func overlapping(a, b, c, d time.Time) time.Duration {
	if c.After(a) {
		a = c
	}
	if d.Before(b) {
		b = d
	}
	return max(0, b.Sub(a))
}
