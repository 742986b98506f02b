// Package alert turns signals into alerts for people: grouping, levels, decisions, routing, the sent-log.
package alert

import (
	"context"

	"breakwater/desk"
)

// Message is one message to one way of reaching somebody, already in their language.
type Message struct {
	Key     string // the same for every try: receivers deduplicate by it
	To      desk.Way
	Subject string
	Text    string // plain text
	HTML    string // may be empty
	Link    string // into the console
	Open    string // what a button that leads to Link says
	Alert   desk.Alert
	Actions []Action // what may be done from the message itself, beside opening Link
}

// Action is something that may be done from a message.
type Action struct {
	Text  string // what its button says
	URL   string // a page that asks before it does anything
	Token string // what a button that can do it at once sends back; at most 60 bytes
	Press string // what a call says to press, and a text message to write back, in order to do it
	Mute  string // what a button says that mutes the alert for an hour by the same token; empty: there is none
}

// Sender carries messages. Errors: *desk.Retry for "later", desk.ErrDenied for refused credentials, anything else is final.
type Sender interface {
	Send(ctx context.Context, m Message) (receipt string, err error)
}
