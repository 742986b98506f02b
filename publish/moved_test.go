package publish_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/publish"
)

// crisis opens an incident at a level.
func (d *deskAt) crisis(t *testing.T, level desk.Level) desk.Incident {
	t.Helper()
	return d.incident(t, 0, func(i *desk.Incident) { i.Title, i.State, i.Level = "Kettles", desk.IncidentOpen, level })
}

func (d *deskAt) incident(t *testing.T, id int64, change func(*desk.Incident)) desk.Incident {
	t.Helper()
	i, err := d.db.ChangeIncident(t.Context(), id, act("incident.change"), func(i *desk.Incident, out *desk.Out) error {
		change(i)
		i.BrandID, out.Say = d.brand, desk.Say("x")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// of makes a statement the crisis team's.
func of(i desk.Incident, level desk.Level) func(*desk.Statement) {
	return func(s *desk.Statement) { s.IncidentID, s.Kind, s.Level = i.ID, "update", level }
}

// refusedFor reports whether an error is about a field that people filled in.
func refusedFor(err error, field string) bool {
	var wrong *desk.Invalid
	return errors.As(err, &wrong) && wrong.Field == field
}

// Words that were signed for a lower level than the crisis has are not scheduled, and what waits is held when the level rises.
func TestSignaturesOfALowerLevelDoNotCount(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	i := d.crisis(t, desk.Issue)
	low := d.approved(t, "We look into it.", of(i, desk.Watch))
	if _, err := d.Schedule(as(t, desk.Lead), low.ID, time.Time{}); !refusedFor(err, "level") {
		t.Errorf("signed for a lower level: %v", err)
	}
	p := d.schedule(t, d.approved(t, "We look into it, and we say when.", of(i, desk.Issue)), time.Time{})[0]
	d.incident(t, i.ID, func(i *desk.Incident) { i.Level = desk.Severe })
	d.run(t)
	if got := d.state(t, p.ID, desk.PostHeld); got.HoldID != 0 || got.HeldWhy.IsZero() || len(d.town.began()) != 0 {
		t.Errorf("the level rose: %+v, sends %v", got, d.town.began())
	}
}

// What goes out together goes out as a whole or not at all: the second one may not, so there is no post of the first either.
func TestTogetherOrNotAtAll(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	i := d.crisis(t, desk.Issue)
	may, low := d.approved(t, "We look into it.", of(i, desk.Issue)), d.approved(t, "More to come.", of(i, desk.Watch))
	if _, err := d.ScheduleAll(as(t, desk.Lead), []int64{may.ID, low.ID}, time.Time{}); !refusedFor(err, "level") {
		t.Errorf("one of them was signed for a lower level: %v", err)
	}
	posts, err := d.db.PostsOf(t.Context(), may.ID)
	if err != nil || len(posts) != 0 {
		t.Errorf("posts %+v, %v", posts, err)
	}
	other := d.approved(t, "And where to get help.", of(i, desk.Issue))
	all, err := d.ScheduleAll(as(t, desk.Lead), []int64{may.ID, other.ID}, time.Time{})
	if err != nil || len(all) != 2 || all[0].StatementID != may.ID || all[1].StatementID != other.ID {
		t.Errorf("together: %+v, %v", all, err)
	}
}

// An ordinary post stops whatever incident it is filed under; what the crisis team says passes, until the crisis is over.
func TestOnlyARunningCrisisSpeaksThroughAHold(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	i := d.crisis(t, desk.Watch)
	if _, err := d.Press(as(t, desk.Responder), desk.Hold{}, "fire"); err != nil {
		t.Fatal(err)
	}
	sale := d.approved(t, "Winter sale!", of(i, desk.Watch), func(s *desk.Statement) { s.Kind = "ordinary" })
	if _, err := d.Schedule(as(t, desk.Lead), sale.ID, time.Time{}); !refusedFor(err, "hold") {
		t.Errorf("an ordinary post under a hold: %v", err)
	}
	d.run(t)
	d.state(t, d.schedule(t, d.approved(t, "We know.", of(i, desk.Watch)), time.Time{})[0].ID, desk.PostVerified)
	later := d.schedule(t, d.approved(t, "We know more.", of(i, desk.Watch)), time.Now().Add(500*time.Millisecond))[0]
	d.incident(t, i.ID, func(i *desk.Incident) { i.State = desk.IncidentClosed })
	if got := d.state(t, later.ID, desk.PostHeld); got.HoldID == 0 || len(d.town.began()) != 1 {
		t.Errorf("the crisis is over: %+v, sends %v", got, d.town.began())
	}
}

// A fact that says something else than it did when the words were signed keeps them back, though it is confirmed.
func TestWhatRestsOnAChangedFactIsHeld(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	i := d.crisis(t, desk.Watch)
	say := func(id int64, text string) desk.Fact {
		t.Helper()
		f, err := d.db.ChangeFact(t.Context(), i.ID, id, act("fact.save"), func(f *desk.Fact, _ *desk.Incident, _ []desk.Citing, out *desk.Out) error {
			f.Text, f.State, out.Say = text, desk.FactConfirmed, desk.Say("x")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	f := say(0, "Only batches 1 to 99 are affected.")
	s := d.approved(t, "Batches 1 to 99.", of(i, desk.Watch), func(s *desk.Statement) {
		s.Variants[0].Facts = desk.IDs{f.ID}
		s.Cite([]desk.Fact{f})
	})
	p := d.schedule(t, s, time.Time{})[0]
	say(f.ID, "No batch is affected.")
	d.run(t)
	if got := d.state(t, p.ID, desk.PostHeld); got.HeldWhy.IsZero() || len(d.town.began()) != 0 {
		t.Errorf("the fact changed: %+v, sends %v", got, d.town.began())
	}
}

// What is far too late is for people also when it was tried already.
func TestWhatIsFarTooLateAfterATryIsForPeople(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	d.Timing.TooLate = 300 * time.Millisecond
	d.town.fail = func(publish.Letter) error { return &desk.Retry{After: 400 * time.Millisecond, Err: errors.New("busy")} }
	d.run(t)
	p := d.schedule(t, d.approved(t, "x"), time.Time{})[0]
	if got := d.state(t, p.ID, desk.PostHeld); got.Attempts == 0 || len(d.town.began()) != got.Attempts {
		t.Errorf("%+v, sends %v", got, d.town.began())
	}
}

// keyed is a mouth that cannot be asked, whose network takes a key once.
type keyed struct{ blind }

func (keyed) KeepsKeys(desk.Post) time.Duration { return time.Hour }

// A post of which nobody knows whether it went out when a hold came is not sent again by itself, not even after the hold.
func TestWhatWasUncertainInAHoldIsForPeople(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 1)
	d.Mouths = func(context.Context, desk.Channel) (publish.Mouth, error) {
		return keyed{blind{mouth{d.town, ""}}}, nil
	}
	tried := make(chan struct{}, 100)
	d.town.fail = func(publish.Letter) error { tried <- struct{}{}; return publish.ErrUnsure }
	d.run(t)
	p := d.schedule(t, d.approved(t, "x"), time.Time{})[0]
	<-tried
	h, err := d.Press(as(t, desk.Responder), desk.Hold{}, "fire")
	if err != nil {
		t.Fatal(err)
	}
	d.until(t, p.ID, "for a person", func(p desk.Post) bool { return p.State == desk.PostUnknown && p.Next.IsZero() && !p.Problem.IsZero() })
	began := len(d.town.began())
	if _, err := d.End(as(t, desk.Lead), h.ID, "over"); err != nil {
		t.Fatal(err)
	}
	other := d.schedule(t, d.approved(t, "another"), time.Time{})[0]
	d.until(t, other.ID, "tried", func(p desk.Post) bool { return p.Attempts > 0 })
	if got, err := d.db.Post(t.Context(), p.ID); err != nil || got.State != desk.PostUnknown || got.Attempts != began {
		t.Errorf("after the hold: %+v, %v", got, err)
	}
}
