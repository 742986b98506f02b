package publish

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
)

// Held is a post that a hold holds, with what whoever looks at it has to know.
type Held struct {
	desk.Post
	Bursts string `json:"bursts,omitempty"` // a word of it that bursts right now: out of place at best
	Passed bool   `json:"passed,omitempty"` // its time passed meanwhile
}

// Triage lists what a hold holds, newest first. For viewers.
func (o *Outbox) Triage(ctx context.Context, hold int64, page desk.Paging) ([]Held, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	posts, err := o.Store.Posts(ctx, desk.PostFilter{HoldID: hold, States: []string{desk.PostHeld}, Paging: page})
	if err != nil {
		return nil, err
	}
	said, err := o.bursting(ctx, posts)
	if err != nil {
		o.Log.Warn("what bursts could not be compared with held posts", "hold", hold, "error", err) // the triage goes on without
	}
	now := time.Now()
	all := make([]Held, len(posts))
	for i, p := range posts {
		all[i] = Held{p, said[p.ID], p.Overdue(now)}
	}
	return all, nil
}

// Decide notes what becomes of a held post when its hold ends (PUB-1): released at its time or at another, or sent at once. due is
// read for desk.DecideRelease; zero keeps the time that the post has. A post that no hold holds, because the desk was too late for
// it, goes back to wait at once. *desk.Invalid where a check holds it back at its new time. For leads.
func (o *Outbox) Decide(ctx context.Context, id int64, what string, due time.Time) (desk.Post, error) {
	if at, anew := newTime(what, due); anew {
		p, err := o.Store.Post(ctx, id)
		if err != nil {
			return p, err
		}
		if err := o.mayGo(ctx, p, at); err != nil {
			return p, err
		}
	}
	return o.changePost(ctx, id, desk.Lead, func(l desk.Sending, p *desk.Post) error {
		now := time.Now().UTC()
		if due.IsZero() {
			due = p.Due
		}
		if err := p.Decide(what, due.UTC(), now, desk.ActorOf(ctx).Name); err != nil {
			return err
		}
		if p.HoldID == 0 {
			return o.release(l, p, desk.ActOf(ctx, "post.release", ""), now)
		}
		say := desk.Say("A held post goes out when the hold has ended.")
		if what == desk.DecideRelease {
			say = desk.Say("A held post goes out at {at}, when the hold has ended by then.", "at", p.Due)
		}
		return l.KeepPost(p, desk.ActOf(ctx, "post.decide", ""), desk.Out{Say: say, IncidentID: p.IncidentID})
	})
}

// newTime is when a held post goes out that does not keep its time.
func newTime(what string, due time.Time) (time.Time, bool) {
	if what == desk.DecideNow {
		return time.Now().UTC(), true
	}
	return due.UTC(), what == desk.DecideRelease && !due.IsZero()
}

// DecideTaken decides about a post that the hold took out of the queue of another system: a draft of a statement is made of it here,
// or nothing. Also after the hold, for what came out of the queue as it ended. For leads.
func (o *Outbox) DecideTaken(ctx context.Context, hold, channel int64, id, what string) (h desk.Hold, err error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return h, err
	}
	act := desk.ActOf(ctx, "hold.taken", "")
	err = o.Store.Sending(ctx, func(l desk.Sending) error {
		if h, err = l.Hold(hold); err != nil {
			return err
		}
		if ids, all := desk.ActorOf(ctx).Brands(); !all {
			if c, err := l.Channel(channel); err != nil || !slices.Contains(ids, c.BrandID) {
				return desk.ErrNotFound // of another brand
			}
		}
		t, err := h.DecideTaken(channel, id, what, act.Name)
		if err != nil {
			return err
		}
		out := desk.Out{Say: desk.Say("Nothing becomes of a post out of the queue of {channel}.", "channel", h.Outlet(channel).Name), IncidentID: h.IncidentID}
		if what == desk.TakenDraft {
			out.Say = desk.Say("A post out of the queue of {channel} is a draft now.", "channel", h.Outlet(channel).Name)
			if t.StatementID, err = draftOf(l, channel, t, act); err != nil {
				return err
			}
		}
		out.Detail = t.ID
		return l.KeepHold(&h, act, out)
	})
	return h, err
}

// titleLength is how much of a text without a title names its draft, in characters.
const titleLength = 60

// draftOf makes a draft of a post out of another queue, for that channel.
func draftOf(l desk.Sending, channel int64, t *desk.Taken, act desk.Act) (id int64, err error) {
	c, err := l.Channel(channel)
	if errors.Is(err, desk.ErrNotFound) {
		return 0, desk.Wrong("channel", "The channel was removed.")
	}
	if err != nil {
		return 0, err
	}
	title := []rune(strings.Join(strings.Fields(t.Text), " "))
	if len(title) > titleLength {
		title = append(title[:titleLength-1], '…')
	}
	if len(title) == 0 { // pictures alone
		title = []rune(c.Name)
	}
	lang := t.Lang
	if lang == "" {
		lang = "und" // BCP 47: not known; who edits the draft chooses
	}
	s := desk.Statement{BrandID: c.BrandID, Author: act.Who, Created: act.At}
	words := desk.Words{Kind: "ordinary", Title: string(title), Messages: []desk.KeyMessage{}, Variants: []desk.Variant{{ID: "v1", ChannelID: c.ID, Lang: lang, Text: t.Text}}}
	if err := s.Rewrite(words, act.Who, act.At); err != nil {
		return 0, err
	}
	do := act
	do.Do = "statement.begin"
	err = l.KeepStatement(&s, do, desk.Out{Say: desk.Say("{name} began a statement: {title}", "name", act.Name, "title", s.Title)})
	return s.ID, err
}

