package desk

import (
	"context"
	"time"
)

// Act is who does something, when and why. Nothing is changed without one.
type Act struct {
	Who  string    // "user:7", "token:3", "desk" for the machine itself
	Name string    // as people read it
	Do   string    // verb of the thing done: "monitor.save", "alert.decide"
	Why  string    // in the actor's words
	At   time.Time // zero: now
	From string    // address it came from
}

// Entry is one line of the journal.
//
// Hash is SHA-256 over the previous entry's hash and this entry's fields, so that no entry can be changed, removed or moved
// without breaking every later one.
type Entry struct {
	Seq        int64     `json:"seq,string"`
	At         time.Time `json:"at"`
	Who        string    `json:"who"`
	Name       string    `json:"name"`
	Do         string    `json:"do"`
	On         string    `json:"on"`                 // "monitor:12"
	IncidentID int64     `json:"incident_id,string"` // timeline it belongs to, 0 none
	Say        Text      `json:"say"`                // what happened, for the timeline
	Why        string    `json:"why,omitempty"`
	From       string    `json:"from,omitempty"`
	Before     string    `json:"before,omitempty"` // SHA-256 of the thing's JSON before, hex
	After      string    `json:"after,omitempty"`
	Detail     string    `json:"detail,omitempty"` // JSON of what changed
	Prev       string    `json:"prev"`
	Hash       string    `json:"hash"`
}

type actorKey struct{}

// Actor is who is asking, as the sign-in found them.
type Actor struct {
	Who    string
	UserID int64  // the person behind it: themselves, or who owns the token; 0 is the desk itself
	Name   string // as the journal names them: a token after its owner, "Ana (script)"
	Person string // the owner's own name, of a token that has one; empty: Name
	Role   Role
	Grants []Grant // none: the role everywhere
	Lang   string  // preferred language, empty for the browser's
	From   string
}

// WithActor puts the acting person into ctx.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorOf is the acting person; without one it is the desk itself, with every right.
func ActorOf(ctx context.Context) Actor {
	if a, ok := ctx.Value(actorKey{}).(Actor); ok {
		return a
	}
	return Actor{Who: "desk", Name: "Breakwater", Role: Admin}
}

// ActOf is an Act by the acting person.
func ActOf(ctx context.Context, do, why string) Act {
	a := ActorOf(ctx)
	return Act{Who: a.Who, Name: a.Name, Do: do, Why: why, At: time.Now().UTC(), From: a.From}
}
