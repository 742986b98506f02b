package reply

import (
	"context"
	"encoding/json"
	"errors"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/internal/rounds"
)

// Counter is customer service, which takes conversations over. Errors: *desk.Retry for "later", *Unsure when it may have taken it;
// anything else is final.
type Counter interface {
	Take(ctx context.Context, t desk.TicketLetter) (desk.TicketReceipt, error)
}

// Unsure says that a ticket may have arrived, and that nobody can tell.
type Unsure struct{ Err error }

func (e *Unsure) Error() string { return "it may have arrived: " + e.Err.Error() }

// Unwrap is what went wrong.
func (e *Unsure) Unwrap() error { return e.Err }

// Jobs is what the queue needs of storage for what leaves the house.
type Jobs interface {
	ClaimJobs(ctx context.Context, kind string, n int, lease time.Duration) ([]desk.Job, error)
	FinishJob(ctx context.Context, id int64) error
	FailJob(ctx context.Context, id int64, again time.Time, problem string) error
}

const (
	ticketJob     = "conversation.ticket"
	ticketsAtOnce = 8                // so that one slow help desk holds up no other
	ticketWithin  = 30 * time.Second // that one try may take
	ticketLease   = 2 * time.Minute
	ticketEvery   = 2 * time.Second
	ticketTries   = 24 * time.Hour   // then it is ours again
	whileWeAnswer = 15 * time.Second // until it is looked at again what became of an answer of ours
	ticketMost    = 200              // messages that leave with a ticket: the newest
)

// errand is one ticket on its way.
type errand struct {
	Conversation int64  `json:"conversation,string"`
	Key          string `json:"key"`
}

// Counters are the channels of a brand by which customer service takes conversations over, without their settings. For viewers.
func (q *Queue) Counters(ctx context.Context, brandID int64) ([]desk.Channel, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	all, err := q.Store.Channels(ctx, brandID)
	all = slices.DeleteFunc(all, func(ch desk.Channel) bool { return ch.Paused || !slices.Contains(q.Services, ch.Kind) })
	for i := range all {
		all[i].Settings = nil
	}
	return all, err
}

// HandOver gives a conversation to customer service through one of Counters (0: the first), for a reason that they read. It goes out
// once, as a job of the same transaction; whoever wrote counts as waiting until somebody answered. For responders.
func (q *Queue) HandOver(ctx context.Context, id, channelID int64, why string) (desk.Conversation, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Conversation{}, err
	}
	c, err := q.Store.Conversation(ctx, id)
	if err != nil {
		return c, err
	}
	ch, err := q.counter(ctx, c.BrandID, channelID)
	if err != nil {
		return c, err
	}
	clock, err := q.clock(ctx, c.BrandID)
	if err != nil {
		return c, err
	}
	act := desk.ActOf(ctx, "conversation.hand-over", why)
	return q.Store.ChangeConversation(ctx, id, act, func(c *desk.Conversation, out *desk.Out) error {
		if err := c.Hand(&ch, act.Name, why, act.At); err != nil {
			return err
		}
		clock(c)
		out.Say = desk.Say("{name} handed a conversation over to {channel}.", "name", act.Name, "channel", ch.Name)
		if c.Ticket.State == desk.TicketSending {
			b, err := json.Marshal(errand{c.ID, c.Ticket.Key})
			if err != nil {
				return err
			}
			out.Jobs = []desk.Job{{Kind: ticketJob, Key: c.Ticket.Key, Payload: string(b)}}
		}
		return nil
	})
}

func (q *Queue) counter(ctx context.Context, brandID, channelID int64) (desk.Channel, error) {
	all, err := q.Counters(ctx, brandID)
	if err != nil {
		return desk.Channel{}, err
	}
	for _, ch := range all {
		if channelID == 0 || ch.ID == channelID {
			return ch, nil
		}
	}
	return desk.Channel{}, desk.Wrong("hand_to", "Choose by which way customer service gets it. An admin adds such ways to the channels.")
}

// Served notes that customer service answered the person of a conversation that it has: nobody waits any more. For responders.
func (q *Queue) Served(ctx context.Context, id int64) (desk.Conversation, error) {
	return q.change(ctx, id, "served", desk.Say("Customer service answered somebody."), (*desk.Conversation).Served)
}

