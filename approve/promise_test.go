package approve

import (
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
)

// A promise is brought to mind before its time; when that has passed, letters and the alarm say so, once; a statement keeps it.
func TestPromiseClock(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	told := b.alarms()
	made, err := b.Promise(b.as("Ada"), desk.Promise{BrandID: b.brand, Text: "Next update", Due: time.Now().Add(2 * time.Hour)})
	must(t, err)
	waits := func() (at []time.Time) {
		jobs, err := b.db.Jobs(t.Context(), false, desk.Paging{})
		must(t, err)
		for _, j := range jobs {
			if j.Kind == jobPromise {
				at = append(at, j.Due)
			}
		}
		slices.SortFunc(at, time.Time.Compare)
		return at
	}
	due := made.Due.Truncate(time.Microsecond)
	if at := waits(); len(at) != 2 || !at[0].Equal(due.Add(-desk.SoonBefore)) || !at[1].Equal(due) {
		t.Errorf("clocks at %s of a promise for %s", at, due)
	}
	passes := func(left time.Duration) {
		t.Helper()
		_, err := b.db.ChangePromise(t.Context(), made.ID, desk.Act{Who: "desk", Do: "test"}, func(p *desk.Promise, out *desk.Out) error {
			p.Due, p.Made, out.Say = time.Now().Add(left), time.Now().Add(left-2*time.Hour), desk.Say("time passes")
			return nil
		})
		must(t, err)
		for range 2 { // again, as after a crash
			must(t, b.promiseDue(t.Context(), errand{Promise: made.ID}))
		}
	}
	passes(5 * time.Minute)
	if got := b.run(); !slices.Equal(got, []string{"Lea", "Leo", "Liv", "Root"}) || !strings.HasPrefix(b.letters[0].Subject.English(), "Due soon") || len(*told) != 0 {
		t.Errorf("five minutes before letters went to %v, alarms %q", got, *told)
	}
	passes(-time.Minute)
	if got := b.run(); len(got) != 4 || !strings.HasPrefix(b.letters[0].Subject.English(), "Late") || len(*told) != 1 {
		t.Errorf("a minute after letters went to %v, alarms %q", got, *told)
	}
	if b.run(); len(*told) != 1 {
		t.Errorf("alarms again: %q", *told)
	}
	s, err := b.Begin(b.as("Ada"), Draft{BrandID: b.brand, Words: words("More.")})
	must(t, err)
	_, err = b.db.ChangeStatement(t.Context(), s.ID, desk.Act{Who: "desk", Do: "test"}, func(s *desk.Statement, out *desk.Out) error {
		s.State, s.Published, out.Say = desk.StatementPublished, time.Now(), desk.Say("out")
		return nil
	})
	must(t, err)
	b.run()
	if p, err := b.db.Promise(t.Context(), made.ID); err != nil || p.State != desk.PromiseKept || p.KeptBy != s.ID {
		t.Errorf("the promise is %+v, %v", p, err)
	}
}

// A promise made in a rehearsal rings nowhere.
func TestPromiseOfADrillRingsNowhere(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	told := b.alarms()
	i, err := b.db.ChangeIncident(t.Context(), 0, desk.Act{Who: "desk", Do: "test"}, func(i *desk.Incident, out *desk.Out) error {
		i.BrandID, i.DrillID, i.State, out.Say = b.brand, 3, desk.IncidentOpen, desk.Say("rehearsed")
		return nil
	})
	must(t, err)
	p, err := b.Promise(b.as("Ada"), desk.Promise{IncidentID: i.ID, Text: "Next update", Due: time.Now().Add(time.Hour)})
	must(t, err)
	must(t, b.promiseLate(t.Context(), errand{Promise: p.ID}))
	if len(*told) != 0 {
		t.Errorf("people heard %q", *told)
	}
}
