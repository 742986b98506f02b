package detect

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"breakwater/desk"
)

// said are n posts of as many people, the first so many of which carry a cue.
func said(n, cues int, typ string, mood desk.Mood, words ...string) []desk.Mention {
	var ms []desk.Mention
	for i := range n {
		m := desk.Mention{ID: int64(1000 - i), Ref: desk.Ref{Network: "mastodon", NativeID: fmt.Sprint(typ, i)}, Author: desk.Author{Handle: fmt.Sprint("p", i)}, Mood: mood, Confidence: 0.8}
		m.Fold = m.Key().Fold()
		if i < cues {
			c := desk.Cue{Type: typ, Strength: 2}
			for _, w := range words {
				c.Words = append(c.Words, desk.Span{Words: w})
			}
			m.SetCues([]desk.Cue{c})
		}
		ms = append(ms, m)
	}
	return ms
}

// unsure are the same posts, whose mood could hardly be told.
func unsure(ms []desk.Mention) []desk.Mention {
	for i := range ms {
		ms[i].Confidence = 0.55
	}
	return ms
}

func TestCue(t *testing.T) {
	t.Parallel()
	quiet := &Usual{Looked: 800, Cues: map[string]float64{}}
	insurer := &Usual{Looked: 800, Cues: map[string]float64{"safety_injury": 0.2}}
	for _, c := range []struct {
		name        string
		usual       *Usual
		posts       []desk.Mention
		sensitivity string
		want        string // part of the sentence; empty for no signal
		level       desk.Level
	}{
		{"nothing", quiet, said(30, 0, "", -1), "balanced", "", 0},
		{"two people", quiet, said(10, 2, "food_illness", -1), "balanced", "", 0},
		{"four among a few", quiet, said(20, 4, "food_illness", -1, "Food  Poisoning"), "balanced", "4 people write about illness or spoilt food and Aurora. In their words: “food poisoning” 4×.", desk.Issue},
		{"many", quiet, said(60, 12, "food_illness", -1, "made me sick", "mould"), "balanced", "“made me sick” 12×, “mould” 12×", desk.Crisis},
		{"danger is told calmly too", quiet, said(20, 5, "safety_injury", 0, "recall"), "balanced", "5 people write about danger", desk.Issue},
		{"a boycott that nobody is angry about", quiet, said(20, 5, "boycott", 0, "boycott"), "balanced", "", 0},
		{"a boycott", quiet, said(20, 5, "boycott", -1, "boycott"), "balanced", "5 people call for a boycott", desk.Issue},
		{"friends", quiet, said(20, 6, "food_illness", 1), "balanced", "", 0},
		{"friends, as somebody read it who was not sure", quiet, unsure(said(20, 6, "food_illness", 1)), "balanced", "6 people", desk.Issue},
		{"as many as always", insurer, said(60, 14, "safety_injury", -1), "balanced", "", 0},
		{"far more than always", insurer, said(60, 45, "safety_injury", -1), "balanced", "45 people", desk.Crisis},
		{"before anything was learned", nil, said(8, 4, "food_illness", -1), "balanced", "4 people", desk.Issue},
		{"anger at service alone", quiet, said(40, 30, "service_rage", -1), "balanced", "", 0},
		{"an own type", quiet, said(20, 5, "jars", -1, "cracked jar"), "balanced", "5 people write about jars and Aurora. In their words: “cracked jar” 5×.", desk.Issue},
		{"not sensitive", quiet, said(20, 4, "food_illness", -1), "low", "", 0},
		{"sensitive", quiet, said(12, 3, "labour", -1), "high", "3 people", desk.Issue},
	} {
		w := Window{Monitor: desk.Monitor{ID: 1, BrandID: 1, Name: "Aurora", Sensitivity: c.sensitivity}, Usual: c.usual, Posts: c.posts}
		s, found := lookCue(w)
		if found != (c.want != "") || found && (!strings.Contains(s.Why.English(), c.want) || s.Level != c.level || s.Strength < 1) {
			t.Errorf("%s: %v %q level %d strength %.2f, want %q level %d", c.name, found, s.Why.English(), s.Level, s.Strength, c.want, c.level)
		}
	}
}

func TestCueCountsPeopleAndBrands(t *testing.T) {
	t.Parallel()
	one := said(10, 10, "food_illness", -1)
	for i := range one {
		one[i].Author.Handle = "same"
	}
	others := said(10, 10, "food_illness", -1)
	for i := range others {
		others[i].Found[0].BrandID = 2
	}
	copies := said(10, 10, "food_illness", -1)
	for i := range copies {
		copies[i].Fold = 7
	}
	for name, posts := range map[string][]desk.Mention{"one person": one, "another brand's cue": others, "copies": copies} {
		w := Window{Monitor: desk.Monitor{ID: 1, BrandID: 1, Name: "Aurora"}, Posts: posts}
		if s, found := lookCue(w); found {
			t.Errorf("%s: %q", name, s.Why.English())
		}
	}
}

func TestAtLeast(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n           int
		shape, mean float64
		want        float64
	}{
		{0, 2, 1, 1},
		{1, 1, 1, 0.5},           // geometric
		{3, 1, 1, 0.125},         //
		{30, 1, 1, 9.313e-10},    // in the tail
		{5, 1e9, 2, 0.052653017}, // Poisson
		{3, 2, 0, 0},
	} {
		if got := atLeast(c.n, c.shape, c.mean); math.Abs(got-c.want) > 1e-3*c.want+1e-12 {
			t.Errorf("atLeast(%d, %g, %g) = %g, want %g", c.n, c.shape, c.mean, got, c.want)
		}
	}
}
