package alert

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
)

// order is one message that was decided on.
type order struct {
	job    desk.Job
	parcel parcel
}

// stands reports whether the message still says what is.
func (o order) stands(a desk.Alert) bool {
	return (a.State == desk.AlertEnded) == (o.parcel.Note == over)
}

func jobIDs(all []order) []int64 {
	ids := make([]int64, len(all))
	for i := range all {
		ids[i] = all[i].job.ID
	}
	return ids
}

// eachAtOnce is how many messages a program gets one after another within a lease.
const eachAtOnce = 50

// busyFor is how long what comes in for a way waits while it is written to.
const busyFor = time.Second

// start begins to send what is due at the moment, way by way beside each other, and gives how many messages that were: a way that
// does not answer holds up no other.
func (m *Mailman) start(ctx context.Context) (int, error) {
	jobs, err := m.Post.ClaimJobs(ctx, JobKind, atOnce, lease)
	if err != nil || len(jobs) == 0 {
		return 0, err
	}
	ways, err := m.Post.Ways(ctx)
	if err != nil {
		return 0, err
	}
	now, err := m.Post.Now(ctx)
	if err != nil {
		return 0, err
	}
	heaps := make(map[int64][]order)
	for _, j := range jobs {
		o := order{job: j}
		if err := json.Unmarshal([]byte(j.Payload), &o.parcel); err != nil {
			return 0, errors.Join(err, m.Post.FailJobs(ctx, []int64{j.ID}, time.Time{}, "payload cannot be read"))
		}
		heaps[o.parcel.Way] = append(heaps[o.parcel.Way], o)
	}
	begun := 0
	for id, heap := range heaps {
		n, err := m.begin(ctx, ways, id, heap, now)
		if err != nil {
			return begun, err
		}
		begun += n
	}
	return begun, nil
}

// begin sends what waits for a way, or has it wait until its readers may hear more.
func (m *Mailman) begin(ctx context.Context, ways []desk.Way, id int64, heap []order, now time.Time) (int, error) {
	i := slices.IndexFunc(ways, func(w desk.Way) bool { return w.ID == id })
	if i < 0 || ways[i].Paused {
		return len(heap), m.Post.FinishJobs(ctx, jobIDs(heap)) // it was deleted or switched off meanwhile
	}
	w := ways[i]
	each := m.Each != nil && m.Each(w)
	if each && len(heap) > eachAtOnce {
		if err := m.Post.PostponeJobs(ctx, jobIDs(heap[eachAtOnce:]), now.Add(busyFor)); err != nil {
			return 0, err
		}
		heap = heap[:eachAtOnce]
	}
	if at := m.turn(w, heap, each, now); at.After(now) {
		return 0, m.Post.PostponeJobs(ctx, jobIDs(heap), at)
	}
	m.under.Go(func() {
		defer m.free(w.ID)
		if err := m.bring(ctx, w, heap, each, now); err != nil && ctx.Err() == nil {
			m.Log.Error("messages could not be sent", "way", w.ID, "error", err)
		}
	})
	return len(heap), nil
}

// turn takes a way for a message, or says when it can be had.
func (m *Mailman) turn(w desk.Way, heap []order, each bool, now time.Time) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.busy[w.ID] {
		return now.Add(busyFor)
	}
	if at := desk.Pace(m.told[w.ID], worst(heap), desk.MessagesAnHour, now); !each && at.After(now) {
		return at
	}
	if m.busy == nil {
		m.busy, m.told = make(map[int64]bool), make(map[int64][]desk.Told)
	}
	m.busy[w.ID] = true
	return now
}

func (m *Mailman) free(way int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.busy, way)
}

// tell notes that the readers of a way were told.
func (m *Mailman) tell(way int64, level desk.Level, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.told[way] = append([]desk.Told{{At: now, Level: level}}, desk.Recent(m.told[way], now)...)
}

// worst is the highest level of what waits. That something is over wakes nobody.
func worst(heap []order) desk.Level {
	l := desk.Normal
	for _, o := range heap {
		if o.parcel.Note != over {
			l = max(l, o.parcel.Level)
		}
	}
	return l
}

// bring sends what waits for a way: one message as it is, several as one that names them all.
func (m *Mailman) bring(ctx context.Context, w desk.Way, heap []order, each bool, now time.Time) error {
	slices.SortFunc(heap, func(a, b order) int { return strings.Compare(a.job.Key, b.job.Key) })
	if !each && len(heap) > 1 {
		return m.bringMany(ctx, w, heap, now)
	}
	for _, o := range heap {
		sent, err := m.deliver(ctx, w, o)
		if err != nil || ctx.Err() != nil {
			return err
		}
		if sent {
			m.tell(w.ID, worst([]order{o}), now)
		}
	}
	return nil
}

func (m *Mailman) bringMany(ctx context.Context, w desk.Way, heap []order, now time.Time) error {
	var vain, good []order
	var about []desk.Matter
	for _, o := range heap {
		a, err := m.Post.Alert(ctx, o.parcel.Alert)
		switch {
		case errors.Is(err, desk.ErrNotFound), err == nil && !o.stands(a):
			vain = append(vain, o)
			continue
		case err != nil:
			return err
		}
		matter := desk.Matter{About: fmt.Sprintf("alert:%d", a.ID), Stage: desk.StageAlert, Level: a.Level, Title: a.Title}
		if o.parcel.Note == over {
			matter.Stage, matter.Level, matter.Title = over, desk.Normal, desk.Say("Over: {title}", "title", a.Title)
		}
		good, about = append(good, o), append(about, matter)
	}
	if len(vain) > 0 {
		if err := m.Post.FinishJobs(ctx, jobIDs(vain)); err != nil {
			return err
		}
	}
	if len(good) < 2 {
		return m.bring(ctx, w, good, true, now)
	}
	msg, err := Digest(m.Speak, langOf(w), about, m.URL+"/alerts").Message(bundleKey(good), w, worst(good))
	if err != nil {
		return err
	}
	if err := m.send(ctx, msg); err != nil {
		if ctx.Err() != nil {
			return nil // the desk stops; the lease runs out and the message is sent after the start
		}
		return m.failed(ctx, good, w, err)
	}
	m.tell(w.ID, worst(good), now)
	m.Log.Info("alerts sent as one message", "alerts", len(good), "way", w.ID)
	return errors.Join(m.Post.FinishJobs(ctx, jobIDs(good)), m.Post.SetWayResult(ctx, w.ID, time.Now().UTC(), ""))
}

// bundleKey names exactly this set of messages: with one more it is another message, which no receiver may take for a repetition.
func bundleKey(all []order) string {
	h := sha256.New()
	for _, o := range all {
		fmt.Fprintln(h, o.job.Key)
	}
	return "alerts:" + hex.EncodeToString(h.Sum(nil)[:16])
}
