package match

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"breakwater/desk"
)

// Store is what monitors need of storage.
type Store interface {
	Monitors(ctx context.Context, brandID int64) ([]desk.Monitor, error)
	Monitor(ctx context.Context, id int64) (desk.Monitor, error)
	ChangeMonitor(ctx context.Context, id int64, act desk.Act, change func(*desk.Monitor, *desk.Out) error) (desk.Monitor, error)
	DeleteMonitor(ctx context.Context, id int64, act desk.Act) error
	Mentions(ctx context.Context, f desk.Filter) (desk.Page, error)
	Assign(ctx context.Context, monitorID int64, add, drop []int64) error
	Setting(ctx context.Context, name string) (string, error)
	SetSetting(ctx context.Context, name, value string) error
	Record(ctx context.Context, act desk.Act, on string, out desk.Out) (desk.Entry, error)
}

// Monitors is where people see and change what we listen for. Every method checks the acting person's role: everyone sees,
// leads change.
type Monitors struct {
	store   Store
	changed func(id int64)
	log     *slog.Logger
	filler  filler
}

// NewMonitors keeps monitors in store. changed is called with the id after every change, before stored mentions are matched
// anew, so that what arrives from then on meets the new Set; nil does nothing.
func NewMonitors(store Store, changed func(id int64), log *slog.Logger) *Monitors {
	if changed == nil {
		changed = func(int64) {}
	}
	return &Monitors{store: store, changed: changed, log: log}
}

// List is a brand's monitors; brandID 0 lists all.
func (s *Monitors) List(ctx context.Context, brandID int64) ([]desk.Monitor, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return s.store.Monitors(ctx, brandID)
}

// One is a monitor. desk.ErrNotFound.
func (s *Monitors) One(ctx context.Context, id int64) (desk.Monitor, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Monitor{}, err
	}
	return s.store.Monitor(ctx, id)
}

// Save makes a monitor (ID 0) or changes one, and has what is stored already matched anew in the background when its query is
// new. A monitor stays with its brand. Errors: *desk.Invalid for each wrong field, joined; for the query a *SyntaxError is in
// the chain too; desk.ErrConflict when Version is not the stored one; desk.ErrNotFound; desk.ErrForbidden below lead.
func (s *Monitors) Save(ctx context.Context, m desk.Monitor) (desk.Monitor, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return m, err
	}
	m = tidy(m)
	if err := check(m); err != nil {
		return m, err
	}
	act := desk.ActOf(ctx, "monitor.save", "")
	fill := false
	saved, err := s.store.ChangeMonitor(ctx, m.ID, act, func(now *desk.Monitor, out *desk.Out) error {
		if m.ID != 0 && m.Version != now.Version {
			return desk.ErrConflict
		}
		fill = !m.Paused && (m.ID == 0 || now.Paused || now.Query != m.Query)
		out.Say = said(m, *now)
		out.Detail = map[string]any{"query": m.Query, "query_before": now.Query}
		next := m
		next.ID, next.Version, next.Created, next.Taught = now.ID, now.Version, now.Created, now.Taught
		if m.ID == 0 {
			next.Created = act.At
		}
		*now = next
		return nil
	})
	if err != nil {
		return m, err
	}
	s.changed(saved.ID)
	if fill {
		err = s.refill(ctx, saved.ID)
	}
	return saved, err
}

// said is the journal's sentence about a change.
func said(m, before desk.Monitor) desk.Text {
	switch {
	case m.ID == 0:
		return desk.Say("The monitor {name} was added.", "name", m.Name)
	case m.Paused && !before.Paused:
		return desk.Say("The monitor {name} was paused.", "name", m.Name)
	case before.Paused && !m.Paused:
		return desk.Say("The monitor {name} listens again.", "name", m.Name)
	}
	return desk.Say("The monitor {name} was changed.", "name", m.Name)
}

