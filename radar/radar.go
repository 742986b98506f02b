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
	Correct(ctx context.Context, id int64, mood desk.Mood, act desk.Act) (desk.Mention, error)
	Sources(ctx context.Context) ([]desk.Source, error)
	Gaps(ctx context.Context, sourceIDs []int64, from, to time.Time) ([]desk.Gap, error)
	Alerts(ctx context.Context, f desk.AlertFilter) ([]desk.Alert, error)
}

// Usual knows what is usual for monitors; detect.Engine does.
type Usual interface {
	// Usual is the band of a.Monitors (or of the brand's) together, for each step of [From, To). It is empty while too little is known.
	Usual(ctx context.Context, a desk.Ask) ([]desk.Band, error)
	// UsualShare is the usual share of negative mentions of the same monitors, 0 … 1; ok is false while too little is known.
	UsualShare(ctx context.Context, a desk.Ask) (share float64, ok bool, err error)
	// Words are the words that rise most in [From, To) against the week before, by how much.
	Words(ctx context.Context, a desk.Ask, limit int) ([]desk.Share, error)
}

// Desk answers what the radar asks. Many open radars cost one question: answers are kept for two seconds.
type Desk struct {
	store Store
	usual Usual
}

// New makes a radar.
func New(s Store, u Usual) *Desk { return &Desk{store: s, usual: u} }

// Numbers are the figures on top of the radar, over the 60 minutes to At.
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

// Numbers gives the figures of a brand; 0 is all brands.
func (d *Desk) Numbers(ctx context.Context, brandID int64) (Numbers, error) { return Numbers{}, nil }

// Chart is a series with what is usual.
type Chart struct {
	From   time.Time    `json:"from"`
	To     time.Time    `json:"to"`
	Step   int          `json:"step"`   // minutes
	Points []desk.Point `json:"points"` // ascending, by a.By; steps without mentions are left out
	Band   []desk.Band  `json:"band"`   // empty while too little is known
	Gaps   []desk.Gap   `json:"gaps"`   // when we did not hear
}

// Chart draws a.From … a.To; without a Step one is chosen that makes at most 300 points, without a From the last 24 hours.
func (d *Desk) Chart(ctx context.Context, a desk.Ask) (Chart, error) { return Chart{}, nil }

// Mentions gives a page of mentions, newest first.
func (d *Desk) Mentions(ctx context.Context, f desk.Filter) (desk.Page, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Page{}, err
	}
	return d.store.Mentions(ctx, f)
}

// One is one mention.
func (d *Desk) One(ctx context.Context, id int64) (desk.Mention, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Mention{}, err
	}
	return d.store.Mention(ctx, id)
}

// Correct sets the mood of a mention by a person's word, which stands above any machine's. For responders.
func (d *Desk) Correct(ctx context.Context, id int64, mood desk.Mood) (desk.Mention, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Mention{}, err
	}
	return d.store.Correct(ctx, id, mood, desk.ActOf(ctx, "mention.correct", ""))
}

// Words are the words that rise most against the week before; without a From in the last hour.
func (d *Desk) Words(ctx context.Context, a desk.Ask, limit int) ([]desk.Share, error) { return nil, nil }

// Breakdown is how mentions divide by network, lang or mood, largest first.
func (d *Desk) Breakdown(ctx context.Context, a desk.Ask, by string) ([]desk.Share, error) {
	return nil, nil
}

// Voices are the people of greatest reach, without media.
func (d *Desk) Voices(ctx context.Context, a desk.Ask, limit int) ([]desk.Voice, error) {
	return nil, nil
}

// Media are newspapers, stations and the like, by reach.
func (d *Desk) Media(ctx context.Context, a desk.Ask, limit int) ([]desk.Voice, error) {
	return nil, nil
}

// Ears is how the sources are doing.
type Ears struct {
	Total   int           `json:"total"`   // not paused
	Well    int           `json:"well"`    // of them
	Trouble []desk.Source `json:"trouble"` // those that do not hear, without their settings
}

// Ears tells how the sources of a brand are doing; 0 is all.
func (d *Desk) Ears(ctx context.Context, brandID int64) (Ears, error) { return Ears{}, nil }
