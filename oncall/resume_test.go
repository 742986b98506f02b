package oncall

import (
	"context"
	"testing"
	"time"

	"breakwater/desk"
)

// knows lets the stage that matters belong to know something from now on.
func (n *night) knows(s Standing) {
	n.e.Standing = func(context.Context, desk.Matter) (Standing, error) { return s, nil }
}

// Muting is silence for a while and no end: afterwards the step that it interrupted is taken again, and so it is when the mute is
// ended before.
func TestAMuteEnds(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.onCall()
	n.begin("alert:1", desk.Issue)
	n.got("A: 1")
	n.knows(Standing{Muted: n.wall.Add(time.Hour)})
	for range 2 { // told twice, it is one mute
		n.must(n.e.look(t.Context(), "alert:1"))
	}
	n.pass(59 * time.Minute)
	n.got("")
	if e := n.about("alert:1"); e.State != desk.EscalationMuted || !e.Open() || !e.Due.Equal(e.Mute) {
		t.Errorf("muted, it is %s until %s and due %s", e.State, e.Mute, e.Due)
	}
	n.pass(time.Minute)
	n.got("A: 1")
	n.knows(Standing{Muted: n.wall.Add(time.Hour)})
	n.pass(5 * time.Minute)
	n.got("")
	n.pass(10 * time.Minute)
	n.knows(Standing{})
	n.must(n.e.look(t.Context(), "alert:1"))
	n.pass(0)
	n.got("A: 1")
	n.pass(5 * time.Minute)
	n.got("B: 1")
}

// Who took it up while it was muted ends it.
func TestTakenWhileMuted(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.begin("alert:1", desk.Issue)
	n.got("B: 1")
	n.knows(Standing{Muted: n.wall.Add(time.Hour)})
	n.must(n.e.look(t.Context(), "alert:1"))
	lead := desk.WithActor(t.Context(), desk.Actor{Who: "user:2", UserID: n.ids[1], Name: "B", Role: desk.Lead})
	if e, err := n.e.Take(lead, n.about("alert:1").ID, "console"); err != nil || e.State != desk.EscalationTaken {
		t.Errorf("it is %s, %v", e.State, err)
	}
	n.pass(2 * time.Hour)
	n.got("")
}

// A policy of office hours at night: the matter waits for the morning, and is told then.
func TestOfficeHours(t *testing.T) {
	t.Parallel()
	office := desk.EscalationStep{To: []desk.Callee{{Kind: desk.CalleeLeads}}, Wait: 300, Days: []int{1, 2, 3, 4, 5}, From: "09:00", Until: "17:00"}
	n := newNight(t) // a Saturday, 02:00
	n.policy(desk.EscalationPolicy{Steps: []desk.EscalationStep{office}})
	n.begin("alert:1", desk.Issue)
	n.got("")
	monday := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	if e := n.about("alert:1"); !e.Live() || !e.Due.Equal(monday) {
		t.Fatalf("it is %s and due %s, want %s", e.State, e.Due, monday)
	}
	n.pass(monday.Add(-time.Minute).Sub(n.wall))
	n.got("")
	n.pass(time.Minute)
	n.got("B: 1")
	n.pass(5 * time.Minute)
	if e := n.about("alert:1"); e.State != desk.EscalationSpent {
		t.Errorf("after everything it is %s", e.State)
	}
}

// Who has hours is called when they begin, also where somebody else was called all night.
func TestTheNightThenTheOffice(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.onCall()
	n.policy(desk.EscalationPolicy{Repeat: 1, Steps: []desk.EscalationStep{
		{To: []desk.Callee{{Kind: desk.CalleeLeads}}, Wait: 300, From: "09:00", Until: "17:00"},
		{To: []desk.Callee{{Kind: desk.CalleeOnCall}}, Wait: 300},
	}})
	n.begin("alert:1", desk.Issue)
	n.got("A: 1")
	n.pass(5 * time.Minute)
	n.got("A: 1")
	n.pass(6*time.Hour + 54*time.Minute)
	n.got("")
	n.pass(time.Minute)
	n.got("B: 1")
}

func TestOpens(t *testing.T) {
	t.Parallel()
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		step      desk.EscalationStep
		now, want string
	}{
		{desk.EscalationStep{From: "09:00", Until: "17:00"}, "2026-11-21T18:00", "2026-11-22T09:00"},
		{desk.EscalationStep{From: "09:00", Until: "17:00", Days: []int{1}}, "2026-11-23T17:00", "2026-11-30T09:00"},
		{desk.EscalationStep{From: "22:00", Until: "06:00", Days: []int{6}}, "2026-11-22T06:00", "2026-11-28T22:00"},
		{desk.EscalationStep{Days: []int{0}}, "2026-11-21T12:00", "2026-11-22T00:00"},
		{desk.EscalationStep{From: "02:30", Until: "05:00"}, "2026-03-28T12:00", "2026-03-29T03:30"}, // that night has no half past two
	} {
		now, err := time.ParseInLocation("2006-01-02T15:04", tt.now, stockholm)
		if err != nil {
			t.Fatal(err)
		}
		if got := tt.step.Opens(now).Format("2006-01-02T15:04"); got != tt.want {
			t.Errorf("%+v opens after %s at %s, want %s", tt.step, tt.now, got, tt.want)
		}
	}
}

// A clock that is set forward by seven hours drops no message that failed once.
func TestAJumpDropsNothing(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.fail = &desk.Retry{Err: context.DeadlineExceeded}
	n.begin("alert:1", desk.Issue)
	n.wall = n.wall.Add(7 * time.Hour)
	n.pass(2 * time.Second)
	n.fail = nil
	n.pass(5 * time.Second)
	n.got("B: 1")
}

// What began again calls again when nobody ever acknowledged it, and otherwise as the policy says.
func TestARelapse(t *testing.T) {
	t.Parallel()
	for _, taken := range []bool{false, true} {
		n := newNight(t)
		n.begin("alert:1", desk.Issue)
		n.got("B: 1")
		if taken {
			n.knows(Standing{Taken: "B", TakenBy: n.ids[1]})
		} else {
			n.knows(Standing{Over: true})
		}
		n.must(n.e.look(t.Context(), "alert:1"))
		n.knows(Standing{})
		n.pass(100 * time.Minute)
		n.got("")
		n.must(n.e.Begin(t.Context(), desk.Matter{About: "alert:1", Stage: desk.StageAlert, BrandID: n.brand, Level: desk.Issue, Title: desk.Say("Something moved"), Again: 1}))
		n.pass(0)
		n.got(map[bool]string{false: "B: 1", true: ""}[taken])
	}
}

// Where each must acknowledge, who did so in the console is not called again.
func TestSeenInTheConsole(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.policy(desk.EscalationPolicy{Repeat: 1, Steps: []desk.EscalationStep{{To: []desk.Callee{{Kind: desk.CalleeEverybody}}, Wait: 60, Each: true}}})
	n.begin("alert:1", desk.Issue)
	n.got("A: 1, B: 1, C: 1")
	n.knows(Standing{Taken: "B", TakenBy: n.ids[1]})
	n.must(n.e.look(t.Context(), "alert:1"))
	n.must(n.e.look(t.Context(), "alert:1"))
	if e := n.about("alert:1"); !e.Live() || len(e.Acks) != 1 {
		t.Errorf("one of three saw it: %s, %+v", e.State, e.Acks)
	}
	n.pass(time.Minute)
	n.got("A: 1, C: 1")
}
