package publish

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"breakwater/desk"
)

// claimed is a post that this process may send, once, beginning within Timing.Start of began.
type claimed struct {
	post    desk.Post
	channel desk.Channel
	before  desk.Post // whose live copy is changed in place, when post.Edits is not 0
	began   time.Time // in the transaction that claimed it: a hold is ordered before that or after
	again   bool      // an earlier try of this post may have gone out
}

// errNext says that the post which was looked at does not go out now, and that the next one may.
var errNext = errors.New("not this one")

// claim takes the next post that is due. desk.ErrNotFound when nothing is. Holds, the channel, the statement and the post are
// read, and the claim is written, in one transaction: a hold is committed before it or after it, never in between.
func (o *Outbox) claim(ctx context.Context) (claimed, error) {
	var skip desk.IDs
	for {
		var c claimed
		err := o.Store.Sending(ctx, func(l desk.Sending) error {
			c = claimed{began: time.Now()} // not before: others' turns are no reason to be late
			return o.claimIn(l, &c, skip)
		})
		switch {
		case err == nil && c.post.State == desk.PostClaimed:
			o.step("claimed")
			return c, nil
		case errors.Is(err, errNext):
			skip = append(skip, c.post.ChannelID) // paused: nothing was written
		case err != nil:
			return c, err
		default:
			o.tell(ctx, c.post)
		}
	}
}

// claimIn decides about the next post that is due: it is claimed, held or refused.
func (o *Outbox) claimIn(l desk.Sending, c *claimed, skip desk.IDs) (err error) {
	now := c.began.UTC()
	if c.post, err = l.NextDue(now, o.Timing.Place, skip); err != nil {
		return err
	}
	p := &c.post
	holds, err := l.LiveHolds()
	if err != nil {
		return err
	}
	if _, _, held := holding(holds, p); held {
		_, err := markIn(l) // this one and all others: each in its own transaction would keep those under way from ending
		return err
	}
	s, err := l.Statement(p.StatementID)
	if err == nil {
		err = p.MaySend(&s)
	}
	if why, refused := refusal(err); refused {
		return fail(l, p, why)
	}
	if err != nil {
		return err
	}
	crisis, err := crisisOf(l, &s)
	if err != nil {
		return err
	}
	if !speaks(crisis, &s) && len(p.Passes) > 0 {
		p.Passes = nil // what let it through is over
		if h, why, held := holding(holds, p); held {
			return keep(l, p, h.ID, why)
		}
	}
	switch why, err := objection(l, &s, p.VariantID, crisis); {
	case err != nil:
		return err
	case !why.IsZero():
		return keep(l, p, 0, why)
	}
	switch why, err := unanswered(l, p); {
	case err != nil:
		return err
	case !why.IsZero():
		return keep(l, p, 0, why)
	}
	if c.channel, err = l.Channel(p.ChannelID); errors.Is(err, desk.ErrNotFound) {
		return fail(l, p, desk.Say("The channel was removed."))
	}
	switch {
	case err != nil:
		return err
	case c.channel.Paused:
		return errNext
	case now.Sub(p.Due) > o.Timing.TooLate:
		return keep(l, p, 0, timePassed)
	}
	if p.Edits != 0 {
		if c.before, err = l.Post(p.Edits); err != nil {
			return err
		}
	}
	if err := p.Claim(now, now.Add(o.Timing.Lease)); err != nil {
		return err
	}
	return l.KeepPost(p, theDesk("post.claim"), desk.Out{Say: desk.Say("A post goes out in {channel}.", "channel", c.channel.Name)})
}

// unanswered is why nobody answers for a post any more: who scheduled it, or let it go on last, may not publish there now. Zero when they
// may, and for what the desk itself scheduled. A person who may, looks at it and lets it go in their own name.
func unanswered(l desk.Sending, p *desk.Post) (why desk.Text, err error) {
	if p.ByID == 0 {
		return why, nil
	}
	u, err := l.User(p.ByID)
	switch {
	case errors.Is(err, desk.ErrNotFound):
		u = desk.User{Name: p.By, Disabled: true}
	case err != nil:
		return why, err
	}
	who, right := desk.Actor{UserID: u.ID, Role: u.Role, Grants: u.Grants}, desk.MayPublish
	if p.Answer != nil { // to one person
		right = desk.MayReply
	}
	if u.Disabled || !who.MayIn(p.BrandID, p.ChannelID, right, desk.Viewer) {
		why = desk.Say("{name}, who let it go, may not publish here any more. Somebody who may looks at it first.", "name", u.Name)
	}
	return why, nil
}

