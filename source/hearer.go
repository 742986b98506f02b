package source

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"

	"breakwater/desk"
)

const (
	// look is how often a source is looked at while it is waited for: silence is noticed that late at most.
	look = 5 * time.Second
	// standing is how long a pull may last until it is taken for a stream that stands and has nothing to say. Connectors give
	// up a call that is not answered long before.
	standing = 90 * time.Second
	// saveEvery spares writes: times that only move on are saved this often, a changed state at once.
	saveEvery = 15 * time.Second
	// emptyPause keeps a source that answers "nothing, ask again at once" from spinning.
	emptyPause = time.Second
	// longestGap is how far back a gap is still being caught up; no network gives more.
	longestGap = 30 * 24 * time.Hour
)

// hearer is the loop of one source. All its fields belong to the goroutine of run.
type hearer struct {
	p      *Poller
	source desk.Source
	kind   Kind
	log    *slog.Logger

	health desk.Health
	dirty  bool      // a changed state is not saved yet
	saved  time.Time // when health was saved last
	told   bool      // people know of the present trouble

	from   Source
	cursor string
	retry  *backoff.ExponentialBackOff
	late   time.Time // while catching up: what was published well before is old news
	gap    bool      // catching up fills a gap
	lost   bool      // some of it cannot be caught up with
	tick   *time.Ticker
}

func newHearer(p *Poller, s desk.Source) *hearer {
	h := &hearer{p: p, source: s, kind: p.Kinds[s.Kind], health: s.Health, retry: newBackoff()}
	if h.health.State == "" {
		h.health.State = desk.HealthNew
	}
	h.log = p.Log.With("source", s.ID, "kind", s.Kind)
	h.tick = time.NewTicker(look)
	return h
}

// run hears until ctx ends or nothing will ever follow.
func (h *hearer) run(ctx context.Context) {
	defer h.tick.Stop()
	defer h.close()
	if h.source.Paused {
		h.pause(ctx)
		return
	}
	h.wake(ctx)
	for ctx.Err() == nil {
		wait, done := h.turn(ctx)
		if done {
			return
		}
		h.rest(ctx, wait)
	}
}

// pause says that the source rests because a person wants it so.
func (h *hearer) pause(ctx context.Context) {
	h.p.tell(ctx, endOf(h.source, time.Now(), "{source} was paused, so it is not listened to."))
	h.health.Next, h.health.Failures = time.Time{}, 0
	h.become(ctx, desk.HealthPaused, desk.Say("Paused."))
}

// wake finds out whether somebody listened until just now. If not, the time since is a gap like any other.
func (h *hearer) wake(ctx context.Context) {
	if h.health.State == desk.HealthSilent { // told again, in case a crash came before it was told
		h.told = true
		h.p.tell(ctx, troubleOf(h.source, h.health, time.Now()))
	}
	h.recover(ctx)
	last := h.health.Answered
	if h.health.Next.After(last) {
		last = h.health.Next
	}
	now := time.Now().UTC()
	if h.health.State == desk.HealthOK && !last.IsZero() && now.Sub(last) > away {
		h.health.State, h.health.Since, h.health.Problem = desk.HealthFailing, last, desk.Say("The desk was not running.")
		h.dirty = true
		h.save(ctx, now)
	}
}

// recover goes on with a gap that was being caught up when the desk stopped.
func (h *hearer) recover(ctx context.Context) {
	now := time.Now()
	gaps, err := h.p.Store.Gaps(ctx, []int64{h.source.ID}, now.Add(-longestGap), now)
	if err != nil {
		h.log.Warn("the gaps of a source could not be read", "error", err)
		return
	}
	if slices.ContainsFunc(gaps, func(g desk.Gap) bool { return !g.To.IsZero() && g.Filled.IsZero() && !g.Lost }) {
		h.late, h.gap = now, true
	}
}

