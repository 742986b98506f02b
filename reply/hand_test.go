package reply_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/reply"
)

// helpDesk counts the tickets that it takes, and refuses them for now while it is down.
type helpDesk struct {
	down  atomic.Bool
	taken atomic.Int32
}

// Take takes a ticket.
func (h *helpDesk) Take(context.Context, desk.TicketLetter) (desk.TicketReceipt, error) {
	if h.down.Load() {
		return desk.TicketReceipt{}, &desk.Retry{Err: desk.ErrConflict}
	}
	h.taken.Add(1)
	return desk.TicketReceipt{}, nil
}

func TestCustomerServiceGetsNobodyWhomWeAnswer(t *testing.T) {
	t.Parallel()
	b, help := open(t, time.Hour), &helpDesk{}
	b.Jobs, b.Services = b.db, []string{"service-hook"}
	b.Open = func(context.Context, desk.Channel) (reply.Counter, error) { return help, nil }
	if _, err := b.db.ChangeChannel(t.Context(), 0, desk.Act{Who: "desk", Do: "channel.save"}, func(c *desk.Channel, out *desk.Out) error {
		c.BrandID, c.Kind, c.Name, out.Say = b.brand, "service-hook", "Help desk", desk.Say("x")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	carry := func() {
		t.Helper()
		if err := b.db.HastenJobs(t.Context(), "conversation.ticket", b.tickets(t)); err != nil {
			t.Fatal(err)
		}
		if _, err := reply.Carry(b.Queue, t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	hand := func(who string) desk.Conversation {
		t.Helper()
		c := b.wrote(t, who, nil)
		if _, err := b.HandOver(as(t, bo), c.ID, 0, "Refund, please."); err != nil {
			t.Fatal(err)
		}
		return c
	}

	help.down.Store(true)
	back, answered := hand("eva"), hand("dan")
	carry()
	if _, err := b.Reopen(as(t, bo), back.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Answer(as(t, bo), answered.ID, reply.Answer{Text: "Dan, here it is."}); err != nil {
		t.Fatal(err)
	}
	help.down.Store(false)
	carry()
	if n := help.taken.Load(); n != 0 || b.now(t, back.ID).Ticket.State != desk.TicketWithdrawn {
		t.Errorf("customer service has %d whom we answer; who was taken back is %s", n, b.now(t, back.ID).Ticket.State)
	}
	if _, err := b.Undo(as(t, bo), answered.ID); err != nil {
		t.Fatal(err)
	}
	carry()
	if n, c := help.taken.Load(), b.now(t, answered.ID); n != 1 || c.Ticket.State != desk.TicketSent || c.State != desk.ConversationHanded {
		t.Errorf("our answer was undone, and customer service has %d; they are %s with a ticket %s", n, c.State, c.Ticket.State)
	}
}

// tickets are the keys of all tickets.
func (b *bed) tickets(t *testing.T) (keys []string) {
	t.Helper()
	all, err := b.db.Conversations(t.Context(), desk.ConversationFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if c.Ticket != nil {
			keys = append(keys, c.Ticket.Key)
		}
	}
	return keys
}
