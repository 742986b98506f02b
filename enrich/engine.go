package enrich

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"breakwater/desk"
	"breakwater/internal/fetch"
)

// EngineStore is what reading by an engine outside needs of storage.
type EngineStore interface {
	Engine(ctx context.Context) (desk.Engine, error)
	ChangeEngine(ctx context.Context, act desk.Act, f func(*desk.Engine, *desk.Out) error) (desk.Engine, error)
	ReadOutside(ctx context.Context, readings []desk.Mention) (touched []int64, err error)
	Setting(ctx context.Context, name string) (string, error)
	SetSetting(ctx context.Context, name, value string) error
}

// Constants of reading outside.
const (
	outsideWaiting = 4096 // mentions that wait at the most; of more the half that matters least is let go
	outsideAtOnce  = 4    // calls at the same time
	outsideTurn    = 64   // mentions at once, most of them copies of what was answered
	outsideTries   = 3    // of a mention
	outsideOld     = 2 * time.Hour
	outsideKept    = 4096 // answers that are remembered, so that copies cost nothing
	burstLasts     = 30 * time.Minute
	// burstBelow: of a monitor that has just warned all is read but what the desk is sure of.
	burstBelow = 0.9
	// breakAfter failures in a row the engine is left alone for breakFirst, then twice as long each time, up to breakMost.
	breakAfter = 3
	breakFirst = 15 * time.Second
	breakMost  = 15 * time.Minute
)

// Outside has an engine outside read what the desk is unsure of, after it was stored: whatever becomes of it, the desk's own
// reading is there. It sends nothing before an admin allowed texts to be sent to the engine's host.
type Outside struct {
	store  EngineStore
	log    *slog.Logger
	public caller
	within func(host string) caller // reaches that host wherever it is
	now    func() time.Time
	// Touched is told the monitors whose numbers changed; nil does nothing. It must not block.
	Touched func(monitors []int64)

	wake chan struct{}

	mu      sync.Mutex // guards what follows
	engine  desk.Engine
	caller  caller
	waiting []*waiting
	bursts  map[int64]time.Time // of monitors, until when
	answers map[[32]byte]verdict
	order   [][32]byte // of answers, oldest first
	used    usage
	breaker breaker
	state   desk.EngineState
}

// waiting is a mention that is to be read.
type waiting struct {
	mention desk.Mention
	since   time.Time
	burst   bool
	tries   int // that failed
}

// usage is what was used on a day, kept so that a restart does not give it anew.
type usage struct {
	Day    string `json:"day"` // UTC, as 2006-01-02
	Calls  int    `json:"calls"`
	Tokens int    `json:"tokens"`
}

const usageSetting = "engine.used"

// breaker leaves an engine alone that fails again and again.
type breaker struct {
	failures int // in a row
	until    time.Time
}

// NewOutside makes a reader by an engine outside. within gives a client that reaches one named host wherever it is.
func NewOutside(s EngineStore, public *fetch.Client, within func(host string) *fetch.Client, log *slog.Logger) *Outside {
	return &Outside{store: s, log: log, public: public, within: func(host string) caller { return within(host) }, now: time.Now,
		wake: make(chan struct{}, 1), bursts: map[int64]time.Time{}, answers: map[[32]byte]verdict{}}
}

