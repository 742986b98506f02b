package publish

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
)

// maxWhy bounds what people say about a hold, in bytes.
const maxWhy = 1000

// Press stops everything in the scope (of which brand, channel, campaign, words and drill are read) and answers when no send of it
// is under way any more. From the moment the hold is written no send of its scope starts, in any process. Sends that were under
// way are awaited; one that does not end in time is cut off, and named in Flying with the state unknown: the network may have it,
// it is being asked, and it is not sent again while the hold lives.
//
// The proof, in short (docs/publishing.md has the whole): a claim reads the holds, and a press reads the claims, each in one
// transaction of Store.Sending, of which there is one at a time. A claim after the press finds the hold and does not happen; a claim
// before it is found by the press, awaited, and named. What is marked as held is for people to see: no claim asks for it.
//
// Pressing again what is held already is answered by the hold that lives; posts that were let through it are held from then on.
// For responders. *desk.Invalid for a scope that there is not.
func (o *Outbox) Press(ctx context.Context, scope desk.Hold, why string) (desk.Hold, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Hold{}, err
	}
	h, err := o.scope(ctx, scope, why)
	if err != nil {
		return h, err
	}
	if ids, all := desk.ActorOf(ctx).Brands(); !all && h.BrandID == 0 { // who has some brands stops those, not the others'
		if len(ids) > 1 {
			return h, desk.Wrong("brand", "Choose one of your brands.")
		}
		h.BrandID = ids[0]
	}
	// Who pressed may hang up: the hold is pressed all the same.
	ctx = context.WithoutCancel(ctx)
	h, err = o.press(ctx, h)
	if err != nil {
		return h, err
	}
	o.step("pressed")
	return o.answer(ctx, h)
}

// scope is the hold that somebody asks for, checked.
func (o *Outbox) scope(ctx context.Context, ask desk.Hold, why string) (desk.Hold, error) {
	h := desk.Hold{
		BrandID: ask.BrandID, ChannelID: ask.ChannelID, Campaign: strings.TrimSpace(ask.Campaign), DrillID: ask.DrillID, IncidentID: ask.IncidentID,
		Why: strings.TrimSpace(why), By: desk.ActorOf(ctx).Name,
	}
	for _, w := range ask.Words {
		if w = strings.TrimSpace(w); w != "" {
			h.Words = append(h.Words, w)
		}
	}
	if len(h.Why) > maxWhy || len(h.Campaign) > maxWhy || len(h.Words) > 50 {
		return h, desk.Wrong("why", "This is too long.")
	}
	if h.ChannelID == 0 {
		return h, nil
	}
	c, err := o.Store.Channel(ctx, h.ChannelID)
	if errors.Is(err, desk.ErrNotFound) || err == nil && h.BrandID != 0 && h.BrandID != c.BrandID {
		return h, desk.Wrong("channel", "There is no such channel.")
	}
	h.BrandID = c.BrandID
	return h, err
}

// press writes the hold, or says again that a live one of the same scope holds, with the sends that are under way.
func (o *Outbox) press(ctx context.Context, want desk.Hold) (h desk.Hold, err error) {
	act := desk.ActOf(ctx, "hold.press", want.Why)
	err = o.Store.Sending(ctx, func(l desk.Sending) error {
		h = want
		live, err := l.LiveHolds()
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(live, func(x desk.Hold) bool { return x.SameScope(&want) }); i >= 0 {
			h = live[i]
			h.Again = act.At
		} else {
			h.At = act.At
		}
		if err := stopPassing(l, &h, act); err != nil {
			return err
		}
		if h.Flying, err = o.flying(l, &h, act.At); err != nil {
			return err
		}
		channels, err := l.Channels(h.BrandID)
		if err != nil {
			return err
		}
		out := desk.Out{Say: desk.Say("{who} pressed STOP.", "who", act.Name), IncidentID: h.IncidentID}
		if h.Elective() {
			out.Say = desk.Say("Posts that say {words} are held.", "words", strings.Join(h.Words, ", "))
		}
		h.Answered = time.Time{}
		if err := l.KeepHold(&h, act, out); err != nil {
			return err
		}
		return l.Later(outletJobs(&h, channels))
	})
	return h, err
}

