package oncall

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"breakwater/desk"
)

// HeartStore is what the heartbeat needs of storage.
type HeartStore interface {
	Heartbeat(ctx context.Context) (desk.Heartbeat, error)
	ChangeHeartbeat(ctx context.Context, act desk.Act, change func(*desk.Heartbeat, *desk.Out) error) (desk.Heartbeat, error)
}

// Organ is a part of the desk that must work for it to be alive. Try fails, or takes too long, when it does not.
type Organ struct {
	Name string
	Try  func(ctx context.Context) error
}

// Heart beats outside while every part of the desk truly works, so that somebody is told when the desk itself falls silent.
type Heart struct {
	Store  HeartStore
	Organs []Organ
	Beat   func(ctx context.Context, url string) error // fetches the address
	Log    *slog.Logger

	mu    sync.Mutex // guards what follows
	pulse desk.Pulse
	tried time.Time // the newest beat
}

const (
	feelEvery  = 5 * time.Second
	tryWithin  = 4 * time.Second // of a part: one that takes longer is stuck
	beatWithin = 15 * time.Second
)

// problemSilent says that the outside address does not hear us.
var problemSilent = desk.Say("The address outside could not be reached.")

// Run looks at every part again and again, and beats when it is time, until ctx ends.
func (h *Heart) Run(ctx context.Context) error {
	tick := time.NewTicker(feelEvery)
	defer tick.Stop()
	for {
		h.feel(ctx)
		if err := h.beat(ctx, time.Now().UTC()); err != nil && ctx.Err() == nil {
			h.Log.Warn("the heartbeat did not get outside", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// feel tries every part, beside each other: one that is stuck holds up no other.
func (h *Heart) feel(ctx context.Context) {
	parts, found := make([]desk.Part, len(h.Organs)), make([]error, len(h.Organs))
	var all sync.WaitGroup
	for i, o := range h.Organs {
		all.Go(func() {
			found[i] = try(ctx, o)
			parts[i] = desk.Part{Name: o.Name, Well: found[i] == nil}
		})
	}
	all.Wait()
	if ctx.Err() != nil {
		return // it is the desk that stops
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now().UTC()
	for i := range parts {
		was := slices.IndexFunc(h.pulse.Parts, func(p desk.Part) bool { return p.Name == parts[i].Name && p.Well == parts[i].Well })
		if parts[i].Since = now; was >= 0 {
			parts[i].Since = h.pulse.Parts[was].Since
		} else if !parts[i].Well {
			h.Log.Error("a part of the desk does not work", "part", parts[i].Name, "error", found[i])
		}
	}
	h.pulse.Parts = parts
}

// try gives up on a part that does not answer; the question is left behind.
func try(ctx context.Context, o Organ) error {
	ctx, cancel := context.WithTimeout(ctx, tryWithin)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- o.Try(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// beat tells the outside address that everything works, when it is time and it does.
func (h *Heart) beat(ctx context.Context, now time.Time) error {
	set, err := h.Store.Heartbeat(ctx)
	if err != nil {
		return err
	}
	h.mu.Lock()
	wait := set.URL == "" || len(h.pulse.Stuck()) > 0 || now.Sub(h.tried) < time.Duration(set.Every)*time.Second-feelEvery/2
	if !wait {
		h.tried = now
	}
	h.mu.Unlock()
	if wait {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, beatWithin)
	defer cancel()
	err = h.Beat(ctx, set.URL)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.pulse.Problem = ""; err != nil {
		h.pulse.Problem = problemSilent.Say
		return err
	}
	h.pulse.Beat = now
	return nil
}

// Pulse is how the desk is. For viewers.
func (h *Heart) Pulse(ctx context.Context) (desk.Pulse, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Pulse{}, err
	}
	return h.Now(), nil
}

// Now is how the desk is, for the desk's own use.
func (h *Heart) Now() desk.Pulse {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.pulse
	p.Parts = slices.Clone(p.Parts)
	return p
}

// Setting is the address outside, for admins: who has it can pretend that the desk is alive. Others learn only whether there is one.
func (h *Heart) Setting(ctx context.Context) (set desk.Heartbeat, there bool, err error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return set, false, err
	}
	set, err = h.Store.Heartbeat(ctx)
	there = set.URL != ""
	if desk.Need(ctx, desk.Admin) != nil {
		set.URL = ""
	}
	return set, there, err
}

// Save changes the address outside. *desk.Invalid; desk.ErrForbidden below admin.
func (h *Heart) Save(ctx context.Context, wish desk.Heartbeat) (desk.Heartbeat, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return wish, err
	}
	if wish.Every == 0 {
		wish.Every = desk.HeartbeatEvery
	}
	if err := wish.Check(); err != nil {
		return wish, err
	}
	who := desk.ActorOf(ctx)
	is, err := h.Store.ChangeHeartbeat(ctx, desk.ActOf(ctx, "heartbeat.save", ""), func(now *desk.Heartbeat, out *desk.Out) error {
		now.URL, now.Every = wish.URL, wish.Every
		out.Say = desk.Say("{name} changed where the desk's heartbeat goes.", "name", who.Name)
		if now.URL == "" {
			out.Say = desk.Say("{name} stopped the desk's heartbeat: nobody outside notices when it falls silent.", "name", who.Name)
		}
		return nil
	})
	if err == nil {
		h.mu.Lock()
		h.tried, h.pulse.Beat, h.pulse.Problem = time.Time{}, time.Time{}, ""
		h.mu.Unlock()
	}
	return is, err
}

// errStill says that a loop has not turned for too long.
var errStill = errors.New("it has not turned for too long")

// Turns is a loop's own sign of life: it is told of each turn.
type Turns struct {
	mu   sync.Mutex
	last time.Time
}

// Turn notes that the loop turned.
func (t *Turns) Turn() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = time.Now()
}

// Within fails when the loop has not turned for that long. One that never turned has as long from when it was first asked after: a desk
// that has just started is not ill.
func (t *Turns) Within(d time.Duration) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last.IsZero() {
		t.last = time.Now()
	}
	if time.Since(t.last) > d {
		return errStill
	}
	return nil
}
