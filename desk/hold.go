package desk

import (
	"encoding/json"
	"slices"
	"time"
)

// Hold keeps everything in its scope from going out until a person has looked at each post (PUB-1). Zero values widen the scope:
// without brand, channel and campaign it is everything.
type Hold struct {
	ID         int64         `json:"id,string"`
	BrandID    int64         `json:"brand_id,string"`
	ChannelID  int64         `json:"channel_id,string"`
	Campaign   string        `json:"campaign,omitempty"`
	Words      []string      `json:"words,omitempty"` // elective: only posts that collide with one of them
	IncidentID int64         `json:"incident_id,string"`
	DrillID    int64         `json:"drill_id,string"` // a rehearsal: holds posts of that drill alone
	Topic      int64         `json:"topic,string"`    // elective: what bursts; 0 pressed by a person
	By         string        `json:"by"`              // as people read it
	Why        string        `json:"why"`
	At         time.Time     `json:"at"`
	Answered   time.Time     `json:"answered,omitzero"` // from here on no send of its scope is under way
	Flying     []Flight      `json:"flying,omitempty"`  // sends that were under way when it was pressed
	Outlets    []Outlet      `json:"outlets,omitempty"` // other systems that were told to stop
	Letters    []HeldLetters `json:"letters,omitempty"` // updates to subscribers that it stopped on their way
	Ended      time.Time     `json:"ended,omitzero"`
	EndedBy    string        `json:"ended_by,omitempty"`
	Held       int           `json:"held"`             // posts that were held when it answered
	Again      time.Time     `json:"again,omitzero"`   // pressed once more
	Reason     string        `json:"reason,omitempty"` // how it ended, in the words of who ended it
	Version    int           `json:"version"`
}

// Flight is a send that was under way when the hold was pressed, with its outcome.
type Flight struct {
	PostID  int64  `json:"post_id,string"`
	Channel string `json:"channel"`
	State   string `json:"state"` // of the post, when the hold had answered; claimed and unknown: it could not be awaited
}

// Sure reports whether the outcome of the send was known when the hold answered.
func (f Flight) Sure() bool { return f.State != PostClaimed && f.State != PostUnknown }

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
	Stopped   int       `json:"stopped"` // posts that were taken out of its queue, or that it says it stopped
	Checked   time.Time `json:"checked,omitzero"`
	Problem   Text      `json:"problem,omitzero"`
	Taken     []Taken   `json:"taken,omitempty"` // out of its queue: nothing is lost, people decide about it
}

// Taken is a post that waited at a network or in another tool when a hold emptied its queue. It is kept before anything is done there.
type Taken struct {
	ID   string    `json:"id"` // there
	Due  time.Time `json:"due,omitzero"`
	Text string    `json:"text"`
	Lang string    `json:"lang,omitempty"` // as the other place says
	// Raw is the post as the other place described it, in JSON: pictures, who sees it, what it answers.
	Raw    json.RawMessage `json:"raw,omitempty"`
	Still  bool            `json:"still,omitempty"`  // not known to be out of the queue yet
	Unsure bool            `json:"unsure,omitempty"` // it left the queue about when it was due: perhaps it went out
	// Decided says what became of it: TakenDraft, TakenDrop; empty: not decided yet.
	Decided     string `json:"decided,omitempty"`
	DecidedBy   string `json:"decided_by,omitempty"`
	StatementID int64  `json:"statement_id,string,omitempty"` // the draft that was made of it
}

// Decisions about a post that a hold took out of another queue.
const (
	TakenDraft = "draft" // it is a draft here
	TakenDrop  = "drop"  // nothing becomes of it
)

// Open reports whether a person has still to decide about it.
func (t *Taken) Open() bool { return !t.Still && t.Decided == "" }

// Live reports whether the hold still holds.
func (h *Hold) Live() bool { return h.Ended.IsZero() }