// changePost loads a post in the send path, for who has the role, and changes it. They answer for it from then on.
func (o *Outbox) changePost(ctx context.Context, id int64, least desk.Role, f func(desk.Sending, *desk.Post) error) (p desk.Post, err error) {
	if err := desk.Need(ctx, least); err != nil {
		return p, err
	}
	err = o.Store.Sending(ctx, func(l desk.Sending) (err error) {
		if p, err = l.Post(id); err != nil {
			return err
		}
		if who := desk.ActorOf(ctx).UserID; who != 0 {
			p.ByID = who
		}
		return f(l, &p)
	})
	o.nudge()
	return p, err
}

// release lets a held post wait for its time again, as was decided; another hold that holds it takes it over, undecided.
func (o *Outbox) release(l desk.Sending, p *desk.Post, act desk.Act, now time.Time) error {
	decided, due := p.Decided, p.Due
	if decided == desk.DecideNow {
		due = now
	}
	if err := p.Wait(due, desk.Text{}); err != nil {
		return err
	}
	p.HoldID, p.HeldWhy, p.Due = 0, desk.Text{}, due
	holds, err := l.LiveHolds()
	if err != nil {
		return err
	}
	if h, why, held := holding(holds, p); held {
		return keep(l, p, h.ID, why)
	}
	return l.KeepPost(p, act, desk.Out{Say: desk.Say("A held post was released by {who}.", "who", act.Name), IncidentID: p.IncidentID})
}

// End ends a hold after its triage: every post that it holds was looked at. Posts go on as was decided about each; one whose time
// passed since it was decided about is to be looked at again. *desk.Invalid while some are undecided; for leads.
func (o *Outbox) End(ctx context.Context, id int64, why string) (h desk.Hold, err error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return h, err
	}
	if why = strings.TrimSpace(why); why == "" {
		return h, desk.Wrong("why", "Say in a few words why the hold ends.")
	}
	if err := o.mark(ctx); err != nil { // what came meanwhile is looked at too
		return h, err
	}
	var left int
	err = o.Store.Sending(ctx, func(l desk.Sending) error {
		h, left, err = o.endIn(l, id, desk.ActOf(ctx, "hold.end", why))
		return err
	})
	o.nudge()
	if err == nil && left > 0 {
		return h, desk.Wrong("posts", "{n} posts are not decided yet: release, move, edit or drop each of them first.", "n", left)
	}
	return h, err
}

// endIn ends a hold, or says how many of its posts are still to be decided about.
func (o *Outbox) endIn(l desk.Sending, id int64, act desk.Act) (h desk.Hold, left int, err error) {
	if h, err = l.Hold(id); err != nil {
		return h, 0, err
	}
	if !h.Live() {
		return h, 0, desk.ErrInvalidTransition
	}
	held, err := l.Posts([]string{desk.PostHeld}, id, 0)
	if err != nil {
		return h, 0, err
	}
	if left, err = undecided(l, held, act.At); err != nil {
		return h, left, err
	}
	if left += h.OpenTaken(); left > 0 {
		return h, left, nil
	}
	h.Ended, h.EndedBy, h.Reason = act.At, act.Name, act.Why
	out := desk.Out{Say: desk.Say("{who} ended the hold. {n} posts go on.", "who", act.Name, "n", len(held)), IncidentID: h.IncidentID}
	if err := l.KeepHold(&h, act, out); err != nil {
		return h, 0, err
	}
	for i := range held {
		if err := o.release(l, &held[i], desk.Act{Who: act.Who, Name: act.Name, Do: "post.release", Why: act.Why, At: act.At, From: act.From}, act.At); err != nil {
			return h, 0, err
		}
	}
	var jobs []desk.Job
	for _, out := range h.Outlets {
		jobs = append(jobs, outletJobFor(errand{Hold: h.ID, Channel: out.ChannelID, End: true}))
	}
	return h, 0, l.Later(jobs)
}

// undecided counts the posts that are still to be decided about, and takes back decisions that time has overtaken.
func undecided(l desk.Sending, held []desk.Post, now time.Time) (left int, err error) {
	for i := range held {
		p := &held[i]
		overtaken := p.Decided == desk.DecideRelease && !p.Due.After(now)
		if p.Decided != "" && !overtaken {
			continue
		}
		left++
		if !overtaken {
			continue
		}
		p.Decided, p.DecidedBy, p.HeldWhy = "", "", timePassed
		if err := l.KeepPost(p, theDesk("post.hold"), desk.Out{Say: desk.Say("A post is held: {why}", "why", p.HeldWhy)}); err != nil {
			return left, err
		}
	}
	return left, nil
}