// runTickets carries tickets to customer service until ctx ends.
func (q *Queue) runTickets(ctx context.Context) error {
	return rounds.Run(ctx, ticketEvery, nil, q.carry, func(err error) { q.Log.Error("conversations could not be handed over", "error", err) })
}

// carry takes the tickets that are due.
func (q *Queue) carry(ctx context.Context) (int, error) {
	jobs, err := q.Jobs.ClaimJobs(ctx, ticketJob, ticketsAtOnce, ticketLease)
	if err != nil {
		return 0, err
	}
	done := make(chan error, len(jobs))
	for _, j := range jobs {
		go func() { done <- q.errand(ctx, j) }()
	}
	var all []error
	for range jobs {
		all = append(all, <-done)
	}
	return len(jobs), errors.Join(all...)
}

// errand hands one ticket over, unless it was taken back, and notes what became of it. Killed in between, it is done again with the same key.
func (q *Queue) errand(ctx context.Context, j desk.Job) error {
	var e errand
	if err := json.Unmarshal([]byte(j.Payload), &e); err != nil {
		return errors.Join(err, q.Jobs.FailJob(ctx, j.ID, time.Time{}, "payload cannot be read"))
	}
	c, err := q.Store.Conversation(ctx, e.Conversation)
	if errors.Is(err, desk.ErrNotFound) || err == nil && (c.Ticket == nil || c.Ticket.Key != e.Key || c.Ticket.State != desk.TicketSending) {
		return q.Jobs.FinishJob(ctx, j.ID)
	}
	if err != nil {
		return err
	}
	if c.Free() != nil { // an answer of ours is on its way: should it be out, nobody else answers them
		return q.Jobs.FailJob(ctx, j.ID, time.Now().Add(whileWeAnswer), "an answer is on its way")
	}
	receipt, err := q.take(ctx, &c)
	if ctx.Err() != nil {
		return nil // the desk stops; the lease ends, and the same ticket is tried again
	}
	ctx = context.WithoutCancel(ctx)
	var later *desk.Retry
	if errors.As(err, &later) && time.Since(c.Ticket.At) < ticketTries {
		if err := q.noteTrouble(ctx, e, problemOf(err)); err != nil {
			return err
		}
		return q.Jobs.FailJob(ctx, j.ID, time.Now().Add(max(later.After, pause(j.Attempts))), err.Error())
	}
	var unsure *Unsure
	problem := desk.Text{}
	switch {
	case errors.As(err, &unsure):
		problem = desk.Say("It is not known whether customer service has it. Look there before it is handed over again.")
	case err != nil:
		problem = problemOf(err)
		q.Log.Warn("a conversation could not be handed over", "conversation", c.ID, "channel", c.Ticket.ChannelID, "error", err)
	}
	return q.noteTaken(ctx, j, e, receipt, problem, unsure != nil)
}

// pause before the next try: 2 s, doubling to a quarter of an hour.
func pause(attempts int) time.Duration {
	return min(time.Second<<min(max(attempts, 1), 12), 15*time.Minute)
}

// problemOf is what people are told of a ticket that was not taken.
func problemOf(err error) desk.Text {
	var p *desk.Problem
	var wrong *desk.Invalid
	switch {
	case errors.As(err, &p):
		return p.Say
	case errors.As(err, &wrong):
		return wrong.Reason
	}
	return desk.Say("Customer service could not be reached.")
}

func (q *Queue) noteTrouble(ctx context.Context, e errand, problem desk.Text) error {
	_, err := q.Store.ChangeConversation(ctx, e.Conversation, desk.ActOf(ctx, "conversation.ticket", ""), func(c *desk.Conversation, out *desk.Out) error {
		out.Skip = !c.Trouble(e.Key, problem)
		out.Say = desk.Say("Customer service does not have a conversation yet: {why}", "why", problem)
		return nil
	})
	return err
}

// noteTaken keeps the outcome, and forgets the job in the same transaction.
func (q *Queue) noteTaken(ctx context.Context, j desk.Job, e errand, r desk.TicketReceipt, problem desk.Text, unknown bool) error {
	skipped := false
	_, err := q.Store.ChangeConversation(ctx, e.Conversation, desk.ActOf(ctx, "conversation.ticket", ""), func(c *desk.Conversation, out *desk.Out) error {
		out.Skip = !c.Took(e.Key, r, problem, unknown)
		skipped, out.Worked = out.Skip, j.ID
		out.Say = desk.Say("Customer service has a conversation.")
		switch {
		case !problem.IsZero():
			out.Say = desk.Say("A conversation could not be handed over: {why}", "why", problem)
		case r.Ref != "":
			out.Say = desk.Say("Customer service has a conversation, as {ref}.", "ref", r.Ref)
		}
		return nil
	})
	if err == nil && skipped {
		err = q.Jobs.FinishJob(ctx, j.ID)
	}
	return err
}

