package oncall

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"breakwater/desk"
)

// Store is what escalations need of storage.
type Store interface {
	Now(ctx context.Context) (time.Time, error)
	ClaimJobs(ctx context.Context, kind string, n int, lease time.Duration) ([]desk.Job, error)
	FinishJob(ctx context.Context, id int64) error
	Escalation(ctx context.Context, id int64) (desk.Escalation, error)
	EscalationAbout(ctx context.Context, about string) (desk.Escalation, error)
	NewestEscalation(ctx context.Context, brandID int64, prefix string) (int64, error)
	Escalations(ctx context.Context, brandID int64, state string, p desk.Paging) ([]desk.Escalation, error)
	ChangeEscalation(ctx context.Context, id int64, act desk.Act, change func(*desk.Escalation, *desk.Out) error) (desk.Escalation, error)
	EscalationPolicies(ctx context.Context, brandID int64) ([]desk.EscalationPolicy, error)
	Schedules(ctx context.Context, brandID int64) ([]desk.Schedule, error)
	Users(ctx context.Context) ([]desk.User, error)
	Ways(ctx context.Context) ([]desk.Way, error)
	Letters(ctx context.Context, userID int64, p desk.Paging) ([]desk.Letter, error)
	Brand(ctx context.Context, id int64) (desk.Brand, error)
	Record(ctx context.Context, act desk.Act, on string, out desk.Out) (desk.Entry, error)
}

// Standing is what the stage that a matter belongs to knows of it.
type Standing struct {
	Over    bool      // nobody needs to take it up any more
	Taken   string    // who took it up there; empty: nobody yet
	TakenBy int64     // who that is; 0: not known
	Muted   time.Time // nobody wants to hear of it until then
}

// Escalator brings matters to people until somebody takes them up.
//
// A matter begins by a job that was written in the transaction that decided it. Each step is one transaction: the escalation's
// state, the calls that it makes, the entry in the journal, the timer of the next step, and the end of the timer that led to it.
// So a step that was begun when the desk was killed has either happened or not at all, and none happens twice: a timer whose Turn
// is not the escalation's is one that was worked before. The timers wait for spans by a clock that nobody can set (store.DB.Now).
type Escalator struct {
	Store    Store
	Standing func(ctx context.Context, m desk.Matter) (Standing, error)                        // nil: nothing is known beside the escalation
	Role     func(ctx context.Context, brandID int64, name string, deputy bool) (int64, error) // who has it in the brand's plan; nil: nobody
	Taken    func(ctx context.Context, e desk.Escalation, a desk.Ack)                          // told after somebody took a matter up; may be nil
	Mute     func(ctx context.Context, alert int64, until time.Time) error                     // has an alert be muted by the acting person; nil: nothing is
	Links    Links
	Log      *slog.Logger

	Turns Turns // of Run

	nudges chan string
	wake   func() // the postman

	mu        sync.Mutex          // guards what follows
	rehearsed map[int64]time.Time // when a brand did last, as far as this process knows
}

// NewEscalator makes an escalator.
func NewEscalator(s Store, links Links, log *slog.Logger) *Escalator {
	return &Escalator{Store: s, Links: links, Log: log, nudges: make(chan string, 256), wake: func() {}}
}

const (
	pollEvery = 500 * time.Millisecond
	atOnce    = 100              // timers taken together
	lease     = 15 * time.Second // of timers: they need no network
	stepKind  = "oncall.step"
)

// timer is the payload of a step's job.
type timer struct {
	ID   int64 `json:"id"`
	Turn int   `json:"turn"`
}

// Run begins and steps what is due until ctx ends.
func (e *Escalator) Run(ctx context.Context) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		n, err := e.Round(ctx)
		if err != nil && ctx.Err() == nil {
			e.Log.Error("escalations could not go on", "error", err)
		}
		if err == nil {
			e.Turns.Turn()
		}
		if n > 0 && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case about := <-e.nudges:
			if err := e.look(ctx, about); err != nil && ctx.Err() == nil {
				e.Log.Error("an escalation could not be looked at", "about", about, "error", err)
			}
		case <-tick.C:
		}
	}
}

// Nudge has the escalation about a matter look soon whether it is still needed. It never blocks; one that is lost is made up for
// by the next step, which looks as well.
func (e *Escalator) Nudge(about string) {
	select {
	case e.nudges <- about:
	default:
	}
}

// Round begins and steps what is due now, and gives how much that was.
func (e *Escalator) Round(ctx context.Context) (int, error) {
	begins, err := e.Store.ClaimJobs(ctx, desk.BeginKind, atOnce, lease)
	if err != nil {
		return 0, fmt.Errorf("claim beginnings: %w", err)
	}
	steps, err := e.Store.ClaimJobs(ctx, stepKind, atOnce, lease)
	if err != nil {
		return 0, fmt.Errorf("claim timers: %w", err)
	}
	if len(begins)+len(steps) == 0 {
		return 0, nil
	}
	view, err := e.view(ctx)
	if err != nil {
		return 0, err
	}
	var errs []error
	for _, j := range begins {
		errs = append(errs, e.begin(ctx, view, j))
	}
	for _, j := range steps {
		errs = append(errs, e.step(ctx, view, j))
	}
	e.wake()
	return len(begins) + len(steps), errors.Join(errs...)
}