// Delete removes a monitor. What it heard stays. desk.ErrNotFound; desk.ErrForbidden below lead.
func (s *Monitors) Delete(ctx context.Context, id int64) error {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return err
	}
	if err := s.store.DeleteMonitor(ctx, id, desk.ActOf(ctx, "monitor.delete", "")); err != nil {
		return err
	}
	s.changed(id)
	return nil
}

// Bounds of a monitor.
const (
	maxName  = 120 // characters
	maxRules = 20
)

// Sensitivities of a monitor's detectors.
var Sensitivities = []string{"low", "balanced", "high"}

// Measures that a rule can be about.
var Measures = []string{"mentions", "negative", "negative_share", "reach", "people"}

// tidy fills what has a usual value.
func tidy(m desk.Monitor) desk.Monitor {
	m.Name, m.Query = strings.TrimSpace(m.Name), strings.TrimSpace(m.Query)
	if m.Kind == "" {
		m.Kind = desk.MonitorKinds[0]
	}
	if m.Sensitivity == "" {
		m.Sensitivity = "balanced"
	}
	return m
}

// check joins everything that is wrong with a monitor.
func check(m desk.Monitor) error {
	var errs []error
	wrong := func(field, sentence string, with ...any) { errs = append(errs, desk.Wrong(field, sentence, with...)) }
	if m.Name == "" {
		wrong("name", "Give the monitor a name.")
	} else if utf8.RuneCountInString(m.Name) > maxName {
		wrong("name", "Shorten the name to {max} characters.", "max", maxName)
	}
	if m.BrandID == 0 {
		wrong("brand_id", "Choose the brand that the monitor listens for.")
	}
	if !slices.Contains(desk.MonitorKinds, m.Kind) {
		wrong("kind", "Choose brand, product, people, competitor, campaign or hashtag.")
	}
	if !slices.Contains(Sensitivities, m.Sensitivity) {
		wrong("sensitivity", "Choose low, balanced or high.")
	}
	if _, err := Parse(m.Query); err != nil {
		errs = append(errs, invalidQuery(err))
	}
	if len(m.Rules) > maxRules {
		wrong("rules", "A monitor has at most {max} thresholds.", "max", maxRules)
	}
	for i, r := range m.Rules {
		errs = append(errs, checkRule(fmt.Sprintf("rules.%d", i), r)...)
	}
	return errors.Join(errs...)
}

func checkRule(field string, r desk.Rule) []error {
	var errs []error
	wrong := func(name, sentence string) { errs = append(errs, desk.Wrong(field+"."+name, sentence)) }
	if !slices.Contains(Measures, r.Measure) {
		wrong("measure", "Choose what the threshold counts: mentions, negative, negative_share, reach or people.")
	}
	if r.Over < 5 || r.Over > 1440 {
		wrong("over", "Enter a window of 5 to 1440 minutes.")
	}
	if !(r.AtLeast > 0) || r.AtLeast > 1e12 {
		wrong("at_least", "Enter a number above 0.")
	} else if r.Measure == "negative_share" && r.AtLeast > 1 {
		wrong("at_least", "Enter a share between 0 and 1.")
	}
	if r.Floor < 0 {
		wrong("floor", "Enter 0 or more.")
	}
	if r.Level < desk.Watch || r.Level > desk.Severe {
		wrong("level", "Choose a level from 1 to 4.")
	}
	return errs
}

// queryProblem is a wrong query as a form's field and as a place in the query.
type queryProblem struct {
	field  *desk.Invalid
	syntax *SyntaxError
}

func (e *queryProblem) Error() string   { return e.field.Field + ": " + e.syntax.Error() }
func (e *queryProblem) Unwrap() []error { return []error{e.field, e.syntax} }

// invalidQuery makes of Parse's error one that forms understand.
func invalidQuery(err error) error {
	var s *SyntaxError
	if !errors.As(err, &s) {
		return err
	}
	return &queryProblem{&desk.Invalid{Field: "query", Reason: s.Text}, s}
}

// now is the time in UTC.
func now() time.Time { return time.Now().UTC() }
