package desk

import (
	"fmt"
	"slices"
	"time"
)

// States of a post; postMoves says what may follow what, docs/states.md draws it.
const (
	PostWaiting   = "waiting"   // for its time; sent when Next has passed
	PostHeld      = "held"      // a person decides about it before it goes anywhere
	PostClaimed   = "claimed"   // a send is under way
	PostUnknown   = "unknown"   // perhaps sent: the network is asked before anything is sent again
	PostSent      = "sent"      // the network confirmed
	PostVerified  = "verified"  // the live copy was read back and is what was approved
	PostFailed    = "failed"    // refused for good, with its problem: a person has to look
	PostDropped   = "dropped"   // by a person
	PostWithdrawn = "withdrawn" // deleted at the network
	PostReplaced  = "replaced"  // its words were changed in place to those of a later post
)

// postMoves is what may follow each state of a post.
var postMoves = map[string][]string{
	PostWaiting:   {PostClaimed, PostHeld, PostFailed, PostDropped},
	PostHeld:      {PostWaiting, PostDropped},
	PostClaimed:   {PostSent, PostUnknown, PostWaiting, PostHeld, PostFailed},
	PostUnknown:   {PostSent, PostClaimed, PostWaiting, PostHeld},
	PostSent:      {PostVerified, PostWithdrawn, PostReplaced},
	PostVerified:  {PostSent, PostWithdrawn, PostReplaced},
	PostFailed:    {PostWaiting, PostHeld, PostDropped},
	PostDropped:   nil,
	PostWithdrawn: nil,
	PostReplaced:  nil,
}

// PostStates are the states of a post in the order of work.
var PostStates = []string{PostWaiting, PostHeld, PostClaimed, PostUnknown, PostSent, PostVerified, PostFailed, PostDropped, PostWithdrawn, PostReplaced}

// What the live copy of a post is.
const (
	CopySame    = "same"    // as approved
	CopyOld     = "old"     // of a version before the newest approved
	CopyMissing = "missing" // not there any more
	CopyDiffers = "differs" // somebody changed it
)

// Post is one thing that we say in one channel: the words of an approved variant.
type Post struct {
	ID          int64      `json:"id,string"`
	BrandID     int64      `json:"brand_id,string"`
	ChannelID   int64      `json:"channel_id,string"`
	StatementID int64      `json:"statement_id,string"`
	VariantID   string     `json:"variant_id"`
	IncidentID  int64      `json:"incident_id,string"`
	DrillID     int64      `json:"drill_id,string"`
	Campaign    string     `json:"campaign,omitempty"`
	Key         string     `json:"key"` // the same for every try: networks and we ourselves know it again by it
	Lang        string     `json:"lang"`
	Title       string     `json:"title,omitempty"`
	Text        string     `json:"text"`
	Media       []Media    `json:"media,omitempty"`
	ReplyTo     string     `json:"reply_to,omitempty"` // native id of what it answers
	Hash        string     `json:"hash"`               // of the approved variant
	Due         time.Time  `json:"due"`
	State       string     `json:"state"`
	HoldID      int64      `json:"hold_id,string"`    // that holds it; 0 with state held: the desk was too late for it
	HeldWhy     Text       `json:"held_why,omitzero"` // collides with these words; its time passed
	Attempts    int        `json:"attempts"`
	Claimed     time.Time  `json:"claimed,omitzero"` // the send that is under way began
	First       time.Time  `json:"first,omitzero"`   // the first send of all began
	Sent        time.Time  `json:"sent,omitzero"`
	Checked     time.Time  `json:"checked,omitzero"` // live copy read last
	NativeID    string     `json:"native_id,omitempty"`
	Link        string     `json:"link,omitempty"` // to the live copy
	Copy        string     `json:"copy,omitempty"` // same, old, missing, differs
	Problem     Text       `json:"problem,omitzero"`
	By          string     `json:"by"`                    // who scheduled it, as people read it
	ByID        int64      `json:"by_id,string"`          // who answers for it going out: scheduled it, or let it go on last; 0 the desk
	Place       int        `json:"place"`                 // in the order of channels: 0 goes first
	Next        time.Time  `json:"next,omitzero"`         // when the desk does the next thing with it: send, ask, read; zero: nothing
	Looks       int        `json:"looks,omitempty"`       // at the network since its state changed last
	Passes      IDs        `json:"passes,omitempty"`      // live holds that do not hold it while its crisis runs: words of the crisis team
	Stopped     bool       `json:"stopped,omitempty"`     // a hold came while nobody knew whether it went out: only a person sends it again
	Decided     string     `json:"decided,omitempty"`     // about a held post: one of the Decide… constants
	DecidedBy   string     `json:"decided_by,omitempty"`  // as people read it
	Edits       int64      `json:"edits,string"`          // the post whose live copy this one changes in place; 0 none
	Leaving     time.Time  `json:"leaving,omitzero"`      // somebody asked to withdraw it
	LeavingWhy  string     `json:"leaving_why,omitempty"` // in their words
	Late        bool       `json:"late,omitempty"`        // people were told that it did not go out in time
	Answer      *Answering `json:"answer,omitempty"`      // whom it answers; nil: it is for everybody
	Version     int        `json:"version"`
}