// begin starts an escalation, or starts it anew because the matter got worse.
func (e *Escalator) begin(ctx context.Context, v *view, j desk.Job) error {
	var m desk.Matter
	if err := json.Unmarshal([]byte(j.Payload), &m); err != nil {
		return errors.Join(err, e.Store.FinishJob(ctx, j.ID))
	}
	was, err := e.Store.EscalationAbout(ctx, m.About)
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return err
	}
	now, err := e.Store.Now(ctx)
	if err != nil {
		return err
	}
	return e.change(ctx, was.ID, "escalation.begin", now, j.ID, func(one *desk.Escalation, out *desk.Out) error {
		if one.About != "" && !renews(one, m) {
			out.Skip = true
			return nil
		}
		one.Matter, one.State, one.Policy = m, desk.EscalationRunning, v.policyFor(m)
		one.Next, one.Round, one.Called, one.Acks, one.Ended, one.Mute = 0, 0, nil, nil, time.Time{}, time.Time{}
		if one.Began.IsZero() {
			one.Began = now
		}
		return e.advance(ctx, v, one, out, now)
	})
}

// renews reports whether a matter that is told again must be taken up again: it got worse, or it began again and nobody ever took
// it up or the policy wants to hear of that. A clock that began again runs for something else: other words wait for a signature.
func renews(e *desk.Escalation, m desk.Matter) bool {
	again := m.Again > e.Again && !e.Open()
	return m.Level > e.Level || again && (len(e.Acks) == 0 || !e.Policy.Worse || m.Stage == desk.StageClock)
}

// step works a timer.
func (e *Escalator) step(ctx context.Context, v *view, j desk.Job) error {
	var t timer
	if err := json.Unmarshal([]byte(j.Payload), &t); err != nil {
		return errors.Join(err, e.Store.FinishJob(ctx, j.ID))
	}
	now, err := e.Store.Now(ctx)
	if err != nil {
		return err
	}
	return e.change(ctx, t.ID, "escalation.step", now, j.ID, func(one *desk.Escalation, out *desk.Out) error {
		if !one.Open() || one.Turn != t.Turn {
			out.Skip = true
			return nil
		}
		if rests, _, err := e.heed(ctx, one, out, now); rests || err != nil {
			return err
		}
		return e.advance(ctx, v, one, out, now)
	})
}

// change changes an escalation and forgets the job that led to it, in one transaction; a change that is none forgets it alone.
func (e *Escalator) change(ctx context.Context, id int64, do string, now time.Time, job int64, f func(*desk.Escalation, *desk.Out) error) error {
	skipped := false
	_, err := e.Store.ChangeEscalation(ctx, id, theDesk(do, now), func(one *desk.Escalation, out *desk.Out) error {
		one.Fresh = nil
		out.Worked = job
		err := f(one, out)
		skipped = out.Skip
		return err
	})
	if (err == nil && skipped || errors.Is(err, desk.ErrNotFound)) && job != 0 {
		return e.Store.FinishJob(ctx, job)
	}
	return err
}

// theDesk is the desk itself as the acting one.
func theDesk(do string, now time.Time) desk.Act {
	return desk.Act{Who: "desk", Name: "Breakwater", Do: do, At: now}
}

// heed does what the stage of a matter knows of it: what nobody needs any more ends, what is muted waits. rests: nobody is called
// now; news: something was written down.
func (e *Escalator) heed(ctx context.Context, one *desk.Escalation, out *desk.Out, now time.Time) (rests, news bool, err error) {
	if e.Standing == nil {
		return false, false, nil
	}
	s, err := e.Standing(ctx, one.Matter)
	if err != nil {
		return false, false, err
	}
	if s.Over {
		one.Stop(desk.EscalationOver, now)
		out.Say = desk.Say("Nobody needs to be called any more: it is over.")
		return true, true, nil
	}
	if s.Taken != "" && !(s.TakenBy != 0 && one.Acked(s.TakenBy)) && (s.TakenBy != 0 || len(one.Missing()) == 0) {
		one.Take(desk.Ack{UserID: s.TakenBy, Name: s.Taken, At: now, How: "console"})
		out.Say, news = desk.Say("{name} took it up.", "name", s.Taken), true
		if !one.Open() {
			return true, true, nil
		}
	}
	if !now.Before(s.Muted) {
		return false, news, nil
	}
	if one.State == desk.EscalationMuted && one.Mute.Equal(s.Muted) && one.Due.Equal(s.Muted) && !news {
		return true, false, nil
	}
	one.Hush(s.Muted)
	out.Say = desk.Say("Nobody is called until {until}: it was muted.", "until", s.Muted)
	out.Jobs = append(out.Jobs, e.alarm(one, s.Muted))
	return true, true, nil
}

