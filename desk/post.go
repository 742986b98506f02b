package desk

import "time"

// States of a post, in the order of work:
//
//	waiting → claimed → sent → verified        the usual way
//	waiting → held → waiting | dropped         a hold, and its triage
//	claimed → unknown → sent | waiting         the answer was lost: the network is asked before anything is sent again
//	waiting | claimed → failed                 refused for good: a person has to look
//	sent | verified → withdrawn                taken back at the network
const (
	PostWaiting   = "waiting"   // for its time; due when Due has passed
	PostHeld      = "held"      // looked at by a person before it goes anywhere
	PostClaimed   = "claimed"   // a send is under way
	PostUnknown   = "unknown"   // sent, outcome not known: read back before any retry
	PostSent      = "sent"      // the network confirmed
	PostVerified  = "verified"  // the live copy was read back and is what was approved
	PostFailed    = "failed"    // for good, with its problem
	PostDropped   = "dropped"   // by a person
	PostWithdrawn = "withdrawn" // deleted at the network
)

// What the live copy of a post is.
const (
	CopySame    = "same"    // as approved
	CopyOld     = "old"     // of a version before the newest approved
	CopyMissing = "missing" // not there any more
	CopyDiffers = "differs" // somebody changed it
)

// Post is one thing that we say in one channel: the words of an approved variant.
type Post struct {
	ID          int64     `json:"id,string"`
	BrandID     int64     `json:"brand_id,string"`
	ChannelID   int64     `json:"channel_id,string"`
	StatementID int64     `json:"statement_id,string"`
	VariantID   string    `json:"variant_id"`
	IncidentID  int64     `json:"incident_id,string"`
	DrillID     int64     `json:"drill_id,string"`
	Campaign    string    `json:"campaign,omitempty"`
	Key         string    `json:"key"` // the same for every try: networks and we ourselves know it again by it
	Lang        string    `json:"lang"`
	Title       string    `json:"title,omitempty"`
	Text        string    `json:"text"`
	Media       []Media   `json:"media,omitempty"`
	ReplyTo     string    `json:"reply_to,omitempty"` // native id of what it answers
	Hash        string    `json:"hash"`               // of the approved variant
	Due         time.Time `json:"due"`
	State       string    `json:"state"`
	HoldID      int64     `json:"hold_id,string"`    // that holds it
	HeldWhy     Text      `json:"held_why,omitzero"` // collides with these words; its time passed
	Attempts    int       `json:"attempts"`
	Claimed     time.Time `json:"claimed,omitzero"` // the send that is under way began
	Sent        time.Time `json:"sent,omitzero"`
	Checked     time.Time `json:"checked,omitzero"` // live copy read last
	NativeID    string    `json:"native_id,omitempty"`
	Link        string    `json:"link,omitempty"` // to the live copy
	Copy        string    `json:"copy,omitempty"` // same, old, missing, differs
	Problem     Text      `json:"problem,omitzero"`
	Version     int       `json:"version"`
}

// Words is the hash of what the post would send, computed from its words.
func (p *Post) Words() string { return wordsHash(p.Lang, p.Title, p.Text, p.Media) }

// MaySend answers an error unless the post's words are exactly what the statement had approved: the last gate before a send.
func (p *Post) MaySend(s *Statement) error {
	v, ok := s.Variant(p.VariantID)
	switch {
	case s.ID != p.StatementID || !ok:
		return ErrNotFound
	case !s.Passed():
		return Wrong("statement", "This statement is not approved as it stands.")
	case v.Hash() != p.Hash || p.Words() != p.Hash:
		return Wrong("statement", "These are not the words that were approved.")
	}
	return nil
}
