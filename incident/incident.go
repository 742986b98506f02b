// Package incident opens, assesses and closes incidents, and gathers what their room shows.
package incident

import (
	"context"
	"log/slog"
	"time"

	"breakwater/desk"
)

// Store is what incidents need of storage.
type Store interface {
	Incidents(ctx context.Context, brandID int64, p desk.Paging) ([]desk.Incident, error)
	Incident(ctx context.Context, id int64) (desk.Incident, error)
	ChangeIncident(ctx context.Context, id int64, act desk.Act, change func(*desk.Incident, *desk.Out) error) (desk.Incident, error)
	Record(ctx context.Context, act desk.Act, on string, out desk.Out) (desk.Entry, error)
	Journal(ctx context.Context, f desk.EntryFilter) ([]desk.Entry, error)
	Monitors(ctx context.Context, brandID int64) ([]desk.Monitor, error)

	Mentions(ctx context.Context, f desk.Filter) (desk.Page, error)
	Series(ctx context.Context, a desk.Ask) ([]desk.Point, error)
	Breakdown(ctx context.Context, a desk.Ask, by string) ([]desk.Share, error)
	Voices(ctx context.Context, a desk.Ask, limit int) ([]desk.Voice, error)
	People(ctx context.Context, a desk.Ask) (int, error)
	Gaps(ctx context.Context, sourceIDs []int64, from, to time.Time) ([]desk.Gap, error)
}

// Usual knows what is usual for monitors; detect.Engine does.
type Usual interface {
	// Usual is the band of a.Monitors (or of the brand's) together, for each step of [From, To). It is empty while too little is known.
	Usual(ctx context.Context, a desk.Ask) ([]desk.Band, error)
	// Words are the words that rise most in [From, To) against the week before, by how much.
	Words(ctx context.Context, a desk.Ask, limit int) ([]desk.Share, error)
}

// Register keeps the incidents.
type Register struct {
	store Store
	usual Usual
	log   *slog.Logger
}

// New makes a register.
func New(s Store, u Usual, log *slog.Logger) *Register { return &Register{store: s, usual: u, log: log} }

// Opening is what is asked when an incident is opened; all but the title can follow later.
type Opening struct {
	BrandID  int64
	Title    string
	Level    desk.Level // 0: crisis
	Monitors []int64    // none: all of the brand
	AlertID  int64      // the alert it is opened from, 0 by hand
	Known    string
	Began    time.Time // zero: now
}

// Open declares an incident. For leads.
func (r *Register) Open(ctx context.Context, o Opening) (desk.Incident, error) {
	return desk.Incident{}, nil
}

// OpenFrom declares an incident from an alert: who decides "crisis" opens it, so responders may. It gives the incident's id.
func (r *Register) OpenFrom(ctx context.Context, a desk.Alert) (int64, error) { return 0, nil }

// List gives a piece of the incidents, newest first; brandID 0 is all brands.
func (r *Register) List(ctx context.Context, brandID int64, p desk.Paging) ([]desk.Incident, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return r.store.Incidents(ctx, brandID, p)
}

// One is one incident.
func (r *Register) One(ctx context.Context, id int64) (desk.Incident, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Incident{}, err
	}
	return r.store.Incident(ctx, id)
}

// Note writes a note on the timeline. For responders.
func (r *Register) Note(ctx context.Context, id int64, note string) (desk.Entry, error) {
	return desk.Entry{}, nil
}

// Describe changes title and what is known. For responders.
func (r *Register) Describe(ctx context.Context, id int64, title, known string) (desk.Incident, error) {
	return desk.Incident{}, nil
}

// SetLevel changes the response level; it needs a reason. For leads.
func (r *Register) SetLevel(ctx context.Context, id int64, l desk.Level, why string) (desk.Incident, error) {
	return desk.Incident{}, nil
}

// Assign says who leads, by name; "" is nobody. For responders.
func (r *Register) Assign(ctx context.Context, id int64, lead string) (desk.Incident, error) {
	return desk.Incident{}, nil
}

// Close ends an incident; how it ended must be said. For leads.
func (r *Register) Close(ctx context.Context, id int64, outcome string) (desk.Incident, error) {
	return desk.Incident{}, nil
}

// Reopen takes a closed incident up again, for a reason. For leads.
func (r *Register) Reopen(ctx context.Context, id int64, why string) (desk.Incident, error) {
	return desk.Incident{}, nil
}

// Timeline gives a piece of what happened, newest first.
func (r *Register) Timeline(ctx context.Context, id int64, p desk.Paging) ([]desk.Entry, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return r.store.Journal(ctx, desk.EntryFilter{IncidentID: id, Paging: p})
}
