package drill

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/match"
)

func TestTheMonitorsHearEverything(t *testing.T) {
	t.Parallel()
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			monitors := c.Monitors()
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
			s := Storm{Case: c, Seed: 7, Start: start}
			for m := range s.History(start.Add(-3*24*time.Hour), start) {
				if !slices.Contains(heard(m), 1) {
					t.Errorf("%s: the brand's monitor does not hear %q", m.Lang, m.Text)
				}
			}
			said := 0
			for _, m := range s.Crisis() {
				ids := heard(m)
				for _, id := range ids {
					byMonitor[id]++
				}
				if len(ids) == 0 {
					t.Errorf("%s: no monitor hears %q", m.Lang, m.Text)
				}
				if strings.ContainsAny(m.Text, "{}|") {
					t.Errorf("%s: not a text that anybody writes: %q", m.Lang, m.Text)
				}
				said++
			}
			for _, m := range monitors {
				if byMonitor[m.ID] < 20 {
					t.Errorf("the monitor %s hears %d of %d mentions of the crisis", m.Name, byMonitor[m.ID], said)
				}
			}
		})
	}
}

func TestCasesAreWhole(t *testing.T) {
	t.Parallel()
	if _, err := Find("teacup"); err == nil {
		t.Error("found a case that is none")
	}
	needed := []string{"claim", "anger", "boycott", "ask", "share", "defend", "praise", "plain", "grumble", "place", "when", "name"}
	for _, c := range Cases() {
		if found, err := Find(c.Name); err != nil || found != c || c.Title == "" {
			t.Errorf("%s: found %+v, %v", c.Name, found, err)
		}
		story := c.story()
		if len(story.acts) == 0 || len(c.Brand().Accounts) != 2 {
			t.Errorf("%s has no course, or its brand no accounts", c.Name)
		}
		for _, l := range c.tongues() {
			for _, section := range needed {
				if len(l.lines[section]) == 0 {
					t.Errorf("%s: %s has no [%s]", c.Name, l.lang, section)
				}
			}
			if !c.original() && len(l.lines["thing"]) != 3 {
				t.Errorf("%s: %s speaks of %d things", c.Name, l.lang, len(l.lines["thing"]))
			}
			for _, m := range story.moments {
				if m.lang == l.lang && len(l.lines[m.section]) == 0 {
					t.Errorf("%s: %s has no [%s]", c.Name, l.lang, m.section)
				}
			}
			for section, lines := range l.lines {
				for _, line := range lines {
					if rest := l.fill(rand.New(rand.NewPCG(1, 2)), line); strings.ContainsAny(rest, "{}") {
						t.Errorf("%s: %s [%s]: %q leaves a slot open", c.Name, l.lang, section, line)
					}
				}
			}
		}
	}
}
