package publish

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
)

// maxAhead is how far ahead a post may be scheduled.
const maxAhead = 2 * 366 * 24 * time.Hour

// Schedule makes the posts of an approved statement, one for each channel that one of its variants is for, to go out at due (zero or
// past: at once), the place where the incident started first. Scheduled again it makes only what is missing; posts with words of an
// earlier version that wait are dropped for the new ones. It gives all posts of the statement that are on their way or live.
//
// While a hold covers them posts are refused, unless the statement is the crisis team's in an incident that is open, and no ordinary
// post: the crisis team speaks through the hold. For leads. *desk.Invalid for what may not go out.
func (o *Outbox) Schedule(ctx context.Context, statementID int64, due time.Time) ([]desk.Post, error) {
	return o.ScheduleAll(ctx, []int64{statementID}, due)
}

// ScheduleAll is Schedule for statements that go out together, in this order: all of them in one transaction, or none.
func (o *Outbox) ScheduleAll(ctx context.Context, ids []int64, due time.Time) ([]desk.Post, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return nil, err
	}
	now := time.Now().UTC()
	if due = due.UTC(); due.Before(now) {
		due = now
	}
	if due.Sub(now) > maxAhead {
		return nil, desk.Wrong("due", "This is too far ahead.")
	}
	statements, aims := make([]desk.Statement, len(ids)), make([][]aim, len(ids))
	for i, id := range ids {
		s, err := o.Store.Statement(ctx, id)
		if err != nil {
			return nil, err
		}
		if !s.Passed() {
			return nil, desk.Wrong("statement", "This statement is not approved as it stands.")
		}
		statements[i] = s
		if aims[i], err = o.aims(ctx, &s); err != nil {
			return nil, err
		}
		if err := o.preflight(ctx, s, aims[i], due); err != nil {
			return nil, err
		}
	}
	var all []desk.Post
	err := o.Store.Sending(ctx, func(l desk.Sending) error {
		all = nil
		for i, s := range statements {
			posts, err := o.scheduleIn(ctx, l, s, aims[i], due)
			if err != nil {
				return err
			}
			all = append(all, posts...)
		}
		return nil
	})
	o.nudge()
	return all, err
}

// aim is a variant with the channel that it is for.
type aim struct {
	variant desk.Variant
	channel desk.Channel
	edits   int64 // the live post whose copy is changed in place
}

// aims are the variants of a statement by channel, in the order in which they go out.
func (o *Outbox) aims(ctx context.Context, s *desk.Statement) ([]aim, error) {
	channels, err := o.Store.Channels(ctx, s.BrandID)
	if err != nil {
		return nil, err
	}
	order, err := o.order(ctx, s)
	if err != nil {
		return nil, err
	}
	var all []aim
	for _, a := range s.Aims(channels) {
		all = append(all, aim{variant: a.Variant, channel: a.Channel})
	}
	if len(all) == 0 {
		return nil, desk.Wrong("channels", "No channel of the brand takes one of the variants. Add a channel, or a variant for one.")
	}
	slices.SortStableFunc(all, func(a, b aim) int { return cmp.Compare(order(a.channel), order(b.channel)) })
	if s.Replaces == 0 {
		return all, nil
	}
	return all, o.inPlace(ctx, s, all)
}

// order ranks channels: where the incident started, then as the plan has the kinds, then as the channels have it themselves.
func (o *Outbox) order(ctx context.Context, s *desk.Statement) (func(desk.Channel) int, error) {
	var kinds []string
	if o.Plan != nil {
		p, err := o.Plan(ctx, s.BrandID)
		if err != nil {
			return nil, err
		}
		kinds = p.Channels
	}
	origin := ""
	if s.IncidentID != 0 && o.Origin != nil {
		origin = o.Origin(ctx, s.IncidentID)
	}
	return func(c desk.Channel) int {
		if origin != "" && c.Kind == origin {
			return -1
		}
		at := slices.Index(kinds, c.Kind)
		if at < 0 {
			at = len(kinds)
		}
		return at*1000 + min(max(c.Order, 0), 999)
	}, nil
}