// look does what became of a matter to the escalation about it: it ends, waits, or goes on because it is not muted any more.
func (e *Escalator) look(ctx context.Context, about string) error {
	one, err := e.Store.EscalationAbout(ctx, about)
	if errors.Is(err, desk.ErrNotFound) || err == nil && !one.Open() {
		return nil
	}
	if err != nil {
		return err
	}
	now, err := e.Store.Now(ctx)
	if err != nil {
		return err
	}
	v, err := e.view(ctx)
	if err != nil {
		return err
	}
	defer e.wake()
	return e.change(ctx, one.ID, "escalation.look", now, 0, func(one *desk.Escalation, out *desk.Out) error {
		if !one.Open() {
			out.Skip = true
			return nil
		}
		rests, news, err := e.heed(ctx, one, out, now)
		if err == nil && !rests && one.State == desk.EscalationMuted {
			return e.advance(ctx, v, one, out, now)
		}
		out.Skip = !news
		return err
	})
}

// advance takes the next step that reaches somebody: who is called, and when the one after it comes. Steps outside of their hours
// and steps that reach nobody are passed over at once; after the last one it begins again, as often as the policy says. Those that
// called nobody because of their hours get their turn when these begin.
func (e *Escalator) advance(ctx context.Context, v *view, one *desk.Escalation, out *desk.Out, now time.Time) error {
	t, err := v.team(ctx, e, one.BrandID)
	if err != nil {
		return err
	}
	one.State, one.Mute = desk.EscalationRunning, time.Time{}
	for passed := 0; passed < len(one.Policy.Steps); passed++ {
		if one.Next >= len(one.Policy.Steps) {
			if one.Round >= one.Policy.Repeat {
				break
			}
			one.Next, one.Round = 0, one.Round+1
		}
		n, s := one.Next, one.Policy.Steps[one.Next]
		one.Next++
		if !s.On(now.In(t.zone)) {
			continue
		}
		if names := call(one, t, n, s, now); len(names) > 0 {
			wait := time.Duration(s.Wait) * time.Second
			one.Due = now.Add(wait)
			out.Jobs = append(out.Jobs, e.timer(one, wait))
			out.Say = desk.Say("{names} called: step {step} of “{policy}”.", "names", strings.Join(names, ", "), "step", n+1, "policy", one.Policy.Name)
			return nil
		}
	}
	if n, at := opening(one, now.In(t.zone)); !at.IsZero() {
		one.Next, one.Due = n, at.UTC()
		one.Turn++
		out.Jobs = append(out.Jobs, e.alarm(one, one.Due))
		out.Say = desk.Say("Step {step} of “{policy}” calls nobody before {time}.", "step", n+1, "policy", one.Policy.Name, "time", one.Due)
		return nil
	}
	one.Stop(desk.EscalationSpent, now)
	out.Say = desk.Say("Nobody took it up, and there is nobody left to call.")
	if len(one.Called) == 0 {
		out.Say = desk.Say("There was nobody to call. Say who is on call, or give people accounts.")
	}
	return nil
}

// call calls who has not acknowledged yet, and gives their names.
func call(one *desk.Escalation, t *team, n int, s desk.EscalationStep, now time.Time) (names []string) {
	one.Turn++
	for _, id := range t.people(s, now) {
		if one.Acked(id) {
			continue
		}
		one.Called = append(one.Called, desk.Called{UserID: id, Step: n, Round: one.Round, At: now, Each: s.Each})
		one.Fresh = append(one.Fresh, desk.Call{
			UserID: id, EscalationID: one.ID, Level: one.Level, Made: now, Due: now,
			Key: fmt.Sprintf("escalation:%d/%d/%d/%d/%d", one.ID, one.Turn, one.Round, n, id),
		})
		names = append(names, nameOf(t.users, id))
	}
	return names
}

// opening is the step that opens first of those that called nobody yet and do not call at a moment of the brand's clock, and when.
// A zero time: there is none.
func opening(one *desk.Escalation, local time.Time) (n int, first time.Time) {
	for i := range one.Policy.Steps {
		s := &one.Policy.Steps[i]
		if s.On(local) || slices.ContainsFunc(one.Called, func(c desk.Called) bool { return c.Step == i }) {
			continue
		}
		if at := s.Opens(local); !at.IsZero() && (first.IsZero() || at.Before(first)) {
			n, first = i, at
		}
	}
	return n, first
}

// timer is the job that goes on after a span, alarm the one that does at a time of day.
func (e *Escalator) timer(one *desk.Escalation, wait time.Duration) desk.Job {
	payload, _ := json.Marshal(timer{one.ID, one.Turn}) // two numbers
	return desk.Job{Kind: stepKind, Key: strconv.FormatInt(one.ID, 10) + "/" + strconv.Itoa(one.Turn), Payload: string(payload), Wait: wait}
}

func (e *Escalator) alarm(one *desk.Escalation, at time.Time) desk.Job {
	j := e.timer(one, 0)
	j.Due = at
	return j
}
