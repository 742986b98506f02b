package subscribe

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"breakwater/desk"
	"breakwater/internal/rounds"
)

// Run sends what is due until ctx ends: letters to confirm, updates that became mailings, letters of mailings.
func (d *Desk) Run(ctx context.Context) error {
	var beside sync.WaitGroup
	defer beside.Wait()
	beside.Go(func() { d.sweep(ctx) })
	if d.Fetch != nil {
		beside.Go(func() { d.bounces(ctx) })
	}
	return rounds.Run(ctx, d.Timing.Look, d.wake, d.Round, func(err error) { d.log.Error("updates to subscribers", "error", err) })
}

// Round does once what is due and gives how much that was.
func (d *Desk) Round(ctx context.Context) (int, error) {
	asked, err := d.confirms(ctx)
	if err != nil {
		return asked, err
	}
	made, err := d.orders(ctx)
	if err != nil {
		return asked + made, err
	}
	m, epoch, err := d.store.TakeMailing(ctx, d.Timing.Lease)
	if errors.Is(err, desk.ErrNotFound) {
		return asked + made, nil
	}
	if err != nil {
		return 0, err
	}
	return 1, d.send(ctx, &m, epoch)
}

// Of a mail server that says nothing else.
const (
	// conversations are held with it at once: as many as Exchange Online, the strictest of the large ones, lets one mailbox have
	// (learn.microsoft.com, SMTP AUTH client submission, November 2026).
	conversations = 3
	// perConversation is how many letters one connection brings: Postfix, as shipped, ends it after none, others after 100.
	perConversation = 100
	// refusals in a row, without one letter taken, are about us and not about so many addresses.
	refusals = 20
	// atOnce is how many letters of a mailing are in memory.
	atOnce = 256
)

// errMayNot says that a letter was not handed over after all.
var errMayNot = errors.New("the letter may not go any more")

// run is one go at a mailing.
type run struct {
	*Desk
	m       *desk.Mailing
	home    Home
	set     desk.Settings
	book    *ledger
	speed   *rate.Limiter
	domains map[string]*rate.Limiter
	perHost int
	queue   chan desk.Delivery
	under   sync.WaitGroup // letters that were taken out of the store and are not settled

	mu     sync.Mutex // guards what follows
	frames map[string]*frame
	streak int   // refusals in a row
	broken int   // conversations in a row that broke before a letter was taken
	ours   error // the server's, against us
}

// send works on a mailing until nobody is left, somebody stops it, or its slice of time is over.
func (d *Desk) send(ctx context.Context, m *desk.Mailing, epoch int64) error {
	r := &run{Desk: d, m: m, book: newLedger(d, m, epoch), domains: map[string]*rate.Limiter{}, frames: map[string]*frame{}, queue: make(chan desk.Delivery)}
	if err := r.prepare(ctx); err != nil {
		return r.trouble(ctx, err)
	}
	var writing, talking sync.WaitGroup
	writing.Go(func() { r.book.run(ctx) })
	wire, hangUp := context.WithCancel(context.WithoutCancel(ctx))
	defer hangUp()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(5*time.Second, hangUp) })() // what is under way gets a moment
	for range number(r.set, "connections", conversations, 50) {
		talking.Go(func() { r.talk(ctx, wire) })
	}
	err := r.feed(ctx)
	close(r.queue)
	talking.Wait()
	close(r.book.news)
	writing.Wait()
	return r.close(ctx, errors.Join(err, r.book.problem()))
}

func (r *run) prepare(ctx context.Context) (err error) {
	if r.home, err = r.Around.HomeOf(ctx, r.m.BrandID); err != nil {
		return err
	}
	if r.set, err = r.Around.Server(ctx, r.m.BrandID); err != nil {
		return err
	}
	r.speed, r.perHost = rate.NewLimiter(rate.Inf, 1), number(r.set, "per_domain", 0, 1_000_000)
	if n := number(r.set, "rate", 0, 100_000); n > 0 {
		r.speed = rate.NewLimiter(rate.Limit(n), max(1, n/10))
	}
	return nil
}

// number is a whole number of the settings, within 1 … most; otherwise when it is not given.
func number(set desk.Settings, name string, otherwise, most int) int {
	n, err := strconv.Atoi(strings.TrimSpace(set[name]))
	if err != nil || n < 1 {
		return otherwise
	}
	return min(n, most)
}

// feed gives the conversations what is due, piece by piece, so that a million addresses take no more memory than a few.
func (r *run) feed(ctx context.Context) error {
	until := time.Now().Add(r.Timing.Slice)
	more := true
	for ctx.Err() == nil && !r.over() && time.Now().Before(until) {
		due, err := r.store.DueDeliveries(ctx, r.m.ID, atOnce)
		if err != nil {
			return err
		}
		if len(due) < atOnce && more {
			if more, err = r.store.FillMailing(ctx, *r.m, 1000); err != nil {
				return err
			}
			continue
		}
		if len(due) == 0 {
			return nil
		}
		for _, one := range due {
			r.offer(ctx, one)
		}
		r.under.Wait() // what is asked of the store next must not bring them again
		r.book.sync()
	}
	return nil
}

