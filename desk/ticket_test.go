package desk

import (
	"testing"
	"time"
)

// What is handed over waits until somebody answered; what could not be handed over is ours again.
func TestTicket(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	ch := &Channel{ID: 4, Name: "Help desk"}
	fresh := func() *Conversation {
		return &Conversation{ID: 1, State: ConversationWaiting, Since: at.Add(-time.Hour), Due: at.Add(time.Hour)}
	}
	for _, row := range []struct {
		name   string
		do     func(c *Conversation)
		state  string
		ticket string
		waits  bool
	}{
		{"handed over", func(*Conversation) {}, ConversationHanded, TicketSending, true},
		{"taken", func(c *Conversation) { c.Took(c.Ticket.Key, TicketReceipt{Ref: "AB-1"}, Text{}, false) }, ConversationHanded, TicketSent, true},
		{"refused", func(c *Conversation) { c.Took(c.Ticket.Key, TicketReceipt{}, Say("No."), false) }, ConversationWaiting, TicketFailed, true},
		{"not known", func(c *Conversation) { c.Took(c.Ticket.Key, TicketReceipt{}, Say("Perhaps."), true) }, ConversationWaiting, TicketUnknown, true},
		{"an older ticket's outcome", func(c *Conversation) { c.Took("t0", TicketReceipt{}, Say("No."), false) }, ConversationHanded, TicketSending, true},
		{"they wrote again", func(c *Conversation) { c.Receive(&Message{ID: 9, At: at}, &ReplyPolicy{}, Normal) }, ConversationWaiting, TicketSending, true},
		{"taken back", func(c *Conversation) { _ = c.Reopen(at) }, ConversationWaiting, TicketWithdrawn, true},
		{"left", func(c *Conversation) { _ = c.Leave("a robot") }, ConversationLeft, TicketWithdrawn, false},
		{"taken back when it was out", func(c *Conversation) { c.Took(c.Ticket.Key, TicketReceipt{}, Text{}, false); _ = c.Reopen(at) }, ConversationWaiting, TicketSent, true},
		{"taken back on the wire, and taken", func(c *Conversation) { _ = c.Reopen(at); c.Took(c.Ticket.Key, TicketReceipt{}, Text{}, false) }, ConversationWaiting, TicketSent, true},
		{"taken back on the wire, not known", func(c *Conversation) { _ = c.Reopen(at); c.Took(c.Ticket.Key, TicketReceipt{}, Say("Perhaps."), true) }, ConversationWaiting, TicketUnknown, true},
		{"taken back on the wire, and refused", func(c *Conversation) { _ = c.Reopen(at); c.Took(c.Ticket.Key, TicketReceipt{}, Say("No."), false) }, ConversationWaiting, TicketWithdrawn, true},
		{"answered there", func(c *Conversation) { _ = c.Served() }, ConversationAnswered, TicketWithdrawn, false},
		{"they wrote back to us", func(c *Conversation) { c.WroteBack(c.Ticket.Key, at, false) }, ConversationHanded, TicketSending, true},
		{"the mail came back", func(c *Conversation) { c.WroteBack(c.Ticket.Key, at, true) }, ConversationWaiting, TicketFailed, true},
		{"our answer was undone", func(c *Conversation) { _ = c.Begin(2, 3, true); c.Back(Text{}) }, ConversationHanded, TicketSending, true},
		{"our answer went out", func(c *Conversation) {
			_ = c.Begin(2, 3, true)
			c.Follow(&Post{ID: 3, State: PostSent, Sent: at, Answer: &Answering{ConversationID: 1}})
		}, ConversationAnswered, TicketWithdrawn, false},
	} {
		c := fresh()
		if err := c.Hand(ch, "Ana", " refund her ", at); err != nil {
			t.Fatal(err)
		}
		row.do(c)
		if c.State != row.state || c.Ticket.State != row.ticket || c.Since.IsZero() == row.waits || c.Ticket.Why != "refund her" {
			t.Errorf("%s: %s with a ticket %s, waits %v; want %s, %s, %v", row.name, c.State, c.Ticket.State, !c.Since.IsZero(), row.state, row.ticket, row.waits)
		}
	}
	for name, c := range map[string]*Conversation{
		"handed over already": {State: ConversationHanded},
		"an answer under way": {State: ConversationSending},
		"waits for signature": {State: ConversationSigning},
	} {
		if err := c.Hand(ch, "Ana", "refund", at); err == nil {
			t.Errorf("%s: it was handed over again", name)
		}
	}
	if err := fresh().Hand(ch, "Ana", " \n", at); err == nil {
		t.Error("a ticket without a reason went out")
	}
	for name, c := range map[string]*Conversation{
		"of a drill":      {DrillID: 3, State: ConversationWaiting},
		"of the sandbox":  {Network: Sandbox, State: ConversationWaiting},
		"played to us":    {Network: "mastodon", Practice: true, State: ConversationWaiting},
		"played by email": {Network: "email", Private: true, Practice: true, State: ConversationWaiting},
	} {
		if err := c.Hand(ch, "Ana", "refund", at); err != nil || c.Ticket.State != TicketRehearsed {
			t.Errorf("%s: it leaves the house: %+v %v", name, c.Ticket, err)
		}
	}
}
