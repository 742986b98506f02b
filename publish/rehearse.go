package publish

import (
	"context"
	"errors"
	"sync"
	"time"

	"breakwater/desk"
)

// Rehearsal is what a hold would do: nothing was changed by it.
type Rehearsal struct {
	Scope   desk.Hold     `json:"scope"`
	Held    int           `json:"held"`             // posts that it would hold
	Posts   []desk.Post   `json:"posts"`            // the first of them, in the order of their times
	Flying  []desk.Flight `json:"flying,omitempty"` // sends under way that it would wait for
	Outlets []desk.Outlet `json:"outlets"`          // other systems, asked whether they answer
	Took    time.Duration `json:"took_ns"`          // from the press to the answer
}

// rehearsed is how many posts a rehearsal shows.
const rehearsed = 50

// Rehearse does everything that Press does but change anything: it finds what would be held and asks every outlet whether it answers.
// That it was rehearsed is written to the journal. For responders.
func (o *Outbox) Rehearse(ctx context.Context, scope desk.Hold, why string) (Rehearsal, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return Rehearsal{}, err
	}
	began := time.Now()
	h, err := o.scope(ctx, scope, why)
	if err != nil {
		return Rehearsal{}, err
	}
	h.At = began.UTC()
	r := Rehearsal{Scope: h, Posts: []desk.Post{}, Outlets: []desk.Outlet{}}
	err = o.Store.Sending(ctx, func(l desk.Sending) (err error) {
		if r.Flying, err = o.flying(l, &h, h.At); err != nil {
			return err
		}
		waiting, err := l.Posts([]string{desk.PostWaiting}, 0, 0)
		for _, p := range waiting {
			if _, _, held := holding([]desk.Hold{h}, &p); !held {
				continue
			}
			if r.Held++; len(r.Posts) < rehearsed {
				r.Posts = append(r.Posts, p)
			}
		}
		return err
	})
	if err != nil {
		return r, err
	}
	if r.Outlets, err = o.outlets(ctx, h); err != nil {
		return r, err
	}
	r.Took = time.Since(began)
	out := desk.Out{Say: desk.Say("{who} rehearsed STOP: {n} posts would be held.", "who", h.By, "n", r.Held), Detail: r.Outlets}
	_, err = o.Store.Record(ctx, desk.ActOf(ctx, "hold.rehearse", h.Why), "hold:0", out)
	return r, err
}

// outlets asks the other systems in a hold's scope whether they answer. Systems that only take a stop are asked how they are.
func (o *Outbox) outlets(ctx context.Context, h desk.Hold) ([]desk.Outlet, error) {
	channels, err := o.Store.Channels(ctx, h.BrandID)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, outletWithin)
	defer cancel()
	found := make([]*desk.Outlet, len(channels))
	var under sync.WaitGroup
	for i, c := range channels {
		if h.ChannelID != 0 && h.ChannelID != c.ID {
			continue
		}
		under.Go(func() {
			if m, err := o.Mouths(ctx, c); err == nil && isOutlet(m) {
				found[i] = o.try(ctx, m, h, c)
			}
		})
	}
	under.Wait()
	all := []desk.Outlet{}
	for _, out := range found {
		if out != nil {
			all = append(all, *out)
		}
	}
	return all, nil
}

func (o *Outbox) try(ctx context.Context, m Mouth, h desk.Hold, c desk.Channel) *desk.Outlet {
	out := &desk.Outlet{ChannelID: c.ID, Name: c.Name, State: desk.OutletConfirmed, Checked: time.Now().UTC()}
	var err error
	switch m := m.(type) {
	case Scheduler:
		var list []Scheduled
		list, err = m.Scheduled(ctx)
		out.Stopped = len(list)
	case Inspector:
		_, err = m.Inspect(ctx)
	default:
		err = errors.New("it cannot be asked")
	}
	switch _, lists := m.(Scheduler); {
	case lists && h.Campaign != "":
		out.State, out.Problem, out.Stopped = desk.OutletUnknown, lookByHand, 0
	case err != nil:
		out.State, out.Problem = desk.OutletUnknown, desk.Say("It does not answer. Stop it by hand, and look.")
	}
	return out
}