// offer hands one letter to a conversation, or puts it off to its turn when its domain had enough for now.
func (r *run) offer(ctx context.Context, one desk.Delivery) {
	if wait := r.turn(&one); wait > time.Second {
		r.book.note(desk.Mark{SubscriberID: one.SubscriberID, State: desk.DeliveryLater, Again: wait})
		return
	}
	r.under.Add(1)
	select {
	case r.queue <- one:
	case <-ctx.Done():
		r.under.Done()
	}
}

// turn is how long a letter waits for its domain's turn. One that waited for it already has it.
func (r *run) turn(one *desk.Delivery) time.Duration {
	if r.perHost == 0 || one.State == desk.DeliveryLater {
		return 0
	}
	host := one.Address[strings.LastIndexByte(one.Address, '@')+1:]
	l := r.domains[host]
	if l == nil {
		l = rate.NewLimiter(rate.Limit(float64(r.perHost)/60), max(1, r.perHost/6))
		r.domains[host] = l
	}
	return l.Reserve().Delay()
}

// over reports whether this go is to end: nothing may go, or the server does not want us.
func (r *run) over() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ours != nil || r.book.over()
}

// talk holds conversations with the mail server, one after the other. A letter that is left over stays due.
func (r *run) talk(ctx, wire context.Context) {
	var c Conversation
	taken := 0
	hang := func() {
		if c != nil {
			c.Close()
		}
		c, taken = nil, 0
	}
	defer hang()
	for one := range r.queue {
		if ctx.Err() == nil && !r.over() && r.speed.Wait(ctx) == nil {
			if c == nil {
				var err error
				if c, err = r.Dial(wire, r.set); err != nil {
					c = nil
					r.line(err)
				}
			}
			if c != nil {
				if r.hand(c, &one) {
					taken++
				} else {
					hang()
				}
				if taken >= number(r.set, "per_connection", perConversation, 100_000) {
					hang()
				}
			}
		}
		r.under.Done()
	}
}

// line notes that the server could not be reached, or broke off.
func (r *run) line(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.broken++
	var later *desk.Retry
	if !errors.As(err, &later) && errors.Is(err, desk.ErrDenied) || r.broken > 2*conversations {
		r.ours = errors.Join(r.ours, err)
	}
}

// hand gives one letter to the server and notes what became of it. It reports whether the conversation goes on.
func (r *run) hand(c Conversation, one *desk.Delivery) bool {
	letter, err := r.write(one)
	if err != nil {
		r.note(desk.Mark{SubscriberID: one.SubscriberID, State: desk.DeliveryRefused})
		r.log.Error("a letter could not be written", "mailing", r.m.ID, "subscriber", one.SubscriberID, "error", err)
		return true
	}
	under := false
	err = c.Hand(r.returnOf(one.SubscriberID), one.Address, letter, func() error {
		if under = r.book.may(one.SubscriberID); !under {
			return errMayNot
		}
		return nil
	})
	var no Refusal
	switch {
	case err == nil:
		r.went()
		r.note(desk.Mark{SubscriberID: one.SubscriberID, State: desk.DeliverySent, Code: 250})
		return true
	case errors.Is(err, errMayNot):
		return false
	case errors.As(err, &no):
		return r.refused(one, no)
	case under: // the server had all of it, and we do not know what it would have said
		r.note(desk.Mark{SubscriberID: one.SubscriberID, State: desk.DeliveryUnknown})
	}
	r.line(&desk.Retry{Err: err})
	return false
}

// returnOf is where a letter comes back to.
func (r *run) returnOf(id int64) string {
	if box := r.set["bounces"]; box != "" {
		return r.returnTo(box, id, r.m.ID)
	}
	return sender(r.set)
}

func (r *run) note(m desk.Mark) { r.book.note(m) }

// went notes that the server takes letters.
func (r *run) went() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.streak, r.broken = 0, 0
}

// write makes a letter.
func (r *run) write(one *desk.Delivery) ([]byte, error) {
	corrects := r.m.Corrects != 0 && !one.Fresh
	lang := r.m.In(one.Lang).Lang
	name := lang + "/" + strconv.FormatBool(corrects)
	r.mu.Lock()
	f, ok := r.frames[name]
	if !ok {
		var err error
		if f, err = r.frameOf(r.home, r.set, r.m, one.Lang, corrects); err != nil {
			r.mu.Unlock()
			return nil, err
		}
		r.frames[name] = f
	}
	r.mu.Unlock()
	id := messageID(fmt.Sprintf("mailing %d %d", r.m.ID, one.SubscriberID), f.domain)
	return f.letter(one.Address, id, r.leaveLink(r.home, one.SubscriberID, r.m.CentreID)), nil
}
