package publish

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"breakwater/desk"
)

// Store is what sending needs of storage.
type Store interface {
	// Sending runs f in a transaction of the send path: one at a time in all processes together. It may be run again.
	Sending(ctx context.Context, f func(desk.Sending) error) error
	Post(ctx context.Context, id int64) (desk.Post, error)
	Posts(ctx context.Context, f desk.PostFilter) ([]desk.Post, error)
	PostsOf(ctx context.Context, statementID int64) ([]desk.Post, error)
	PostsToLook(ctx context.Context, states []string, now time.Time, n int) ([]desk.Post, error)
	PostStates(ctx context.Context, brandID int64) (map[string]int, error)
	LookAgain(ctx context.Context, p desk.Post, next time.Time) error
	LiveHolds(ctx context.Context) ([]desk.Hold, error)
	Holds(ctx context.Context, p desk.Paging) ([]desk.Hold, error)
	Hold(ctx context.Context, id int64) (desk.Hold, error)
	Channels(ctx context.Context, brandID int64) ([]desk.Channel, error)
	Channel(ctx context.Context, id int64) (desk.Channel, error)
	Statement(ctx context.Context, id int64) (desk.Statement, error)
	Statements(ctx context.Context, brandID, incidentID int64, state string, p desk.Paging) ([]desk.Statement, error)
	ChangeStatement(ctx context.Context, id int64, act desk.Act, f func(*desk.Statement, *desk.Out) error) (desk.Statement, error)
	Incident(ctx context.Context, id int64) (desk.Incident, error)
	Blob(ctx context.Context, hash string) ([]byte, error)
	Record(ctx context.Context, act desk.Act, on string, out desk.Out) (desk.Entry, error)
	ClaimJobs(ctx context.Context, kind string, n int, lease time.Duration) ([]desk.Job, error)
	FinishJob(ctx context.Context, id int64) error
	FailJob(ctx context.Context, id int64, again time.Time, problem string) error
}

// Timing is how long things may take. Usual is what a desk uses; benches and tests are in more of a hurry.
type Timing struct {
	Start    time.Duration // after a claim within which its send begins, or does not begin at all
	Send     time.Duration // that a send may take
	Lease    time.Duration // after a claim until others take the sender for dead; more than Start and Send
	Quiet    time.Duration // after a claim until "the network does not have it" is believed: a request may still be on its way
	Patience time.Duration // that a hold lets a send of its scope go on before it is cut off
	Bound    time.Duration // after which a hold answers, whatever is still open
	Wire     time.Duration // after a claim within which a lost send may still arrive, and a hold waits for news of it
	Place    time.Duration // that a post waits for those of its statement that go first
	TooLate  time.Duration // after its time a post is not sent by itself any more
	GiveUp   time.Duration // after its time a network that says "later" is believed no more
	Tick     time.Duration // between two looks at what is due
}

// Usual is the timing of a desk.
//
// Start is short because of what it is for: a process that was stopped between claim and send must not send when it wakes up.
// Quiet is what large networks take at most to answer a request that they have. TooLate: words of two hours ago were
// written for another situation.
var Usual = Timing{
	Start: 2 * time.Second, Send: 30 * time.Second, Lease: 45 * time.Second, Quiet: 2 * time.Minute,
	Patience: 5 * time.Second, Bound: 8 * time.Second, Wire: 5 * time.Second, Place: 30 * time.Second,
	TooLate: 2 * time.Hour, GiveUp: 6 * time.Hour, Tick: 250 * time.Millisecond,
}

// atOnce is how many sends, and how many reads, are under way in one process at the most. A channel has one send at a time anyway.
const atOnce = 8

// Outbox sends what was approved: once, and only while no hold forbids it. Its methods may be used concurrently; several
// processes may run one over the same store.
type Outbox struct {
	Store  Store
	Mouths func(ctx context.Context, c desk.Channel) (Mouth, error) // that speaks in a channel
	// Drill is the only mouth that says what belongs to a drill; nil: nothing of a drill is said.
	Drill Mouth
	// Origin is the network where an incident began, empty when not known. May be nil.
	Origin func(ctx context.Context, incidentID int64) string
	// Plan is the plan that holds for a brand: its order of channels. May be nil: then they go out in their own.
	Plan func(ctx context.Context, brandID int64) (desk.Plan, error)
	// Check is what preflight finds in a variant for a channel when it goes out at due. May be nil.
	Check func(ctx context.Context, s desk.Statement, v desk.Variant, c desk.Channel, due time.Time) []desk.Finding
	// Rework takes a statement back to its authors: an approved one becomes a draft. May be nil: then it is changed here.
	Rework func(ctx context.Context, statementID int64, why string) error
	// Alarm tells people of a brand that something needs them. May be nil.
	Alarm func(ctx context.Context, brandID int64, key string, what desk.Text)
	// Letters waits until no letter to subscribers that a hold means is being handed over, no longer than ctx lasts, and tells how many had
	// gone. May be nil.
	Letters func(ctx context.Context, h desk.Hold) []desk.HeldLetters
	// Bursts are the topics of a brand that burst at the moment. May be nil: then nothing is held by itself.
	Bursts func(ctx context.Context, b desk.Brand) ([]desk.Topic, error)
	Brands func(ctx context.Context) ([]desk.Brand, error) // for Bursts
	// Spoke is told of every post that is out. May be nil.
	Spoke func(p desk.Post)
	// Sole says that no other process sends from the same store: what is claimed at the start was left by one that died.
	Sole   bool
	Timing Timing
	// Step is told of every step of the send path by its name; tests die there. May be nil.
	Step func(name string)
	Log  *slog.Logger

	wake chan struct{}

	mu      sync.Mutex // guards what follows
	flights map[int64]flight
	looking map[int64]bool
}

