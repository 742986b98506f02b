package desk

import "time"

// Channel is a place where we speak: an account, a blog, a list of addresses, or a checklist for what no API reaches.
type Channel struct {
	ID       int64     `json:"id,string"`
	BrandID  int64     `json:"brand_id,string"`
	Kind     string    `json:"kind"`     // folder of the connector: mastodon, bluesky, wordpress, email, hook, sandbox, checklist
	Name     string    `json:"name"`     // as the team calls it
	Account  string    `json:"account"`  // as the network calls it: @brand@example.social
	Settings Settings  `json:"settings"` // of that kind's Spec; secrets sealed, never shown again
	Lang     string    `json:"lang"`     // that is spoken there
	Order    int       `json:"order"`    // of publishing, after the place where it started
	Paused   bool      `json:"paused"`
	Limits   Limits    `json:"limits"`           // as the network said them last
	State    string    `json:"state"`            // HealthNew, HealthOK, HealthFailing, HealthDenied, HealthPaused
	Problem  Text      `json:"problem,omitzero"` // for people
	Checked  time.Time `json:"checked,omitzero"`
	Expires  time.Time `json:"expires,omitzero"` // of the credentials; zero not known
	Version  int       `json:"version"`
}

// Limits is what a network takes in one post. 0 is no limit.
type Limits struct {
	Text      int      `json:"text,omitempty"`       // in the network's own counting
	Bytes     int      `json:"bytes,omitempty"`      // of UTF-8
	PerLink   int      `json:"per_link,omitempty"`   // characters that a link counts as; 0 as long as it is
	Media     int      `json:"media,omitempty"`      // attachments
	MediaSize int64    `json:"media_size,omitempty"` // bytes of one
	Types     []string `json:"types,omitempty"`      // MIME types of media; empty: any
	Alt       int      `json:"alt,omitempty"`        // characters of an alternative text
}