// Covers reports whether the post lies in the hold's scope. Words are not asked: that is for the stage that sends.
func (h *Hold) Covers(p *Post) bool {
	return h.DrillID == p.DrillID && (h.BrandID == 0 || h.BrandID == p.BrandID) && (h.ChannelID == 0 || h.ChannelID == p.ChannelID) &&
		(h.Campaign == "" || h.Campaign == p.Campaign)
}

// Elective reports whether the hold holds only what collides with its words.
func (h *Hold) Elective() bool { return len(h.Words) > 0 }

// SameScope reports whether both holds hold the same.
func (h *Hold) SameScope(o *Hold) bool {
	return h.DrillID == o.DrillID && h.BrandID == o.BrandID && h.ChannelID == o.ChannelID && h.Campaign == o.Campaign && slices.Equal(h.Words, o.Words)
}

// Outlet is the hold's outlet of a channel, made when it has none.
func (h *Hold) Outlet(channelID int64) *Outlet {
	for i := range h.Outlets {
		if h.Outlets[i].ChannelID == channelID {
			return &h.Outlets[i]
		}
	}
	h.Outlets = append(h.Outlets, Outlet{ChannelID: channelID, State: OutletWaiting})
	return &h.Outlets[len(h.Outlets)-1]
}

// Took counts the posts that are out of the outlet's queue.
func (o *Outlet) Took() (n int) {
	for _, t := range o.Taken {
		if !t.Still {
			n++
		}
	}
	return n
}

// Queued notes what was found in the outlet's queue just now: what is new there is kept, and what was kept and is not there any more
// is out of it. It reports whether anything was news.
func (o *Outlet) Queued(list []Taken, now time.Time) (news bool) {
	news = o.Missing(list, now)
	for _, q := range list {
		q.Still = true
		switch i := slices.IndexFunc(o.Taken, func(t Taken) bool { return t.ID == q.ID }); {
		case i < 0:
			o.Taken = append(o.Taken, q)
		case !o.Taken[i].Still: // somebody put it back into the queue
			o.Taken[i] = q
		default:
			continue
		}
		news = true
	}
	return news
}

// Missing notes which of the posts that were kept are not in the queue any more, and reports whether any is.
func (o *Outlet) Missing(list []Taken, now time.Time) (any bool) {
	for i := range o.Taken {
		t := &o.Taken[i]
		if t.Still && !slices.ContainsFunc(list, func(q Taken) bool { return q.ID == t.ID }) {
			t.left(now)
			any = true
		}
	}
	return any
}

// Left notes that posts are out of the outlet's queue.
func (o *Outlet) Left(ids []string, now time.Time) {
	for i := range o.Taken {
		if t := &o.Taken[i]; t.Still && slices.Contains(ids, t.ID) {
			t.left(now)
		}
	}
}

func (t *Taken) left(now time.Time) {
	t.Still, t.Unsure = false, !t.Due.IsZero() && !now.Before(t.Due)
}

// OpenTaken counts the posts out of other queues that are still to be decided about.
func (h *Hold) OpenTaken() (n int) {
	for _, o := range h.Outlets {
		for i := range o.Taken {
			if o.Taken[i].Open() {
				n++
			}
		}
	}
	return n
}

// DecideTaken notes what becomes of a post that was taken out of another queue. ErrNotFound when there is none of that id;
// ErrInvalidTransition when that was decided already, or it is not known to be out of the queue.
func (h *Hold) DecideTaken(channelID int64, id, what, who string) (*Taken, error) {
	if what != TakenDraft && what != TakenDrop {
		return nil, Wrong("decision", "Choose one of these.")
	}
	for i := range h.Outlets {
		if h.Outlets[i].ChannelID != channelID {
			continue
		}
		for k := range h.Outlets[i].Taken {
			t := &h.Outlets[i].Taken[k]
			if t.ID != id {
				continue
			}
			if !t.Open() {
				return nil, ErrInvalidTransition
			}
			t.Decided, t.DecidedBy = what, who
			return t, nil
		}
	}
	return nil, ErrNotFound
}
