package publish

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/unicode/norm"

	"breakwater/desk"
)

const (
	// lookAtMost is how many posts one round looks at.
	lookAtMost = 40
	// lookWithin is how long one look may take.
	lookWithin = 20 * time.Second
	// lookAgain is when a look that failed is tried again, at the latest.
	lookAgain = 10 * time.Minute
)

// cadence is when the live copy is read again, since it was read first: soon, because a wrong copy is seen soon, and then as long
// as people are likely to meet it.
var cadence = []time.Duration{
	time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour,
}

// lookRound looks after posts whose time for it has come: claims whose sender died, sends whose outcome is not known, live copies
// to be read, posts to be withdrawn.
func (o *Outbox) lookRound(ctx context.Context) error {
	states := []string{desk.PostClaimed, desk.PostUnknown, desk.PostSent, desk.PostVerified}
	list, err := o.Store.PostsToLook(ctx, states, time.Now().UTC(), lookAtMost)
	if err != nil {
		return err
	}
	var under sync.WaitGroup
	free := make(chan struct{}, atOnce)
	for _, p := range list {
		if !o.beginLook(p.ID) {
			continue
		}
		free <- struct{}{}
		under.Go(func() {
			defer func() { o.endLook(p.ID); <-free }()
			ctx, cancel := context.WithTimeout(ctx, lookWithin)
			defer cancel()
			if err := o.look(ctx, p); err != nil {
				o.Log.Info("a look at a post did not work", "post", p.ID, "error", err)
				_ = o.Store.LookAgain(context.WithoutCancel(ctx), p, time.Now().Add(o.wait(&p))) // or at the next tick
			}
		})
	}
	under.Wait()
	return nil
}

func (o *Outbox) beginLook(id int64) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.looking[id] {
		return false
	}
	o.looking[id] = true
	return true
}

func (o *Outbox) endLook(id int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.looking, id)
}

// wait is the pause after a look that brought nothing: longer the longer it lasts.
func (o *Outbox) wait(p *desk.Post) time.Duration {
	since := p.Claimed
	if p.Published() {
		since = p.Sent
	}
	return min(max(time.Since(since)/2, o.Timing.Tick), lookAgain)
}

func (o *Outbox) look(ctx context.Context, p desk.Post) error {
	switch {
	case p.State == desk.PostClaimed:
		return o.abandoned(ctx, p)
	case p.State == desk.PostUnknown:
		return o.ask(ctx, p)
	case !p.Leaving.IsZero():
		return o.retract(ctx, p)
	}
	return o.read(ctx, p)
}

// abandoned doubts a claim whose lease ran out: its sender died or hangs.
func (o *Outbox) abandoned(ctx context.Context, was desk.Post) error {
	return o.settle(ctx, was, func(l desk.Sending, p *desk.Post) error {
		return o.doubt(l, p, desk.Say("The desk stopped while this was being sent."))
	})
}

// settle changes a post if it still is as it was when the network was asked.
func (o *Outbox) settle(ctx context.Context, was desk.Post, f func(desk.Sending, *desk.Post) error) error {
	return o.Store.Sending(ctx, func(l desk.Sending) error {
		p, err := l.Post(was.ID)
		if err != nil || p.Version != was.Version {
			return err
		}
		return f(l, &p)
	})
}

// ask finds out whether a post went out whose answer was lost. Nothing is sent again before that is known.
func (o *Outbox) ask(ctx context.Context, p desk.Post) error {
	c, err := o.Store.Channel(ctx, p.ChannelID)
	if err != nil {
		return err
	}
	m, err := o.mouth(ctx, &p, c)
	if err != nil {
		return err
	}
	found, err := o.find(ctx, m, p)
	o.step("asked")
	switch quiet := time.Since(p.Claimed) > o.Timing.Quiet; {
	case err == nil:
		if err := o.settle(ctx, p, func(l desk.Sending, p *desk.Post) error { return o.confirm(l, p, found) }); err != nil {
			return err
		}
		return o.said(ctx, p.StatementID)
	case errors.Is(err, ErrBlind):
		return o.leave(ctx, p, cannotAsk)
	case errors.Is(err, errAgain):
		return o.again(ctx, p, c)
	case errors.Is(err, desk.ErrNotFound) && quiet:
		err = o.settle(ctx, p, func(l desk.Sending, p *desk.Post) error { return back(l, p, time.Now().UTC(), desk.Text{}) })
		o.nudge()
		return err
	}
	return err // not there yet, or not to be asked right now
}