// Load reads the settings and what was used today.
func (o *Outside) Load(ctx context.Context) error {
	e, err := o.store.Engine(ctx)
	if err != nil {
		return err
	}
	text, err := o.store.Setting(ctx, usageSetting)
	if err != nil {
		return err
	}
	var u usage
	if text != "" {
		if err := json.Unmarshal([]byte(text), &u); err != nil {
			return err
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if u.Day >= o.used.Day {
		o.used = u
	}
	o.set(e)
	return nil
}

// set takes an engine's settings. o.mu is held.
func (o *Outside) set(e desk.Engine) {
	if e.Version != o.engine.Version || e.ID != o.engine.ID {
		o.breaker, o.state.Problem = breaker{}, desk.Text{}
	}
	o.engine, o.caller = e, o.callerOf(&e)
	if !on(&e) {
		o.waiting = nil
	}
}

func (o *Outside) callerOf(e *desk.Engine) caller {
	if e.Private {
		return o.within(hostname(e.Address))
	}
	return o.public
}

// on reports whether texts may be sent to the engine.
func on(e *desk.Engine) bool { return e.Allowed != "" && e.Allowed == hostOf(e.Address) }

// hostOf is the host of an address with its port, as Allowed has it; empty when there is none.
func hostOf(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}

func hostname(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// Offer takes mentions that were just stored. It keeps those that are worth a second reading, and never waits.
func (o *Outside) Offer(mentions []desk.Mention) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !on(&o.engine) {
		return
	}
	now := o.now()
	for i := range mentions {
		m := &mentions[i]
		burst := o.engine.Burst && o.inBurst(m.Monitors, now)
		unsure := m.Confidence < o.engine.Below || burst && m.Confidence < burstBelow
		if m.ID == 0 || !unsure || m.Own || m.CorrectedBy != "" || len(m.Monitors) == 0 || m.Text == "" {
			continue
		}
		if len(o.waiting) == outsideWaiting {
			slices.SortStableFunc(o.waiting, moreWorth)
			o.waiting = o.waiting[:outsideWaiting/2]
		}
		o.waiting = append(o.waiting, &waiting{mention: *m, since: now, burst: burst})
	}
	if len(o.waiting) > 0 {
		ring(o.wake)
	}
}

// moreWorth orders by what a second reading is worth: bursts first, then who is read by most, then the newest.
func moreWorth(a, b *waiting) int {
	switch {
	case a.burst != b.burst && a.burst:
		return -1
	case a.burst != b.burst:
		return 1
	}
	return cmp.Or(cmp.Compare(b.mention.Author.Followers, a.mention.Author.Followers), cmp.Compare(b.mention.ID, a.mention.ID))
}

func (o *Outside) inBurst(monitors []int64, now time.Time) bool {
	return slices.ContainsFunc(monitors, func(id int64) bool { return now.Before(o.bursts[id]) })
}

// Warned says that detectors warned of a monitor: what it hears in the next half hour matters.
func (o *Outside) Warned(monitorID int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	for id, until := range o.bursts {
		if now.After(until) {
			delete(o.bursts, id)
		}
	}
	o.bursts[monitorID] = now.Add(burstLasts)
}

// Run reads what waits until ctx ends.
func (o *Outside) Run(ctx context.Context) error {
	again := time.NewTicker(5 * time.Second)
	defer again.Stop()
	for {
		more, err := o.turn(ctx)
		if err != nil && ctx.Err() == nil {
			o.log.Error("what the engine outside read could not be kept", "error", err)
			more = false
		}
		if more && ctx.Err() == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-o.wake:
		case <-again.C:
		}
	}
}

// reading is a mention that is being read.
type reading struct {
	*waiting
	text    string // as it is sent
	verdict verdict
	known   bool // from an answer to the same text
	err     error
}

// turn reads a few mentions. It reports whether it may go on at once.
func (o *Outside) turn(ctx context.Context) (more bool, err error) {
	some, e, c := o.next()
	if len(some) == 0 {
		return false, nil
	}
	if err := o.spend(ctx, 0); err != nil {
		return false, err
	}
	var group errgroup.Group
	for i := range some {
		if r := &some[i]; !r.known {
			group.Go(func() error {
				r.verdict, r.err = guarded(func() (verdict, error) { return ask(ctx, c, &e, r.text) })
				return nil
			})
		}
	}
	_ = group.Wait() // every error is in its reading
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	var readings []desk.Mention
	tokens := 0
	for i := range some {
		r := &some[i]
		if !r.known {
			tokens += r.verdict.tokens
			o.told(&e, r)
		}
		if r.err == nil {
			readings = append(readings, r.mention)
			r.verdict.read(&readings[len(readings)-1], e.Name)
		}
	}
	if err := o.spend(ctx, tokens); err != nil {
		return false, err
	}
	return true, o.keep(ctx, some, readings)
}

// guarded turns a panic within an engine's answer into an error.
func guarded(f func() (verdict, error)) (v verdict, err error) {
	defer func() {
		if recover() != nil {
			v, err = verdict{}, errForm
		}
	}()
	return f()
}

// next takes what is to be read now, as far as budget and breaker allow; what was read before needs no call.
func (o *Outside) next() ([]reading, desk.Engine, caller) {
	some, e, c := o.take()
	for i := range some {
		some[i].text = masked(&some[i].mention) // not while others wait for o.mu: hearing is among them
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	left, calls := 0, 0
	if len(some) > 0 {
		left = o.allowance(&e)
	}
	now := some[:0]
	for _, r := range some {
		r.verdict, r.known = o.answers[answerKey(&e, r.text)]
		switch {
		case !r.known && calls == left:
			o.waiting = append(o.waiting, r.waiting)
			continue
		case !r.known:
			calls++
		}
		now = append(now, r)
	}
	o.used.Calls += calls
	return now, e, c
}

// take takes the mentions that matter most off those that wait.
func (o *Outside) take() (some []reading, e desk.Engine, c caller) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	o.newDay(now)
	if len(o.waiting) == 0 || !on(&o.engine) || now.Before(o.breaker.until) {
		return nil, o.engine, nil
	}
	o.waiting = slices.DeleteFunc(o.waiting, func(w *waiting) bool { return now.Sub(w.since) >= outsideOld })
	slices.SortStableFunc(o.waiting, moreWorth)
	n := min(len(o.waiting), outsideTurn)
	for _, w := range o.waiting[:n] {
		some = append(some, reading{waiting: w})
	}
	o.waiting = slices.Delete(o.waiting, 0, n)
	return some, o.engine, o.caller
}

// allowance is how many calls may be made now. o.mu is held.
func (o *Outside) allowance(e *desk.Engine) int {
	left := e.Calls - o.used.Calls
	if e.Tokens > 0 && o.used.Tokens >= e.Tokens {
		left = 0
	}
	switch {
	case left <= 0:
		o.state.Problem = problemBudget
		return 0
	case o.state.Problem.Say == problemBudget.Say:
		o.state.Problem = desk.Text{}
	}
	if o.breaker.failures >= breakAfter {
		return 1 // to see whether it is well again
	}
	return min(left, outsideAtOnce)
}

// newDay begins the budget anew. o.mu is held.
func (o *Outside) newDay(now time.Time) {
	if day := now.UTC().Format(time.DateOnly); day > o.used.Day {
		o.used = usage{Day: day}
	}
}

// spend keeps what was used, before calls are made and after they cost tokens.
func (o *Outside) spend(ctx context.Context, tokens int) error {
	o.mu.Lock()
	o.used.Tokens += tokens
	b, err := json.Marshal(o.used)
	o.mu.Unlock()
	if err != nil {
		return err
	}
	return o.store.SetSetting(ctx, usageSetting, string(b))
}

// told notes how a call went.
func (o *Outside) told(e *desk.Engine, r *reading) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if e.Version != o.engine.Version {
		return // it was changed meanwhile: nothing is known of the new one
	}
	err := r.err
	if err == nil {
		o.breaker, o.state.Problem, o.state.LastOK = breaker{}, desk.Text{}, o.now().UTC()
		o.remember(answerKey(e, r.text), r.verdict)
		return
	}
	o.state.Problem = problemOf(err)
	o.log.Warn("the engine outside did not read a mention", "mention", r.mention.ID, "error", err)
	if r.tries++; r.tries < outsideTries && !errors.Is(err, errForm) && len(o.waiting) < outsideWaiting {
		o.waiting = append(o.waiting, r.waiting)
	}
	o.breaker.failures++
	wait := time.Duration(0)
	var status *fetch.Status
	if errors.As(err, &status) {
		wait = min(status.After, time.Hour)
		if status.Denied() || status.Limited() {
			o.breaker.failures = max(o.breaker.failures, breakAfter)
		}
	}
	if o.breaker.failures >= breakAfter {
		wait = max(wait, min(breakFirst<<min(o.breaker.failures-breakAfter, 10), breakMost))
	}
	if until := o.now().Add(wait); until.After(o.breaker.until) {
		o.breaker.until = until
	}
}

