package desk

import "time"

// Hold keeps everything in its scope from going out until a person has looked at each post (PUB-1). Zero values widen the scope:
// without brand, channel and campaign it is everything.
type Hold struct {
	ID         int64     `json:"id,string"`
	BrandID    int64     `json:"brand_id,string"`
	ChannelID  int64     `json:"channel_id,string"`
	Campaign   string    `json:"campaign,omitempty"`
	Words      []string  `json:"words,omitempty"` // elective: only posts that collide with one of them
	IncidentID int64     `json:"incident_id,string"`
	DrillID    int64     `json:"drill_id,string"`
	By         string    `json:"by"` // as people read it
	Why        string    `json:"why"`
	At         time.Time `json:"at"`
	Answered   time.Time `json:"answered,omitzero"` // from here on no send of its scope is under way
	Flying     []Flight  `json:"flying,omitempty"`  // sends that were under way when it was pressed
	Outlets    []Outlet  `json:"outlets,omitempty"` // other systems that were told to stop
	Ended      time.Time `json:"ended,omitzero"`
	EndedBy    string    `json:"ended_by,omitempty"`
	Version    int       `json:"version"`
}

// Flight is a send that was under way when the hold was pressed, with its outcome.
type Flight struct {
	PostID int64  `json:"post_id,string"`
	State  string `json:"state"` // of the post, when the hold had answered
}

// States of an outlet during a hold.
const (
	OutletConfirmed = "confirmed" // it says that it holds
	OutletWaiting   = "waiting"   // told, no answer yet
	OutletUnknown   = "unknown"   // it cannot be asked, or does not answer: a person has to look
)

// Outlet is another place that sends for us, which the hold stops too: posts scheduled at a network, another scheduler, any
// system that takes a signed stop.
type Outlet struct {
	ChannelID int64     `json:"channel_id,string"`
	Name      string    `json:"name"`
	State     string    `json:"state"`
	Stopped   int       `json:"stopped"` // posts that were taken out of its queue
	Checked   time.Time `json:"checked,omitzero"`
	Problem   Text      `json:"problem,omitzero"`
}

// Live reports whether the hold still holds.
func (h *Hold) Live() bool { return h.Ended.IsZero() }

// Covers reports whether the post lies in the hold's scope. Words are not asked: see Collides of the stage that holds.
func (h *Hold) Covers(p *Post) bool {
	return (h.BrandID == 0 || h.BrandID == p.BrandID) && (h.ChannelID == 0 || h.ChannelID == p.ChannelID) &&
		(h.Campaign == "" || h.Campaign == p.Campaign)
}
