package assess

import (
	"math"

	"breakwater/desk"
)

// LevelAdvice is the response level that the signs ask for, with everything it was made of. A person decides.
type LevelAdvice struct {
	Level    desk.Level  `json:"level"`
	Score    float64     `json:"score"`              // 0 … 100, of what is known
	Floor    desk.Level  `json:"floor"`              // the least level, whatever the score: harm is no matter of weights
	FloorWhy desk.Text   `json:"floor_why,omitzero"` // what sets the floor
	Measures []Measure   `json:"measures"`           // what the score was added up from
	Steps    []Threshold `json:"steps"`              // from which score on each level is suggested
}

// Measure is one of the signs with its weight.
type Measure struct {
	Name   string    `json:"name"`   // scale, growth, spread, tone, reach, media, truth
	Weight float64   `json:"weight"` // points at the most; all together 100
	Share  float64   `json:"share"`  // of the weight that it gets, 0 … 1
	Points float64   `json:"points"`
	Known  bool      `json:"known"` // what is not known counts neither for nor against
	Say    desk.Text `json:"say"`   // what was seen
}

// Threshold is the score from which on a level is suggested.
type Threshold struct {
	Level desk.Level `json:"level"`
	From  float64    `json:"from"`
}

// steps are set so that the typical signs of each level reach it: a rise on one network is Watch; three times the usual on two
// networks Issue; twice the usual negative share on three networks with media Crisis.
var steps = []Threshold{{desk.Watch, 8}, {desk.Issue, 25}, {desk.Crisis, 50}, {desk.Severe, 85}}

// measures are the signs in the order in which they are shown, with their weights. What people hold against a brand and how
// far it carries weigh more than who carries it.
var measures = []struct {
	name   string
	weight float64
	read   func(*Picture, *desk.Appraisal) (share float64, known bool, say desk.Text)
}{
	{"scale", 20, scale}, {"growth", 15, growth}, {"spread", 15, spread}, {"tone", 20, tone}, {"reach", 10, reach}, {"media", 15, media}, {"truth", 5, truth},
}

// Suggest adds up what the signs ask for.
func Suggest(p Picture, a desk.Appraisal) LevelAdvice {
	s := LevelAdvice{Steps: steps}
	known := 0.0
	for _, m := range measures {
		share, ok, say := m.read(&p, &a)
		one := Measure{Name: m.name, Weight: m.weight, Known: ok, Say: say}
		if ok {
			one.Share = min(max(share, 0), 1)
			one.Points = one.Share * m.weight
			known += m.weight
			s.Score += one.Points
		}
		s.Measures = append(s.Measures, one)
	}
	if known > 0 {
		s.Score *= 100 / known
	}
	s.Score = math.Round(s.Score*10) / 10
	for _, step := range steps {
		if s.Score >= step.From {
			s.Level = step.Level
		}
	}
	s.Floor, s.FloorWhy = floor(&p, &a)
	s.Level = max(s.Level, s.Floor)
	return s
}

// scale: the people of the last hour against the mentions that are usual for it. Twice is a quarter, sixteen times all.
func scale(p *Picture, _ *desk.Appraisal) (float64, bool, desk.Text) {
	if p.Expected <= 0 {
		return 0, false, desk.Say("{n} people in the last hour; what is usual is not known yet.", "n", p.HourPeople)
	}
	ratio := float64(p.HourPeople) / max(p.Expected, 1)
	return math.Log2(max(ratio, 1)) / 4, true, desk.Say("{n} people in the last hour, where {expected} mentions are usual.", "n", p.HourPeople, "expected", math.Round(p.Expected))
}

// growth: the time in which it doubles. A quarter of an hour is all, three hours a quarter.
func growth(p *Picture, _ *desk.Appraisal) (float64, bool, desk.Text) {
	for _, g := range []struct {
		within int
		share  float64
	}{{15, 1}, {30, .75}, {60, .5}, {180, .25}} {
		if p.Doubling > 0 && p.Doubling <= g.within {
			return g.share, true, desk.Say("Doubles in {n} minutes.", "n", p.Doubling)
		}
	}
	return 0, true, desk.Say("It does not grow at the moment.")
}

