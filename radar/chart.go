package radar

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"breakwater/desk"
)

// Chart is a series with what is usual.
type Chart struct {
	From   time.Time    `json:"from"`
	To     time.Time    `json:"to"`
	Step   int          `json:"step"`   // minutes
	Points []desk.Point `json:"points"` // ascending, by Ask.By; steps without mentions are left out
	Band   []desk.Band  `json:"band"`   // empty while too little is known, and for single networks
	Gaps   []desk.Gap   `json:"gaps"`   // when we did not hear
	// Forecast is what is to be expected next, in steps after To, with the band in which eight of ten counts lie; empty where To is
	// past, and while nothing stands out: then Band is what is to be expected.
	Forecast []desk.Band `json:"forecast,omitempty"`
}

// steps that a chart may have; maxPoints is how many of them a screen can show.
var steps = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 24 * time.Hour}

const maxPoints = 300

// ahead is how far a chart looks ahead at most; never more than a third of what it looks back.
const ahead = 6 * time.Hour

// Chart draws a.From … a.To. Without a From it is the 24 hours to To, without a To to now, without a Step one is chosen that
// makes at most 300 points; more than ten times as many are an *desk.Invalid.
func (d *Desk) Chart(ctx context.Context, a desk.Ask) (Chart, error) {
	a, err := d.scoped(ctx, a)
	if err != nil {
		return Chart{}, err
	}
	a = framed(a, 24*time.Hour, time.Now())
	if !a.From.Before(a.To) {
		return Chart{}, desk.Wrong("from", "The beginning must lie before the end.")
	}
	if a.Step <= 0 {
		a.Step = stepFor(a.To.Sub(a.From))
	}
	a.From = a.From.Truncate(a.Step)
	if a.To.Sub(a.From)/a.Step > 10*maxPoints {
		return Chart{}, desk.Wrong("step", "This many points fit no chart. Choose longer steps.")
	}
	return ask(ctx, &d.kept, fmt.Sprint("chart ", a), func(ctx context.Context) (Chart, error) { return d.chart(ctx, a) })
}

func (d *Desk) chart(ctx context.Context, a desk.Ask) (Chart, error) {
	c := Chart{From: a.From, To: a.To, Step: int(a.Step / time.Minute)}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		c.Points, err = d.store.Series(ctx, a)
		return err
	})
	g.Go(func() (err error) {
		if len(a.Networks) == 0 {
			c.Band, err = d.usual.Usual(ctx, a)
		}
		return err
	})
	g.Go(func() (err error) {
		if next := a; len(a.Networks) == 0 && time.Since(a.To) < time.Minute {
			next.From, next.To = a.To, a.To.Add(min(ahead, a.To.Sub(a.From)/3))
			c.Forecast, err = d.usual.Forecast(ctx, next)
		}
		return err
	})
	g.Go(func() (err error) {
		c.Gaps, err = d.store.Gaps(ctx, nil, a.From, a.To)
		return err
	})
	return c, g.Wait()
}

// framed gives an ask whole minutes, and a beginning and an end where it has none.
func framed(a desk.Ask, last time.Duration, now time.Time) desk.Ask {
	if a.To.IsZero() {
		a.To = now.Add(time.Minute)
	}
	a.To = a.To.UTC().Truncate(time.Minute)
	if a.From.IsZero() {
		a.From = a.To.Add(-last)
	}
	a.From = a.From.UTC().Truncate(time.Minute)
	return a
}

func stepFor(span time.Duration) time.Duration {
	for _, s := range steps {
		if span/s <= maxPoints {
			return s
		}
	}
	return steps[len(steps)-1]
}