// take makes the letter and hands it over.
func (q *Queue) take(ctx context.Context, c *desk.Conversation) (r desk.TicketReceipt, err error) {
	ctx, cancel := context.WithTimeout(ctx, ticketWithin)
	defer cancel()
	all, err := q.Store.Channels(ctx, c.BrandID)
	if err != nil {
		return r, &desk.Retry{Err: err}
	}
	i := slices.IndexFunc(all, func(ch desk.Channel) bool { return ch.ID == c.Ticket.ChannelID })
	if i < 0 {
		return r, desk.Wrong("channel", "The way to customer service is not there any more.")
	}
	if all[i].Paused {
		return r, &desk.Retry{After: time.Minute, Err: &desk.Problem{Say: desk.Say("The way to customer service is paused."), Err: desk.ErrConflict}}
	}
	counter, err := q.Open(ctx, all[i])
	if err != nil {
		return r, err
	}
	letter, err := q.ticketLetter(ctx, c, all)
	if err != nil {
		return r, &desk.Retry{Err: err}
	}
	return counter.Take(ctx, letter)
}

// ticketLetter is all that customer service gets to know.
func (q *Queue) ticketLetter(ctx context.Context, c *desk.Conversation, channels []desk.Channel) (l desk.TicketLetter, err error) {
	b, err := q.Store.Brand(ctx, c.BrandID)
	if err != nil {
		return l, err
	}
	p, err := q.Store.ReplyPolicy(ctx, c.BrandID)
	if err != nil {
		return l, err
	}
	posts, err := q.Store.PostsTo(ctx, c.ID)
	if err != nil {
		return l, err
	}
	out := make(map[int64]bool, len(posts))
	for i := range posts {
		out[posts[i].ID] = posts[i].Published()
	}
	t := c.Ticket
	l = desk.TicketLetter{Key: t.Key, Conversation: c.ID, Brand: b.Name, Link: q.URL + "/inbox/" + strconv.FormatInt(c.ID, 10), By: t.By, Why: t.Why, At: t.At,
		Network: c.Network, Private: c.Private, Danger: c.Danger, Subject: c.Subject, Lang: known(c.Lang), Since: c.Since, Due: c.Due,
		Person: desk.TicketPerson{Name: c.Person.Name, Handle: c.Person.Handle, URL: c.Person.URL}, ReplyTo: comesBack(p.Address, channels, t.Key)}
	messages, err := q.Store.Messages(ctx, c.ID, desk.Paging{Limit: ticketMost})
	if err != nil {
		return l, err
	}
	reverse(messages)
	for _, m := range messages {
		if from := leaves(&m, out); from != "" {
			l.Messages = append(l.Messages, desk.TicketMessage{From: from, Name: m.Author.Name, At: m.At, Title: m.Title, Text: m.Text, URL: m.URL, Lang: known(m.Lang)})
		}
	}
	if heard := c.Heard + c.Answers; len(messages) == ticketMost && heard > len(l.Messages) {
		l.Earlier = heard - len(l.Messages)
	}
	return l, nil
}

// leaves says whose a message is that may leave the house; empty for notes, for what was deleted, and for answers that are not out.
func leaves(m *desk.Message, out map[int64]bool) string {
	switch {
	case !m.Deleted.IsZero():
		return ""
	case m.Kind == desk.MessageIn:
		return "them"
	case m.Kind == desk.MessageOut && out[m.PostID]:
		return "us"
	}
	return ""
}

// comesBack is the address from which mails come back into the conversation: the policy's, or that of the mailbox that answers, with the
// ticket's key. Empty: the brand has none.
func comesBack(address string, channels []desk.Channel, key string) string {
	for _, ch := range channels {
		if address != "" || ch.Kind != "mailbox" || ch.Settings["plus"] == "false" {
			continue
		}
		if a, err := mail.ParseAddress(ch.Settings["from"]); err == nil {
			address = a.Address
		}
	}
	local, domain, ok := strings.Cut(address, "@")
	if !ok {
		return ""
	}
	return local + "+" + key + "@" + domain
}