// spread: networks with more than a stray mention. Two are half, three all.
func spread(p *Picture, _ *desk.Appraisal) (float64, bool, desk.Text) {
	n := 0
	for _, s := range p.Networks {
		if s.Count >= strayMentions {
			n++
		}
	}
	return float64(n-1) / 2, true, desk.Say("On {n} networks.", "n", n)
}

// strayMentions is how many mentions on a network are more than somebody passing it on.
const strayMentions = 3

// tone: the negative share against the usual one. Twice is half, three times all; without a usual share, from 20 % to 80 %.
func tone(p *Picture, _ *desk.Appraisal) (float64, bool, desk.Text) {
	with := []any{"share", percent(p.Negative), "usual", percent(p.UsualShare)}
	switch {
	case p.Total == 0:
		return 0, false, desk.Say("Nobody speaks of it yet.")
	case !p.ShareKnown:
		return (p.Negative - .2) / .6, true, desk.Say("{share} % negative; what is usual is not known yet.", with...)
	}
	return (p.Negative/max(p.UsualShare, .05) - 1) / 2, true, desk.Say("{share} % negative, where {usual} % are usual.", with...)
}

func percent(x float64) float64 { return math.Round(100 * x) }

// reach: the followers of the farthest-reaching voice. A thousand are nothing, a million all.
func reach(p *Picture, _ *desk.Appraisal) (float64, bool, desk.Text) {
	most := 0
	for _, list := range [][]desk.Voice{p.Voices, p.Media} {
		for _, v := range list {
			most = max(most, v.Author.Followers)
		}
	}
	return math.Log10(float64(max(most, 1))/1000) / 3, true, desk.Say("The farthest-reaching voice has {n} followers.", "n", most)
}

// media: how many write about it. One is half, three all.
func media(p *Picture, _ *desk.Appraisal) (float64, bool, desk.Text) {
	n := len(p.Media)
	return []float64{0, .5, .75, 1}[min(n, 3)], true, desk.Say("{n} media write about it.", "n", n)
}

// truth: what is true does not go away by itself.
func truth(_ *Picture, a *desk.Appraisal) (float64, bool, desk.Text) {
	switch a.True {
	case desk.Yes:
		return 1, true, desk.Say("What is said is true.")
	case desk.Partly:
		return .7, true, desk.Say("What is said is true in part.")
	case desk.No:
		return 0, true, desk.Say("What is said is not true.")
	}
	return 0, false, desk.Say("Whether it is true is not known yet.")
}

// harmCues are the types of crisis that are about people's safety, and lawCues about courts and authorities.
var (
	harmCues = []string{"safety_injury", "food_illness", "violence_threat"}
	lawCues  = []string{"legal_regulatory", "data_breach"}
)

// manyCues is from how many mentions on words of harm are more than a figure of speech; few of them count anyway.
const (
	manyCues  = 5
	cuesShare = 0.05
)

// floor is the least level that harm asks for.
func floor(p *Picture, a *desk.Appraisal) (desk.Level, desk.Text) {
	count := func(types []string) (n int) {
		for _, c := range p.Cues {
			for _, t := range types {
				if c.Name == t {
					n += c.Count
				}
			}
		}
		if n < manyCues || n < cuesRead && float64(n) < cuesShare*float64(p.Total) {
			return 0
		}
		return n
	}
	harm, law := count(harmCues), count(lawCues)
	switch {
	case a.Danger == desk.Yes:
		return desk.Severe, desk.Say("Somebody is in danger, or could be.")
	case a.Danger == "" && harm > 0:
		return desk.Crisis, desk.Say("{n} mentions speak of harm to people, and nobody has answered yet whether anybody is in danger.", "n", harm)
	case law > 0:
		return desk.Issue, desk.Say("{n} mentions speak of courts, authorities or leaked data.", "n", law)
	}
	return desk.Normal, desk.Text{}
}