// flight is a send of this process that is under way.
type flight struct {
	post   desk.Post
	cancel context.CancelCauseFunc
}

// New makes an outbox with the usual timing. mouths opens the mouth of a channel.
func New(s Store, mouths func(context.Context, desk.Channel) (Mouth, error), log *slog.Logger) *Outbox {
	return &Outbox{
		Store: s, Mouths: mouths, Timing: Usual, Log: log,
		wake: make(chan struct{}, 1), flights: make(map[int64]flight), looking: make(map[int64]bool),
	}
}

func (o *Outbox) step(name string) {
	if o.Step != nil {
		o.Step(name)
	}
}

// nudge makes the loop look at once.
func (o *Outbox) nudge() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// theDesk is the desk itself as the acting one.
func theDesk(do string) desk.Act {
	return desk.Act{Who: "desk", Name: "Breakwater", Do: do, At: time.Now().UTC()}
}

// Run sends what is due and looks after what was sent until ctx ends; sends that are under way then are given time to end.
func (o *Outbox) Run(ctx context.Context) error {
	if o.Sole {
		if err := o.recover(ctx); ctx.Err() != nil {
			return nil
		} else if err != nil {
			return fmt.Errorf("take up what an earlier run was sending: %w", err)
		}
	}
	var loops sync.WaitGroup
	loops.Go(func() { o.every(ctx, time.Second, "holds", o.holdRound) })
	loops.Go(func() { o.every(ctx, o.Timing.Tick, "outlets", o.outletRound) })
	loops.Go(func() { o.every(ctx, 20*time.Second, "collisions", o.collisionRound) })
	loops.Go(func() { o.every(ctx, 20*time.Second, "late posts", o.lateRound) })
	loops.Go(func() { o.every(ctx, o.Timing.Tick, "reads", o.lookRound) })
	o.send(ctx)
	loops.Wait()
	return nil
}

// every calls round at once and then again and again until ctx ends.
func (o *Outbox) every(ctx context.Context, pause time.Duration, what string, round func(context.Context) error) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		if err := round(ctx); err != nil && ctx.Err() == nil {
			o.Log.Error("the outbox stumbled", "round", what, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// send claims and sends until ctx ends.
func (o *Outbox) send(ctx context.Context) {
	var under sync.WaitGroup
	free := make(chan struct{}, atOnce)
	tick := time.NewTicker(o.Timing.Tick)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			continue
		}
		c, err := o.claim(ctx)
		switch {
		case err == nil:
			under.Go(func() {
				defer func() { <-free; o.nudge() }()
				o.fly(ctx, c)
			})
			continue
		case !errors.Is(err, desk.ErrNotFound) && ctx.Err() == nil:
			o.Log.Error("the next post could not be claimed", "error", err)
		}
		<-free
		select {
		case <-ctx.Done():
		case <-o.wake:
		case <-tick.C:
		}
	}
	under.Wait() // each has its own deadline
}

// recover doubts every post that an earlier run of the desk had claimed: it may have gone out.
func (o *Outbox) recover(ctx context.Context) error {
	return o.Store.Sending(ctx, func(l desk.Sending) error {
		left, err := l.Posts([]string{desk.PostClaimed}, 0, 0)
		if err != nil {
			return err
		}
		for i := range left {
			if err := o.doubt(l, &left[i], desk.Say("The desk stopped while this was being sent.")); err != nil {
				return err
			}
		}
		return nil
	})
}

// doubt notes that a post may have gone out, and when the network is asked.
func (o *Outbox) doubt(l desk.Sending, p *desk.Post, why desk.Text) error {
	if err := p.Doubt(time.Now().UTC(), why); err != nil {
		return err
	}
	return l.KeepPost(p, theDesk("post.doubt"), desk.Out{Say: desk.Say("It is not known whether a post went out. The network is asked before anything is sent again."), IncidentID: p.IncidentID})
}