// stopPassing takes back that posts may pass the hold: who presses again means those too.
func stopPassing(l desk.Sending, h *desk.Hold, act desk.Act) error {
	if h.ID == 0 {
		return nil
	}
	waiting, err := l.Posts([]string{desk.PostWaiting, desk.PostUnknown}, 0, 0)
	if err != nil {
		return err
	}
	for i := range waiting {
		p := &waiting[i]
		at := slices.Index(p.Passes, h.ID)
		if at < 0 {
			continue
		}
		p.Passes = slices.Delete(p.Passes, at, at+1)
		if err := l.KeepPost(p, act, desk.Out{Say: desk.Say("{who} pressed STOP.", "who", act.Name), IncidentID: p.IncidentID}); err != nil {
			return err
		}
	}
	return nil
}

// flying are the sends of the hold's scope that are under way, or were a moment ago and left nobody knowing.
func (o *Outbox) flying(l desk.Sending, h *desk.Hold, now time.Time) (all []desk.Flight, err error) {
	list, err := l.Posts([]string{desk.PostClaimed, desk.PostUnknown}, 0, 0)
	if err != nil {
		return nil, err
	}
	names, err := l.Channels(0)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		if h.Covers(&p) && (p.State == desk.PostClaimed || now.Sub(p.Claimed) < o.Timing.Wire) {
			all = append(all, desk.Flight{PostID: p.ID, State: p.State, Channel: nameOf(names, p.ChannelID)})
		}
	}
	return all, nil
}

func nameOf(channels []desk.Channel, id int64) string {
	for _, c := range channels {
		if c.ID == id {
			return c.Name
		}
	}
	return ""
}

// answer waits for the sends that were under way, marks what waits, and writes what the hold answers with. Of many posts the first
// are marked with the answer and the others by holdRound, which any process runs: that nothing goes out does not depend on marks.
func (o *Outbox) answer(ctx context.Context, h desk.Hold) (desk.Hold, error) {
	o.nudge()
	pressed := h.At
	if h.Again.After(pressed) {
		pressed = h.Again
	}
	outlets := make(chan []desk.Channel, 1)
	go func() { outlets <- o.outletsOf(ctx, h) }() // ends by itself: it opens channels and asks nobody
	letters := o.letters(ctx, h, pressed)
	flying := o.await(ctx, h.Flying, pressed)
	stopped := <-letters
	at := time.Now().UTC()
	var told []desk.Channel
	select {
	case told = <-outlets:
	case <-time.After(nameOutlets): // they name themselves when they answer
	}
	err := o.Store.Sending(ctx, func(l desk.Sending) error {
		now, err := l.Hold(h.ID)
		if err != nil {
			return err
		}
		if _, err := markIn(l); err != nil {
			return err
		}
		n, err := covered(l, &now)
		if err != nil {
			return err
		}
		h = now
		h.Flying, h.Answered, h.Held, h.Letters = flying, at, n, stopped
		for _, c := range told {
			h.Outlet(c.ID).Name = c.Name // told, and waiting when it has not answered yet
		}
		return l.KeepHold(&h, theDesk("hold.answer"), desk.Out{Say: answerSay(&h), IncidentID: h.IncidentID, Detail: flying})
	})
	o.step("answered")
	return h, err
}

// letters has the letters to subscribers awaited that were under way, as long as posts are.
func (o *Outbox) letters(ctx context.Context, h desk.Hold, pressed time.Time) <-chan []desk.HeldLetters {
	told := make(chan []desk.HeldLetters, 1)
	if o.Letters == nil {
		told <- nil
		return told
	}
	go func() { // ends with its deadline
		ctx, cancel := context.WithDeadline(ctx, pressed.Add(o.Timing.Bound))
		defer cancel()
		told <- o.Letters(ctx, h)
	}()
	return told
}