// Decisions about a held post. They take effect when its hold ends.
const (
	DecideRelease = "release" // at its time
	DecideNow     = "now"     // as soon as the hold has ended
)

// move changes the state. It returns an error wrapping ErrInvalidTransition when the order of work does not allow it.
func (p *Post) move(to string) error {
	if !slices.Contains(postMoves[p.State], to) {
		return fmt.Errorf("post %d from %s to %s: %w", p.ID, p.State, to, ErrInvalidTransition)
	}
	p.State, p.Looks, p.Next = to, 0, time.Time{}
	return nil
}

// Claim begins a send; nobody else may send the post before until.
func (p *Post) Claim(at, until time.Time) error {
	if err := p.move(PostClaimed); err != nil {
		return err
	}
	if p.First.IsZero() {
		p.First = at
	}
	p.Claimed, p.Next, p.Attempts, p.Problem = at, until, p.Attempts+1, Text{}
	return nil
}

// Wait puts a post that surely was not taken by the network back to wait until next; why is empty when nothing was wrong.
func (p *Post) Wait(next time.Time, why Text) error {
	if err := p.move(PostWaiting); err != nil {
		return err
	}
	p.Next, p.Problem, p.Decided, p.DecidedBy, p.Stopped = next, why, "", "", false
	return nil
}

// Keep holds a post back: of hold 0 when the desk itself was too late for it.
func (p *Post) Keep(hold int64, why Text) error {
	if err := p.move(PostHeld); err != nil {
		return err
	}
	p.HoldID, p.HeldWhy, p.Decided, p.DecidedBy, p.Stopped = hold, why, "", "", false
	return nil
}

// Doubt says that the post may have gone out; the network is asked at next, zero when only a person can tell.
func (p *Post) Doubt(next time.Time, why Text) error {
	if err := p.move(PostUnknown); err != nil {
		return err
	}
	p.Next, p.Problem = next, why
	return nil
}

// Confirm says that the network has the post; its live copy is read at next.
func (p *Post) Confirm(nativeID, link string, at, next time.Time) error {
	if err := p.move(PostSent); err != nil {
		return err
	}
	p.NativeID, p.Link, p.Sent, p.Next, p.Problem, p.Stopped = nativeID, link, at, next, Text{}, false
	return nil
}

// Fail ends the desk's own tries: a person has to look.
func (p *Post) Fail(why Text) error {
	if err := p.move(PostFailed); err != nil {
		return err
	}
	p.Problem = why
	return nil
}

// Saw notes what the live copy is; it is read again at next. A copy that is not as approved takes "verified" back.
func (p *Post) Saw(copy string, at, next time.Time, problem Text) error {
	looks := p.Looks
	switch {
	case p.State != PostSent && p.State != PostVerified:
		return fmt.Errorf("live copy of post %d, which is %s: %w", p.ID, p.State, ErrInvalidTransition)
	case copy == CopySame && p.State == PostSent:
		if err := p.move(PostVerified); err != nil {
			return err
		}
	case copy != CopySame && p.State == PostVerified:
		if err := p.move(PostSent); err != nil {
			return err
		}
	}
	p.Copy, p.Checked, p.Next, p.Problem, p.Looks = copy, at, next, problem, looks+1
	return nil
}

// Drop takes a post out of the plan that did not go out.
func (p *Post) Drop(why Text) error {
	if err := p.move(PostDropped); err != nil {
		return err
	}
	p.Problem = why
	return nil
}

// Gone ends a post whose live copy was deleted (PostWithdrawn) or became that of a later post (PostReplaced).
func (p *Post) Gone(state string) error {
	if state != PostWithdrawn && state != PostReplaced {
		return ErrInvalidTransition
	}
	if err := p.move(state); err != nil {
		return err
	}
	p.Copy, p.Leaving = "", time.Time{}
	return nil
}

// Decide notes what becomes of a held post when its hold ends: due is its time then, which DecideRelease needs to lie ahead.
func (p *Post) Decide(what string, due, now time.Time, by string) error {
	switch {
	case p.State != PostHeld:
		return fmt.Errorf("decide about post %d, which is %s: %w", p.ID, p.State, ErrInvalidTransition)
	case what != DecideRelease && what != DecideNow:
		return Wrong("decision", "Choose what becomes of the post.")
	case what == DecideRelease && !due.After(now):
		return Wrong("due", "This time has passed. Choose a later one, or send at once.")
	}
	if what == DecideRelease {
		p.Due = due
	}
	p.Decided, p.DecidedBy = what, by
	return nil
}

