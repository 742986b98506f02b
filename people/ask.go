package people

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"breakwater/desk"
	"breakwater/internal/rounds"
)

// askKind is the kind of the job that brings the question to a contact.
const askKind = "contact.ask"

// asking is the job's payload.
type asking struct {
	Contact int64     `json:"contact,string"`
	Round   int       `json:"round"`
	Since   time.Time `json:"since"`
}

const (
	lookEvery  = time.Second
	dueEvery   = time.Minute
	askedAtOne = 50 // contacts in a look: a thousand that are due together are written to within half an hour
	atOnce     = 4
	lease      = 2 * time.Minute
	sendWithin = 45 * time.Second
	firstRetry = 15 * time.Second // doubles with every further try
	longRetry  = 30 * time.Minute
	giveUp     = 72 * time.Hour
	maxAsks    = 3                  // the first message and two reminders
	askAgain   = 7 * 24 * time.Hour // between them
	linkLives  = 30 * 24 * time.Hour
)

// problemRefused is what a contact shows whose mail was refused; it keeps the English sentence, which is the key of its translation.
var problemRefused = desk.Say("The last message to their mail address was refused.")

// Run asks contacts whether their ways are right when it is time, until ctx ends.
func (d *Directory) Run(ctx context.Context) error {
	var looked time.Time
	return rounds.Run(ctx, lookEvery, nil, func(ctx context.Context) (int, error) {
		if time.Since(looked) >= dueEvery {
			looked = time.Now()
			if err := d.due(ctx, looked.UTC()); err != nil && ctx.Err() == nil {
				d.log.Error("contacts could not be looked through", "error", err)
			}
		}
		return d.round(ctx)
	}, func(err error) { d.log.Error("contacts could not be asked", "error", err) })
}

// due has those asked whose time has come.
func (d *Directory) due(ctx context.Context, now time.Time) error {
	rules, err := d.store.ContactRules(ctx)
	if err != nil || rules.Days == 0 || d.Post == nil {
		return err
	}
	all, err := d.store.ContactsToAsk(ctx, now.Add(-rules.Every()), now.Add(-askAgain), maxAsks, askedAtOne)
	if err != nil {
		return err
	}
	for _, c := range all {
		act := desk.Act{Who: "desk", Name: "Breakwater", Do: "contact.ask", At: now}
		_, err := d.store.ChangeContact(ctx, c.ID, act, func(n *desk.Contact, out *desk.Out) error {
			if out.Skip = n.Version != c.Version; out.Skip {
				return nil // somebody changed it: it is looked at again
			}
			return ask(n, out, now)
		})
		if err != nil && !isGone(err) {
			return wrap(c.ID, err)
		}
	}
	return nil
}

// ask writes the question down as a job.
func ask(c *desk.Contact, out *desk.Out, now time.Time) error {
	if c.Email() == "" {
		return desk.Wrong("ways", "There is no mail address. Call instead, then say here that the ways are right.")
	}
	c.Asked = now
	c.Asks++
	payload, err := json.Marshal(asking{c.ID, c.Round, now})
	if err != nil {
		return err
	}
	out.Say = desk.Say("{contact} was asked whether they are still reached this way.", "contact", c.Name)
	out.Jobs = []desk.Job{{Kind: askKind, Key: on(c.ID) + "/round:" + strconv.Itoa(c.Round) + "/" + strconv.Itoa(c.Asks), Payload: string(payload), Due: now}}
	return nil
}

// Ask has a contact asked now whether their ways are right. *desk.Invalid without a mail address. For leads.
func (d *Directory) Ask(ctx context.Context, id int64) error {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return err
	}
	act := desk.ActOf(ctx, "contact.ask", "")
	_, err := d.store.ChangeContact(ctx, id, act, func(n *desk.Contact, out *desk.Out) error { return ask(n, out, act.At) })
	return err
}

// round brings the questions that are due, and gives how many those were.
func (d *Directory) round(ctx context.Context) (int, error) {
	if d.Post == nil {
		return 0, nil
	}
	jobs, err := d.store.ClaimJobs(ctx, askKind, atOnce, lease)
	if err != nil {
		return 0, err
	}
	var g errgroup.Group
	for _, j := range jobs {
		g.Go(func() error { return d.deliver(ctx, j) })
	}
	return len(jobs), g.Wait()
}

func (d *Directory) deliver(ctx context.Context, j desk.Job) error {
	var a asking
	if err := json.Unmarshal([]byte(j.Payload), &a); err != nil {
		return errors.Join(err, d.store.FailJob(ctx, j.ID, time.Time{}, "payload cannot be read"))
	}
	c, err := d.store.Contact(ctx, a.Contact)
	if isGone(err) || err == nil && (c.Round != a.Round || c.Email() == "") {
		return d.store.FinishJob(ctx, j.ID) // answered or changed meanwhile
	}
	if err != nil {
		return err
	}
	send, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	if err := d.Post(send, c, d.letter(j.Key, c, a.Since)); err != nil {
		if ctx.Err() != nil {
			return nil // the lease runs out and it is sent after the start
		}
		return wrap(c.ID, d.unsent(ctx, j, a, c, err))
	}
	d.log.Info("contact asked", "contact", c.ID)
	return d.store.FinishJob(ctx, j.ID)
}

// letter is the question. It holds no way of anybody: mail is read by others.
func (d *Directory) letter(key string, c desk.Contact, since time.Time) desk.Mail {
	return desk.Mail{
		Key: key, BrandID: c.BrandID, Subject: desk.Say("Is this still how we reach you?"),
		Lines: []desk.Text{
			desk.Say("Hello {name}, when something happens we have to reach you. Please look once whether your numbers and addresses are still right.", "name", c.Name),
			desk.Say("It takes a minute, and no password. The link is for you alone: it shows your own entry and nothing else, and works once."),
		},
		Link: d.url + "/reach/" + d.links.Name(c.ID, int64(c.Round), since.Add(linkLives).Unix()), Button: desk.Say("Look and confirm"),
	}
}

// unsent decides whether the question is tried again. An address that is refused makes the contact unreachable, which the readiness
// page shows.
func (d *Directory) unsent(ctx context.Context, j desk.Job, a asking, c desk.Contact, cause error) error {
	now := time.Now().UTC()
	var retry *desk.Retry
	later := errors.As(cause, &retry) || errors.Is(cause, desk.ErrDenied) || errors.Is(cause, context.DeadlineExceeded)
	d.log.Warn("contact not asked", "contact", c.ID, "tries", j.Attempts, "error", cause)
	if later && now.Sub(a.Since) < giveUp {
		wait := min(firstRetry<<min(max(j.Attempts-1, 0), 10), longRetry)
		if retry != nil {
			wait = max(wait, retry.After)
		}
		return d.store.FailJob(ctx, j.ID, now.Add(wait), cause.Error())
	}
	act := desk.Act{Who: "desk", Name: "Breakwater", Do: "contact.unsent", At: now}
	_, err := d.store.ChangeContact(ctx, c.ID, act, func(n *desk.Contact, out *desk.Out) error {
		out.Say = desk.Say("The message to {contact} did not arrive.", "contact", n.Name)
		if later {
			n.Asks = max(n.Asks-1, 0) // it is our server that failed: they are asked again
			return nil
		}
		n.Problem = problemRefused.Say
		return nil
	})
	if isGone(err) {
		err = nil
	}
	return errors.Join(err, d.store.FinishJob(ctx, j.ID))
}

func isGone(err error) bool { return errors.Is(err, desk.ErrNotFound) }
