package desk

import "time"

// Field is one setting of a connector; the form, the API's validation and the docs are made from it.
type Field struct {
	Name     string   // key in Settings
	Label    string   // English, translated on the page
	Help     string   // English, one sentence
	Kind     string   // text, url, secret, number, choice, lines, bool; empty is text
	Choices  []string // for choice
	Required bool
	Default  string
}

// Spec describes a connector.
type Spec struct {
	Kind     string // folder name: feed, mastodon, bluesky …
	Title    string // "RSS, Atom or JSON feed"
	Help     string // one sentence: what it hears, what it needs
	Fields   []Field
	Firehose bool // mostly not about us: keep only what a monitor answers, unless the source says otherwise
	Push     bool // others come to us; there is nothing to poll
}

// Settings are a connector's settings by field name. Secret fields are sealed at rest and masked towards people.
type Settings map[string]string

// States of a source's health. Everything but HealthOK and HealthPaused is shown and alerted (LIS-5).
const (
	HealthNew     = "new" // not tried yet
	HealthOK      = "ok"
	HealthLimited = "limited" // the network asks us to slow down
	HealthFailing = "failing" // network or server trouble; tried again by itself
	HealthDenied  = "denied"  // credentials refused: a person has to act
	HealthBroken  = "broken"  // what comes cannot be read: a person has to look
	HealthSilent  = "silent"  // answers, but nothing came for unusually long
	HealthPaused  = "paused"
)

// Source is where mentions come from.
type Source struct {
	ID          int64     `json:"id,string"`
	BrandID     int64     `json:"brand_id,string"` // 0: for all
	Kind        string    `json:"kind"`
	Name        string    `json:"name"`
	Settings    Settings  `json:"settings"`
	KeepAll     bool      `json:"keep_all"` // also what no monitor answers
	Paused      bool      `json:"paused"`
	SilentAfter int       `json:"silent_after"` // minutes without a mention until it is called silent; 0 as learned from its own pace, -1 never
	Health      Health    `json:"health"`
	Created     time.Time `json:"created"`
	Version     int       `json:"version"`
}

// Health is how a source is doing.
type Health struct {
	State    string    `json:"state"`
	Since    time.Time `json:"since"`             // in this state
	Tried    time.Time `json:"tried,omitzero"`    // last pull ended
	Answered time.Time `json:"answered,omitzero"` // last pull that worked
	Heard    time.Time `json:"heard,omitzero"`    // last mention arrived
	Next     time.Time `json:"next,omitzero"`     // next try
	Problem  Text      `json:"problem,omitzero"`  // for people
	Failures int       `json:"failures"`          // in a row
	Mentions int64     `json:"mentions"`          // ever
	Rejects  int64     `json:"rejects"`           // what could not be read, or was for no brand, ever
	Machines int64     `json:"machines"`          // mails of lists, machines and mail servers, which make nobody wait, ever
	Pace     float64   `json:"pace,omitempty"`    // seconds between two arrivals, usually
	Lull     float64   `json:"lull,omitempty"`    // seconds of the longest silence lately
	Paces    int       `json:"paces,omitempty"`   // arrivals that Pace and Lull were learned from
}

// Well reports whether data from the source can be trusted to be all there is.
func (h Health) Well() bool { return h.State == HealthOK || h.State == HealthNew }

// Gap is a time in which a source did not hear. Filled says when it was caught up; a zero To is still open. A Lost one is never
// filled: when the source was heard again, it had forgotten what came meanwhile.
type Gap struct {
	SourceID int64     `json:"source_id,string"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to,omitzero"`
	Filled   time.Time `json:"filled,omitzero"`
	Lost     bool      `json:"lost,omitempty"`
	Reason   Text      `json:"reason"`
}
