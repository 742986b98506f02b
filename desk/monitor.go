package desk

import "time"

// Brand is what a desk protects: most have one, agencies have many.
type Brand struct {
	ID        int64    `json:"id,string"`
	Name      string   `json:"name"`
	Zone      string   `json:"zone"`      // IANA time zone in which days and hours of the week are reckoned
	Retention int      `json:"retention"` // days that mentions are kept; 0 for ever
	Accounts  []string `json:"accounts"`  // our own, as network:handle, to tell our posts from others'
	Version   int      `json:"version"`
}

// Kinds of monitor (LIS-1).
var MonitorKinds = []string{"brand", "product", "people", "competitor", "campaign", "hashtag"}

// Monitor is one thing that we listen for.
type Monitor struct {
	ID          int64     `json:"id,string"`
	BrandID     int64     `json:"brand_id,string"`
	Kind        string    `json:"kind"`
	Name        string    `json:"name"`
	Query       string    `json:"query"` // docs/queries.md
	Paused      bool      `json:"paused"`
	Rules       []Rule    `json:"rules"`       // the organisation's own thresholds
	Sensitivity string    `json:"sensitivity"` // low, balanced, high
	Taught      float64   `json:"taught"`      // how much more than that its detectors ask for, learned from alerts that were not useful: 0 … MaxTaught
	Created     time.Time `json:"created"`
	Version     int       `json:"version"`
}

// MaxTaught bounds what a monitor learns from alerts that were not useful: half more than its sensitivity asks for.
const MaxTaught = 0.5

// Rule is one of the organisation's own thresholds (DET-5).
type Rule struct {
	Measure string  `json:"measure"` // mentions, negative (count), negative_share (0 … 1), reach (accounts, one author), people (distinct)
	Over    int     `json:"over"`    // window in minutes, 5 … 1440
	AtLeast float64 `json:"at_least"`
	Floor   int     `json:"floor"` // for shares: only with at least so many mentions in the window
	Level   Level   `json:"level"` // the response level it asks for
}

// Level is the response level of an incident or alert: 0 normal, 1 watch, 2 issue, 3 crisis, 4 severe.
type Level int

// The five levels.
const (
	Normal Level = iota
	Watch
	Issue
	Crisis
	Severe
)

// String is the level's name in English, the key of its translation.
func (l Level) String() string {
	if l < Normal || l > Severe {
		return "Unknown"
	}
	return [...]string{"Normal", "Watch", "Issue", "Crisis", "Severe"}[l]
}
