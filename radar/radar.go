// Package radar shows what is said at the moment: the numbers, the chart, the mentions themselves, voices, words, sources.
package radar

import (
	"context"
	"time"

	"breakwater/desk"
)

// Store is what the radar needs of storage.
type Store interface {
	Mention(ctx context.Context, id int64) (desk.Mention, error)
	Mentions(ctx context.Context, f desk.Filter) (desk.Page, error)
	Series(ctx context.Context, a desk.Ask) ([]desk.Point, error)
	Breakdown(ctx context.Context, a desk.Ask, by string) ([]desk.Share, error)
	Voices(ctx context.Context, a desk.Ask, limit int) ([]desk.Voice, error)
	People(ctx context.Context, a desk.Ask) (int, error)
	Crowd(ctx context.Context, a desk.Ask) (desk.Crowd, error)
	SetVoiceKind(ctx context.Context, brandID, mentionID int64, kind string, act desk.Act) error
	Correct(ctx context.Context, id int64, mood desk.Mood, act desk.Act) (desk.Mention, error)
	Sources(ctx context.Context) ([]desk.Source, error)
	Gaps(ctx context.Context, sourceIDs []int64, from, to time.Time) ([]desk.Gap, error)
	Alerts(ctx context.Context, f desk.AlertFilter) ([]desk.Alert, error)
	// Scope narrows a question to what the asking person sees; desk.ErrNotFound for what they do not.
	Scope(ctx context.Context, brandID int64, monitors []int64) (int64, []int64, error)
}

// Usual knows what is usual for monitors; detect.Engine does.
type Usual interface {
	// Usual is the band of a.Monitors (or of the brand's) together, for each step of [From, To). It is empty while too little is known.
	Usual(ctx context.Context, a desk.Ask) ([]desk.Band, error)
	// UsualShare is the usual share of negative mentions of the same monitors, 0 … 1; ok is false while too little is known.
	UsualShare(ctx context.Context, a desk.Ask) (share float64, ok bool, err error)
	// Forecast is what is to be expected after a.From, which is now, for each step until a.To; empty where what is usual is.
	Forecast(ctx context.Context, a desk.Ask) ([]desk.Band, error)
	// Words are the words that rise most in [From, To) against the week before, by how much.
	Words(ctx context.Context, a desk.Ask, limit int) ([]desk.Share, error)
}

// Desk answers what the radar asks. Answers are kept for a moment and shared: who gets one must not change it.
type Desk struct {
	// Topics fills which topics mentions belong to; nil leaves it open. Set before use.
	Topics func(mentions []desk.Mention)

	store Store
	usual Usual
	kept  cache
}

// New makes a radar.
func New(s Store, u Usual) *Desk {
	return &Desk{store: s, usual: u, kept: cache{answers: make(map[string]*answer)}}
}

// scoped lets in who may see, and narrows what they ask to their brands. It comes before answers that are shared.
func (d *Desk) scoped(ctx context.Context, a desk.Ask) (desk.Ask, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return a, err
	}
	var err error
	a.BrandID, a.Monitors, err = d.store.Scope(ctx, a.BrandID, a.Monitors)
	return a, err
}

// Mentions gives a page of mentions, newest first.
func (d *Desk) Mentions(ctx context.Context, f desk.Filter) (desk.Page, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Page{}, err
	}
	p, err := d.store.Mentions(ctx, f)
	if err == nil && d.Topics != nil {
		d.Topics(p.Mentions)
	}
	return p, err
}

// One is one mention.
func (d *Desk) One(ctx context.Context, id int64) (desk.Mention, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Mention{}, err
	}
	m, err := d.store.Mention(ctx, id)
	if err == nil && d.Topics != nil {
		one := []desk.Mention{m}
		d.Topics(one)
		m = one[0]
	}
	return m, err
}

// Correct sets the mood of a mention by a person's word, which stands above any machine's. For responders.
func (d *Desk) Correct(ctx context.Context, id int64, mood desk.Mood) (desk.Mention, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Mention{}, err
	}
	m, err := d.store.Correct(ctx, id, mood, desk.ActOf(ctx, "mention.correct", ""))
	if err == nil {
		d.kept.clear() // who corrects wants to see it in the numbers at once
	}
	return m, err
}
