package subscribe

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"breakwater/desk"
	"breakwater/internal/rounds"
)

// Run sends what is due until ctx ends: letters to confirm, updates that became mailings, letters of mailings. Nobody who asks waits
// for a mailing, and words that were corrected are stopped while they go out.
func (d *Desk) Run(ctx context.Context) error {
	var beside sync.WaitGroup
	defer beside.Wait()
	beside.Go(func() { d.sweep(ctx) })
	if d.Fetch != nil {
		beside.Go(func() { d.bounces(ctx) })
	}
	failed := func(err error) { d.log.Error("updates to subscribers", "error", err) }
	beside.Go(func() { _ = rounds.Run(ctx, d.Timing.Look, d.clerk, d.jobs, failed) }) // it gives nil
	return rounds.Run(ctx, d.Timing.Look, d.press, d.mailing, failed)
}

// Round does once what is due and gives how much that was.
func (d *Desk) Round(ctx context.Context) (int, error) {
	n, err := d.jobs(ctx)
	if err != nil {
		return n, err
	}
	m, err := d.mailing(ctx)
	return n + m, err
}

// jobs does what was asked for: letters to confirm, mailings to stop and to make.
func (d *Desk) jobs(ctx context.Context) (n int, err error) {
	for _, kind := range []struct {
		name string
		do   func(context.Context, desk.Job) error
	}{{OvertakeKind, d.overtake}, {confirmKind, d.confirm}, {OrderKind, d.order}} {
		all, err := d.store.ClaimJobs(ctx, kind.name, 20, time.Minute)
		if err != nil {
			return n, err
		}
		for _, j := range all {
			if err := d.settle(ctx, j, kind.do(ctx, j)); err != nil {
				return n, err
			}
		}
		n += len(all)
	}
	return n, nil
}

// mailing has one go at the mailing that waits longest.
func (d *Desk) mailing(ctx context.Context) (int, error) {
	if err := d.recall(ctx); err != nil {
		return 0, err // a mailing that is taken makes unknown what is known
	}
	m, epoch, err := d.store.TakeMailing(ctx, d.Timing.Lease)
	if errors.Is(err, desk.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return 1, d.send(ctx, &m, epoch)
}

// Of a mail server that says nothing else.
const (
	// perConversation is how many letters one connection brings: Postfix, as shipped, ends it after none, others after 100.
	perConversation = 100
	// refusals in a row, without one letter taken, are about us and not about so many addresses.
	refusals = 20
	// atOnce is how many letters of a mailing are in memory.
	atOnce = 512
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
	width   *width
	talking sync.WaitGroup
	wire    context.Context // of the connections

	mu     sync.Mutex // guards what follows
	frames map[string]*frame
	streak int   // refusals in a row
	broken int   // conversations in a row that broke before a letter was taken
	ours   error // the server's, against us
}

// send works on a mailing until nobody is left, somebody stops it, or its slice of time is over.
func (d *Desk) send(ctx context.Context, m *desk.Mailing, epoch int64) error {
	notes, err := d.startNotebook(m.ID, epoch)
	if err != nil {
		d.log.Warn("what is under way to subscribers cannot be noted: if the desk dies now, nobody knows of those letters", "mailing", m.ID, "error", err)
	}
	r := &run{Desk: d, m: m, book: newLedger(d, m, epoch, notes), domains: map[string]*rate.Limiter{}, frames: map[string]*frame{}, queue: make(chan desk.Delivery),
		width: d.widthOf(m.BrandID)}
	if err := r.prepare(ctx); err != nil {
		return errors.Join(r.trouble(ctx, err), notes.end(true))
	}
	var writing sync.WaitGroup
	writing.Go(func() { r.book.run(ctx) })
	wire, hangUp := context.WithCancel(context.WithoutCancel(ctx))
	defer hangUp()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(5*time.Second, hangUp) })() // what is under way gets a moment
	r.wire = wire
	for range r.width.begin(number(r.set, "connections", wide, mostWide)) {
		r.hire(ctx)
	}
	err = r.feed(ctx)
	close(r.queue)
	r.talking.Wait()
	close(r.book.news)
	writing.Wait()
	d.broke = r.book.problem() != nil
	err = errors.Join(err, notes.end(!d.broke))
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