// answerSay is the journal's sentence of an answer.
func answerSay(h *desk.Hold) desk.Text {
	lost := 0
	for _, f := range h.Flying {
		if !f.Sure() {
			lost++
		}
	}
	if lost == 0 {
		return desk.Say("Nothing goes out any more. {n} posts are held.", "n", h.Held)
	}
	return desk.Say("Nothing starts to go out any more. It is not known yet whether {n} posts that were under way went out.", "n", lost)
}

// await waits until the sends have an outcome, at most until Bound after the press; after Patience those of this process are cut off
// by holdRound, and those of other processes by theirs.
func (o *Outbox) await(ctx context.Context, flying []desk.Flight, pressed time.Time) []desk.Flight {
	ctx, cancel := context.WithDeadline(ctx, pressed.Add(o.Timing.Bound))
	defer cancel()
	for i := range flying {
		f := &flying[i]
		for {
			p, err := o.Store.Post(ctx, f.PostID)
			if err == nil {
				f.State = p.State
			}
			if err == nil && (f.Sure() || p.State == desk.PostUnknown && time.Since(p.Claimed) > o.Timing.Wire) {
				break
			}
			select {
			case <-ctx.Done():
			case <-time.After(5 * time.Millisecond):
				continue
			}
			break
		}
	}
	return flying
}

// cut cancels sends of this process that a hold has waited for long enough: not one more byte of theirs is written.
func (o *Outbox) cut(holds []desk.Hold) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, f := range o.flights {
		for _, h := range holds {
			pressed := h.At
			if h.Again.After(pressed) {
				pressed = h.Again
			}
			if h.Covers(&f.post) && !slices.Contains(f.post.Passes, h.ID) && f.post.Claimed.Before(pressed) && time.Since(pressed) > o.Timing.Patience &&
				(!h.Elective() || Collides(h.Words, &f.post) != "") {
				f.cancel(errHeld)
			}
		}
	}
}

// nameOutlets is how long an answer waits to know which channels are outlets: nobody shall read that there are none.
const nameOutlets = 200 * time.Millisecond

// outletsOf are the channels of a hold's scope that are outlets.
func (o *Outbox) outletsOf(ctx context.Context, h desk.Hold) (all []desk.Channel) {
	if h.Elective() || h.DrillID != 0 {
		return nil
	}
	channels, err := o.Store.Channels(ctx, h.BrandID)
	if err != nil {
		o.Log.Warn("the outlets of a hold could not be listed", "hold", h.ID, "error", err) // they are told all the same
	}
	for _, c := range channels {
		if h.ChannelID != 0 && h.ChannelID != c.ID {
			continue
		}
		if m, err := o.Mouths(ctx, c); err != nil || isOutlet(m) {
			all = append(all, c)
		}
	}
	return all
}

// outletJob names the jobs that keep an outlet stopped; the payload is an errand.
const outletJob = "hold.outlet"

// errand is one outlet of one hold.
type errand struct {
	Hold    int64
	Channel int64
	End     bool `json:",omitempty"` // the hold has ended: it is told at once
}

// outletJobs are the jobs that tell other systems to stop. Which channels are outlets is found when the job runs: asking takes a
// moment, and the hold must not wait for it.
func outletJobs(h *desk.Hold, channels []desk.Channel) (jobs []desk.Job) {
	if h.Elective() || h.DrillID != 0 {
		return nil
	}
	for _, c := range channels {
		if h.ChannelID == 0 || h.ChannelID == c.ID {
			jobs = append(jobs, outletJobFor(errand{Hold: h.ID, Channel: c.ID}))
		}
	}
	return jobs
}

func outletJobFor(e errand) desk.Job {
	b, err := json.Marshal(e)
	if err != nil {
		panic(err) // two numbers and a truth
	}
	key := fmt.Sprintf("%d/%d", e.Hold, e.Channel)
	if e.End {
		key += "/end"
	}
	return desk.Job{Kind: outletJob, Key: key, Payload: string(b)}
}
