package app

import (
	"context"
	"log/slog"
	"time"

	"breakwater/connector/webhook"
	"breakwater/desk"
	"breakwater/match"
)

// Listening is what the flow has to know of the people's settings.
type Listening interface {
	Brands(ctx context.Context) ([]desk.Brand, error)
	Monitors(ctx context.Context, brandID int64) ([]desk.Monitor, error)
	Sources(ctx context.Context) ([]desk.Source, error)
	Channels(ctx context.Context, brandID int64) ([]desk.Channel, error)
	ReplyPolicy(ctx context.Context, brandID int64) (desk.ReplyPolicy, error)
}

// LoadHearing reads what is listened for. A monitor whose query does not compile is left out and logged; it was checked when
// it was saved, so that this is a desk's older data under a newer grammar.
func LoadHearing(ctx context.Context, s Listening, log *slog.Logger) (*Hearing, error) {
	brands, err := s.Brands(ctx)
	if err != nil {
		return nil, err
	}
	monitors, err := s.Monitors(ctx, 0)
	if err != nil {
		return nil, err
	}
	sources, err := s.Sources(ctx)
	if err != nil {
		return nil, err
	}
	brandOf := make(map[int64]int64, len(monitors))
	listening := monitors[:0]
	for _, m := range monitors {
		brandOf[m.ID] = m.BrandID
		if !m.Paused {
			listening = append(listening, m)
		}
	}
	set, err := match.NewSet(listening)
	if err != nil {
		log.Error("some monitors are not listened for", "error", err)
	}
	channels, err := s.Channels(ctx, 0)
	if err != nil {
		return nil, err
	}
	own := match.NewOwn(brands, channels...)
	answers := make(map[int64]*desk.ReplyPolicy, len(brands))
	for _, b := range brands {
		p, err := s.ReplyPolicy(ctx, b.ID)
		if err != nil {
			return nil, err
		}
		answers[b.ID] = &p
		own.Add("email", p.Address, b.ID)
	}
	of := make(map[int64]int64, len(sources))
	for _, src := range sources {
		of[src.ID] = src.BrandID
	}
	h := &Hearing{Monitors: set, Own: own, BrandOf: brandOf, Answers: answers, BrandOfSource: of}
	h.listenTo(sources)
	return h, nil
}

// listenTo takes over how each source is listened to.
func (h *Hearing) listenTo(sources []desk.Source) {
	h.KeepAll, h.Rewords = make(map[int64]bool), make(map[int64]bool)
	for _, src := range sources {
		h.KeepAll[src.ID] = src.KeepAll
		h.Rewords[src.ID] = src.Kind == webhook.Kind.Spec.Kind
	}
}

// hearAgain reloads the hearing whenever it is nudged, and every few minutes in case another process changed something.
func hearAgain(ctx context.Context, f *Flow, s Listening, nudge <-chan struct{}, log *slog.Logger) error {
	again := time.NewTicker(2 * time.Minute)
	defer again.Stop()
	for {
		err := f.Relearn(func(Hearing) (*Hearing, error) { return LoadHearing(ctx, s, log) })
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			log.Error("what is listened for could not be read", "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-nudge:
		case <-again.C:
		}
	}
}
