// Package publish sends what was approved: once, only while no hold forbids it, and it keeps the proof. It is the outbox, the
// hold, the calendar, and the matrix of what is live where.
package publish

import (
	"context"
	"encoding/json"
	"time"

	"breakwater/desk"
)

// Mouth speaks in one channel. It is made from the channel's settings; what more it can do are the small interfaces below, found by
// type assertion. Errors of all of them: *desk.Retry for "later", desk.ErrDenied for refused credentials; ErrUnsure when a send
// may have gone through; anything else is final.
type Mouth interface {
	// Send says the post. Twice with the same Key says it once where the network lets us; elsewhere Find comes before a retry.
	Send(ctx context.Context, p Letter) (Receipt, error)
}

// Letter is a post with what is needed to send it.
type Letter struct {
	desk.Post
	// Body reads the bytes of one of the post's media.
	Body func(ctx context.Context, m desk.Media) ([]byte, error)
}

// Receipt is what the network said about a post that it took.
type Receipt struct {
	NativeID string
	Link     string
	At       time.Time
	ByWords  bool      // it was found by its words alone, which another post of ours may have too
	Note     desk.Text // what people should know although it went out: "2 of 120 addresses were refused"; zero: nothing
}

// Live is the copy of a post as the network shows it now, reduced to what we sent: text without the network's own markup.
type Live struct {
	Receipt
	Title, Text string
	Media       int       // attachments
	Edited      time.Time // zero: never
}

// Finder looks for a post that may have gone out: by its key, or by our own newest posts. desk.ErrNotFound when it surely did not,
// ErrBlind when the network does not show enough to say so.
type Finder interface {
	Find(ctx context.Context, p desk.Post) (Receipt, error)
}

// Once is a mouth whose network takes the same key once, however often it comes.
type Once interface {
	// KeepsKeys is how long after its first try the network surely still knows the post's key; 0 not at all. Within it an unsure send
	// is simply sent again; after it, and without it, Find comes first.
	KeepsKeys(p desk.Post) time.Duration
}

// Reader reads the live copy back. desk.ErrNotFound when it is gone.
type Reader interface {
	Read(ctx context.Context, p desk.Post) (Live, error)
}

// Retracter deletes a post at the network. One that is gone already is no error.
type Retracter interface {
	Retract(ctx context.Context, p desk.Post) error
}

// Editor changes a post in place, where the network can; elsewhere a correction is a new post.
type Editor interface {
	Edit(ctx context.Context, p Letter) (Receipt, error)
}

// Scheduler stops what others scheduled at the network or in another tool: it lists and cancels.
type Scheduler interface {
	Scheduled(ctx context.Context) ([]Scheduled, error)
	// Cancel takes one out of the queue there. One that is gone already is no error.
	Cancel(ctx context.Context, id string) error
}

// Scheduled is a post that waits at a network or in another tool.
type Scheduled struct {
	ID   string    `json:"id"`
	Due  time.Time `json:"due"`
	Text string    `json:"text"`
	Lang string    `json:"lang,omitempty"` // empty: the other place does not say
	// Raw is the post as the other place describes it, in JSON: what more it has than its text. May be empty.
	Raw json.RawMessage `json:"raw,omitempty"`
}

// Stopper is a system that stops when told and says so.
type Stopper interface {
	// Stop tells it to hold (or to go on), and gives how many posts it stopped in all for this hold. A nil error is its
	// acknowledgement. It is told again each minute, which tells whether it still holds.
	Stop(ctx context.Context, h desk.Hold, stop bool) (stopped int, err error)
}

// Inspector says how the channel is: the account as the network names it, its limits, when the credentials end.
type Inspector interface {
	Inspect(ctx context.Context) (About, error)
}

// About is what a network says about our account.
type About struct {
	Account string
	Limits  desk.Limits
	Expires time.Time // of the credentials; zero not known, or never by itself
}
