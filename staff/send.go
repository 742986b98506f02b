package staff

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"breakwater/desk"
	"breakwater/internal/rounds"
)

// Kinds of our jobs.
const (
	sendKind   = "staff.send"   // bring an edition to a person
	remindKind = "staff.remind" // look who has not read it
)

const (
	lookEvery  = time.Second
	atOnce     = 8 // letters under way: a thousand people are told within minutes
	lease      = 2 * time.Minute
	sendWithin = 45 * time.Second
	firstRetry = 15 * time.Second // doubles with every further try
	longRetry  = 15 * time.Minute
	giveUp     = 24 * time.Hour
	maxRemind  = 2 // reminders that go out by themselves
)

// What a reader's problem says to people; the reader keeps the English sentence, which is the key of its translation.
var (
	problemNoMail  = desk.Say("No mail address: tell them yourself.")
	problemRefused = desk.Say("The mail was refused: tell them yourself.")
	problemAway    = desk.Say("The mail could not be sent for a day: tell them yourself.")
	problemDrill   = desk.Say("A rehearsal: nothing was sent.")
)

// errand is the payload of our jobs.
type errand struct {
	Briefing int64     `json:"briefing"`
	Edition  int       `json:"edition"`
	Contact  int64     `json:"contact,omitempty"`
	Times    int       `json:"times,omitempty"` // reminders up to this one
	Since    time.Time `json:"since"`
}

func (e errand) job(kind string, due time.Time) desk.Job {
	payload, err := json.Marshal(e)
	if err != nil {
		panic(err) // numbers and a time
	}
	key := fmt.Sprintf("briefing:%d/edition:%d/contact:%d/%d", e.Briefing, e.Edition, e.Contact, e.Times)
	return desk.Job{Kind: kind, Key: key, Payload: string(payload), Due: due}
}

// Run sends what is due, and reminds, until ctx ends.
func (b *Briefings) Run(ctx context.Context) error {
	return rounds.Run(ctx, lookEvery, nil, b.round, func(err error) { b.log.Error("staff could not be told", "error", err) })
}

// round works off what is due at the moment, and gives how much that was.
func (b *Briefings) round(ctx context.Context) (int, error) {
	if b.Post == nil {
		return 0, nil
	}
	done := 0
	for kind, do := range map[string]func(context.Context, desk.Job, errand) error{sendKind: b.deliver, remindKind: b.remindDue} {
		jobs, err := b.store.ClaimJobs(ctx, kind, atOnce, lease)
		if err != nil {
			return done, err
		}
		var g errgroup.Group
		for _, j := range jobs {
			g.Go(func() error {
				var e errand
				if err := json.Unmarshal([]byte(j.Payload), &e); err != nil {
					return errors.Join(err, b.store.FailJob(ctx, j.ID, time.Time{}, "payload cannot be read"))
				}
				return do(ctx, j, e)
			})
		}
		if err := g.Wait(); err != nil {
			return done, err
		}
		done += len(jobs)
	}
	return done, nil
}

// deliver brings an edition to one person. One that is not the newest any more, or was read meanwhile, is not sent.
func (b *Briefings) deliver(ctx context.Context, j desk.Job, e errand) error {
	one, err := b.store.Briefing(ctx, e.Briefing)
	if err != nil {
		return err
	}
	reader, err := b.store.ReaderOf(ctx, e.Briefing, e.Edition, e.Contact)
	if isGone(err) || err == nil && (one.State != desk.BriefingSent || one.Current().Edition != e.Edition || !reader.Read.IsZero()) {
		return b.store.FinishJob(ctx, j.ID)
	}
	if err != nil {
		return err
	}
	c, err := b.store.Contact(ctx, e.Contact)
	switch {
	case isGone(err):
		return b.store.FinishJob(ctx, j.ID)
	case err != nil:
		return err
	case one.DrillID != 0:
		return b.untold(ctx, j, e, problemDrill)
	case c.Email() == "":
		return b.untold(ctx, j, e, problemNoMail)
	}
	send, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	if err := b.Post(send, c, b.letter(j.Key, &one, c, e.Times > 0)); err != nil {
		if ctx.Err() != nil {
			return nil // the lease runs out and it is sent after the start
		}
		return b.unsent(ctx, j, e, err)
	}
	b.log.Info("staff told", "briefing", one.ID, "edition", e.Edition, "contact", c.ID)
	return errors.Join(b.store.SetReaderSent(ctx, e.Briefing, e.Edition, e.Contact, time.Now().UTC(), e.Times > 0, ""), b.store.FinishJob(ctx, j.ID))
}

