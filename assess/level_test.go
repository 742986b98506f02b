package assess

import (
	"fmt"
	"strings"
	"testing"

	"breakwater/desk"
)

func voicesOf(followers ...int) (all []desk.Voice) {
	for _, n := range followers {
		all = append(all, desk.Voice{Author: desk.Author{Followers: n}})
	}
	return all
}

// The typical signs of each level lead to it; harm is a floor, not a weight.
func TestSuggest(t *testing.T) {
	t.Parallel()
	on := func(n int) []desk.Share {
		return []desk.Share{{Name: "mastodon", Count: 90}, {Name: "bluesky", Count: 30}, {Name: "feed", Count: 5}, {Name: "x", Count: 1}}[:n]
	}
	rumour := Picture{Total: 60, Negative: .2, UsualShare: .2, ShareKnown: true, Hour: 10, HourPeople: 10, Expected: 10, Networks: on(1), Voices: voicesOf(500)}
	var b strings.Builder
	for _, tt := range []struct {
		name  string
		p     Picture
		a     desk.Appraisal
		level desk.Level
	}{
		{"a usual day", rumour, desk.Appraisal{}, desk.Normal},
		{"nothing is known", Picture{}, desk.Appraisal{}, desk.Normal},
		{"a rise on one network", Picture{Total: 90, Negative: .3, UsualShare: .2, ShareKnown: true, HourPeople: 25, Expected: 10, Doubling: 90, Networks: on(1)}, desk.Appraisal{}, desk.Watch},
		{"three times the usual on two networks", Picture{Total: 300, Negative: .35, UsualShare: .2, ShareKnown: true, HourPeople: 30, Expected: 10, Doubling: 60, Networks: on(2), Voices: voicesOf(20000)}, desk.Appraisal{}, desk.Issue},
		{"twice the negative on three networks, with media", Picture{Total: 3000, Negative: .5, UsualShare: .2, ShareKnown: true, HourPeople: 90, Expected: 10, Doubling: 25, Networks: on(3), Voices: voicesOf(150000), Media: voicesOf(300000)}, desk.Appraisal{True: desk.Partly}, desk.Crisis},
		{"everything at once", Picture{Total: 90000, Negative: .9, UsualShare: .2, ShareKnown: true, HourPeople: 4000, Expected: 10, Doubling: 9, Networks: on(4), Voices: voicesOf(2000000), Media: voicesOf(3, 4, 5)}, desk.Appraisal{True: desk.Yes}, desk.Severe},
		{"few speak, but somebody is in danger", rumour, desk.Appraisal{Danger: desk.Yes}, desk.Severe},
		{"many speak of harm, nobody has answered", Picture{Total: 60, HourPeople: 5, Expected: 10, Networks: on(1), Cues: []desk.Share{{Name: "food_illness", Count: 6}}}, desk.Appraisal{}, desk.Crisis},
		{"many speak of harm, nobody is in danger", Picture{Total: 60, HourPeople: 5, Expected: 10, Networks: on(1), Cues: []desk.Share{{Name: "food_illness", Count: 6}}}, desk.Appraisal{Danger: desk.No}, desk.Normal},
		{"a figure of speech among thousands", Picture{Total: 6000, HourPeople: 5, Expected: 10, Networks: on(1), Cues: []desk.Share{{Name: "safety_injury", Count: 12}}}, desk.Appraisal{}, desk.Normal},
	} {
		s := Suggest(tt.p, tt.a)
		if s.Level != tt.level {
			t.Errorf("%s: level %d with %.1f points, want %d", tt.name, s.Level, s.Score, tt.level)
		}
		fmt.Fprintf(&b, "== %s\nlevel %d, %.1f points, floor %d %s\n", tt.name, s.Level, s.Score, s.Floor, s.FloorWhy.English())
		total := 0.0
		for _, m := range s.Measures {
			total += m.Weight
			fmt.Fprintf(&b, "%-6s %5.1f of %2.0f, known %t: %s\n", m.Name, m.Points, m.Weight, m.Known, m.Say.English())
		}
		if total != 100 {
			t.Errorf("the weights add up to %v", total)
		}
		b.WriteByte('\n')
	}
	golden(t, "level.txt", b.String())
}
