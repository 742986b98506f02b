package subscribe

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"breakwater/desk"
)

// hire puts one more hand to work.
func (r *run) hire(ctx context.Context) { r.talking.Go(func() { r.talk(ctx) }) }

// hand holds conversations with the mail server, one after the other.
type hand struct {
	*run
	c     Conversation // nil: none is held
	taken int
}

// talk takes letters to the server until there are none, or there are hands enough. A letter that is left over stays due.
func (r *run) talk(ctx context.Context) {
	h := hand{run: r}
	defer h.hang()
	for one := range r.queue {
		if ctx.Err() == nil && !r.over() && r.speed.Wait(ctx) == nil && h.dial() {
			h.bring(ctx, &one)
		}
		r.under.Done()
		if !r.width.stays() {
			return
		}
	}
}

func (h *hand) hang() {
	if h.c != nil {
		h.c.Close()
		h.width.closed()
	}
	h.c, h.taken = nil, 0
}

// dial reports whether a conversation is held.
func (h *hand) dial() bool {
	if h.c != nil {
		return true
	}
	c, err := h.Dial(h.wire, h.set)
	switch {
	case err == nil:
		h.c = c
		h.width.opened()
	case errors.Is(err, desk.ErrDenied) || !h.width.turnedAway():
		h.line(err)
	}
	return err == nil
}

// bring hands one letter over.
func (h *hand) bring(ctx context.Context, one *desk.Delivery) {
	goesOn, took := h.hand(h.c, one)
	if h.taken++; !goesOn || h.taken >= number(h.set, "per_connection", perConversation, 100_000) {
		h.hang()
	}
	if took && h.width.took() {
		h.hire(ctx)
	}
}

// line notes that the server could not be reached, or broke off.
func (r *run) line(err error) {
	r.width.strained()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.broken++
	var later *desk.Retry
	if !errors.As(err, &later) && errors.Is(err, desk.ErrDenied) || r.broken > 2*narrow {
		r.ours = errors.Join(r.ours, err)
	}
}

// hand gives one letter to the server and notes what became of it. It reports whether the conversation goes on, and whether the server
// took the letter.
func (r *run) hand(c Conversation, one *desk.Delivery) (goesOn, took bool) {
	if one.Address == "" { // whoever leaves is forgotten
		r.note(desk.Mark{SubscriberID: one.SubscriberID, State: desk.DeliveryLeft})
		return true, false
	}
	letter, err := r.write(one)
	if err != nil {
		r.note(desk.Mark{SubscriberID: one.SubscriberID, State: desk.DeliveryRefused})
		r.log.Error("a letter could not be written", "mailing", r.m.ID, "subscriber", one.SubscriberID, "error", err)
		return true, false
	}
	under := false
	err = c.Hand(r.returnOf(one.SubscriberID), one.Address, letter, func() error {
		if under = r.book.may(one.SubscriberID); !under {
			return errMayNot
		}
		return nil
	})
	var no Refusal
	switch {
	case err == nil:
		r.went()
		r.note(desk.Mark{SubscriberID: one.SubscriberID, State: desk.DeliverySent, Code: 250})
		return true, true
	case errors.Is(err, errMayNot):
		return false, false
	case errors.As(err, &no):
		return r.refused(one, no), false
	case under: // the server had all of it, and we do not know what it would have said
		r.note(desk.Mark{SubscriberID: one.SubscriberID, State: desk.DeliveryUnknown})
	}
	r.line(&desk.Retry{Err: err})
	return false, false
}

// returnOf is where a letter comes back to.
func (r *run) returnOf(id int64) string {
	if box := r.set["bounces"]; box != "" {
		return r.returnTo(box, id, r.m.ID)
	}
	return sender(r.set)
}

func (r *run) note(m desk.Mark) { r.book.note(m) }

// went notes that the server takes letters.
func (r *run) went() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.streak, r.broken = 0, 0
}

// write makes a letter.
func (r *run) write(one *desk.Delivery) ([]byte, error) {
	follows := r.m.Corrects != 0 && !one.Fresh
	lang := r.m.In(one.Lang).Lang
	name := lang + "/" + strconv.FormatBool(follows)
	r.mu.Lock()
	f, ok := r.frames[name]
	if !ok {
		var err error
		if f, err = r.frameOf(r.home, r.set, r.m, one.Lang, follows); err != nil {
			r.mu.Unlock()
			return nil, err
		}
		r.frames[name] = f
	}
	r.mu.Unlock()
	id := messageID(fmt.Sprintf("mailing %d %d", r.m.ID, one.SubscriberID), f.domain)
	return f.letter(one.Address, id, r.leaveLink(r.home, one.SubscriberID, r.m.CentreID)), nil
}
