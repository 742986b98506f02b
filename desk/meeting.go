package desk

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Repeats are how a meeting comes again; empty is once.
var Repeats = []string{"", "week", "fortnight", "month", "quarter", "year"}

// Meeting is one of the crisis committee, put into people's calendars by a feed (PLN-5).
type Meeting struct {
	ID      int64     `json:"id,string"`
	BrandID int64     `json:"brand_id,string"`
	Name    string    `json:"name"`
	At      time.Time `json:"at"`      // of the first one
	Minutes int       `json:"minutes"` // that it takes
	Place   string    `json:"place,omitempty"`
	Agenda  string    `json:"agenda,omitempty"`
	Repeat  string    `json:"repeat,omitempty"` // one of Repeats
	Version int       `json:"version"`
}

// Check tidies the meeting and answers an *Invalid for what is wrong with it.
func (m *Meeting) Check() error {
	m.Name, m.Place, m.Agenda, m.At = strings.TrimSpace(m.Name), strings.TrimSpace(m.Place), strings.TrimSpace(m.Agenda), m.At.UTC()
	switch {
	case m.Name == "" || utf8.RuneCountInString(m.Name) > 160:
		return Wrong("name", "Give a name of at most {n} characters.", "n", 160)
	case m.At.IsZero():
		return Wrong("at", "Say when it begins.")
	case m.Minutes < 5 || m.Minutes > 24*60:
		return Wrong("minutes", "A meeting takes 5 minutes to a day.")
	case utf8.RuneCountInString(m.Place) > 300:
		return Wrong("place", "This is too long.")
	case utf8.RuneCountInString(m.Agenda) > 5000:
		return Wrong("agenda", "This is too long.")
	case !slices.Contains(Repeats, m.Repeat):
		return Wrong("repeat", "Choose how it comes again.")
	}
	return nil
}

// Times are when the meeting begins in [from, to), at most a hundred of them: at the same hour of the day in zone, whatever the
// clocks do there. A month without that day has none.
func (m *Meeting) Times(from, to time.Time, zone *time.Location) (all []time.Time) {
	first := m.At.In(zone)
	for n := 0; n < maxSteps && len(all) < maxTimes; n++ {
		at, ok := m.nth(first, n)
		if !at.Before(to) {
			break
		}
		if ok && !at.Before(from) {
			all = append(all, at.UTC())
		}
		if m.Repeat == "" {
			break
		}
	}
	return all
}

const (
	maxTimes = 100
	maxSteps = 5000 // a weekly meeting of a hundred years
)

// nth is the n-th time; ok is false where that month has no such day.
func (m *Meeting) nth(first time.Time, n int) (at time.Time, ok bool) {
	months, days := 0, 0
	switch m.Repeat {
	case "week":
		days = 7 * n
	case "fortnight":
		days = 14 * n
	case "month":
		months = n
	case "quarter":
		months = 3 * n
	case "year":
		months = 12 * n
	}
	at = first.AddDate(0, months, days)
	return at, days > 0 || at.Day() == first.Day()
}

// CalendarKey opens a brand's calendar of meetings to who has its address: calendars cannot sign in.
type CalendarKey struct {
	ID      int64  `json:"id,string"`
	BrandID int64  `json:"brand_id,string"`
	Key     string `json:"-"` // sealed at rest
	Version int    `json:"version"`
}
