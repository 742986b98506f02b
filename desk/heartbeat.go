package desk

import (
	"net/url"
	"time"
)

// Heartbeat is an address outside of the desk that hears from it as long as it truly works (ALT-3): when the beats stop, whoever
// listens there, such as Healthchecks, tells people by ways that do not need the desk.
type Heartbeat struct {
	ID      int64  `json:"id,string"`
	URL     string `json:"url"`   // fetched by GET; empty: nobody outside listens
	Every   int    `json:"every"` // seconds between two beats
	Version int    `json:"version"`
}

// HeartbeatEvery is how often an outside address hears from a desk that has not chosen, in seconds.
const HeartbeatEvery = 60

// Check answers an *Invalid for what is wrong with it.
func (h *Heartbeat) Check() error {
	u, err := url.Parse(h.URL)
	switch {
	case h.URL != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || len(h.URL) > 1000):
		return Wrong("url", "Enter a whole address, like https://example.org/alerts.")
	case h.Every < 10 || h.Every > 3600:
		return Wrong("every", "Choose from 10 seconds to an hour.")
	}
	return nil
}

// Parts of the desk without which it does not work.
const (
	PartStore     = "store"     // what is written is kept
	PartWriter    = "writer"    // what is heard is stored
	PartDetectors = "detectors" // what is stored is looked at
	PartTimers    = "timers"    // escalations go on
	PartMessages  = "messages"  // letters go out
)

// Part is a part of the desk and whether it works.
type Part struct {
	Name  string    `json:"name"`
	Well  bool      `json:"well"`
	Since time.Time `json:"since"` // when it began to be as it is
}

// Pulse is how the desk is: it beats outside only while every part works.
type Pulse struct {
	Parts   []Part    `json:"parts"`
	Beat    time.Time `json:"beat,omitzero"`     // the last that was heard outside
	Problem string    `json:"problem,omitempty"` // why the newest was not; English, the key of its translation
}

// Stuck are the parts that do not work.
func (p *Pulse) Stuck() (names []string) {
	for _, one := range p.Parts {
		if !one.Well {
			names = append(names, one.Name)
		}
	}
	return names
}