func (b *Briefings) untold(ctx context.Context, j desk.Job, e errand, problem desk.Text) error {
	return errors.Join(b.store.SetReaderSent(ctx, e.Briefing, e.Edition, e.Contact, time.Time{}, e.Times > 0, problem.Say), b.store.FinishJob(ctx, j.ID))
}

// unsent decides whether a letter is tried again.
func (b *Briefings) unsent(ctx context.Context, j desk.Job, e errand, cause error) error {
	now := time.Now().UTC()
	var retry *desk.Retry
	later := errors.As(cause, &retry) || errors.Is(cause, desk.ErrDenied) || errors.Is(cause, context.DeadlineExceeded)
	b.log.Warn("staff not told", "briefing", e.Briefing, "contact", e.Contact, "tries", j.Attempts, "error", cause)
	switch {
	case !later:
		return b.untold(ctx, j, e, problemRefused)
	case now.Sub(e.Since) > giveUp:
		return b.untold(ctx, j, e, problemAway)
	}
	wait := min(firstRetry<<min(max(j.Attempts-1, 0), 10), longRetry)
	if retry != nil {
		wait = max(wait, retry.After)
	}
	return b.store.FailJob(ctx, j.ID, now.Add(wait), cause.Error())
}

// letter leads to the page. What is said there does not travel by mail: a letter cannot be corrected.
func (b *Briefings) letter(key string, one *desk.Briefing, c desk.Contact, reminder bool) desk.Mail {
	e := one.Current()
	l := desk.Mail{Key: key, BrandID: one.BrandID, Link: b.url + "/staff/" + b.links.Name(one.ID, c.ID), Button: desk.Say("Read it"),
		Subject: desk.Say("For our own people: {title}", "title", e.For(c.Lang).Title)}
	if reminder {
		l.Lines = append(l.Lines, desk.Say("You have not confirmed yet that you read this."))
	}
	l.Lines = append(l.Lines, desk.Say("What happened, what we do, what you may say and where to send questions stands on your page. Please read it and confirm it there."))
	if e.Edition > 1 && e.Note != "" {
		l.Lines = append(l.Lines, desk.Say("New in edition {edition}: {note}", "edition", e.Edition, "note", e.Note))
	}
	l.Lines = append(l.Lines, desk.Say("The link is yours alone and needs no password. Do not pass it on."))
	return l
}

// remindDue reminds those who have not read an edition when the time has come.
func (b *Briefings) remindDue(ctx context.Context, j desk.Job, e errand) error {
	act := desk.Act{Who: "desk", Name: "Breakwater", Do: "briefing.remind", At: time.Now().UTC()}
	_, err := b.remind(ctx, act, e)
	if err != nil && !isGone(err) && !errors.Is(err, desk.ErrInvalidTransition) {
		return err
	}
	return b.store.FinishJob(ctx, j.ID)
}

// Remind reminds now who has not read the current edition, and gives how many those are. For leads.
func (b *Briefings) Remind(ctx context.Context, id int64) (int, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return 0, err
	}
	one, err := b.store.Briefing(ctx, id)
	if err != nil {
		return 0, err
	}
	act := desk.ActOf(ctx, "briefing.remind", "")
	return b.remind(ctx, act, errand{Briefing: id, Edition: one.Current().Edition, Times: maxRemind + int(act.At.Unix()%1_000_000)})
}

func (b *Briefings) remind(ctx context.Context, act desk.Act, e errand) (n int, err error) {
	readers, err := b.store.Readers(ctx, e.Briefing, e.Edition)
	if err != nil {
		return 0, err
	}
	_, err = b.store.ChangeBriefing(ctx, e.Briefing, act, func(now *desk.Briefing, out *desk.Out) error {
		if now.State != desk.BriefingSent || now.Current().Edition != e.Edition {
			return desk.ErrInvalidTransition
		}
		n = 0
		for _, r := range readers {
			if r.Read.IsZero() && !r.Sent.IsZero() {
				n++
				out.Jobs = append(out.Jobs, errand{Briefing: e.Briefing, Edition: e.Edition, Contact: r.ContactID, Times: e.Times, Since: act.At}.job(sendKind, act.At))
			}
		}
		if out.Skip = n == 0; out.Skip {
			return nil
		}
		if e.Times < maxRemind && now.Remind > 0 {
			out.Jobs = append(out.Jobs, errand{Briefing: e.Briefing, Edition: e.Edition, Times: e.Times + 1, Since: act.At}.job(remindKind, act.At.Add(time.Duration(now.Remind)*time.Hour)))
		}
		out.IncidentID, out.Say = now.IncidentID, desk.Say("{n} people were reminded of the briefing {title}.", "n", n, "title", now.Title())
		return nil
	})
	return n, err
}
