package mirror

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"sync"
	"time"

	"breakwater/desk"
	"breakwater/internal/rounds"
)

// jobKind is the job that looks after a copy. There is one for each, named by its id, as long as the copy is kept: whoever has it is the
// only one who touches the copy.
const jobKind = "centre.copy"

// Job has a copy looked at now.
func Job(carrierID int64) desk.Job {
	return desk.Job{Kind: jobKind, Key: strconv.FormatInt(carrierID, 10), Payload: strconv.FormatInt(carrierID, 10), Sooner: true}
}

const (
	poll      = 2 * time.Second  // how often jobs that are due are looked for
	atOnce    = 4                // pushes at a time: they wait for other servers most of the time
	slice     = 2 * time.Minute  // of one push: a slow server gets the rest in the next
	lease     = 3 * time.Minute  // of its job; longer than slice
	lookAgain = 30 * time.Second // at a copy that is as it should be, whether or not anything was said
	afresh    = 24 * time.Hour   // after which a copy is brought whole, whatever others did to it
	firstWait = 10 * time.Second // after a push that failed; it doubles
	maxWait   = 5 * time.Minute  // in a crisis nobody waits longer for a server that is back
	tellAfter = 3                // failures in a row before people are told, unless only they can help
)

// Run keeps the copies until ctx ends.
func (d *Desk) Run(ctx context.Context) error {
	var under sync.WaitGroup
	defer under.Wait()
	turns := make(chan struct{}, atOnce)
	return rounds.Run(ctx, poll, d.wake, func(ctx context.Context) (int, error) {
		jobs, err := d.store.ClaimJobs(ctx, jobKind, atOnce-len(turns), lease)
		for _, j := range jobs {
			turns <- struct{}{}
			under.Go(func() {
				defer d.Wake()
				defer func() { <-turns }()
				d.look(ctx, j)
			})
		}
		return 0, err
	}, func(err error) { d.log.Error("copies of the crisis centre", "error", err) })
}

// Wake has due jobs looked for now.
func (d *Desk) Wake() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Hasten has a brand's copies looked at now: something changed. 0 is every brand.
func (d *Desk) Hasten(ctx context.Context, brandID int64) error {
	jobs, err := d.JobsOf(ctx, brandID)
	if err != nil || len(jobs) == 0 {
		return err
	}
	keys := make([]string, len(jobs))
	for i := range jobs {
		keys[i] = jobs[i].Key
	}
	err = d.store.HastenJobs(ctx, jobKind, keys)
	d.Wake()
	return err
}

// JobsOf are those that look after a brand's copies, for the transaction that changes what they show.
func (d *Desk) JobsOf(ctx context.Context, brandID int64) (jobs []desk.Job, err error) {
	all, err := d.store.Carriers(ctx, brandID, "")
	for _, c := range all {
		if _, ours := d.kind(c.Kind); ours && !c.Paused {
			jobs = append(jobs, Job(c.ID))
		}
	}
	return jobs, err
}

// look brings one copy to what it should be, and keeps when to look again.
func (d *Desk) look(ctx context.Context, j desk.Job) {
	id, err := strconv.ParseInt(j.Payload, 10, 64)
	if err != nil {
		id = 0
	}
	c, err := d.store.Carrier(ctx, id)
	switch {
	case errors.Is(err, desk.ErrNotFound):
		err = d.store.FinishJob(ctx, j.ID)
	case err == nil && c.Paused: // its job stays: who lets it go on meanwhile finds it
		err = d.store.PostponeJobs(ctx, []int64{j.ID}, time.Now().UTC().Add(lookAgain))
	case err == nil:
		err = d.keep(ctx, &c)
		err = d.settle(context.WithoutCancel(ctx), &c, j, err)
	}
	if err != nil && ctx.Err() == nil {
		d.log.Error("a copy of the crisis centre could not be looked after", "copy", id, "error", err)
	}
}

func (d *Desk) begin(brandID int64, n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.under[brandID] += n
}

