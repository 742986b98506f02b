// Package incident opens, assesses and closes incidents, and gathers what their room shows.
package incident

import (
	"cmp"
	"context"
	"log/slog"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"breakwater/desk"
)

// Store is what incidents need of storage.
type Store interface {
	Incidents(ctx context.Context, brandID int64, p desk.Paging) ([]desk.Incident, error)
	OpenIncidents(ctx context.Context, brandID int64) ([]desk.Incident, error)
	Incident(ctx context.Context, id int64) (desk.Incident, error)
	ChangeIncident(ctx context.Context, id int64, act desk.Act, change func(*desk.Incident, *desk.Out) error) (desk.Incident, error)
	Record(ctx context.Context, act desk.Act, on string, out desk.Out) (desk.Entry, error)
	Journal(ctx context.Context, f desk.EntryFilter) ([]desk.Entry, error)
	Monitors(ctx context.Context, brandID int64) ([]desk.Monitor, error)
	Look(ctx context.Context, userID int64, thing string, now int64) (before int64, err error)
	Looked(ctx context.Context, userID int64, thing string) (seen, before int64, err error)

	Mentions(ctx context.Context, f desk.Filter) (desk.Page, error)
	Series(ctx context.Context, a desk.Ask) ([]desk.Point, error)
	Breakdown(ctx context.Context, a desk.Ask, by string) ([]desk.Share, error)
	VoicesBothWays(ctx context.Context, a desk.Ask, n, most int) (reach, round []desk.Voice, err error)
	Crowd(ctx context.Context, a desk.Ask) (desk.Crowd, error)
	Gaps(ctx context.Context, sourceIDs []int64, from, to time.Time) ([]desk.Gap, error)
	CountAnswers(ctx context.Context, f desk.AnswerFilter) (desk.AnswerCounts, error)
}

// Usual knows what is usual for monitors; detect.Engine does.
type Usual interface {
	// Usual is the band of a.Monitors (or of the brand's) together, for each step of [From, To). It is empty while too little is known.
	Usual(ctx context.Context, a desk.Ask) ([]desk.Band, error)
	// Forecast is what is to be expected after a.From, which is now, for each step until a.To; empty where what is usual is.
	Forecast(ctx context.Context, a desk.Ask) ([]desk.Band, error)
	// Words are the words that rise most in [From, To) against the week before, by how much.
	Words(ctx context.Context, a desk.Ask, limit int) ([]desk.Share, error)
}

// Register keeps the incidents.
type Register struct {
	// Plan gives an incident what the brand's plan asks for, when it is opened and when its level changes: its steps, and jobs for
	// what follows. nil gives none.
	Plan func(ctx context.Context, i *desk.Incident, now time.Time) ([]desk.Job, error)
	// Topics lists what is and was talked about, strongest first; nil: the room shows none.
	Topics func(ctx context.Context, f desk.TopicFilter) ([]desk.Topic, error)

	store Store
	usual Usual
	log   *slog.Logger
}

// New makes a register.
func New(s Store, u Usual, log *slog.Logger) *Register {
	return &Register{store: s, usual: u, log: log}
}

// Opening is what is asked when an incident is opened; all but the title can follow later.
type Opening struct {
	BrandID  int64
	Title    string
	Level    desk.Level // 0: crisis
	Monitors []int64    // none: all of the brand but its competitors'
	AlertID  int64      // the alert it is opened from, 0 by hand
	Known    string
	Began    time.Time // zero: now
	Scenario string    // of the brand\'s plan that it starts on; empty: none
}

// Open declares an incident. For leads.
func (r *Register) Open(ctx context.Context, o Opening) (desk.Incident, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Incident{}, err
	}
	return r.declare(ctx, o)
}

// OpenFrom declares an incident from an alert and gives its id. Who decides "crisis" opens it, so responders may. The room
// looks at all of the brand: the monitor that told first seldom hears all of what follows.
func (r *Register) OpenFrom(ctx context.Context, a desk.Alert) (int64, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return 0, err
	}
	o := Opening{BrandID: a.BrandID, Title: a.Title.English(), Level: max(a.Level, desk.Crisis), AlertID: a.ID, Began: a.Opened, Scenario: a.Scenario}
	// The name of what it is about says it in every language.
	for _, name := range []string{"monitor", "source"} {
		if v, ok := a.Title.With[name].(string); ok {
			o.Title = v
		}
	}
	for _, s := range a.Signals {
		if t := s.Evidence.Since; !t.IsZero() && t.Before(o.Began) {
			o.Began = t
		}
	}
	i, err := r.declare(ctx, o)
	return i.ID, err
}

