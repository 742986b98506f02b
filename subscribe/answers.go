package subscribe

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"breakwater/desk"
)

// serverCloses is what a server says that ends the conversation, whatever it was about (RFC 5321, 4.2.3).
const serverCloses = 421

// refused notes that the server did not take a letter, and why. It reports whether the conversation goes on.
func (r *run) refused(one *desk.Delivery, no Refusal) bool {
	code, class, stage := no.Reply()
	if code < 500 && stage == "content" && code != serverCloses {
		r.width.strained()
	}
	mark := desk.Mark{SubscriberID: one.SubscriberID, State: desk.DeliveryRefused, Code: code}
	switch {
	case stage == "sender" && code >= 500:
		r.against(no)
		return false
	case stage == "sender" || code == serverCloses:
		r.line(&desk.Retry{Err: no})
		if stage == "content" { // it answered: it has not got it
			r.note(desk.Mark{SubscriberID: one.SubscriberID, State: desk.DeliveryLater, Code: code, Again: r.pause(one)})
		}
		return false
	case code < 500 && one.Tries < len(r.Timing.Again):
		mark.State, mark.Again = desk.DeliveryLater, r.pause(one)
	case stage == "recipient" && nobody(failure{Code: code, Class: class}, no.Words()):
		mark.Bounce = desk.BounceHard
	case stage == "recipient":
		mark.Bounce = desk.BounceSoft
	}
	r.note(mark)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.streak++; r.streak >= refusals && code >= 500 {
		r.ours = errors.Join(r.ours, &desk.Problem{Say: desk.Say("The mail server refuses one letter after the other, with the code {code}. Look at its log, then let it go on.", "code", code), Err: fmt.Errorf("%w: %w", desk.ErrDenied, no)})
	}
	return true
}

// pause is how long a letter waits for its next try.
func (r *run) pause(one *desk.Delivery) time.Duration {
	return r.Timing.Again[min(one.Tries, len(r.Timing.Again)-1)]
}

// against notes that the server takes nothing from us.
func (r *run) against(no Refusal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	code, _, _ := no.Reply()
	r.ours = errors.Join(r.ours, &desk.Problem{Say: desk.Say("The mail server takes no letters from our sender (code {code}).", "code", code), Err: fmt.Errorf("%w: %w", desk.ErrDenied, no)})
}

// gone reports whether an answer about an address says that there is nobody: not when it is about our rights, a full mailbox or the
// server's own state. Of class 5.1 (RFC 3463, 3.2) that leaves out what is about the sender or may be anything; 5.1.10 is RFC 7505's.
func gone(code int, class string) bool {
	if class != "" {
		return slices.Contains([]string{"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}, class)
	}
	return code == 550 || code == 551 || code == 553
}
