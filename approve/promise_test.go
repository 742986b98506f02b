package approve

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
)

// A promise is brought to the people who are on call before its time, and once more, at a higher level, when that has passed; a statement
// keeps it.
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
	matters := func() (all []desk.Matter) {
		jobs, err := b.db.ClaimJobs(t.Context(), desk.BeginKind, 10, time.Hour)
		must(t, err)
		for _, j := range jobs {
			var m desk.Matter
			must(t, json.Unmarshal([]byte(j.Payload), &m))
			all = append(all, m)
		}
		return all
	}
	passes(5 * time.Minute)
	soon := matters()
	if len(b.run()) != 0 || len(*told) != 0 || len(soon) != 1 || soon[0].Stage != desk.StageClock || !strings.HasPrefix(soon[0].Title.English(), "Due soon") {
		t.Errorf("five minutes before %+v is brought to people, shown %q", soon, *told)
	}
	passes(-time.Minute)
	b.run()
	if late := matters(); len(late) != 1 || late[0].About != soon[0].About || late[0].Level <= soon[0].Level || len(b.letters) != 0 || len(*told) != 1 {
		t.Errorf("a minute after %+v is brought to people, letters %v, shown %q", late, b.letters, *told)
	}
	if b.run(); len(*told) != 1 {
		t.Errorf("shown again: %q", *told)
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
