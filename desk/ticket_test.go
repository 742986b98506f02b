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
		{"taken back", func(c *Conversation) { _ = c.Reopen(at) }, ConversationWaiting, TicketSending, true},
		{"answered there", func(c *Conversation) { _ = c.Served() }, ConversationAnswered, TicketSending, false},
		{"they wrote back to us", func(c *Conversation) { c.WroteBack(c.Ticket.Key, at, false) }, ConversationHanded, TicketSending, true},
		{"the mail came back", func(c *Conversation) { c.WroteBack(c.Ticket.Key, at, true) }, ConversationWaiting, TicketFailed, true},
		{"our answer was undone", func(c *Conversation) { _ = c.Begin(2, 3, true); c.Back(Text{}) }, ConversationHanded, TicketSending, true},
		{"our answer went out", func(c *Conversation) {
			_ = c.Begin(2, 3, true)
			c.Follow(&Post{ID: 3, State: PostSent, Sent: at, Answer: &Answering{ConversationID: 1}})
		}, ConversationAnswered, TicketSending, false},
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
	drill := &Conversation{DrillID: 3, State: ConversationWaiting}
	if err := drill.Hand(ch, "Ana", "refund", at); err != nil || drill.Ticket.State != TicketRehearsed {
		t.Errorf("a rehearsed conversation leaves the house: %+v %v", drill.Ticket, err)
	}
}
