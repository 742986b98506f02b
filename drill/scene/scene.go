// Package scene writes what people say about invented brands: weeks of ordinary talk with one labelled event each, a crisis or
// something that only looks like one. The same kind, seed and number always make the same scene, post for post.
//
// The model is that of DETECTION.md 3: posts come by a rhythm of hour and week on a level that wanders; each sets off a cascade
// with the memory measured on Twitter; natural bursts come between; a crisis is a stream of posts with its own shape and its own
// cascades. A sentiment model with errors reads them.
package scene

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
)

// Kind is what happens in a scene.
type Kind string

// Crises are the kinds that somebody must be told of.
var Crises = []Kind{"flash", "boycott", "slow_burn", "neg_flip", "night", "weekend", "low_volume", "topic_only", "brigade"}

// Benign are the kinds that must not page anybody.
var Benign = []Kind{"none", "praise", "campaign", "weekly_peak", "spam_flood", "outage_backfill", "clock_skew", "level_shift", "platform_surge"}

// Crisis says whether somebody must be told.
func (k Kind) Crisis() bool { return slices.Contains(Crises, k) }

// Long says whether it creeps: it may be found at any time before its end, not just within a day.
func (k Kind) Long() bool {
	return k == "boycott" || k == "slow_burn" || k == "neg_flip" || k == "topic_only"
}

// Span is a stretch of time in minutes since the beginning of the scene.
type Span struct{ From, To float64 }

// Scene is some weeks of one brand. They begin on a Monday at midnight UTC.
type Scene struct {
	Kind    Kind
	Brand   *Brand
	Minutes int    // how long it lasts
	Posts   []Post // in order of arrival; Parent counts in this order
	Events  []Span // the labelled event; several when it repeats
	Gap     *Span  // when the collector knew that it heard nothing; nil: never
}

// Make writes the number-th scene of a kind for a seed, of this many days (28 is usual; at least 20).
func Make(kind Kind, seed int64, number, days int) *Scene {
	return MakeOf(kind, seed, number, days, 15000)
}

// MakeOf is Make with brands of at most this many mentions a day.
func MakeOf(kind Kind, seed int64, number, days int, daily float64) *Scene {
	h := fnv.New64a()
	h.Write([]byte(kind))
	d := dice{rand.New(rand.NewPCG(uint64(seed), h.Sum64()+uint64(number)*0x9E3779B97F4A7C15))}
	w := &writer{stream: stream{dice: d, minutes: days * 1440}, kind: kind, days: days, most: daily, gain: func(float64) float64 { return 1 }}
	w.write()
	s := &Scene{Kind: kind, Brand: w.b, Minutes: w.minutes, Posts: w.posts, Events: w.events, Gap: w.gap}
	s.Sort()
	return s
}

// Add writes one more post: negative says how it is meant, and chance, from [0, 1), whether the sentiment model reads it
// right. Sort puts it in its place.
func (s *Scene) Add(p Post, negative bool, chance float64) {
	p.Negative = chance < s.Brand.miss
	if negative {
		p.Negative = chance < s.Brand.hit
	}
	s.Posts = append(s.Posts, p)
}

// Sort puts the posts in order of arrival, within a minute in the order in which they were written.
func (s *Scene) Sort() {
	starts := make([]int32, s.Minutes+1)
	for _, p := range s.Posts {
		if int(p.Minute) < s.Minutes {
			starts[p.Minute]++
		}
	}
	sum := int32(0)
	for i, n := range starts {
		starts[i], sum = sum, sum+n
	}
	place := make([]int32, len(s.Posts))
	sorted := make([]Post, sum)
	for i, p := range s.Posts {
		place[i] = -1
		if int(p.Minute) < s.Minutes {
			place[i] = starts[p.Minute]
			starts[p.Minute]++
			sorted[place[i]] = p
		}
	}
	for i := range sorted {
		if p := sorted[i].Parent; p >= 0 {
			sorted[i].Parent = place[p]
		}
	}
	s.Posts = sorted
}

// Row counts the posts of some minutes.
type Row struct {
	Total, Negative, Positive int32
	Topic, TopicNegative      int32
	Late                      int32
	Authors, NegativeAuthors  int32 // different ones
	Gap                       bool  // the collector was down
}

// Rows counts the posts in steps of so many minutes.
func (s *Scene) Rows(step int) []Row {
	rows := make([]Row, s.Minutes/step)
	var all, negative []uint64
	next := 0
	for i := range rows {
		r := &rows[i]
		all, negative = all[:0], negative[:0]
		for ; next < len(s.Posts) && int(s.Posts[next].Minute) < (i+1)*step; next++ {
			p := &s.Posts[next]
			r.add(p)
			all = append(all, p.Author)
			if p.Negative {
				negative = append(negative, p.Author)
			}
		}
		r.Authors, r.NegativeAuthors = different(all), different(negative)
		t := float64(i * step)
		r.Gap = s.Gap != nil && s.Gap.From <= t && t < s.Gap.To-float64(step)
	}
	return rows
}

func (r *Row) add(p *Post) {
	r.Total++
	if p.Negative {
		r.Negative++
	}
	if p.Positive {
		r.Positive++
	}
	if p.Late {
		r.Late++
	}
	if p.Topic {
		r.Topic++
		if p.Negative {
			r.TopicNegative++
		}
	}
}

// different is how many different numbers there are; it sorts them.
func different(ids []uint64) int32 {
	slices.Sort(ids)
	n := int32(0)
	for i, id := range ids {
		if i == 0 || id != ids[i-1] {
			n++
		}
	}
	return n
}
