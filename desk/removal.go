package desk

import (
	"slices"
	"strings"
	"time"
)

// What can be done with a post of ours that offends.
const (
	RemovalKeep    = "keep"    // as it stands, and answer
	RemovalAmend   = "amend"   // keep it, and add a correction or an apology beneath
	RemovalDelete  = "delete"  // take it down, and say that we did
	RemovalPending = "pending" // not decided
)

// What became of a deletion.
const (
	DoneAsked   = "asked"   // the network is asked to, and has not done it yet
	DoneDeleted = "deleted" // by its network
	DoneRefused = "refused" // the desk cannot do it: a person has to
	DoneByHand  = "by_hand" // it was not sent from here: a person has to
)

// Settle says what became of a deletion that was asked for, as the post is by now.
func (r *Removal) Settle(p *Post) {
	switch {
	case r.Done != DoneAsked:
	case p.State == PostWithdrawn:
		r.Done = DoneDeleted
	case p.Leaving.IsZero():
		if r.Done, r.Problem = DoneRefused, p.Problem; r.Problem.IsZero() {
			r.Problem = Say("The network did not delete it. Delete it there, and look at the link afterwards.")
		}
	}
}

// RemovalChoices are the decisions, the one that hides least first.
var RemovalChoices = []string{RemovalKeep, RemovalAmend, RemovalDelete}

// Removal is the sheet on which people weigh whether an offending post of ours stays (DEC-3).
type Removal struct {
	ID         int64     `json:"id,string"`
	BrandID    int64     `json:"brand_id,string"`
	IncidentID int64     `json:"incident_id,string"`
	PostID     int64     `json:"post_id,string"`    // one that went out from here; 0: posted elsewhere
	MentionID  int64     `json:"mention_id,string"` // as it was heard; 0 not heard
	Network    string    `json:"network"`
	Link       string    `json:"link,omitempty"`
	Text       string    `json:"text"`
	Opened     time.Time `json:"opened"`
	By         string    `json:"by"`
	Spread     Carried   `json:"spread"` // as it was when the sheet was looked at last; kept with the decision
	State      string    `json:"state"`  // pending, keep, amend, delete
	Why        string    `json:"why,omitempty"`
	Decided    time.Time `json:"decided,omitzero"`
	DecidedBy  string    `json:"decided_by,omitempty"`
	Done       string    `json:"done,omitempty"`   // what became of the deletion: asked, deleted, refused, by_hand
	Problem    Text      `json:"problem,omitzero"` // of the deletion
	Version    int       `json:"version"`
}

// Carried is how far a post has gone, as far as the desk hears.
type Carried struct {
	At      time.Time `json:"at,omitzero"`
	Likes   int       `json:"likes"`
	Reposts int       `json:"reposts"`
	Replies int       `json:"replies"`
	Copies  int       `json:"copies"`   // others who posted the same words
	Media   int       `json:"media"`    // copies and answers by media
	Reach   int       `json:"reach"`    // followers of those who copied or answered
	Pages   int       `json:"articles"` // articles that carry its words
}

// Kept reports whether the words live on elsewhere whatever we do: somebody copied them, a paper carries them, or so many passed
// them on that a screenshot is certain.
func (s Carried) Kept() bool {
	return s.Copies > 0 || s.Media > 0 || s.Pages > 0 || s.Reposts >= manyReposts
}

// manyReposts is where one in a hundred who saves a picture of it makes it likely that somebody did.
const manyReposts = 50

// Decide closes the sheet; every decision needs a reason.
func (r *Removal) Decide(choice, why, by string, at time.Time) error {
	why = strings.TrimSpace(why)
	switch {
	case r.State != RemovalPending:
		return ErrInvalidTransition
	case !slices.Contains(RemovalChoices, choice):
		return Wrong("choice", "Choose what happens with the post.")
	case why == "":
		return Wrong("why", "Say in a few words why. People will ask.")
	}
	r.State, r.Why, r.DecidedBy, r.Decided = choice, why, by, at
	return nil
}
