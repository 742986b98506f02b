package plan_test

import (
	"errors"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/plan"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func TestFirstHour(t *testing.T) {
	t.Parallel()
	if got := plan.FirstHour(desk.Normal, noon); got != nil {
		t.Errorf("FirstHour(Normal) has %d steps, want none", len(got))
	}
	before := 0
	for l := desk.Watch; l <= desk.Severe; l++ {
		steps := plan.FirstHour(l, noon)
		if len(steps) <= before && l != desk.Watch {
			t.Errorf("FirstHour(%s) has %d steps, no more than the level below it (%d)", l, len(steps), before)
		}
		before = len(steps)
		for i, s := range steps {
			if i > 0 && s.Due.Before(steps[i-1].Due) {
				t.Errorf("%s: step %q is due before %q, which stands above it", l, s.ID, steps[i-1].ID)
			}
		}
	}
}

func TestRaiseKeepsWhatIsDone(t *testing.T) {
	t.Parallel()
	i := desk.Incident{Level: desk.Watch, State: desk.IncidentOpen, Steps: plan.FirstHour(desk.Watch, noon)}
	if _, err := i.Tick("harm", "Ana", noon); err != nil {
		t.Fatal(err)
	}
	i.Level = desk.Crisis
	plan.Raise(&i, noon.Add(time.Hour))
	if want := plan.FirstHour(desk.Crisis, noon); len(i.Steps) != len(want) {
		t.Errorf("after Raise %d steps, want %d", len(i.Steps), len(want))
	}
	if !i.Steps[0].Done() {
		t.Error("Raise forgot that the first step was done")
	}
	if next, ok := i.Next(); !ok || next.ID == "harm" {
		t.Errorf("Next = %q, %t; want an open step", next.ID, ok)
	}
}

func TestTick(t *testing.T) {
	t.Parallel()
	i := desk.Incident{State: desk.IncidentOpen, Steps: plan.FirstHour(desk.Watch, noon)}
	if _, err := i.Tick("nothing", "Ana", noon); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("Tick of an unknown step: %v, want ErrNotFound", err)
	}
	s, err := i.Tick("facts", "Ana", noon)
	if err != nil || !s.Done() {
		t.Fatalf("Tick = %+v, %v; want done", s, err)
	}
	if s, _ = i.Tick("facts", "Ana", noon); s.Done() {
		t.Error("a second Tick did not open the step again")
	}
	i.State = desk.IncidentClosed
	if _, err := i.Tick("facts", "Ana", noon); !errors.Is(err, desk.ErrInvalidTransition) {
		t.Errorf("Tick in a closed incident: %v, want ErrInvalidTransition", err)
	}
}
