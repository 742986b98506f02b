package publish_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/publish"
)

// jokes are two posts that wait at the network itself.
func jokes() []publish.Scheduled {
	return []publish.Scheduled{
		{ID: "s1", Due: time.Now().Add(time.Hour), Text: "A joke", Raw: json.RawMessage(`{"visibility":"private"}`)},
		{ID: "s2", Due: time.Now().Add(time.Hour), Text: "Another joke"},
	}
}

// frozen makes the desk stand still for good at a step of its work at outlets, as one that was killed; it says when it does.
func (d *deskAt) frozen(t *testing.T, at string) (stands chan struct{}) {
	stands, end := make(chan struct{}), make(chan struct{})
	var once sync.Once
	d.Step = func(name string) {
		if name == at {
			once.Do(func() { close(stands) })
			<-end
		}
	}
	d.run(t)
	t.Cleanup(func() { close(end) })
	return stands
}

// A desk that is killed while it empties a queue loses no word of what it took out: another one knows all of it.
func TestADeskThatDiesWhileItEmptiesAQueueLosesNothing(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"listed", "cancelled"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, 1)
			d.town.queue = jokes()
			dead := d.frozen(t, step)
			h, err := d.Press(as(t, desk.Responder), desk.Hold{}, "fire")
			if err != nil {
				t.Fatal(err)
			}
			<-dead
			jobs, err := d.db.Jobs(t.Context(), false, desk.Paging{})
			if err != nil || len(jobs) != 1 {
				t.Fatalf("jobs %+v, %v", jobs, err)
			}
			if err := d.db.FailJob(t.Context(), jobs[0].ID, time.Now(), ""); err != nil { // its lease has run out
				t.Fatal(err)
			}
			next := &deskAt{Outbox: publish.New(d.db, d.Mouths, slog.New(slog.DiscardHandler)), db: d.db}
			next.Timing = hurry()
			next.run(t)
			h = d.hold(t, h.ID, func(h desk.Hold) bool { return len(h.Outlets) == 1 && h.Outlets[0].State == desk.OutletConfirmed })
			o := h.Outlets[0]
			if len(o.Taken) != 2 || o.Took() != 2 || o.Stopped != 2 || !slices.ContainsFunc(o.Taken, func(x desk.Taken) bool { return x.Text == "A joke" && string(x.Raw) == `{"visibility":"private"}` }) {
				t.Errorf("known of the queue: %+v", o)
			}
			d.town.with(func() {
				if len(d.town.queue) != 0 {
					t.Errorf("still queued: %+v", d.town.queue)
				}
			})
		})
	}
}

// What is taken out of a queue in the moment in which the hold ends is kept all the same.
func TestWhatIsTakenAsTheHoldEndsIsKept(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	d.town.queue = jokes()
	var once sync.Once
	pressed := make(chan int64, 1)
	d.Step = func(name string) {
		if name == "cancelled" {
			once.Do(func() {
				if _, err := d.End(as(t, desk.Lead), <-pressed, "false alarm"); err != nil {
					t.Error(err)
				}
			})
		}
	}
	h, err := d.Press(as(t, desk.Responder), desk.Hold{}, "fire")
	if err != nil {
		t.Fatal(err)
	}
	pressed <- h.ID
	d.run(t)
	d.hold(t, h.ID, func(h desk.Hold) bool { return !h.Live() && len(h.Outlets) == 1 && h.Outlets[0].Took() == 2 })
}

// A hold of one campaign empties no queue that knows no campaigns: people are told to look. A system that takes the campaign's name
// is told.
func TestAHoldOfACampaignEmptiesNoQueue(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	d.town.queue = jokes()
	d.run(t)
	scope := desk.Hold{Campaign: "spring"}
	r, err := d.Rehearse(as(t, desk.Responder), scope, "")
	if err != nil || len(r.Outlets) != 1 || r.Outlets[0].State != desk.OutletUnknown || r.Outlets[0].Problem.IsZero() {
		t.Errorf("rehearsed: %+v, %v", r.Outlets, err)
	}
	h, err := d.Press(as(t, desk.Responder), scope, "off")
	if err != nil {
		t.Fatal(err)
	}
	h = d.hold(t, h.ID, func(h desk.Hold) bool { return len(h.Outlets) == 1 && !h.Outlets[0].Checked.IsZero() })
	if o := h.Outlets[0]; o.State != desk.OutletUnknown || o.Problem.IsZero() || len(o.Taken) != 0 {
		t.Errorf("outlet %+v", o)
	}
	d.town.with(func() {
		if len(d.town.queue) != 2 || !slices.Equal(d.town.stopped, []bool{true}) {
			t.Errorf("queued %d, told %v", len(d.town.queue), d.town.stopped)
		}
	})
}

// What was taken out of a queue is decided about before the hold ends: a draft is made of it, with its text, or nothing.
func TestWhatWasTakenIsDecidedAbout(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	d.town.queue = jokes()
	d.run(t)
	h, err := d.Press(as(t, desk.Responder), desk.Hold{}, "fire")
	if err != nil {
		t.Fatal(err)
	}
	d.hold(t, h.ID, func(h desk.Hold) bool { return h.OpenTaken() == 2 })
	var wrong *desk.Invalid
	if _, err := d.End(as(t, desk.Lead), h.ID, "over"); !errors.As(err, &wrong) || wrong.Field != "posts" {
		t.Errorf("ended with undecided posts: %v", err)
	}
	channel := d.channels[0].ID
	if _, err := d.DecideTaken(as(t, desk.Responder), h.ID, channel, "s1", desk.TakenDrop); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a responder decided: %v", err)
	}
	for _, c := range []struct {
		id, what string
		want     error
	}{{"s1", desk.TakenDraft, nil}, {"s1", desk.TakenDrop, desk.ErrInvalidTransition}, {"s9", desk.TakenDrop, desk.ErrNotFound}, {"s2", desk.TakenDrop, nil}} {
		if h, err = d.DecideTaken(as(t, desk.Lead), h.ID, channel, c.id, c.what); !errors.Is(err, c.want) {
			t.Fatalf("%s %s: %v, want %v", c.what, c.id, err, c.want)
		}
		if h, err = d.db.Hold(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
	}
	drafts, err := d.db.Statements(t.Context(), d.brand, 0, desk.StatementDraft, desk.Paging{})
	if err != nil || len(drafts) != 1 || drafts[0].Variants[0].Text != "A joke" || drafts[0].Variants[0].ChannelID != channel {
		t.Errorf("drafts %+v, %v", drafts, err)
	}
	if i := slices.IndexFunc(h.Outlets[0].Taken, func(x desk.Taken) bool { return x.ID == "s1" }); len(drafts) == 1 && h.Outlets[0].Taken[i].StatementID != drafts[0].ID {
		t.Errorf("kept %+v", h.Outlets[0].Taken)
	}
	told, err := d.db.Journal(t.Context(), desk.EntryFilter{Do: "hold.taken"})
	if err != nil || len(told) != 2 {
		t.Errorf("the journal has %d decisions, %v", len(told), err)
	}
	if _, err := d.End(as(t, desk.Lead), h.ID, "over"); err != nil {
		t.Errorf("all is decided: %v", err)
	}
}
