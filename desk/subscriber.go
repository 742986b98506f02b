package desk

import (
	"slices"
	"time"
)

// States of a subscriber.
const (
	SubscriberAsked   = "asked"   // was written to, and has not confirmed yet
	SubscriberLive    = "live"    // gets updates
	SubscriberLeft    = "left"    // wants none any more; the address is forgotten
	SubscriberBounced = "bounced" // its mail server says that there is nobody
)

// SubscriberStates are all of them, in the order in which people go through them.
var SubscriberStates = []string{SubscriberAsked, SubscriberLive, SubscriberLeft, SubscriberBounced}

// WholeBrand in the place of a page's id: every crisis of the brand.
const WholeBrand int64 = 0

// Subscriber is a mail address that asked for a brand's updates. Its Address is kept sealed, and is empty once the person left; Mailbox
// is a keyed hash of it, by which it is found again.
type Subscriber struct {
	ID        int64     `json:"id,string"`
	BrandID   int64     `json:"brand_id,string"`
	Mailbox   string    `json:"-"`
	Address   string    `json:"address"`
	Lang      string    `json:"lang"`
	State     string    `json:"state"` // one of SubscriberStates
	Centres   IDs       `json:"centres"`
	Made      time.Time `json:"made"`
	Asked     time.Time `json:"asked,omitzero"`     // was last written to so that they may confirm
	Asks      int       `json:"asks"`               // letters of that kind within the day that began with AskedDay
	AskedDay  time.Time `json:"-"`                  // see Asks
	Confirmed time.Time `json:"confirmed,omitzero"` // first
	Settled   time.Time `json:"settled,omitzero"`   // last confirmed or left: links to confirm that are older do nothing
	Bounces   int       `json:"bounces"`            // days in a row on which mails came back for reasons that may pass
	Bounced   time.Time `json:"bounced,omitzero"`   // when a mail that came back was last counted
	Origin    string    `json:"origin"`             // how the consent came: "form", or what an import says of it
}

// Subscribes reports whether the subscriber gets updates of a page.
func (s *Subscriber) Subscribes(centreID int64) bool {
	return s.State == SubscriberLive && (slices.Contains(s.Centres, WholeBrand) || slices.Contains(s.Centres, centreID))
}

// Whole reports whether they want every update of the brand.
func (s *Subscriber) Whole() bool { return slices.Contains(s.Centres, WholeBrand) }

// Ask notes that somebody wants updates for the address, and that it is to be written to. It reports false when it was written to most
// times of a day already. Whoever gets updates gets them meanwhile.
func (s *Subscriber) Ask(lang string, at time.Time, most int) bool {
	if s.AskedDay.IsZero() || at.Sub(s.AskedDay) > 24*time.Hour {
		s.AskedDay, s.Asks = at, 0
	}
	if s.Asks >= most {
		return false
	}
	s.Asks++
	s.Asked = at
	if s.Made.IsZero() {
		s.Made, s.Origin = at, "form"
	}
	if s.State != SubscriberLive {
		s.State, s.Lang = SubscriberAsked, lang
	}
	return true
}

// Confirm subscribes to a page's updates (WholeBrand: to all), if the link was made after whatever was settled last. A link works once:
// ErrConflict for a later use.
func (s *Subscriber) Confirm(centreID int64, lang string, linked, at time.Time) error {
	if s.State == SubscriberLeft && s.Address == "" || !linked.After(s.Settled) {
		return ErrConflict
	}
	if s.State != SubscriberLive {
		s.Centres = nil
	}
	if s.Confirmed.IsZero() || s.State != SubscriberLive {
		s.Confirmed = at
	}
	s.State, s.Settled, s.Bounces = SubscriberLive, at, 0
	if lang != "" {
		s.Lang = lang
	}
	if !slices.Contains(s.Centres, centreID) {
		s.Centres = append(slices.Clone(s.Centres), centreID)
	}
	return nil
}

// Leave ends the subscription of one page, or of everything with WholeBrand. Who is left with none is forgotten but for the mailbox's
// hash, so that no later import writes to them again.
func (s *Subscriber) Leave(centreID int64, at time.Time) {
	s.Settled = at
	if centreID != WholeBrand && !slices.Contains(s.Centres, WholeBrand) {
		s.Centres = slices.DeleteFunc(slices.Clone(s.Centres), func(id int64) bool { return id == centreID })
		if len(s.Centres) > 0 {
			return
		}
	}
	s.State, s.Centres, s.Address, s.Asked = SubscriberLeft, nil, "", time.Time{}
}

const (
	// softBounces on so many days end a subscription: a mailbox that is full on three days of a crisis is read by nobody.
	softBounces = 3
	// softApart is how far apart mails came back that count twice: an hour in which a mailbox is full may have many updates.
	softApart = 24 * time.Hour
	// softSpan is how long one is remembered.
	softSpan = 60 * 24 * time.Hour
)

// Bounce notes that a mail came back. hard: the address does not exist. It reports whether the address is written to no more.
func (s *Subscriber) Bounce(hard bool, at time.Time) bool {
	since := at.Sub(s.Bounced)
	if s.State != SubscriberLive || !hard && since < softApart {
		return false
	}
	if since > softSpan {
		s.Bounces = 0
	}
	s.Bounces, s.Bounced = s.Bounces+1, at
	if hard || s.Bounces >= softBounces {
		s.State = SubscriberBounced
	}
	return s.State == SubscriberBounced
}

// SubscriberCount is how many subscribers of a brand are in each state, and how many came lately.
type SubscriberCount struct {
	States map[string]int `json:"states"`
	Days   []DayCount     `json:"days"` // oldest first, without days on which nothing happened
}

// DayCount is what happened on a day (UTC).
type DayCount struct {
	Day  time.Time `json:"day"`
	Came int       `json:"came"`
	Left int       `json:"left"`
}