// Overdue reports whether the post's time has passed without it going out.
func (p *Post) Overdue(now time.Time) bool {
	return (p.State == PostWaiting || p.State == PostHeld) && p.Due.Before(now)
}

// Published reports whether the network has the post, as far as we know.
func (p *Post) Published() bool { return p.State == PostSent || p.State == PostVerified }

// Open reports whether the post may still go out.
func (p *Post) Open() bool {
	return p.State == PostWaiting || p.State == PostHeld || p.State == PostClaimed || p.State == PostUnknown || p.State == PostFailed
}

// PostFilter selects posts. A zero field does not restrict.
type PostFilter struct {
	BrandID     int64
	ChannelID   int64
	StatementID int64
	IncidentID  int64
	HoldID      int64
	States      []string
	From, To    time.Time // due in [From, To)
	ByDue       bool      // in the order of their times; Paging.Before is not looked at then. Answers to single people are left out
	Paging
}

// Sending is one transaction of the send path. Nothing else of the send path runs beside it, in this process or another: what it
// reads is true until it ends. What it does must be quick, and must not ask the store by any other way.
type Sending interface {
	// NextDue is the post that is to go out next, of none of the channels in skip. A channel sends one post at a time; a post waits
	// for those of its statement with a lower Place, at most for patience. ErrNotFound: nothing is due.
	NextDue(now time.Time, patience time.Duration, skip IDs) (Post, error)
	Post(id int64) (Post, error)
	PostsOf(statementID int64) ([]Post, error)
	// Posts are those in any of the states, the oldest first; n 0 is all.
	Posts(states []string, holdID int64, n int) ([]Post, error)
	// Says reports whether another post than the one named is known at its network by that id.
	Says(nativeID string, but int64) (bool, error)
	LiveHolds() ([]Hold, error)
	Hold(id int64) (Hold, error)
	Channels(brandID int64) ([]Channel, error)
	Channel(id int64) (Channel, error)
	Statement(id int64) (Statement, error)
	Fact(id int64) (Fact, error)
	Incident(id int64) (Incident, error)
	// Clocks are what sets the times of answers: how a brand answers, and its incidents that are open.
	Clocks(brandID int64) (ReplyPolicy, []Incident, error)
	User(id int64) (User, error)
	// KeepPost writes a post, a new one when its ID is 0, with a journal entry. ErrConflict when it is not the newest version.
	KeepPost(p *Post, act Act, out Out) error
	// KeepPosts is KeepPost for many posts that are there already, in a few statements: a hold may mean thousands. out says what
	// each entry has. ErrConflict when one is not the newest version.
	KeepPosts(all []Post, act Act, out func(*Post) Out) error
	KeepHold(h *Hold, act Act, out Out) error
	// KeepStatement writes a statement, a new one when its ID is 0, with a journal entry and what it says as its newest version.
	KeepStatement(s *Statement, act Act, out Out) error
	Conversation(id int64) (Conversation, error)
	// KeepConversation writes a conversation with a journal entry. ErrConflict when it is not the newest version.
	KeepConversation(c *Conversation, act Act, out Out) error
	// KeepMessage writes a message of a conversation, a new one when its ID is 0.
	KeepMessage(m *Message) error
	// Draft is the answer that somebody is writing in a conversation; zero when nobody is.
	Draft(conversationID int64) (Draft, error)
	// KeepDraft keeps a draft, and reports whether it did: not while somebody else's lives.
	KeepDraft(d Draft) (kept bool, err error)
	// DropDraft forgets somebody's draft in a conversation, and old words of anybody else there: those of who is writing now stay.
	DropDraft(conversationID, userID int64, now time.Time) error
	// Later keeps jobs, as those of an Out are kept.
	Later(jobs []Job) error
}

// Words is the hash of what the post would send, computed from its words.
func (p *Post) Words() string { return wordsHash(p.Lang, p.Title, p.Text, p.Media) }

// MaySend answers an error unless the post's words are exactly what the statement had approved: the last gate before a send.
func (p *Post) MaySend(s *Statement) error {
	v, ok := s.Variant(p.VariantID)
	switch {
	case s.ID != p.StatementID || !ok:
		return ErrNotFound
	case s.BrandID != p.BrandID || s.DrillID != p.DrillID || v.ChannelID != 0 && v.ChannelID != p.ChannelID:
		return Wrong("statement", "These words were not approved for this channel.")
	case !s.Answers.same(p.Answer) || p.Answer != nil && p.Answer.ReplyTo != p.ReplyTo:
		return Wrong("statement", "This answer was not written for this person.")
	case !s.Passed():
		return Wrong("statement", "This statement is not approved as it stands.")
	case v.Hash() != p.Hash || p.Words() != p.Hash:
		return Wrong("statement", "These are not the words that were approved.")
	}
	return nil
}
