package publish_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/publish"
)

func TestNothingGoesOutAfterHoldHasAnswered(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 4)
	d.run(t)
	for range 5 {
		d.schedule(t, d.approved(t, "x"), time.Time{})
	}
	d.until(t, 1, "on its way", func(p desk.Post) bool { return p.State != desk.PostWaiting })
	h, err := d.Press(as(t, desk.Responder), desk.Hold{}, "fire")
	if err != nil {
		t.Fatal(err)
	}
	n := len(d.town.began())
	for _, f := range h.Flying {
		if !f.Sure() {
			t.Errorf("in flight: %+v", f)
		}
	}
	if h.Answered.Before(h.At) || h.Held+n != 20 {
		t.Errorf("%d held, %d began: %+v", h.Held, n, h)
	}
	if _, err := d.End(as(t, desk.Responder), h.ID, "over"); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a responder ended it: %v", err)
	}
	var wrong *desk.Invalid
	if _, err := d.End(as(t, desk.Lead), h.ID, "over"); n < 20 && !errors.As(err, &wrong) {
		t.Errorf("ended without triage: %v", err)
	}
	held, err := d.List(as(t, desk.Viewer), desk.PostFilter{HoldID: h.ID})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range held {
		switch i % 3 {
		case 0:
			_, err = d.Decide(as(t, desk.Lead), p.ID, desk.DecideNow, time.Time{})
		case 1:
			_, err = d.Move(as(t, desk.Lead), p.ID, time.Now().Add(time.Hour))
		default:
			_, err = d.Drop(as(t, desk.Lead), p.ID, "not now")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(d.town.began()) != n {
		t.Error("something went out while the hold was on")
	}
	if h, err = d.End(as(t, desk.Lead), h.ID, "over"); err != nil || h.Live() {
		t.Fatal(h, err)
	}
	for i, p := range held {
		switch i % 3 {
		case 0:
			d.state(t, p.ID, desk.PostVerified)
		case 1:
			d.state(t, p.ID, desk.PostWaiting)
		}
	}
}

func TestWhatPassedDuringAHoldDoesNotFireByItself(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	p := d.schedule(t, d.approved(t, "x"), time.Now().Add(30*time.Millisecond))[0]
	h, err := d.Press(as(t, desk.Responder), desk.Hold{}, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Decide(as(t, desk.Lead), p.ID, desk.DecideRelease, time.Now().Add(10*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	d.until(t, p.ID, "overdue", func(p desk.Post) bool { return p.Overdue(time.Now()) })
	var wrong *desk.Invalid
	if _, err := d.End(as(t, desk.Lead), h.ID, "over"); !errors.As(err, &wrong) {
		t.Fatalf("ended: %v", err)
	}
	if got := d.state(t, p.ID, desk.PostHeld); got.Decided != "" || got.HeldWhy.IsZero() {
		t.Errorf("%+v", got)
	}
	if _, err := d.Decide(as(t, desk.Lead), p.ID, desk.DecideRelease, time.Time{}); !errors.As(err, &wrong) {
		t.Errorf("released into the past: %v", err)
	}
}

func TestHoldCutsOffWhatHangs(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	d.town.gate = make(chan struct{})
	d.Timing.Quiet, d.Timing.Bound = 2*time.Second, 5*time.Second
	d.run(t)
	p := d.schedule(t, d.approved(t, "x"), time.Time{})[0]
	d.until(t, p.ID, "under way", func(desk.Post) bool { return len(d.town.began()) == 1 })
	h, err := d.Press(as(t, desk.Responder), desk.Hold{}, "fire")
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Flying) != 1 || h.Flying[0].Sure() || h.Flying[0].State != desk.PostUnknown {
		t.Errorf("flying %+v", h.Flying)
	}
	d.state(t, p.ID, desk.PostHeld) // it was looked for, is not there, and stays
	if len(d.town.began()) != 1 {
		t.Error("it was sent again")
	}
}

func TestHoldScopes(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 2)
	d.run(t)
	h, err := d.Press(as(t, desk.Responder), desk.Hold{ChannelID: d.channels[0].ID}, "account lost")
	if err != nil || h.BrandID != d.brand {
		t.Fatal(h, err)
	}
	again, err := d.Press(as(t, desk.Responder), desk.Hold{ChannelID: d.channels[0].ID}, "again")
	if err != nil || again.ID != h.ID {
		t.Fatalf("a second hold of the same scope: %+v, %v", again, err)
	}
	var wrong *desk.Invalid
	s := d.approved(t, "x")
	if _, err := d.Schedule(as(t, desk.Lead), s.ID, time.Time{}); !errors.As(err, &wrong) || wrong.Field != "hold" {
		t.Errorf("scheduled during a hold: %v", err)
	}
	one := d.approved(t, "y", func(s *desk.Statement) { s.Variants[0].ChannelID = d.channels[1].ID })
	d.state(t, d.schedule(t, one, time.Time{})[0].ID, desk.PostVerified)
	if _, err := d.Press(as(t, desk.Viewer), desk.Hold{}, ""); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a viewer pressed: %v", err)
	}
	if _, err := d.Press(as(t, desk.Responder), desk.Hold{ChannelID: 99}, ""); !errors.As(err, &wrong) {
		t.Errorf("no such channel: %v", err)
	}
	if _, err := d.Press(as(t, desk.Responder), desk.Hold{Campaign: "spring"}, ""); err != nil {
		t.Fatal(err)
	}
	spring := d.approved(t, "z", func(s *desk.Statement) { s.Campaign, s.Variants[0].ChannelID = "spring", d.channels[1].ID })
	if _, err := d.Schedule(as(t, desk.Lead), spring.ID, time.Time{}); !errors.As(err, &wrong) {
		t.Errorf("campaign: %v", err)
	}
}

func TestTheCrisisTeamSpeaksThroughAHold(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	d.run(t)
	i, err := d.db.ChangeIncident(t.Context(), 0, act("incident.open"), func(i *desk.Incident, out *desk.Out) error {
		i.BrandID, i.State, out.Say = d.brand, desk.IncidentOpen, desk.Say("x")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	h, err := d.Press(as(t, desk.Responder), desk.Hold{}, "fire")
	if err != nil {
		t.Fatal(err)
	}
	crisis := func(s *desk.Statement) { s.IncidentID, s.Kind = i.ID, "update" }
	d.state(t, d.schedule(t, d.approved(t, "We know.", crisis), time.Time{})[0].ID, desk.PostVerified)
	next := d.schedule(t, d.approved(t, "More at five.", crisis), time.Now().Add(time.Hour))[0]
	// Pressed again, it means those too.
	if again, err := d.Press(as(t, desk.Responder), desk.Hold{}, "wrong words"); err != nil || again.ID != h.ID || again.Held != 1 {
		t.Fatalf("%+v, %v", again, err)
	}
	d.state(t, next.ID, desk.PostHeld)
	// When the incident is over, its statements are words like any other.
	if _, err := d.db.ChangeIncident(t.Context(), i.ID, act("incident.close"), func(i *desk.Incident, out *desk.Out) error {
		i.State, out.Say = desk.IncidentClosed, desk.Say("x")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	var wrong *desk.Invalid
	if _, err := d.Schedule(as(t, desk.Lead), d.approved(t, "One more thing.", crisis).ID, time.Time{}); !errors.As(err, &wrong) || wrong.Field != "hold" {
		t.Errorf("a statement of a closed incident: %v", err)
	}
}

func TestOutletsAreToldAndAskedAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	d.town.queue = []publish.Scheduled{{ID: "s1", Due: time.Now().Add(time.Hour), Text: "later"}}
	d.run(t)
	r, err := d.Rehearse(as(t, desk.Responder), desk.Hold{}, "monthly")
	if err != nil || len(r.Outlets) != 1 || r.Outlets[0].State != desk.OutletConfirmed || r.Outlets[0].Stopped != 1 {
		t.Fatalf("rehearsal %+v, %v", r, err)
	}
	d.town.with(func() {
		if len(d.town.queue) != 1 || len(d.town.stopped) != 0 {
			t.Error("the rehearsal changed something")
		}
	})
	h, err := d.Press(as(t, desk.Responder), desk.Hold{}, "fire")
	if err != nil {
		t.Fatal(err)
	}
	is := func(state string) func(desk.Hold) bool {
		return func(h desk.Hold) bool { return len(h.Outlets) == 1 && h.Outlets[0].State == state }
	}
	h = d.hold(t, h.ID, is(desk.OutletConfirmed))
	if o := h.Outlets[0]; o.Stopped != 1 || len(o.Taken) != 1 || o.Taken[0].Text != "later" {
		t.Errorf("outlet %+v", o)
	}
	if _, err := d.DecideTaken(as(t, desk.Lead), h.ID, d.channels[0].ID, "s1", desk.TakenDrop); err != nil {
		t.Fatal(err)
	}
	if _, err := d.End(as(t, desk.Lead), h.ID, "over"); err != nil {
		t.Fatal(err)
	}
}

func (d *deskAt) hold(t *testing.T, id int64, is func(desk.Hold) bool) desk.Hold {
	t.Helper()
	var h desk.Hold
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		var err error
		if h, err = d.db.Hold(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if is(h) {
			return h
		}
	}
	t.Fatalf("hold %+v", h)
	return h
}

func TestDeafOutletsAreUnknown(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	d.town.deaf = errors.New("connection refused")
	d.run(t)
	h, err := d.Press(as(t, desk.Responder), desk.Hold{}, "fire")
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Outlets) != 1 || h.Outlets[0].Name == "" { // at once: nobody shall read that there is none
		t.Errorf("the answer names the outlets %+v", h.Outlets)
	}
	d.hold(t, h.ID, func(h desk.Hold) bool { return len(h.Outlets) == 1 && h.Outlets[0].State == desk.OutletUnknown })
}

func TestWhatCollidesWithABurstIsHeldTheRestGoesOn(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	flight := d.schedule(t, d.approved(t, "Book your next FLIGHT with Acme!"), time.Now().Add(time.Hour))[0]
	tea := d.schedule(t, d.approved(t, "Tea time."), time.Now().Add(time.Hour))[0]
	d.Brands = d.db.Brands
	d.Bursts = func(context.Context, desk.Brand) ([]desk.Topic, error) {
		return []desk.Topic{{ID: 7, Name: "plane crash", Terms: []string{"acme", "flight", "crash"}}}, nil
	}
	d.run(t)
	p := d.state(t, flight.ID, desk.PostHeld)
	if p.HeldWhy.With["word"] != "flight" {
		t.Errorf("held because %+v", p.HeldWhy)
	}
	if told := <-d.alarms; told.IsZero() {
		t.Error("nobody was told")
	}
	d.state(t, tea.ID, desk.PostWaiting)
	late := d.schedule(t, d.approved(t, "Another flight."), time.Time{})[0]
	d.state(t, late.ID, desk.PostHeld)
	h := d.hold(t, p.HoldID, func(h desk.Hold) bool { return h.Live() && h.Elective() })
	for _, id := range []int64{flight.ID, late.ID} {
		if _, err := d.Drop(as(t, desk.Lead), id, "crash"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.End(as(t, desk.Lead), h.ID, "looked at"); err != nil {
		t.Fatal(err)
	}
	d.state(t, d.schedule(t, d.approved(t, "Flights again."), time.Time{})[0].ID, desk.PostVerified)
}

func TestCollides(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, word, text string
		want             bool
	}{
		{"other case", "flight", "Our FLIGHT", true},
		{"inside a word", "light", "flight", false},
		{"without marks", "łódź", "Lecimy do Łódź", true},
		{"a phrase", "plane crash", "the plane  crash", true},
		{"hebrew behind a prefix", "טיסה", "הטיסה הבאה", true},
		{"chinese without spaces", "航班", "我們的航班很好", true},
		{"a hashtag", "#flight", "go #Flight", true},
	} {
		if got := publish.Collides([]string{c.word}, &desk.Post{Text: c.text}) != ""; got != c.want {
			t.Errorf("%s: Collides(%q, %q) = %t, want %t", c.name, c.word, c.text, got, c.want)
		}
	}
}

func TestEditTakesAPostBackToItsAuthors(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 2)
	s := d.approved(t, "x")
	ps := d.schedule(t, s, time.Now().Add(time.Hour))
	if _, err := d.Edit(as(t, desk.Lead), ps[0].ID, "tone"); err != nil {
		t.Fatal(err)
	}
	for _, p := range ps {
		d.state(t, p.ID, desk.PostDropped)
	}
	if s, err := d.db.Statement(t.Context(), s.ID); err != nil || s.State != desk.StatementDraft {
		t.Errorf("the statement is %s, %v", s.State, err)
	}
}

func TestAHoldThatNobodyAnsweredForIsAnswered(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	p := d.schedule(t, d.approved(t, "x"), time.Now().Add(time.Hour))[0]
	var h desk.Hold
	err := d.db.Sending(t.Context(), func(l desk.Sending) error {
		h = desk.Hold{By: "Ana", Why: "fire", At: time.Now().Add(-time.Hour)}
		return l.KeepHold(&h, act("hold.press"), desk.Out{Say: desk.Say("x")})
	})
	if err != nil {
		t.Fatal(err)
	}
	d.run(t)
	h = d.hold(t, h.ID, func(h desk.Hold) bool { return !h.Answered.IsZero() })
	if p = d.state(t, p.ID, desk.PostHeld); p.HoldID != h.ID {
		t.Errorf("%+v", p)
	}
}

// A claim asks the holds and not the marks: what no transaction has marked yet does not go out either, and is marked after the answer.
func TestManyPostsAreHeldBeforeTheyAreMarked(t *testing.T) {
	t.Parallel()
	const n = 620 // more than the answer marks
	d := newDesk(t, 1)
	many := func(s *desk.Statement) {
		for i := range n - 1 {
			s.Variants = append(s.Variants, desk.Variant{ID: fmt.Sprint("m", i), Lang: "en", Text: fmt.Sprint("post ", i)})
		}
	}
	d.schedule(t, d.approved(t, "x", many), time.Now().Add(time.Hour))
	h, err := d.Press(as(t, desk.Responder), desk.Hold{}, "fire")
	if err != nil || h.Held != n {
		t.Fatalf("%d held, %v", h.Held, err)
	}
	states := func() map[string]int {
		states, err := d.db.PostStates(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		return states
	}
	left := states()[desk.PostWaiting]
	if left == 0 {
		t.Fatal("the answer marked them all: the test shows nothing")
	}
	unmarked, err := d.db.Posts(t.Context(), desk.PostFilter{States: []string{desk.PostWaiting}, ByDue: true, Paging: desk.Paging{Limit: 1}})
	if err != nil {
		t.Fatal(err)
	}
	now := desk.Act{Who: "user:1", Name: "Ana", Do: "post.move"}
	if _, err := d.db.ChangePost(t.Context(), unmarked[0].ID, now, func(p *desk.Post, out *desk.Out) error {
		p.Due, p.Next, out.Say = time.Now(), time.Now(), desk.Say("x")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	d.run(t)
	d.state(t, unmarked[0].ID, desk.PostHeld)
	d.until(t, 1, "marked, and all others", func(desk.Post) bool { return states()[desk.PostHeld] == n })
	if began := d.town.began(); len(began) != 0 {
		t.Errorf("%d were sent", len(began))
	}
}

func TestHoldOfABrand(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	d.run(t)
	if _, err := d.Press(as(t, desk.Responder), desk.Hold{BrandID: d.brand + 1}, "theirs"); err != nil {
		t.Fatal(err)
	}
	d.state(t, d.schedule(t, d.approved(t, "another brand's hold"), time.Time{})[0].ID, desk.PostVerified)
	p := d.schedule(t, d.approved(t, "x"), time.Now().Add(time.Hour))[0]
	h, err := d.Press(as(t, desk.Responder), desk.Hold{BrandID: d.brand}, "ours")
	if err != nil || h.Held != 1 {
		t.Fatalf("%+v, %v", h, err)
	}
	d.state(t, p.ID, desk.PostHeld)
}

// Whoever looks through held posts sees which say what bursts by now, and whose time has passed.
func TestTriageShowsWhatMatters(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	d.schedule(t, d.approved(t, "Tea time."), time.Now().Add(time.Hour))
	d.schedule(t, d.approved(t, "Book your flight."), time.Now().Add(20*time.Millisecond))
	h, err := d.Press(as(t, desk.Responder), desk.Hold{}, "fire")
	if err != nil {
		t.Fatal(err)
	}
	d.Brands = d.db.Brands
	d.Bursts = func(context.Context, desk.Brand) ([]desk.Topic, error) {
		return []desk.Topic{{ID: 7, Terms: []string{"acme", "flight"}}}, nil
	}
	d.until(t, 2, "overdue", func(p desk.Post) bool { return p.Overdue(time.Now()) })
	all, err := d.Triage(as(t, desk.Viewer), h.ID, desk.Paging{})
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v, %v", all, err)
	}
	if flight := all[0]; flight.Bursts != "flight" || !flight.Passed {
		t.Errorf("flight: %+v", flight)
	}
	if tea := all[1]; tea.Bursts != "" || tea.Passed {
		t.Errorf("tea: %+v", tea)
	}
}

// An outlet is asked again every minute: the job that asked it waits a minute, and the room hears only of what changed.
func TestOutletsAreAskedEveryMinute(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	d.run(t)
	h, err := d.Press(as(t, desk.Responder), desk.Hold{IncidentID: 9}, "fire")
	if err != nil {
		t.Fatal(err)
	}
	d.hold(t, h.ID, func(h desk.Hold) bool { return len(h.Outlets) == 1 && h.Outlets[0].State == desk.OutletConfirmed })
	again := func() []desk.Job {
		jobs, err := d.db.Jobs(t.Context(), false, desk.Paging{})
		if err != nil {
			t.Fatal(err)
		}
		return slices.DeleteFunc(jobs, func(j desk.Job) bool {
			return !j.Due.After(time.Now().Add(50*time.Second)) || j.Due.After(time.Now().Add(time.Minute))
		})
	}
	for range 3 { // minutes
		was := d.hold(t, h.ID, func(desk.Hold) bool { return true }).Outlets[0].Checked
		d.hold(t, h.ID, func(h desk.Hold) bool {
			for _, job := range again() { // its minute is over; one that is just being asked is due again in a minute too
				if err := d.db.FailJob(t.Context(), job.ID, time.Now(), ""); err != nil {
					t.Fatal(err)
				}
			}
			return h.Outlets[0].Checked.After(was)
		})
	}
	told, err := d.db.Journal(t.Context(), desk.EntryFilter{IncidentID: 9, Do: "hold.outlet"})
	if err != nil || len(told) != 1 {
		t.Errorf("the room heard %d times of it, %v", len(told), err)
	}
}

func TestLatePostsAlarm(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	if _, err := d.db.ChangeChannel(t.Context(), d.channels[0].ID, act("channel.save"), func(c *desk.Channel, out *desk.Out) error {
		c.Paused, out.Say = true, desk.Say("x")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	p := d.schedule(t, d.approved(t, "x", func(s *desk.Statement) { s.IncidentID = 9 }), time.Time{})[0]
	if _, err := d.db.ChangePost(t.Context(), p.ID, act("post.move"), func(p *desk.Post, out *desk.Out) error {
		p.Due, out.Say = time.Now().Add(-4*time.Minute), desk.Say("x")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	d.run(t)
	if told := <-d.alarms; !strings.Contains(told.English(), "late") {
		t.Errorf("told %q", told.English())
	}
	told, err := d.db.Journal(t.Context(), desk.EntryFilter{IncidentID: 9, Do: "post.late"})
	if err != nil || len(told) != 1 {
		t.Errorf("the room heard %d times of it, %v", len(told), err)
	}
}