// inPlace finds the live posts of the statement that is replaced which their channel lets us change.
func (o *Outbox) inPlace(ctx context.Context, s *desk.Statement, all []aim) error {
	old, err := o.Store.PostsOf(ctx, s.Replaces)
	if err != nil {
		return err
	}
	for i := range all {
		a := &all[i]
		m, err := o.mouth(ctx, &desk.Post{DrillID: s.DrillID}, a.channel)
		if err != nil {
			continue // it says so when the post goes out
		}
		if _, ok := m.(Editor); !ok {
			continue
		}
		for _, p := range old {
			if p.ChannelID == a.channel.ID && p.Lang == a.variant.Lang && p.Published() {
				a.edits = p.ID
			}
		}
	}
	return nil
}

func (o *Outbox) scheduleIn(ctx context.Context, l desk.Sending, was desk.Statement, aims []aim, due time.Time) ([]desk.Post, error) {
	s, err := l.Statement(was.ID)
	if err != nil {
		return nil, err
	}
	if !s.Passed() || s.Hash() != was.Hash() {
		return nil, desk.ErrConflict
	}
	holds, err := l.LiveHolds()
	if err != nil {
		return nil, err
	}
	known, err := l.PostsOf(s.ID)
	if err != nil {
		return nil, err
	}
	if err := dropStale(l, known, aims, desk.ActOf(ctx, "post.drop", "")); err != nil {
		return nil, err
	}
	crisis, err := crisisOf(l, &s)
	if err != nil {
		return nil, err
	}
	if crisis != nil && s.Outgrown(crisis) {
		return nil, &desk.Invalid{Field: "level", Reason: outgrown(crisis, &s)}
	}
	var all []desk.Post
	for place, a := range aims {
		if i := slices.IndexFunc(known, func(p desk.Post) bool { return sameAim(&p, &a) && (p.Open() || p.Published()) }); i >= 0 {
			all = append(all, known[i])
			continue
		}
		p := postOf(&s, &a, due, place)
		p.By, p.ByID = desk.ActorOf(ctx).Name, desk.ActorOf(ctx).UserID
		if err := through(holds, &p, speaks(crisis, &s)); err != nil {
			return nil, err
		}
		out := desk.Out{Say: desk.Say("“{title}” is to go out in {channel} at {at}.", "title", s.Title, "channel", a.channel.Name, "at", due), IncidentID: s.IncidentID}
		if err := l.KeepPost(&p, desk.ActOf(ctx, "post.schedule", ""), out); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// through lets a new post of the crisis team through the holds that live, refuses any other that one of them holds, and holds what
// collides with a burst.
func through(holds []desk.Hold, p *desk.Post, crisis bool) error {
	for {
		h, why, held := holding(holds, p)
		switch {
		case !held:
			return nil
		case crisis:
			p.Passes = append(p.Passes, h.ID)
		case h.Elective():
			p.State, p.HoldID, p.HeldWhy, p.Next = desk.PostHeld, h.ID, why, time.Time{}
			return nil
		default:
			return desk.Wrong("hold", "A hold is on: new posts wait until it has ended. Only statements of a running incident go out.")
		}
	}
}

func sameAim(p *desk.Post, a *aim) bool {
	return p.ChannelID == a.channel.ID && p.VariantID == a.variant.ID && p.Hash == a.variant.Hash()
}

// dropStale drops posts that wait with words which the statement does not have any more.
func dropStale(l desk.Sending, known []desk.Post, aims []aim, act desk.Act) error {
	for i := range known {
		p := &known[i]
		stale := p.State == desk.PostWaiting || p.State == desk.PostHeld || p.State == desk.PostFailed
		if !stale || slices.ContainsFunc(aims, func(a aim) bool { return sameAim(p, &a) }) {
			continue
		}
		if err := p.Drop(desk.Say("Its words were changed.")); err != nil {
			return err
		}
		if err := l.KeepPost(p, act, desk.Out{Say: desk.Say("A post was dropped: its words were changed."), IncidentID: p.IncidentID}); err != nil {
			return err
		}
	}
	return nil
}

// postOf is a new post of a statement. Its key is new to every network: another desk, or this one restored, never has it.
func postOf(s *desk.Statement, a *aim, due time.Time, place int) desk.Post {
	v := &a.variant
	return desk.Post{
		BrandID: s.BrandID, ChannelID: a.channel.ID, StatementID: s.ID, VariantID: v.ID, IncidentID: s.IncidentID, DrillID: s.DrillID,
		Campaign: s.Campaign, Key: strings.ToLower(rand.Text()), Lang: v.Lang, Title: v.Title, Text: v.Text, Media: v.Media, Hash: v.Hash(),
		Due: due, State: desk.PostWaiting, Next: due, Place: place, Edits: a.edits,
	}
}

// Move gives a post that waits another time; a held one is decided to go out then. *desk.Invalid where a check holds it back at that
// time. For leads.
func (o *Outbox) Move(ctx context.Context, id int64, due time.Time) (desk.Post, error) {
	now := time.Now().UTC()
	if due = due.UTC(); !due.After(now) || due.Sub(now) > maxAhead {
		return desk.Post{}, desk.Wrong("due", "Choose a time to come.")
	}
	p, err := o.Store.Post(ctx, id)
	if err != nil {
		return p, err
	}
	if p.State == desk.PostHeld {
		return o.Decide(ctx, id, desk.DecideRelease, due)
	}
	if err := o.mayGo(ctx, p, due); err != nil {
		return p, err
	}
	return o.changePost(ctx, id, desk.Lead, func(l desk.Sending, p *desk.Post) error {
		if p.State != desk.PostWaiting {
			return fmt.Errorf("move post %d, which is %s: %w", id, p.State, desk.ErrInvalidTransition)
		}
		p.Due, p.Next, p.Late = due, due, false
		return l.KeepPost(p, desk.ActOf(ctx, "post.move", ""), desk.Out{Say: desk.Say("A post goes out at {at} now.", "at", due), IncidentID: p.IncidentID})
	})
}

// Drop takes a post out of the plan that has not gone out. For leads.
func (o *Outbox) Drop(ctx context.Context, id int64, why string) (desk.Post, error) {
	return o.changePost(ctx, id, desk.Lead, func(l desk.Sending, p *desk.Post) error {
		if err := p.Drop(desk.Text{}); err != nil {
			return err
		}
		act := desk.ActOf(ctx, "post.drop", strings.TrimSpace(why))
		return l.KeepPost(p, act, desk.Out{Say: desk.Say("A post was dropped by {who}.", "who", act.Name), IncidentID: p.IncidentID})
	})
}

// Edit drops a post that has not gone out, with all others of its statement that have not, and takes the statement back to its
// authors: changed words need their approvals anew. For leads.
func (o *Outbox) Edit(ctx context.Context, id int64, why string) (desk.Post, error) {
	var first desk.Post
	_, err := o.changePost(ctx, id, desk.Lead, func(l desk.Sending, p *desk.Post) error {
		all, err := l.PostsOf(p.StatementID)
		if err != nil {
			return err
		}
		if err := p.Drop(desk.Text{}); err != nil { // refuses what cannot be dropped before anything is written
			return err
		}
		act := desk.ActOf(ctx, "post.edit", strings.TrimSpace(why))
		for i := range all {
			q := &all[i]
			if q.State == desk.PostWaiting || q.State == desk.PostHeld || q.State == desk.PostFailed {
				if err := q.Drop(desk.Say("Its words are being edited.")); err != nil {
					return err
				}
				if err := l.KeepPost(q, act, desk.Out{Say: desk.Say("A post goes back to its authors."), IncidentID: q.IncidentID}); err != nil {
					return err
				}
			}
			if q.ID == id {
				first = *q
			}
		}
		return nil
	})
	if err != nil {
		return first, err
	}
	return first, o.rework(ctx, first.StatementID, why)
}

func (o *Outbox) rework(ctx context.Context, statementID int64, why string) error {
	if o.Rework != nil {
		return o.Rework(ctx, statementID, why)
	}
	_, err := o.Store.ChangeStatement(ctx, statementID, desk.ActOf(ctx, "statement.rework", why), func(s *desk.Statement, out *desk.Out) error {
		if out.Skip = s.State != desk.StatementApproved; out.Skip {
			return nil
		}
		s.State, s.Needs, s.Updated = desk.StatementDraft, nil, time.Now().UTC()
		out.Say, out.IncidentID = desk.Say("“{title}” is a draft again.", "title", s.Title), s.IncidentID
		return nil
	})
	return err
}

// Retry lets a post that failed go out after all. For leads.
func (o *Outbox) Retry(ctx context.Context, id int64) (desk.Post, error) {
	return o.changePost(ctx, id, desk.Lead, func(l desk.Sending, p *desk.Post) error {
		if p.State != desk.PostFailed {
			return fmt.Errorf("retry post %d, which is %s: %w", id, p.State, desk.ErrInvalidTransition)
		}
		now := time.Now().UTC()
		p.Due = now // a person says now; what was scheduled is long past
		if err := p.Wait(now, desk.Text{}); err != nil {
			return err
		}
		return l.KeepPost(p, desk.ActOf(ctx, "post.retry", ""), desk.Out{Say: desk.Say("A post is tried again."), IncidentID: p.IncidentID})
	})
}

// Settle says what a person saw of a post of which the desk cannot know whether it went out: it is there (with its address), or it
// is not and may be sent again. For leads.
func (o *Outbox) Settle(ctx context.Context, id int64, there bool, link string) (desk.Post, error) {
	return o.changePost(ctx, id, desk.Lead, func(l desk.Sending, p *desk.Post) error {
		if p.State != desk.PostUnknown {
			return fmt.Errorf("settle post %d, which is %s: %w", id, p.State, desk.ErrInvalidTransition)
		}
		now, act := time.Now().UTC(), desk.ActOf(ctx, "post.settle", "")
		if !there {
			if now.Sub(p.Claimed) < o.Timing.Quiet {
				return desk.Wrong("there", "It may still arrive. Look again in a few minutes.")
			}
			p.Due = now
			return back(l, p, now, desk.Text{})
		}
		if err := p.Confirm("", strings.TrimSpace(link), now, time.Time{}); err != nil {
			return err
		}
		return l.KeepPost(p, act, desk.Out{Say: desk.Say("{who} saw that the post went out.", "who", act.Name), IncidentID: p.IncidentID})
	})
}

// Withdraw has a live post deleted at its network. It answers when that is written down; the deletion follows at once, and is tried
// again until the network has done it. For leads.
func (o *Outbox) Withdraw(ctx context.Context, id int64, why string) (desk.Post, error) {
	if why = strings.TrimSpace(why); why == "" {
		return desk.Post{}, desk.Wrong("why", "Say in a few words why it is deleted.")
	}
	return o.changePost(ctx, id, desk.Lead, func(l desk.Sending, p *desk.Post) error {
		if !p.Published() {
			return fmt.Errorf("withdraw post %d, which is %s: %w", id, p.State, desk.ErrInvalidTransition)
		}
		now, act := time.Now().UTC(), desk.ActOf(ctx, "post.withdraw", why)
		p.Leaving, p.LeavingWhy, p.Next, p.Looks = now, why, now, 0
		return l.KeepPost(p, act, desk.Out{Say: desk.Say("{who} has a post deleted.", "who", act.Name), IncidentID: p.IncidentID})
	})
}
