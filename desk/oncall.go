package desk

import (
	"slices"
	"strings"
	"time"
)

// Schedule says who is on call when (ALT-2): layers of people who take turns, the later above the earlier, and above all of them
// the overrides. Its clock is that of Zone: a handover at nine stays at nine when the clocks change.
type Schedule struct {
	ID        int64      `json:"id,string"`
	BrandID   int64      `json:"brand_id,string"` // 0 all
	Name      string     `json:"name"`
	Zone      string     `json:"zone"`
	Layers    []Layer    `json:"layers"`
	Overrides []Override `json:"overrides"`
	Holidays  []Holiday  `json:"holidays"`
	Feed      int        `json:"feed"` // counts up to end the secret addresses of its calendar
	Version   int        `json:"version"`
}

// How long a turn of a layer is.
const (
	EveryDay   = "day"
	EveryWeek  = "week"
	EveryHours = "hours" // Layer.Hours of them
)

// What a layer does on a holiday.
const (
	HolidayAny  = ""     // as on any other day
	HolidayRest = "rest" // it rests: the layer below has the day
	HolidayOnly = "only" // it is on holidays only
)

// Layer is people who take turns.
type Layer struct {
	Name     string  `json:"name"`
	People   []int64 `json:"people"`          // users, in the order of their turns
	Every    string  `json:"every"`           // one of EveryDay, EveryWeek, EveryHours
	Hours    int     `json:"hours,omitempty"` // of a turn, by the clock on the wall; 1 … 1344
	Start    string  `json:"start"`           // day of the first handover: 2026-11-23
	At       string  `json:"at"`              // of handovers: 09:00
	Days     []int   `json:"days,omitempty"`  // on these days only, 0 Sunday … 6; empty: every day
	From     string  `json:"from,omitempty"`  // only from this time …
	To       string  `json:"to,omitempty"`    // … until this one, the day after when it is earlier; empty both: all day
	Holidays string  `json:"holidays,omitempty"`
}

// Override puts somebody else on call for a while, or nobody (UserID 0 is not taken: a gap is never meant).
type Override struct {
	Number int       `json:"number"` // within the schedule
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	UserID int64     `json:"user_id,string"`
	Why    string    `json:"why,omitempty"`
}

// Holiday is a day on which the office is closed.
type Holiday struct {
	Day  string `json:"day"` // 2026-12-25, in the schedule's zone
	Name string `json:"name"`
}

// Shift is a stretch of time with one person on call; UserID 0 is a gap.
type Shift struct {
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	UserID   int64     `json:"user_id,string"`
	Layer    string    `json:"layer,omitempty"`
	Override bool      `json:"override,omitempty"`
}

// Burden is what a person carried in a time, so that everybody sees whether it is shared fairly.
type Burden struct {
	UserID   int64   `json:"user_id,string"`
	Hours    float64 `json:"hours"`
	Nights   int     `json:"nights"`   // with at least an hour between 22:00 and 06:00
	Weekends int     `json:"weekends"` // with at least an hour on a day of the weekend of the schedule's country
	Holidays int     `json:"holidays"` // days, with at least an hour
}

const (
	maxLayers    = 10
	maxTurns     = 100 // people of a layer
	maxOverrides = 500
	maxHolidays  = 400
	maxTurn      = 8 * 7 * 24 // hours
)

// clockShape reads 09:00; ok is false for what is no time of a day.
func clockShape(s string) bool {
	_, err := time.Parse("15:04", s)
	return err == nil && len(s) == 5
}

func dayShape(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// Check tidies the schedule and answers an *Invalid for what is wrong with it.
func (s *Schedule) Check() error {
	s.Name = strings.TrimSpace(s.Name)
	_, err := time.LoadLocation(s.Zone)
	switch {
	case s.Name == "" || len(s.Name) > 200:
		return Wrong("name", "Give the schedule a name.")
	case err != nil || s.Zone == "" || s.Zone == "Local":
		return Wrong("zone", "Choose a time zone by its name, such as Europe/Warsaw.")
	case len(s.Layers) > maxLayers:
		return Wrong("layers", "A schedule has at most {n} layers.", "n", maxLayers)
	case len(s.Overrides) > maxOverrides:
		return Wrong("overrides", "Remove overrides that are over first.")
	}
	for i := range s.Layers {
		if err := s.Layers[i].check(); err != nil {
			return err
		}
	}
	for i := range s.Overrides {
		if err := s.Overrides[i].check(); err != nil {
			return err
		}
	}
	s.Holidays, err = tidyHolidays(s.Holidays)
	return err
}

// tidyHolidays puts holidays in their order, each once. *Invalid for one that is no day.
func tidyHolidays(all []Holiday) ([]Holiday, error) {
	if len(all) > maxHolidays {
		return all, Wrong("holidays", "Remove holidays that are over first.")
	}
	for i := range all {
		h := &all[i]
		if h.Name = strings.TrimSpace(h.Name); !dayShape(h.Day) || len(h.Name) > 200 {
			return all, Wrong("holidays", "Write each holiday as a day and its name: 2026-12-25 Christmas.")
		}
	}
	slices.SortFunc(all, func(a, b Holiday) int { return strings.Compare(a.Day, b.Day) })
	return slices.CompactFunc(all, func(a, b Holiday) bool { return a.Day == b.Day }), nil
}

func (l *Layer) check() error {
	l.Name = strings.TrimSpace(l.Name)
	switch {
	case len(l.Name) > 100:
		return Wrong("layers", "This is too long.")
	case len(l.People) == 0 || len(l.People) > maxTurns:
		return Wrong("layers", "Choose who takes turns in each layer.")
	case l.Every != EveryDay && l.Every != EveryWeek && l.Every != EveryHours:
		return Wrong("layers", "Choose how long a turn is.")
	case l.Every == EveryHours && (l.Hours < 1 || l.Hours > maxTurn):
		return Wrong("layers", "A turn lasts from one hour to eight weeks.")
	case !dayShape(l.Start) || !clockShape(l.At):
		return Wrong("layers", "Say on which day and at what time the first turn begins.")
	case (l.From == "") != (l.To == "") || l.From != "" && (!clockShape(l.From) || !clockShape(l.To) || l.From == l.To):
		return Wrong("layers", "Give both a beginning and an end of the hours, such as 18:00 and 08:00, or neither.")
	case l.Holidays != HolidayAny && l.Holidays != HolidayRest && l.Holidays != HolidayOnly:
		return Wrong("layers", "Choose what the layer does on holidays.")
	case slices.ContainsFunc(l.Days, func(d int) bool { return d < 0 || d > 6 }):
		return Wrong("layers", "Choose days of the week.")
	}
	slices.Sort(l.Days)
	l.Days = slices.Compact(l.Days)
	return nil
}

// maxOverride is how long one override may last: who is away for longer leaves the rotation.
const maxOverride = 62 * 24 * time.Hour

func (o *Override) check() error {
	o.From, o.To, o.Why = o.From.UTC(), o.To.UTC(), strings.TrimSpace(o.Why)
	switch {
	case o.UserID == 0:
		return Wrong("user_id", "Choose who takes over.")
	case o.From.IsZero() || !o.From.Before(o.To):
		return Wrong("to", "The beginning must lie before the end.")
	case o.To.Sub(o.From) > maxOverride:
		return Wrong("to", "An override lasts two months at most. Change the rotation instead.")
	case len(o.Why) > 300:
		return Wrong("why", "This is too long.")
	}
	return nil
}