// errAgain says that a post may be said again with the same key: the network takes it once.
var errAgain = errors.New("the network takes the key once")

// find looks for a post at its network. desk.ErrNotFound when it is not there now.
func (o *Outbox) find(ctx context.Context, m Mouth, p desk.Post) (Receipt, error) {
	if p.Edits != 0 {
		return Receipt{}, errAgain // the same change twice is one change
	}
	if f, ok := m.(Finder); ok {
		return f.Find(ctx, p)
	}
	if once, ok := m.(Once); ok && time.Since(p.First) < once.KeepsKeys(p) {
		return Receipt{}, errAgain
	}
	return Receipt{}, ErrBlind
}

// again sends a post once more of which an earlier try may have gone out, with the key that its network takes once. When a hold came,
// its words cannot stand any more or its time passed, it stays unknown, which is what it is, and a person looks.
func (o *Outbox) again(ctx context.Context, was desk.Post, ch desk.Channel) error {
	c := claimed{channel: ch, again: true}
	var against desk.Text
	err := o.settle(ctx, was, func(l desk.Sending, p *desk.Post) error {
		c.began = time.Now()
		under, err := l.Posts([]string{desk.PostClaimed}, 0, 0)
		if err != nil || slices.ContainsFunc(under, func(b desk.Post) bool { return b.ChannelID == p.ChannelID }) {
			return err
		}
		holds, err := l.LiveHolds()
		if err != nil {
			return err
		}
		s, err := l.Statement(p.StatementID)
		if err != nil {
			return err
		}
		if against, err = o.against(l, p, &s, holds, c.began); err != nil || !against.IsZero() || ch.Paused {
			return err
		}
		if p.Edits != 0 {
			if c.before, err = l.Post(p.Edits); err != nil {
				return err
			}
		}
		if err := p.Claim(c.began.UTC(), c.began.UTC().Add(o.Timing.Lease)); err != nil {
			return err
		}
		c.post = *p
		return l.KeepPost(&c.post, theDesk("post.claim"), desk.Out{Say: desk.Say("A post goes out in {channel}.", "channel", ch.Name)})
	})
	if err == nil && !against.IsZero() {
		return o.leave(ctx, was, against)
	}
	if err != nil || c.post.ID == 0 {
		return errors.Join(err, o.Store.LookAgain(ctx, was, time.Now().Add(o.wait(&was))))
	}
	o.step("claimed")
	o.fly(ctx, c)
	return nil
}

// against is why a post of which an earlier try may have gone out is not sent again; zero when nothing is against it.
func (o *Outbox) against(l desk.Sending, p *desk.Post, s *desk.Statement, holds []desk.Hold, now time.Time) (why desk.Text, err error) {
	if why, refused := refusal(p.MaySend(s)); refused {
		return why, nil
	}
	crisis, err := crisisOf(l, s)
	if err != nil {
		return why, err
	}
	if !speaks(crisis, s) {
		p.Passes = nil
	}
	if _, why, held := holding(holds, p); held {
		return why, nil
	}
	if p.Stopped {
		return desk.Say("A hold came while it was not known whether it went out."), nil
	}
	if now.Sub(p.Due) > o.Timing.TooLate {
		return timePassed, nil
	}
	return objection(l, s, p.VariantID, crisis)
}

// cannotAsk is said of a post whose channel cannot tell whether it has it.
var cannotAsk = desk.Say("Its channel cannot be asked.")

// leave gives a post whose fate nobody can find out, or that must not be sent again, to people.
func (o *Outbox) leave(ctx context.Context, was desk.Post, why desk.Text) error {
	if err := o.settle(ctx, was, func(l desk.Sending, p *desk.Post) error {
		p.Next, p.Problem = time.Time{}, why
		out := desk.Out{Say: desk.Say("A post may have gone out, and the desk does not send it again by itself: {why} Please look.", "why", why), IncidentID: p.IncidentID}
		return l.KeepPost(p, theDesk("post.ask"), out)
	}); err != nil {
		return err
	}
	p, err := o.Store.Post(ctx, was.ID)
	if err == nil {
		o.tell(ctx, p)
	}
	return err
}