func answerKey(e *desk.Engine, text string) [32]byte {
	return sha256.Sum256([]byte(e.Kind + "\x00" + e.Address + "\x00" + e.Model + "\x00" + e.Labels + "\x00" + text))
}

// remember keeps an answer. o.mu is held.
func (o *Outside) remember(key [32]byte, v verdict) {
	if _, known := o.answers[key]; known {
		return
	}
	if len(o.order) == outsideKept {
		delete(o.answers, o.order[0])
		o.order = o.order[1:]
	}
	o.answers[key] = v
	o.order = append(o.order, key)
}

// keep stores readings.
func (o *Outside) keep(ctx context.Context, some []reading, readings []desk.Mention) error {
	if len(readings) == 0 {
		return nil
	}
	touched, err := o.store.ReadOutside(ctx, readings)
	if err != nil {
		return err
	}
	was := map[int64]desk.Mood{}
	for i := range some {
		was[some[i].mention.ID] = some[i].mention.Mood
	}
	o.mu.Lock()
	o.state.Read += len(readings)
	for i := range readings {
		if readings[i].Mood != was[readings[i].ID] {
			o.state.Changed++
		}
	}
	o.mu.Unlock()
	if len(touched) > 0 && o.Touched != nil {
		o.Touched(touched)
	}
	return nil
}
