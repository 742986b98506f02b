package series

import (
	"math"
	"testing"
)

// tenEach is what is usual in calm.
var tenEach = Pace{10, 10 * day}

// calm steps days of ordinary buckets: ten mentions, two of them negative, and one of a topic now and then.
func calm(a *Anger, topics []*Heat, days int) {
	d := dice(7)
	for range days * day {
		total, negative := math.Floor(6+8*d.roll()), math.Floor(4*d.roll())
		var heats []Heats
		for _, t := range topics {
			said := math.Floor(1.3 * d.roll())
			heats = append(heats, t.Step(said, math.Floor(said*1.2*d.roll()), total, a.Usual()))
		}
		a.Step(negative, total, tenEach, heats)
	}
}

func TestAnger(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                    string
		total, negative         float64 // of a bucket, four times
		topic, topicNegative    float64
		whole, topics, together bool // what reaches the bar
	}{
		{"an ordinary quarter of an hour", 10, 2, 0, 0, false, false, false},
		{"praise", 80, 4, 60, 2, false, false, false},
		{"twice as much of everything", 20, 4, 0, 0, false, false, false},
		{"the mood of all turns", 12, 11, 0, 0, true, false, true},
		{"one topic in the same volume", 11, 6, 5, 5, false, true, true},
		{"a burst of talk that is a little worse than usual", 40, 11, 30, 9, false, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a, heat := NewAnger(), NewHeat()
			calm(&a, []*Heat{&heat}, 10)
			best, whole, topics := 0.0, 0.0, 0.0
			for range 4 {
				heats := []Heats{heat.Step(tt.topic, tt.topicNegative, tt.total, a.Usual())}
				best = max(best, a.Step(tt.negative, tt.total, tenEach, heats))
				whole, topics = max(whole, a.Last().Value), max(topics, heats[0].Score.Value)
			}
			if got := best >= AngerStart; got != tt.together {
				t.Errorf("score %.2f, bar %.2f", best, AngerStart)
			}
			if (whole >= AngerStart) != tt.whole || !tt.whole && (topics >= AngerStart) != tt.topics {
				t.Errorf("whole %.2f, topic %.2f, bar %.2f", whole, topics, AngerStart)
			}
		})
	}
}

// Many live topics are held against the hottest of them, so that they do not page where few would not.
func TestManyTopicsPageNoMore(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 8} {
		a := NewAnger()
		topics := make([]*Heat, n)
		for i := range topics {
			h := NewHeat()
			topics[i] = &h
		}
		calm(&a, topics, 14)
		alerts, d := 0, dice(3)
		for range 14 * day {
			total, negative := math.Floor(6+8*d.roll()), math.Floor(4*d.roll())
			var heats []Heats
			for _, h := range topics {
				said := math.Floor(1.3 * d.roll())
				heats = append(heats, h.Step(said, math.Floor(said*1.2*d.roll()), total, a.Usual()))
			}
			if a.Step(negative, total, tenEach, heats) >= AngerStart {
				alerts++
			}
		}
		if alerts > 3 {
			t.Errorf("%d buckets of two ordinary weeks reach the bar with %d topics", alerts, n)
		}
	}
}

func TestNoNegativeNoAnger(t *testing.T) {
	t.Parallel()
	a, heat := NewAnger(), NewHeat()
	calm(&a, []*Heat{&heat}, 10)
	a.Step(30, 32, tenEach, []Heats{heat.Step(20, 20, 32, a.Usual())})
	if got := a.Step(0, 3, tenEach, []Heats{heat.Step(1, 0, 3, a.Usual())}); got != 0 || a.Last().Value != 0 {
		t.Errorf("a bucket without a negative scores %.2f", got)
	}
}
