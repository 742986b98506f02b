package plan_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/internal/say"
	"breakwater/plan"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// The plan that comes with the program is whole in every language: nothing names what is not there, all eight kinds of crisis and
// all five levels are in it, and every message is written in every language.
func TestDefaultIsWhole(t *testing.T) {
	t.Parallel()
	for _, l := range say.Languages() {
		p := plan.Default(l.Tag)
		for _, lack := range plan.Lacks(&p) {
			t.Errorf("%s: %v", l.Tag, lack)
		}
		if len(p.Levels) != 5 {
			t.Errorf("%s: %d levels", l.Tag, len(p.Levels))
		}
		kinds := map[string]bool{}
		for _, s := range p.Scenarios {
			kinds[s.Kind] = true
			if len(s.Signs) < 3 || len(s.Tasks) < 4 || len(s.Drafts) < 3 || len(s.Cues) == 0 || s.Advice == "" {
				t.Errorf("%s: scenario %s is thin", l.Tag, s.ID)
			}
		}
		if len(kinds) != len(desk.ScenarioKinds) {
			t.Errorf("%s: kinds %v, want all of %v", l.Tag, kinds, desk.ScenarioKinds)
		}
		for _, kind := range desk.StatementKinds[1:] {
			if !hasKind(p.Library, kind) {
				t.Errorf("%s: the library has no %s", l.Tag, kind)
			}
		}
		for _, m := range p.Library {
			checkMessage(t, m, l.Tag)
		}
		var b strings.Builder
		if err := plan.Write(&b, p); err != nil {
			t.Fatal(err)
		}
		if _, err := plan.Read(strings.NewReader(b.String())); err != nil {
			t.Errorf("%s: the plan's own file is refused: %v", l.Tag, err)
		}
	}
}

func hasKind(library []desk.Prepared, kind string) bool {
	for _, m := range library {
		if m.Kind == kind {
			return true
		}
	}
	return false
}

// checkMessage looks at one message in one language: there, short enough for the tightest network, and open where English is.
func checkMessage(t *testing.T, m desk.Prepared, lang string) {
	t.Helper()
	short, ok := m.For("bluesky", lang, false)
	long, also := m.For("wordpress", lang, true)
	if !ok && m.ID != "staff-note" || !also {
		t.Errorf("%s is not written in %s", m.ID, lang)
	}
	if n := len([]rune(short.Text)); n > 300 {
		t.Errorf("%s in %s has %d characters, which is too long for the tightest network before anything is filled in", m.ID, lang, n)
	}
	en, _ := m.For("wordpress", "en", true)
	for _, known := range []string{"{next_update}", "{brand}"} {
		if strings.Contains(en.Text, known) != strings.Contains(long.Text, known) {
			t.Errorf("%s in %s and in English differ in %s", m.ID, lang, known)
		}
	}
	if a, b := len(desk.Blanks(en.Text)), len(desk.Blanks(long.Text)); b < a-2 || b > a+2 {
		t.Errorf("%s leaves %d blanks in %s and %d in English", m.ID, b, lang, a)
	}
}

func TestSteps(t *testing.T) {
	t.Parallel()
	p := plan.Default("en")
	if got := plan.Steps(&p, "", desk.Normal, noon); got != nil {
		t.Errorf("at level 0 there are %d steps, want none", len(got))
	}
	before := 0
	for l := desk.Watch; l <= desk.Severe; l++ {
		steps := plan.Steps(&p, "", l, noon)
		if len(steps) <= before {
			t.Errorf("at %s there are %d steps, no more than at the level below it (%d)", l, len(steps), before)
		}
		before = len(steps)
		more := plan.Steps(&p, "product-harm", l, noon)
		if len(more) <= len(steps) {
			t.Errorf("at %s the scenario adds no step", l)
		}
		for i, s := range more {
			if i > 0 && s.Due.Before(more[i-1].Due) {
				t.Errorf("%s: step %q is due before %q, which stands above it", l, s.ID, more[i-1].ID)
			}
		}
	}
	p.Scenarios[0].Tasks = append(p.Scenarios[0].Tasks, desk.PlanTask{ID: "harm", Do: "Ours.", Role: plan.Legal, After: 1, From: desk.Watch})
	if s := plan.Steps(&p, p.Scenarios[0].ID, desk.Watch, noon); s[0].ID != "harm" || s[0].Do.Say != "Ours." || s[1].ID == "harm" {
		t.Errorf("the scenario's own task does not take the place of the plan's: %+v", s[:2])
	}
}

func TestRaiseKeepsWhatIsDone(t *testing.T) {
	t.Parallel()
	p := plan.Default("en")
	for i := range p.Roles {
		if p.Roles[i].Name == plan.CrisisLead {
			p.Roles[i].UserID, p.Roles[i].DeputyID = 7, 8
		}
	}
	users := []desk.User{{ID: 7, Name: "Ana"}, {ID: 8, Name: "Omar"}}
	i := desk.Incident{Level: desk.Watch, State: desk.IncidentOpen}
	plan.Raise(&p, &i, users, noon)
	if s := i.Steps[0]; s.ID != "harm" || s.Owner != "Ana" || s.Deputy != "Omar" || s.UserID != 7 {
		t.Errorf("the first step is %+v, want it to be Ana's, with Omar as deputy", s)
	}
	if _, err := i.Tick("harm", "Ana", noon); err != nil {
		t.Fatal(err)
	}
	users[0].Disabled = true
	i.Level = desk.Crisis
	plan.Raise(&p, &i, users, noon.Add(time.Hour))
	if want := plan.Steps(&p, "", desk.Crisis, noon); len(i.Steps) != len(want) {
		t.Errorf("after Raise %d steps, want %d", len(i.Steps), len(want))
	}
	if !i.Steps[0].Done() {
		t.Error("Raise forgot that the first step was done")
	}
	for _, s := range i.Steps {
		if s.Role == plan.CrisisLead && !s.Done() && s.ID == "team" && (s.Owner != "Omar" || s.UserID != 8) {
			t.Errorf("who is locked out still has the step %+v", s)
		}
	}
}

func TestTick(t *testing.T) {
	t.Parallel()
	p := plan.Default("en")
	i := desk.Incident{State: desk.IncidentOpen, Steps: plan.Steps(&p, "", desk.Watch, noon)}
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

func TestSuggest(t *testing.T) {
	t.Parallel()
	p := plan.Default("en")
	p.Scenarios[1].Monitors = []string{"The board"}
	got := plan.Suggest(&p, map[string]int{"food_illness": 2, "boycott": 1}, []string{"The board"})
	if len(got) != len(p.Scenarios) {
		t.Fatalf("%d suggestions of %d scenarios", len(got), len(p.Scenarios))
	}
	for i, want := range []string{"misconduct", "product-harm", "decision"} {
		if got[i].ID != want || !got[i].Points() {
			t.Errorf("suggestion %d is %s, want %s", i, got[i].ID, want)
		}
	}
	if got[3].Points() {
		t.Errorf("%s is said to be pointed to", got[3].ID)
	}
}
