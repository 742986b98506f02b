package radar

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"breakwater/desk"
)

// Numbers are the figures on top of the radar, over the 60 minutes to At. Each mention counts once.
type Numbers struct {
	At         time.Time `json:"at"`
	Mentions   int       `json:"mentions"`
	Usual      desk.Band `json:"usual"`    // of these 60 minutes, when Known
	Known      bool      `json:"known"`    // enough history to say what is usual
	Negative   float64   `json:"negative"` // share, 0 … 1
	UsualShare float64   `json:"usual_share"`
	ShareKnown bool      `json:"share_known"`
	People     int       `json:"people"` // distinct authors
	Alerts     int       `json:"alerts"` // live
}

// maxLive is how many live alerts are counted at most.
const maxLive = 200

// Numbers gives the figures of a brand; 0 is all brands.
func (d *Desk) Numbers(ctx context.Context, brandID int64) (Numbers, error) {
	a, err := d.scoped(ctx, desk.Ask{BrandID: brandID})
	if err == nil && len(a.Monitors) > 0 {
		err = desk.Wrong("brand", "Choose one of your brands.")
	}
	if err != nil {
		return Numbers{}, err
	}
	brandID = a.BrandID
	n, err := ask(ctx, &d.kept, fmt.Sprint("numbers ", brandID), func(ctx context.Context) (Numbers, error) {
		return d.numbers(ctx, brandID, time.Now().UTC())
	})
	if err != nil {
		return Numbers{}, err
	}
	// Alerts stand beside this number on the page: it must not lag behind them.
	live, err := d.store.Alerts(ctx, desk.AlertFilter{BrandID: brandID, Live: true, Paging: desk.Paging{Limit: maxLive}})
	n.Alerts = len(live)
	return n, err
}

func (d *Desk) numbers(ctx context.Context, brandID int64, now time.Time) (Numbers, error) {
	n := Numbers{At: now}
	to := now.Truncate(time.Minute).Add(time.Minute)
	hour := desk.Ask{BrandID: brandID, From: to.Add(-time.Hour), To: to}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		points, err := d.store.Series(ctx, hour)
		negative := 0
		for _, p := range points {
			n.Mentions += p.Count
			negative += p.Negative
		}
		n.Negative = share(negative, n.Mentions)
		return err
	})
	g.Go(func() error {
		a := hour
		a.Step = time.Hour
		bands, err := d.usual.Usual(ctx, a)
		if len(bands) > 0 {
			n.Usual, n.Known = bands[0], true
		}
		return err
	})
	g.Go(func() (err error) {
		n.UsualShare, n.ShareKnown, err = d.usual.UsualShare(ctx, hour)
		return err
	})
	g.Go(func() (err error) {
		n.People, err = d.store.People(ctx, hour)
		return err
	})
	return n, g.Wait()
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
