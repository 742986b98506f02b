package desk

import (
	"crypto/rand"
	"strings"
	"time"
	"unicode/utf8"
)

// Ticket is a conversation in the hands of customer service (REP-3).
type Ticket struct {
	Key       string    `json:"key"` // the same for every try; it finds the conversation again when they answer
	At        time.Time `json:"at"`
	By        string    `json:"by"`
	Why       string    `json:"why"`               // for them
	ChannelID int64     `json:"channel_id,string"` // by which it goes
	To        string    `json:"to"`                // as people named that
	State     string    `json:"state"`             // one of TicketStates
	Ref       string    `json:"ref,omitempty"`     // their number
	Link      string    `json:"link,omitempty"`    // of it in their system
	Problem   Text      `json:"problem,omitzero"`
	Back      time.Time `json:"back,omitzero"` // they wrote back
}

// States of a ticket.
const (
	TicketSending   = "sending"
	TicketSent      = "sent"
	TicketUnknown   = "unknown" // it may have arrived, and nobody can tell
	TicketFailed    = "failed"
	TicketWithdrawn = "withdrawn" // taken back, answered or left before it went out: nothing leaves
	TicketRehearsed = "rehearsed" // of a drill or the sandbox: nothing left the house
)

// TicketStates are the states of a ticket in the order of work.
var TicketStates = []string{TicketSending, TicketSent, TicketUnknown, TicketFailed, TicketWithdrawn, TicketRehearsed}

// TicketLetter is what customer service gets: whom it is about, why, and what was said. Notes, what was deleted at its network, and
// answers that never went out do not leave.
type TicketLetter struct {
	Key          string          `json:"key"` // the same for every try
	Conversation int64           `json:"conversation,string"`
	Brand        string          `json:"brand"`
	Link         string          `json:"link"`               // to the conversation in the desk
	ReplyTo      string          `json:"reply_to,omitempty"` // mails to it come back into the conversation
	By           string          `json:"handed_over_by"`
	Why          string          `json:"why"`
	At           time.Time       `json:"at"`
	Network      string          `json:"network"`
	Private      bool            `json:"private"`
	Danger       bool            `json:"danger"` // somebody may be hurt
	Subject      string          `json:"subject,omitempty"`
	Lang         string          `json:"lang,omitempty"`
	Since        time.Time       `json:"waiting_since,omitzero"`
	Due          time.Time       `json:"answer_due,omitzero"`
	Person       TicketPerson    `json:"person"`
	Messages     []TicketMessage `json:"messages"`          // oldest first
	Earlier      int             `json:"earlier,omitempty"` // messages that are left out before them
}

// TicketPerson is who wrote.
type TicketPerson struct {
	Name   string `json:"name,omitempty"`
	Handle string `json:"handle,omitempty"` // on the network; of mails and forms the address
	URL    string `json:"url,omitempty"`
}

// TicketMessage is one thing that was said.
type TicketMessage struct {
	From  string    `json:"from"` // them or us
	Name  string    `json:"name,omitempty"`
	At    time.Time `json:"at"`
	Title string    `json:"title,omitempty"`
	Text  string    `json:"text"`
	URL   string    `json:"url,omitempty"`
	Lang  string    `json:"lang,omitempty"`
}

// TicketReceipt is what customer service said about a ticket that it took.
type TicketReceipt struct {
	Ref  string // its number; empty: it said none
	Link string
}

const maxHandWhy = 2000

// Hand gives the conversation to customer service, through a channel and for a reason. Whoever wrote goes on waiting until somebody
// answered. A rehearsed conversation goes nowhere.
func (c *Conversation) Hand(ch *Channel, by, why string, now time.Time) error {
	why = strings.TrimSpace(strings.ReplaceAll(why, "\r\n", "\n"))
	switch {
	case why == "" || utf8.RuneCountInString(why) > maxHandWhy:
		return Wrong("hand_why", "Say in a few words what customer service should do.")
	case c.State == ConversationHanded:
		return Wrong("hand", "Customer service has it already.")
	case c.Free() != nil:
		return Wrong("hand", "An answer to them is on its way or waits for a signature.")
	}
	c.Ticket = &Ticket{Key: "t" + strings.ToLower(rand.Text()), At: now, By: by, Why: why, ChannelID: ch.ID, To: ch.Name, State: TicketSending}
	if c.Rehearsed() {
		c.Ticket.State = TicketRehearsed
	}
	if c.Since.IsZero() { // it was over, and is not any more
		c.Since = now
	}
	c.State, c.Until, c.Why, c.Problem = ConversationHanded, time.Time{}, "", Text{}
	return nil
}

// withdraw keeps a ticket that has not gone out from going: who wrote is ours again, or was answered, and nobody shall answer them a second
// time.
func (c *Conversation) withdraw() {
	if c.Ticket == nil || c.Ticket.State != TicketSending {
		return
	}
	t := *c.Ticket
	t.State, t.Problem = TicketWithdrawn, Text{}
	c.Ticket = &t
}

// Took notes what became of the ticket with that key, and reports whether that is news. Without a problem customer service has
// it, also when it was on the wire while somebody took it back; with one the conversation is ours again, and whether it arrived may be
// unknown.
func (c *Conversation) Took(key string, r TicketReceipt, problem Text, unknown bool) bool {
	if c.Ticket == nil || c.Ticket.Key != key {
		return false
	}
	late := c.Ticket.State == TicketWithdrawn && (problem.IsZero() || unknown)
	if c.Ticket.State != TicketSending && !late {
		return false
	}
	t := *c.Ticket
	t.State, t.Ref, t.Link, t.Problem = TicketSent, r.Ref, r.Link, problem
	if late && problem.IsZero() {
		t.Problem = Say("It was on its way already when it was taken back. Tell customer service who answers.")
	}
	if !problem.IsZero() {
		if t.State = TicketFailed; unknown {
			t.State = TicketUnknown
		}
		if c.State == ConversationHanded {
			c.State = ConversationWaiting
		}
		c.Problem = problem
	}
	c.Ticket = &t
	return true
}

// Trouble notes why customer service does not have the ticket with that key yet, and reports whether that is news.
func (c *Conversation) Trouble(key string, problem Text) bool {
	if c.Ticket == nil || c.Ticket.Key != key || c.Ticket.State != TicketSending || c.Ticket.Problem.English() == problem.English() {
		return false
	}
	t := *c.Ticket
	t.Problem = problem
	c.Ticket = &t
	return true
}

// WroteBack notes that customer service wrote something about the ticket with that key, for us alone. A bounce says that it does not have
// it: the conversation is ours again.
func (c *Conversation) WroteBack(key string, at time.Time, bounce bool) {
	c.Touched = latest(c.Touched, at)
	if c.Ticket == nil || c.Ticket.Key != key {
		return
	}
	t := *c.Ticket
	t.Back = latest(t.Back, at)
	if bounce {
		t.State, t.Problem = TicketFailed, Say("The mail to customer service came back. The note has what the mail server says.")
		c.Problem = t.Problem
		if c.State == ConversationHanded {
			c.State = ConversationWaiting
		}
	}
	c.Ticket = &t
}

// Served notes that customer service answered whoever wrote.
func (c *Conversation) Served() error {
	switch {
	case c.Ticket == nil:
		return Wrong("hand", "Customer service does not have it.")
	case c.Free() != nil:
		return Wrong("hand", "An answer to them is on its way or waits for a signature.")
	}
	c.State, c.Why = ConversationAnswered, ""
	c.withdraw()
	c.rest()
	return nil
}