// turn pulls and keeps once. It says how long to wait until the next turn, and whether there will be none.
func (h *hearer) turn(ctx context.Context) (wait time.Duration, done bool) {
	began := time.Now()
	if err := h.open(ctx); err != nil {
		return h.failed(ctx, err), false
	}
	b, err := h.pull(ctx)
	if ctx.Err() != nil {
		return 0, true // what was pulled is not kept, and its cursor neither
	}
	if err != nil {
		return h.failed(ctx, err), false
	}
	b.SourceID = h.source.ID
	for i := range b.Mentions {
		b.Mentions[i].SourceID = h.source.ID
	}
	h.age(&b)
	if b.Lost {
		h.lost = true
		h.log.Warn("the source no longer has what came since it was heard last")
	}
	if !h.keep(ctx, b) {
		return 0, true
	}
	wait = b.Wait
	if len(b.Mentions)+len(b.Incoming) == 0 && wait <= 0 {
		wait = emptyPause - time.Since(began)
	}
	h.answered(ctx, b, wait)
	return wait, b.Done
}

// open makes the connector's source and reads where it stands, once.
func (h *hearer) open(ctx context.Context) (err error) {
	if h.from != nil {
		return nil
	}
	if h.cursor, err = h.p.Store.Cursor(ctx, h.source.ID); err != nil {
		return fmt.Errorf("read the cursor: %w", err)
	}
	if h.cursor == "" {
		h.late = time.Now()
	}
	switch {
	case h.kind.Open != nil:
		var from Source
		if from, err = guard(func() (Source, error) { return h.kind.Open(h.source) }); err == nil {
			h.from = from
		}
	case h.kind.Spec.Push:
		h.from = doorbell{}
	default:
		err = fmt.Errorf("%w: no connector of kind %q", desk.ErrBroken, h.source.Kind)
	}
	return err
}

// close releases what the connector holds.
func (h *hearer) close() {
	if c, ok := h.from.(Closer); ok {
		if err := c.Close(); err != nil {
			h.log.Debug("close a source", "error", err)
		}
	}
	h.from = nil
}

// pull asks the connector once, and looks after the source's health while a stream blocks.
func (h *hearer) pull(ctx context.Context) (desk.Batch, error) {
	type answer struct {
		batch desk.Batch
		err   error
	}
	from, cursor, began := h.from, h.cursor, time.Now()
	answers := make(chan answer, 1)
	go func() {
		b, err := guard(func() (desk.Batch, error) { return from.Pull(ctx, cursor) })
		answers <- answer{b, err}
	}()
	for {
		select {
		case a := <-answers:
			var p *panicked
			if errors.As(a.err, &p) {
				h.log.Error("a connector panicked", "error", p.value, "stack", string(p.stack))
				h.close() // what it kept in memory is not to be trusted
			}
			return a.batch, a.err
		case now := <-h.tick.C:
			if h.kind.Spec.Push || now.Sub(began) > standing {
				h.standing(ctx, now.UTC())
			}
			h.listen(ctx, now.UTC())
		}
	}
}

// rest waits, and notices silence meanwhile.
func (h *hearer) rest(ctx context.Context, wait time.Duration) {
	if wait <= 0 {
		return
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			return
		case now := <-h.tick.C:
			h.listen(ctx, now.UTC())
		}
	}
}

// age marks what is old news: things published well before the source was heard again, or added. Private messages only before it was added:
// what an account was told before the desk had it opens nothing, as little as what was said in public then.
func (h *hearer) age(b *desk.Batch) {
	if !h.health.Well() {
		h.late, h.gap = time.Now(), true
	}
	if h.late.IsZero() {
		return
	}
	for i := range b.Mentions {
		m := &b.Mentions[i]
		if !m.Published.IsZero() && m.Published.Before(h.late.Add(-oldNews)) {
			m.Late = true
		}
	}
	if h.gap {
		return // who wrote to us alone while nobody listened waits all the same
	}
	for i := range b.Incoming {
		if in := &b.Incoming[i]; in.Via == desk.ViaDirect && !in.At.IsZero() && in.At.Before(h.late.Add(-oldNews)) {
			in.Late = true
		}
	}
}