func (r *Register) declare(ctx context.Context, o Opening) (desk.Incident, error) {
	act := desk.ActOf(ctx, "incident.open", "")
	title, err := titled(o.Title)
	if err != nil {
		return desk.Incident{}, err
	}
	if o.Level < desk.Normal || o.Level > desk.Severe {
		return desk.Incident{}, desk.Wrong("level", "Choose a level from 0 to 4.")
	}
	if len(o.Monitors) == 0 {
		if o.Monitors, err = r.ours(ctx, o.BrandID); err != nil {
			return desk.Incident{}, err
		}
	}
	if o.Level == desk.Normal {
		o.Level = desk.Crisis
	}
	if o.Began.IsZero() || o.Began.After(act.At) {
		o.Began = act.At
	}
	return r.store.ChangeIncident(ctx, 0, act, func(i *desk.Incident, out *desk.Out) (err error) {
		i.BrandID, i.Title, i.Level, i.Monitors = o.BrandID, title, o.Level, o.Monitors
		i.AlertID, i.Known, i.Scenario = o.AlertID, strings.TrimSpace(o.Known), o.Scenario
		i.State, i.Lead, i.Began, i.Opened = desk.IncidentOpen, cmp.Or(desk.ActorOf(ctx).Person, act.Name), o.Began.UTC(), act.At
		out.Say, out.IncidentID = desk.Say("{name} opened the incident at level {level}.", "name", act.Name, "level", int(i.Level)), i.ID
		if out.Jobs, err = r.plan(ctx, i, act.At); err == nil && i.DrillID == 0 {
			out.Jobs = append(out.Jobs, matter(i))
		}
		return err
	})
}

// matter brings the crisis to the people who have to come to its room.
func matter(i *desk.Incident) desk.Job {
	id := strconv.FormatInt(i.ID, 10)
	return desk.Matter{About: "incident:" + id, Stage: desk.StageRoom, BrandID: i.BrandID, Level: i.Level, Title: desk.Say("Crisis room: {title}", "title", i.Title), Path: "/incidents/" + id}.Job()
}

// plan gives the incident its steps, and the jobs of its plan.
func (r *Register) plan(ctx context.Context, i *desk.Incident, now time.Time) ([]desk.Job, error) {
	if r.Plan == nil {
		return nil, nil
	}
	return r.Plan(ctx, i, now)
}

// ours are the monitors of a brand without those of its competitors; none when it has no such, which stands for the whole
// brand: there each mention counts once, however many monitors it answers.
func (r *Register) ours(ctx context.Context, brandID int64) ([]int64, error) {
	all, err := r.store.Monitors(ctx, brandID)
	var ids []int64
	for _, m := range all {
		if m.Kind != "competitor" {
			ids = append(ids, m.ID)
		}
	}
	if len(ids) == len(all) {
		return nil, err
	}
	return ids, err
}

// List gives a piece of the incidents, newest first; brandID 0 is all brands.
func (r *Register) List(ctx context.Context, brandID int64, p desk.Paging) ([]desk.Incident, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return r.store.Incidents(ctx, brandID, p)
}

// Running lists those that are open, newest first; brandID 0 is all brands. For viewers.
func (r *Register) Running(ctx context.Context, brandID int64) ([]desk.Incident, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return r.store.OpenIncidents(ctx, brandID)
}

// One is one incident.
func (r *Register) One(ctx context.Context, id int64) (desk.Incident, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Incident{}, err
	}
	return r.store.Incident(ctx, id)
}

// Timeline gives a piece of what happened, newest first: with what happened to the alert that it was opened from before it was.
func (r *Register) Timeline(ctx context.Context, id int64, p desk.Paging) ([]desk.Entry, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	i, err := r.store.Incident(ctx, id)
	if err != nil {
		return nil, err
	}
	return r.store.Journal(ctx, desk.EntryFilter{IncidentID: id, AlertID: i.AlertID, Paging: p})
}

// maxTitle is the longest title in characters: it must fit a phone's line or two.
const maxTitle = 120

func titled(s string) (string, error) {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" || utf8.RuneCountInString(s) > maxTitle {
		return "", desk.Wrong("title", "Give a title of at most {n} characters.", "n", maxTitle)
	}
	return s, nil
}
