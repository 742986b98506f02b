package radar

import (
	"context"
	"fmt"
	"slices"
	"time"

	"breakwater/desk"
)

// Words are the words that rise most against the week before, at most limit; without a From in the last hour.
func (d *Desk) Words(ctx context.Context, a desk.Ask, limit int) ([]desk.Share, error) {
	a, err := d.scoped(ctx, a)
	if err != nil {
		return nil, err
	}
	a = framed(a, time.Hour, time.Now())
	return ask(ctx, &d.kept, fmt.Sprint("words ", limit, a), func(ctx context.Context) ([]desk.Share, error) {
		return d.usual.Words(ctx, a, limit)
	})
}

// Breakdown is how mentions divide by network, lang or mood, largest first; without a From in the last hour.
func (d *Desk) Breakdown(ctx context.Context, a desk.Ask, by string) ([]desk.Share, error) {
	a, err := d.scoped(ctx, a)
	if err != nil {
		return nil, err
	}
	if !slices.Contains([]string{"network", "lang", "mood"}, by) {
		return nil, desk.Wrong("by", "Choose network, lang or mood.")
	}
	a = framed(a, time.Hour, time.Now())
	return ask(ctx, &d.kept, fmt.Sprint("breakdown ", by, a), func(ctx context.Context) ([]desk.Share, error) {
		return d.store.Breakdown(ctx, a, by)
	})
}

// Voices are the people of greatest reach, at most limit, without media; without a From of the last hour.
func (d *Desk) Voices(ctx context.Context, a desk.Ask, limit int) ([]desk.Voice, error) {
	return d.voices(ctx, a, limit, func(v *desk.Voice) bool { return v.Kind != desk.VoiceMedia })
}

// Media are newspapers, stations and the like, by reach, at most limit; without a From of the last hour.
func (d *Desk) Media(ctx context.Context, a desk.Ask, limit int) ([]desk.Voice, error) {
	return d.voices(ctx, a, limit, func(v *desk.Voice) bool { return v.Kind == desk.VoiceMedia })
}

// Everybody are all voices of a kind ("" all), by reach or as a.Rank says, at most Asked; without a From of the last hour.
func (d *Desk) Everybody(ctx context.Context, a desk.Ask, kind string) ([]desk.Voice, error) {
	return d.voices(ctx, a, Asked, func(v *desk.Voice) bool { return v.Is(kind) })
}

// Asked is how many voices are looked at to find people and media among them.
const Asked = 200

func (d *Desk) voices(ctx context.Context, a desk.Ask, limit int, want func(*desk.Voice) bool) ([]desk.Voice, error) {
	a, err := d.scoped(ctx, a)
	if err != nil {
		return nil, err
	}
	a = framed(a, time.Hour, time.Now())
	all, err := ask(ctx, &d.kept, fmt.Sprint("voices ", a), func(ctx context.Context) ([]desk.Voice, error) {
		return d.store.Voices(ctx, a, Asked)
	})
	var some []desk.Voice
	for _, v := range all {
		if want(&v) && len(some) < limit {
			some = append(some, v)
		}
	}
	return some, err
}

// Crowd is how many people speak, and how many of them in their own words; without a From of the last hour.
func (d *Desk) Crowd(ctx context.Context, a desk.Ask) (desk.Crowd, error) {
	a, err := d.scoped(ctx, a)
	if err != nil {
		return desk.Crowd{}, err
	}
	a = framed(a, time.Hour, time.Now())
	return ask(ctx, &d.kept, fmt.Sprint("crowd ", a), func(ctx context.Context) (desk.Crowd, error) { return d.store.Crowd(ctx, a) })
}

// SetKind says what kind of voice the author of a mention is to a brand; "" leaves it to the desk again. For responders.
func (d *Desk) SetKind(ctx context.Context, brandID, mentionID int64, kind string) error {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return err
	}
	err := d.store.SetVoiceKind(ctx, brandID, mentionID, kind, desk.ActOf(ctx, "voice.kind", ""))
	if err == nil {
		d.kept.clear() // who says so wants to see it at once
	}
	return err
}

// Ears is how the sources are doing.
type Ears struct {
	Total   int           `json:"total"`   // not paused
	Well    int           `json:"well"`    // of them
	Trouble []desk.Source `json:"trouble"` // those that do not hear, without their settings
}

// Ears tells how the sources of a brand are doing; 0 is all.
func (d *Desk) Ears(ctx context.Context, brandID int64) (Ears, error) {
	if _, err := d.scoped(ctx, desk.Ask{BrandID: brandID}); err != nil {
		return Ears{}, err
	}
	return ask(ctx, &d.kept, fmt.Sprint("ears ", brandID), func(ctx context.Context) (Ears, error) {
		all, err := d.store.Sources(ctx)
		return ears(all, brandID), err
	})
}

func ears(all []desk.Source, brandID int64) Ears {
	var e Ears
	for _, s := range all {
		if s.Paused || brandID != 0 && s.BrandID != 0 && s.BrandID != brandID {
			continue
		}
		e.Total++
		if s.Health.Well() {
			e.Well++
			continue
		}
		s.Settings = nil
		e.Trouble = append(e.Trouble, s)
	}
	return e
}