var timePassed = desk.Say("Its time passed before it could go out.")

// crisisOf is the incident that a statement belongs to; nil when it belongs to none.
func crisisOf(l desk.Sending, s *desk.Statement) (*desk.Incident, error) {
	if s.IncidentID == 0 {
		return nil, nil
	}
	i, err := l.Incident(s.IncidentID)
	if errors.Is(err, desk.ErrNotFound) {
		return nil, nil
	}
	return &i, err
}

// speaks reports whether words are the crisis team's in a crisis that is not over: holds let them through. Ordinary posts stop
// whatever incident they are filed under.
func speaks(crisis *desk.Incident, s *desk.Statement) bool {
	return crisis != nil && crisis.State != desk.IncidentClosed && s.Kind != "ordinary"
}

// objection is why words must not go out although they were signed: the crisis is at a level that asks for other signatures, or a
// fact that they rest on is not confirmed, not any more, or says something else than it did. Zero when nothing is against them.
func objection(l desk.Sending, s *desk.Statement, variant string, crisis *desk.Incident) (why desk.Text, err error) {
	if crisis != nil && s.Outgrown(crisis) {
		return outgrown(crisis, s), nil
	}
	for _, id := range s.Cites() {
		if !s.Rests(variant, id) {
			continue
		}
		f, err := l.Fact(id)
		if err != nil {
			return why, fmt.Errorf("a fact that the words rest on: %w", err)
		}
		switch {
		case f.State != desk.FactConfirmed:
			return desk.Say("{fact} is not confirmed: {text}", "fact", f.Name(), "text", f.Text), nil
		case !s.Signed(&f):
			return desk.Say("{fact} says something else since this was signed: {text}", "fact", f.Name(), "text", f.Text), nil
		}
	}
	return why, nil
}

func outgrown(crisis *desk.Incident, s *desk.Statement) desk.Text {
	return desk.Say("The crisis is at level {level}, and this was signed for level {signed}: raise the statement's level and have it signed anew.", "level", int(crisis.Level), "signed", int(s.Level))
}

// refusal is what people are told about words that may not go out; ok is false for other failures.
func refusal(err error) (why desk.Text, ok bool) {
	var wrong *desk.Invalid
	switch {
	case errors.As(err, &wrong):
		return wrong.Reason, true
	case errors.Is(err, desk.ErrNotFound):
		return desk.Say("These words are not in the statement any more."), true
	}
	return why, false
}

// holding is the first of the holds that holds the post, with what people are told.
func holding(holds []desk.Hold, p *desk.Post) (h desk.Hold, why desk.Text, held bool) {
	for _, h := range holds {
		if !h.Covers(p) || slices.Contains(p.Passes, h.ID) {
			continue
		}
		if !h.Elective() {
			return h, desk.Say("Held by {who}: {why}", "who", h.By, "why", h.Why), true
		}
		if word := Collides(h.Words, p); word != "" {
			return h, desk.Say("It says “{word}”, which bursts right now.", "word", word), true
		}
	}
	return h, why, false
}

// keep holds a post back.
func keep(l desk.Sending, p *desk.Post, hold int64, why desk.Text) error {
	if err := p.Keep(hold, why); err != nil {
		return err
	}
	return l.KeepPost(p, theDesk("post.hold"), heldOut(p))
}

// fail ends the desk's tries with a post.
func fail(l desk.Sending, p *desk.Post, why desk.Text) error {
	if err := p.Fail(why); err != nil {
		return err
	}
	return l.KeepPost(p, theDesk("post.fail"), desk.Out{Say: desk.Say("A post did not go out: {why}", "why", why), IncidentID: p.IncidentID})
}

// back lets a post that surely did not go out wait until next, or holds it when a hold came meanwhile.
func back(l desk.Sending, p *desk.Post, next time.Time, why desk.Text) error {
	holds, err := l.LiveHolds()
	if err != nil {
		return err
	}
	if h, because, held := holding(holds, p); held {
		return keep(l, p, h.ID, because)
	}
	if p.Stopped {
		return keep(l, p, 0, desk.Say("A hold came while it was not known whether it went out. It did not."))
	}
	if err := p.Wait(next, why); err != nil {
		return err
	}
	out := desk.Out{Say: desk.Say("A post did not go out yet, and is tried again."), IncidentID: p.IncidentID}
	return l.KeepPost(p, theDesk("post.wait"), out)
}
