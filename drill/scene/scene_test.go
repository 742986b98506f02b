package scene

import (
	"math"
	"reflect"
	"slices"
	"testing"
)

func TestTheSameSceneEachTime(t *testing.T) {
	t.Parallel()
	for _, k := range slices.Concat(Crises, Benign) {
		a, b := Make(k, 7, 1, 21), Make(k, 7, 1, 21)
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%s is another scene the second time", k)
		}
		last := int32(0)
		for i, p := range a.Posts {
			if p.Minute < last || int(p.Minute) >= a.Minutes || p.Parent >= int32(len(a.Posts)) {
				t.Fatalf("%s: post %d at minute %d after %d, parent %d of %d", k, i, p.Minute, last, p.Parent, len(a.Posts))
			}
			last = p.Minute
		}
		if c := Make(k, 8, 1, 21); len(c.Posts) == len(a.Posts) && reflect.DeepEqual(a.Posts, c.Posts) {
			t.Errorf("%s: another seed gives the same scene", k)
		}
		if (len(a.Events) == 0) != (k == "none") {
			t.Errorf("%s has %d events", k, len(a.Events))
		}
		for _, e := range a.Events {
			if e.To <= e.From {
				t.Errorf("%s: event from %g to %g", k, e.From, e.To)
			}
		}
	}
}

// kindly is what is known of the scenes that the specification makes (DETECTION.md 3): medians over thirty of a kind of the share
// of negatives as read, the rate within the event over the average, and the share of negatives within it, with some room for
// chance.
var kindly = []struct {
	kind                    Kind
	negative, rate, eventNe float64
}{
	{"flash", .205, 1.35, .29}, {"boycott", .235, 1.5, .36}, {"slow_burn", .23, 1.2, .27}, {"neg_flip", .22, 1, .52},
	{"topic_only", .22, 1.05, .30}, {"brigade", .235, 3.4, .57}, {"low_volume", .23, 1.9, .46},
	{"praise", .205, 1.35, .18}, {"campaign", .205, 1.6, .19}, {"weekly_peak", .20, 1.9, .19}, {"clock_skew", .21, 3.5, .21},
	{"level_shift", .225, 1.45, .22}, {"spam_flood", .225, 1.35, .21}, {"platform_surge", .21, 1.5, .20},
}

func TestScenesAreLikeTheSpecification(t *testing.T) {
	t.Parallel()
	for _, row := range kindly {
		t.Run(string(row.kind), func(t *testing.T) {
			t.Parallel()
			var negative, rate, within []float64
			for i := range 12 {
				s := Make(row.kind, 31, i, 28)
				n, r, e := measure(s)
				negative, rate, within = append(negative, n), append(rate, r), append(within, e)
			}
			near := func(what string, got []float64, want, room float64) {
				if m := quantile(got, .5); math.Abs(math.Log(m/want)) > room {
					t.Errorf("%s is %.3f at the median, want about %.3f", what, m, want)
				}
			}
			near("the share of negatives", negative, row.negative, .25)
			near("the event's rate", rate, row.rate, .45)
			near("the event's share of negatives", within, row.eventNe, .35)
		})
	}
}

// measure is the share of negatives of a scene, the rate of the first day of its events over the average, and their share of negatives.
func measure(s *Scene) (negative, rate, within float64) {
	rows := s.Rows(5)
	var total, neg, in, inNeg, steps float64
	for i, r := range rows {
		total, neg = total+float64(r.Total), neg+float64(r.Negative)
		for _, e := range s.Events {
			if t := float64(i * 5); t >= e.From && t < min(e.To, e.From+1440) {
				in, inNeg, steps = in+float64(r.Total), inNeg+float64(r.Negative), steps+1
			}
		}
	}
	return neg / total, in / steps / total * float64(len(rows)), inNeg / max(1, in)
}

func TestRowsAddUp(t *testing.T) {
	t.Parallel()
	s := Make("outage_backfill", 5, 2, 28)
	var fine, coarse Row
	gaps := 0
	for _, r := range s.Rows(1) {
		fine.Total, fine.Negative, fine.Late = fine.Total+r.Total, fine.Negative+r.Negative, fine.Late+r.Late
		if r.Gap {
			gaps++
			if r.Total > 0 {
				t.Error("something came while the collector was down")
			}
		}
	}
	for _, r := range s.Rows(5) {
		coarse.Total, coarse.Negative, coarse.Late = coarse.Total+r.Total, coarse.Negative+r.Negative, coarse.Late+r.Late
		if r.Authors > r.Total || r.NegativeAuthors > r.Negative {
			t.Errorf("%+v has more people than posts", r)
		}
	}
	if fine != coarse || int(fine.Total) != len(s.Posts) || fine.Late == 0 || gaps < 20 {
		t.Errorf("by the minute %+v, by five %+v, %d posts, %d minutes down", fine, coarse, len(s.Posts), gaps)
	}
}

func TestTally(t *testing.T) {
	t.Parallel()
	day := 1440.0
	s := &Scene{Kind: "flash", Minutes: 28 * 1440, Events: []Span{{15 * day, 16 * day}}}
	var ta Tally
	ta.Add(s, []float64{day, 10 * day, 15*day - 20, 15*day + 7, 16*day + 600, 20 * day})
	ta.Add(&Scene{Kind: "praise", Minutes: 28 * 1440, Events: []Span{{15 * day, 16 * day}}}, []float64{15*day + 100})
	ta.Add(&Scene{Kind: "none", Minutes: 28 * 1440}, nil)
	weeks := 2*(28*1440-5-7*1440-1440-30-720)/10080.0 + (28*1440-5-7*1440)/10080.0
	if ta.False != 2 || math.Abs(ta.Weeks-weeks) > 1e-9 {
		t.Errorf("%g false alerts in %g weeks, want 2 in %g", ta.False, ta.Weeks, weeks)
	}
	if ta.Recall() != 1 || ta.After(.5) != 7 || ta.Paged() != 1 || ta.Kinds["none"].Events != 0 {
		t.Errorf("recall %g after %g, paged %g, %+v", ta.Recall(), ta.After(.5), ta.Paged(), ta.Kinds["none"])
	}
	if at := Alerts([]float32{0, 2, 3, 0}, 300, 2); !slices.Equal(at, []float64{300}) {
		t.Errorf("alerts at %v, want one, as the second comes within the silence", at)
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	s := Make("low_volume", 3, 1, 28)
	langs, copies, i := map[string]int{}, 0, 0
	var texts []string
	for p, say := range s.Texts(9) {
		if p != &s.Posts[i] || say.Text == "" {
			t.Fatalf("post %d says %q", i, say.Text)
		}
		texts = append(texts, say.Text)
		if say.Repost >= 0 {
			copies++
			if texts[say.Repost] != say.Text {
				t.Errorf("post %d passes on another text", i)
			}
		}
		langs[say.Lang]++
		i++
	}
	if i != len(s.Posts) || len(langs) != 6 || copies == 0 {
		t.Errorf("%d texts of %d posts, languages %v, %d passed on", i, len(s.Posts), langs, copies)
	}
}
