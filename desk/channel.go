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
	Mute     bool      `json:"mute,omitempty"`   // says nothing for us: another system that a hold stops, or customer service
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
	As        string   `json:"as,omitempty"`         // software whose way of counting holds, where a kind of channel has several: gotosocial
}

// As is who speaks there, as people call it.
func (c *Channel) As() string {
	if c.Account != "" {
		return c.Account
	}
	return c.Name
}

// Works reports whether posts can be expected to go out there.
func (c *Channel) Works() bool {
	return !c.Paused && !c.Mute && (c.State == HealthOK || c.State == HealthNew)
}

// Dying reports whether the credentials end within the time given, or are refused already.
func (c *Channel) Dying(now time.Time, within time.Duration) bool {
	return c.State == HealthDenied || !c.Expires.IsZero() && c.Expires.Before(now.Add(within))
}

// Line is what a channel keeps about one part of a post: a mail to one address. States are the channel's own words.
type Line struct {
	Name  string    `json:"name"` // of the part, unique within the post
	State string    `json:"state"`
	Say   Text      `json:"say,omitzero"` // what people should know about it
	At    time.Time `json:"at"`
}

// States of a mail to one address of a list.
const (
	LineTrying  = "trying"  // handed to the mail server right now; left behind by a crash, nobody knows whether it arrived
	LineSent    = "sent"    // the mail server took it
	LineRefused = "refused" // for good
	LineLater   = "later"   // the mail server asked to come again
)
