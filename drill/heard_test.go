package drill

import (
	"slices"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/match"
)

func TestTheMonitorsHearEverything(t *testing.T) {
	t.Parallel()
	monitors := Monitors()
	for i := range monitors {
		monitors[i].ID = int64(i + 1)
	}
	set, err := match.NewSet(monitors)
	if err != nil {
		t.Fatal(err)
	}
	var scratch match.Scratch
	heard := func(m desk.Mention) (ids []int64) { return set.Match(nil, &m, &scratch) }
	byMonitor := map[int64]int{}
	s := storm()
	for m := range s.History(start.Add(-3*24*time.Hour), start) {
		if !slices.Contains(heard(m), 1) {
			t.Errorf("%s: the brand's monitor does not hear %q", m.Lang, m.Text)
		}
	}
	for _, m := range s.Crisis() {
		ids := heard(m)
		for _, id := range ids {
			byMonitor[id]++
		}
		if len(ids) == 0 {
			t.Errorf("%s: no monitor hears %q", m.Lang, m.Text)
		}
	}
	for _, m := range monitors {
		if byMonitor[m.ID] < 100 {
			t.Errorf("the monitor %s hears %d mentions of the crisis", m.Name, byMonitor[m.ID])
		}
	}
}