// Halt waits until no push of a brand may bring anything new, at most as long as ctx lasts. The hold is written already: each ends at its next file,
// and brings nothing new afterwards.
func (d *Desk) Halt(ctx context.Context, brandID int64) {
	for ctx.Err() == nil {
		d.mu.Lock()
		busy := d.under[brandID]
		if brandID == 0 {
			for _, n := range d.under {
				busy += n
			}
		}
		d.mu.Unlock()
		if busy == 0 {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// errHeld ends a push because somebody pressed a hold.
var errHeld = errors.New("a hold keeps new words from the public")

// errNothing says that there is nothing to bring.
var errNothing = errors.New("the public pages are not made")

// keep pushes until the copy is what the pages are: they may change meanwhile.
func (d *Desk) keep(ctx context.Context, c *desk.Carrier) error {
	ctx, cancel := context.WithTimeout(ctx, slice)
	defer cancel()
	for {
		again, err := d.once(ctx, c)
		if errors.Is(err, errHeld) {
			continue // once more, under the hold
		}
		if err != nil || !again {
			return err
		}
	}
}

// once brings the copy to what the pages are now; again says that something was brought.
func (d *Desk) once(ctx context.Context, c *desk.Carrier) (again bool, err error) {
	began := time.Now().UTC()
	e, err := d.Around.Edition(ctx, c.BrandID)
	if err != nil {
		return false, err
	}
	if len(e.Files) == 0 { // a crisis centre has a front at least: this would take everything off the web
		return false, errNothing
	}
	hashes := e.hashes()
	id := nameOf(hashes)
	whole := c.Edition == "" || began.Sub(c.Whole) > afresh
	if !whole && c.Edition == id && c.State == desk.HealthOK && !c.Waits {
		return false, nil
	}
	has, err := d.store.CarrierFiles(ctx, c.ID)
	if err != nil {
		return false, err
	}
	if whole {
		for name := range has {
			has[name] = unknown
		}
	}
	held, err := d.Around.Held(ctx, c.BrandID)
	if err != nil {
		return false, err
	}
	if held {
		if e, err = d.past(ctx, c); err != nil {
			return false, err
		}
	}
	todo, left := steps(has, e), nameOf(e.hashes()) != id
	if held && c.Good.IsZero() { // nobody was shown it as a whole: what may lie there half is all that changes
		todo = slices.DeleteFunc(todo, func(s Step) bool { return has[s.Name] == "" })
	}
	if err := d.bring(ctx, c, Change{Steps: todo, Files: e.Files}, held); err != nil {
		return false, err
	}
	c.State, c.Problem, c.Tries, c.Next, c.Tried, c.Waits, c.Shown = desk.HealthOK, desk.Text{}, 0, time.Time{}, began, left, ""
	if left {
		c.Problem = desk.Say("A hold keeps new words from this copy. They go there as soon as it is lifted.")
		return false, d.store.SetCarrierState(ctx, *c)
	}
	c.Good, c.Files, c.Edition = began, len(e.Files), id
	if whole {
		c.Whole = began
	}
	return true, d.store.SetCarrierState(ctx, *c)
}

// past is what a copy shows under a hold: what it showed when it was whole, less what was taken off the web since.
func (d *Desk) past(ctx context.Context, c *desk.Carrier) (Edition, error) {
	e, err := d.Around.Past(ctx, c.BrandID, c.Good)
	if err == nil && len(e.Files) == 0 {
		err = errNothing
	}
	return e, err
}

// bring pushes steps. That they are being taken is kept before the first, so that who comes after a crash knows what to do again.
func (d *Desk) bring(ctx context.Context, c *desk.Carrier, change Change, held bool) error {
	if len(change.Steps) == 0 {
		return nil
	}
	k, ok := d.kind(c.Kind)
	if !ok {
		return &desk.Problem{Say: desk.Say("This program knows no such kind of copy."), Err: fmt.Errorf("kind %q: %w", c.Kind, desk.ErrBroken)}
	}
	place, err := k.Open(c.Settings)
	if err != nil {
		return err
	}
	marks := make(map[string]string, len(change.Steps))
	for _, s := range change.Steps {
		marks[s.Name] = unknown
	}
	if err := d.store.KeepCarrierFiles(ctx, c.ID, marks); err != nil {
		return err
	}
	may, end := d.may(ctx, c, held)
	defer end()
	done, err := place.Push(ctx, change, may)
	if errors.Is(err, errGone) {
		return err // the copy is forgotten, and so is what lies there
	}
	kept := make(map[string]string, done)
	for _, s := range change.Steps[:done] {
		kept[s.Name] = s.File.hash()
		if s.Gone {
			kept[s.Name] = ""
		}
	}
	if done > 0 && err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = errSlice
	}
	return errors.Join(err, d.store.KeepCarrierFiles(context.WithoutCancel(ctx), c.ID, kept))
}

// These end a push because people changed, paused or removed the copy.
var (
	errChanged = errors.New("the copy was changed meanwhile")
	errGone    = errors.New("the copy was removed meanwhile")
)

// may is asked before each step of a push: neither a hold nor a change of the copy lets it go on. From its yes until end, words may be on
// their way that a hold has to wait for; a server that cannot be reached has none.
func (d *Desk) may(ctx context.Context, c *desk.Carrier, held bool) (may func() error, end func()) {
	going := false
	end = func() {
		if going {
			going = false
			d.begin(c.BrandID, -1)
		}
	}
	return func() error {
		if !going && !held { // before it is looked for a hold: one that comes in between waits for us
			going = true
			d.begin(c.BrandID, 1)
		}
		now, err := d.Around.Held(ctx, c.BrandID)
		if err == nil && now && !held {
			err = errHeld
		}
		if err == nil {
			err = d.same(ctx, c)
		}
		if err != nil {
			end()
		}
		return err
	}, end
}

// same is errChanged when the copy is not what it was any more, errGone when there is none.
func (d *Desk) same(ctx context.Context, c *desk.Carrier) error {
	now, err := d.store.Carrier(ctx, c.ID)
	switch {
	case errors.Is(err, desk.ErrNotFound):
		return errGone
	case err == nil && now.Version != c.Version:
		return errChanged
	}
	return err
}

// errSlice says that a push brought something, and that the rest comes in the next.
var errSlice = errors.New("the rest comes with the next push")

// settle keeps how it went and when to look again.
func (d *Desk) settle(ctx context.Context, c *desk.Carrier, j desk.Job, err error) error {
	now := time.Now().UTC()
	switch {
	case err == nil:
		return d.store.PostponeJobs(ctx, []int64{j.ID}, now.Add(lookAgain))
	case errors.Is(err, errSlice), errors.Is(err, errChanged), errors.Is(err, errGone), errors.Is(err, context.Canceled):
		return d.store.PostponeJobs(ctx, []int64{j.ID}, now)
	}
	c.Tries++
	c.Tried, c.Failed, c.Next, c.Waits = now, now, now.Add(wait(c.Tries, err)), false
	c.State, c.Problem = verdict(err)
	var stranger *Stranger
	if errors.As(err, &stranger) {
		c.Shown = stranger.Shown
	}
	d.log.Warn("a copy of the crisis centre could not be brought up to date", "copy", c.ID, "kind", c.Kind, "tries", c.Tries, "error", err)
	if !c.Good.IsZero() && (c.Tries == tellAfter || c.Tries == 1 && c.State != desk.HealthFailing) { // before, nobody reads anything there
		d.Around.Alarm(ctx, c.BrandID, "copy:"+strconv.FormatInt(c.ID, 10), desk.Say("The copy “{name}” of the crisis centre is not up to date: people may read old words there. {problem}", "name", c.Name, "problem", c.Problem))
	}
	return errors.Join(d.store.SetCarrierState(ctx, *c), d.store.FailJob(ctx, j.ID, c.Next, err.Error()))
}

// wait grows with every failure, and is as long as the other side asks at least.
func wait(tries int, err error) time.Duration {
	w := min(time.Duration(float64(firstWait)*math.Pow(2, float64(min(tries, 20)-1))), maxWait)
	var retry *desk.Retry
	if errors.As(err, &retry) {
		w = max(w, retry.After)
	}
	return w
}

// verdict is what a failure means for a copy, and the sentence about it.
func verdict(err error) (state string, say desk.Text) {
	state, say = desk.HealthFailing, desk.ProblemOf(err)
	var wrong *desk.Invalid
	var stranger *Stranger
	switch {
	case errors.As(err, &wrong):
		state, say = desk.HealthBroken, wrong.Reason
	case errors.As(err, &stranger) && stranger.Other:
		state, say = desk.HealthDenied, desk.Say("The server shows another key than the one that was confirmed: {key}. Somebody may stand in between. Ask whoever runs it; if it was changed, confirm the new one.", "key", stranger.Shown)
	case errors.As(err, &stranger):
		state, say = desk.HealthDenied, desk.Say("Nobody has confirmed this server's key yet: {key}. Compare it with what whoever runs the server says, then confirm it.", "key", stranger.Shown)
	case errors.Is(err, desk.ErrDenied):
		state = desk.HealthDenied
	case errors.Is(err, desk.ErrBroken):
		state = desk.HealthBroken
	}
	if say.IsZero() {
		say = desk.Say("The push broke off. It is tried again by itself.")
	}
	return state, say
}