// read compares the live copy with the words that were approved.
func (o *Outbox) read(ctx context.Context, p desk.Post) error {
	if err := o.said(ctx, p.StatementID); err != nil { // in case we died after the post was confirmed
		return err
	}
	c, err := o.Store.Channel(ctx, p.ChannelID)
	if err != nil {
		return err
	}
	m, err := o.mouth(ctx, &p, c)
	if err != nil {
		return err
	}
	r, ok := m.(Reader)
	if !ok {
		return o.settle(ctx, p, func(l desk.Sending, p *desk.Post) error {
			p.Next, p.Problem = time.Time{}, desk.Say("This channel cannot be read back: please look yourself.")
			return l.KeepPost(p, theDesk("post.read"), desk.Out{Say: desk.Say("The live copy in {channel} cannot be read back.", "channel", c.Name)})
		})
	}
	live, err := r.Read(ctx, p)
	is := desk.CopyMissing
	switch {
	case err == nil:
		is = compare(&p, live)
	case !errors.Is(err, desk.ErrNotFound):
		return err
	case time.Since(p.Sent) < o.Timing.Quiet:
		return err // networks show a new post late
	}
	return o.saw(ctx, p, c, is)
}

// saw writes down what the live copy is.
func (o *Outbox) saw(ctx context.Context, was desk.Post, c desk.Channel, is string) error {
	news := was.Copy != is
	err := o.settle(ctx, was, func(l desk.Sending, p *desk.Post) error {
		now := time.Now().UTC()
		if p.Copy != is {
			p.Looks = 0 // what changed is watched closely again
		}
		var next time.Time
		if p.Looks < len(cadence) {
			next = now.Add(cadence[p.Looks])
		}
		out := desk.Out{Say: sawSay[is]}
		out.Say.With = map[string]any{"channel": c.Name}
		problem := desk.Text{}
		if is != desk.CopySame {
			problem = out.Say
		}
		if news {
			out.IncidentID = p.IncidentID
		}
		if err := p.Saw(is, now, next, problem); err != nil {
			return err
		}
		return l.KeepPost(p, theDesk("post.read"), out)
	})
	if err == nil && news && is != desk.CopySame && o.Alarm != nil {
		o.Alarm(ctx, was.BrandID, fmt.Sprint("post-copy:", was.ID), desk.Say(sawSay[is].Say, "channel", c.Name))
	}
	return err
}

// sawSay are the journal's sentences about a live copy.
var sawSay = map[string]desk.Text{
	desk.CopySame:    desk.Say("The live copy in {channel} is what was approved."),
	desk.CopyDiffers: desk.Say("The live copy in {channel} is not what was approved: somebody changed it."),
	desk.CopyMissing: desk.Say("The live copy in {channel} is gone."),
}

// compare says whether a live copy has the words of the post. Spaces and the forms of letters are the network's business.
func compare(p *desk.Post, live Live) string {
	same := plain(p.Text) == plain(live.Text) && (live.Title == "" || plain(p.Title) == plain(live.Title)) && live.Media == len(p.Media)
	if same {
		return desk.CopySame
	}
	return desk.CopyDiffers
}

func plain(s string) string { return strings.Join(strings.Fields(norm.NFC.String(s)), " ") }

// retract deletes a post at its network.
func (o *Outbox) retract(ctx context.Context, p desk.Post) error {
	c, err := o.Store.Channel(ctx, p.ChannelID)
	if err != nil {
		return err
	}
	m, err := o.mouth(ctx, &p, c)
	if err != nil {
		return err
	}
	r, ok := m.(Retracter)
	if !ok {
		err = errors.New("the channel cannot take anything back")
	} else {
		err = r.Retract(ctx, p)
	}
	o.step("retracted")
	if err != nil && outcomeOf(err) != refused {
		return err // deleting twice is deleting once
	}
	cause := err
	return o.settle(ctx, p, func(l desk.Sending, p *desk.Post) error {
		if cause != nil {
			p.Leaving, p.Next, p.Problem = time.Time{}, time.Time{}, desk.Say("It could not be deleted by the desk: delete it by hand.")
			return l.KeepPost(p, theDesk("post.withdraw"), desk.Out{Say: desk.Say("The live copy in {channel} could not be deleted: delete it by hand.", "channel", c.Name), IncidentID: p.IncidentID})
		}
		if err := p.Gone(desk.PostWithdrawn); err != nil {
			return err
		}
		return l.KeepPost(p, theDesk("post.withdraw"), desk.Out{Say: desk.Say("Deleted in {channel}.", "channel", c.Name), IncidentID: p.IncidentID})
	})
}
