package publish

import (
	"context"
	"fmt"
	"slices"
	"time"

	"breakwater/desk"
)

// markAtOnce is how many posts one transaction marks as held: sends under way wait for it before they can write what became of them.
const markAtOnce = 500

// mark marks what waits in the scope of live holds as held. That nothing goes out does not depend on it: the claim asks the holds.
func (o *Outbox) mark(ctx context.Context) error {
	for {
		n := 0
		err := o.Store.Sending(ctx, func(l desk.Sending) (err error) {
			n, err = markIn(l)
			return err
		})
		if err != nil || n < markAtOnce {
			return err
		}
	}
}

// markIn marks the first posts that wait in the scope of live holds, up to markAtOnce, and says how many those were.
func markIn(l desk.Sending) (n int, err error) {
	holds, err := l.LiveHolds()
	if err != nil || len(holds) == 0 {
		return 0, err
	}
	waiting, err := l.Posts([]string{desk.PostWaiting}, 0, 0)
	if err != nil {
		return 0, err
	}
	var held []desk.Post
	for i := range waiting {
		p := &waiting[i]
		h, why, covers := holding(holds, p)
		if !covers {
			continue
		}
		if err := p.Keep(h.ID, why); err != nil {
			return 0, err
		}
		if held = append(held, *p); len(held) == markAtOnce {
			break
		}
	}
	if err := l.KeepPosts(held, theDesk("post.hold"), heldOut); err != nil {
		return 0, err
	}
	return len(held), stopUnknown(l, holds)
}

// stopUnknown has posts of which nobody knows whether they went out wait for a person when they did not: a hold came meanwhile.
func stopUnknown(l desk.Sending, holds []desk.Hold) error {
	unknown, err := l.Posts([]string{desk.PostUnknown}, 0, 0)
	if err != nil {
		return err
	}
	var all []desk.Post
	for i := range unknown {
		if _, _, covers := holding(holds, &unknown[i]); covers && !unknown[i].Stopped {
			unknown[i].Stopped = true
			all = append(all, unknown[i])
		}
	}
	return l.KeepPosts(all, theDesk("post.hold"), func(p *desk.Post) desk.Out {
		return desk.Out{Say: desk.Say("A post may have gone out before the hold. It is not sent again without a look."), IncidentID: p.IncidentID}
	})
}

// covered counts the posts that a hold holds: those that are marked, and those that are still to be.
func covered(l desk.Sending, h *desk.Hold) (n int, err error) {
	held, err := l.Posts([]string{desk.PostHeld}, h.ID, 0)
	if err != nil {
		return 0, err
	}
	waiting, err := l.Posts([]string{desk.PostWaiting}, 0, 0)
	n = len(held)
	for i := range waiting {
		if _, _, covers := holding([]desk.Hold{*h}, &waiting[i]); covers {
			n++
		}
	}
	return n, err
}

// heldOut is the entry of a post that is held back.
func heldOut(p *desk.Post) desk.Out {
	return desk.Out{Say: desk.Say("A post is held: {why}", "why", p.HeldWhy), IncidentID: p.IncidentID}
}

// holdRound does what live holds need: cuts off sends that take too long, marks what waits, and answers for a desk that died
// before it could.
func (o *Outbox) holdRound(ctx context.Context) error {
	holds, err := o.Store.LiveHolds(ctx)
	if err != nil || len(holds) == 0 {
		return err
	}
	o.cut(holds)
	for _, h := range holds {
		if h.Answered.IsZero() && time.Since(h.At) > 2*o.Timing.Bound && time.Since(h.Again) > 2*o.Timing.Bound {
			if _, err := o.answer(ctx, h); err != nil {
				return fmt.Errorf("answer for hold %d: %w", h.ID, err)
			}
		}
	}
	waiting, err := o.Store.Posts(ctx, desk.PostFilter{States: []string{desk.PostWaiting}, ByDue: true, Paging: desk.Paging{Limit: 2000}})
	if err != nil || !slices.ContainsFunc(waiting, func(p desk.Post) bool { _, _, held := holding(holds, &p); return held }) {
		return err
	}
	return o.mark(ctx)
}
