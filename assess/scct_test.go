package assess

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

var update = flag.Bool("update", false, "write what is into testdata")

// golden compares with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		check(t, os.MkdirAll("testdata", 0o755))
		check(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	check(t, err)
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// The whole table of advice, as a person can hold it against the theory.
func TestAdvice(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, tt := range []struct {
		name string
		desk.Appraisal
	}{
		{"nothing is known", desk.Appraisal{}},
		{"a rumour", desk.Appraisal{Danger: desk.No, True: desk.No, Cause: "", Knew: desk.No, Before: desk.No, Standing: desk.StandingGood}},
		{"a rumour about who has a bad name", desk.Appraisal{Danger: desk.No, True: desk.No, Standing: desk.StandingBad}},
		{"tampering, people in danger", desk.Appraisal{Danger: desk.Yes, True: desk.Yes, Cause: desk.CauseAttack, Knew: desk.No, Before: desk.No, Standing: desk.StandingGood}},
		{"a flood, not the first", desk.Appraisal{Danger: desk.No, True: desk.Yes, Cause: desk.CauseNature, Before: desk.Yes}},
		{"a technical fault, the first", desk.Appraisal{Danger: desk.No, True: desk.Yes, Cause: desk.CauseTechnical, Knew: desk.No, Before: desk.No, Standing: desk.StandingGood}},
		{"a technical fault, again", desk.Appraisal{Danger: desk.No, True: desk.Yes, Cause: desk.CauseTechnical, Knew: desk.No, Before: desk.Yes, Standing: desk.StandingMixed}},
		{"a technical fault that was known", desk.Appraisal{Danger: desk.Yes, True: desk.Yes, Cause: desk.CauseTechnical, Knew: desk.Yes}},
		{"somebody's mistake", desk.Appraisal{Danger: desk.No, True: desk.Partly, Cause: desk.CauseHuman, Before: desk.No, Standing: desk.StandingGood}},
		{"a misdeed", desk.Appraisal{Danger: desk.No, True: desk.Yes, Cause: desk.CauseKnowing, Knew: desk.Yes, Before: desk.Yes, Standing: desk.StandingBad}},
		{"a challenge without ground", desk.Appraisal{Danger: desk.No, True: desk.No, Cause: desk.CauseChallenge}},
		{"a challenge with a point", desk.Appraisal{Danger: desk.No, True: desk.Partly, Cause: desk.CauseChallenge}},
		{"a challenge, nobody knows", desk.Appraisal{Danger: desk.No, Cause: desk.CauseChallenge}},
	} {
		v := Advise(tt.Appraisal)
		fmt.Fprintf(&b, "== %s\ncluster: %s (%s)\n", tt.name, v.Cluster, v.Why.English())
		for _, x := range v.Raised {
			fmt.Fprintf(&b, "raised: %s\n", x.English())
		}
		for _, x := range v.First {
			fmt.Fprintf(&b, "first: %s\n", x.English())
		}
		for _, o := range v.Fits {
			fmt.Fprintf(&b, "fits: %s. %s\n", o.Strategy, o.Why.English())
		}
		for _, o := range v.Unfit {
			fmt.Fprintf(&b, "unfit: %s. %s\n", o.Strategy, o.Why.English())
		}
		fmt.Fprintf(&b, "open: %s\n\n", strings.Join(v.Open, ", "))
	}
	golden(t, "advice.txt", b.String())
}

// Whatever is answered, no strategy is called both fitting and unfit, something always fits, and denial never fits what is true.
func TestAdviceNeverContradictsItself(t *testing.T) {
	t.Parallel()
	n := 0
	var walk func(a desk.Appraisal, k int)
	walk = func(a desk.Appraisal, k int) {
		if k < len(desk.Questions) {
			for _, answer := range append([]string{""}, desk.Questions[k].Answers...) {
				*a.Answer(desk.Questions[k].Name) = answer
				walk(a, k+1)
			}
			return
		}
		n++
		v := Advise(a)
		fits := map[string]bool{}
		for _, o := range v.Fits {
			if fits[o.Strategy] {
				t.Errorf("%+v: %s fits twice", a, o.Strategy)
			}
			fits[o.Strategy] = true
		}
		unfit := map[string]bool{}
		for _, o := range v.Unfit {
			if fits[o.Strategy] || unfit[o.Strategy] {
				t.Errorf("%+v: %s is unfit, and said before", a, o.Strategy)
			}
			unfit[o.Strategy] = true
		}
		if !fits[Inform] || fits[Deny] && a.True != desk.No || fits[Rebuild] && a.True == desk.No && v.Cluster != Preventable {
			t.Errorf("%+v: fits %v", a, fits)
		}
	}
	walk(desk.Appraisal{}, 0)
	if n != 3*4*7*3*3*4 {
		t.Errorf("%d appraisals walked", n)
	}
}