// keep hands the batch on until it is durable: a store in trouble is no reason to lose what was heard. It is false when ctx
// ended first.
func (h *hearer) keep(ctx context.Context, b desk.Batch) bool {
	if len(b.Mentions)+len(b.Incoming)+len(b.Gone)+len(b.GoneBy)+len(b.Rejects) == 0 && (b.Cursor == "" || b.Cursor == h.cursor) {
		return true // nothing to remember
	}
	again := newBackoff()
	for {
		given := b
		given.Mentions = slices.Clone(b.Mentions) // what is handed on is changed on its way; a second try needs what was heard
		_, err := h.p.Keeper.Keep(ctx, given)
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			return false
		}
		h.log.Error("a batch could not be kept", "mentions", len(b.Mentions), "error", err)
		h.health.Failures++
		h.late, h.gap = time.Now(), true
		h.trouble(ctx, verdict{state: desk.HealthFailing, problem: desk.Say("The desk could not save what it heard. It tries again by itself.")})
		h.rest(ctx, again.NextBackOff())
	}
	if b.Cursor != "" {
		h.cursor = b.Cursor
	}
	return true
}

// answered says that a pull worked and was kept.
func (h *hearer) answered(ctx context.Context, b desk.Batch, wait time.Duration) {
	now := time.Now().UTC()
	h.retry.Reset()
	h.health.Tried, h.health.Answered, h.health.Failures = now, now, 0
	h.health.Next = now.Add(max(wait, 0))
	if b.Done { // from now on no time without a pull is a gap
		h.health.Answered, h.health.Next = time.Time{}, time.Time{}
	}
	if len(b.Mentions)+len(b.Incoming) > 0 {
		if h.late.IsZero() { // what is caught up with comes at no pace of its own
			learnPace(&h.health, h.health.Heard, now)
		}
		h.health.Heard = now
	}
	if h.health.State != desk.HealthSilent || len(b.Mentions) > 0 {
		h.well(ctx)
	}
	switch {
	case h.late.IsZero():
		h.lost = false // nothing was known to be missing
	case h.caughtUp(b, wait):
		h.caught(ctx, now)
	}
	h.listen(ctx, now)
	h.freshen(ctx, now)
}

// caughtUp reports whether a batch is the last of what was missed.
func (h *hearer) caughtUp(b desk.Batch, wait time.Duration) bool {
	if wait > 0 || b.Done || len(b.Mentions) == 0 {
		return true
	}
	for i := range b.Mentions {
		if b.Mentions[i].Published.After(h.late) {
			return true
		}
	}
	return false
}

// caught says that what was missed has been fetched, or that it is lost.
func (h *hearer) caught(ctx context.Context, now time.Time) {
	if h.gap && h.health.Well() && !h.kind.Spec.Push {
		if err := h.endGap(ctx, now); err != nil {
			h.log.Warn("a gap could not be marked as filled or lost", "error", err)
			return
		}
	}
	h.late, h.gap, h.lost = time.Time{}, false, false
}

func (h *hearer) endGap(ctx context.Context, now time.Time) error {
	if h.lost {
		return h.p.Store.LoseGap(ctx, h.source.ID)
	}
	return h.p.Store.FillGap(ctx, h.source.ID, now)
}

// failed says that a pull did not work, and how long to wait.
func (h *hearer) failed(ctx context.Context, err error) time.Duration {
	if ctx.Err() != nil {
		return 0
	}
	v := judge(err)
	wait := max(v.atLeast, h.retry.NextBackOff())
	now := time.Now().UTC()
	h.health.Failures++
	h.health.Tried, h.health.Next = now, now.Add(wait)
	h.log.Info("a source did not answer", "state", v.state, "failures", h.health.Failures, "again", wait.Round(time.Millisecond), "error", err)
	h.trouble(ctx, v)
	h.freshen(ctx, now)
	return wait
}

// guard turns a panic of a connector into an error that marks it broken.
func guard[T any](do func() (T, error)) (out T, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicked{value: v, stack: debug.Stack()}
		}
	}()
	return do()
}

// panicked is what a panic becomes.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("the connector panicked: %v", p.value) }

// Unwrap makes it desk.ErrBroken with a sentence for people.
func (p *panicked) Unwrap() error {
	say := desk.Say("It sent something that its connector could not cope with. It is tried again by itself; please report it.")
	return &desk.Problem{Say: say, Err: desk.ErrBroken}
}

// doorbell stands in for a connector to which others come: there is nothing to pull.
type doorbell struct{}

func (doorbell) Pull(ctx context.Context, _ string) (desk.Batch, error) {
	<-ctx.Done()
	return desk.Batch{}, ctx.Err()
}
