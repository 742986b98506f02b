package scene

import (
	"math"
)

// Post is one mention of a scene.
type Post struct {
	Minute   int32  // since the beginning of the scene, when it arrived
	Parent   int32  // the post that it answers, as its place among the posts; -1: none
	Story    int32  // what it is about: 0 everyday things, else a story of its own with words of its own
	Author   uint64 // the same number is the same person
	Negative bool   // as a sentiment model sees it, with its errors
	Positive bool
	Topic    bool // it carries the tracked tag
	Late     bool // its own timestamp is over 30 minutes older than its arrival
	Event    bool // it belongs to the labelled event
}

// mood is how likely a post is meant negatively and positively.
type mood struct{ negative, positive float64 }

// stream gathers the posts of a scene.
type stream struct {
	dice
	b       *Brand
	minutes int
	posts   []Post
	event   bool    // what is being written belongs to the labelled event
	story   int32   // of what is being written
	stories int32   // so far
	queue   []spark // of the cascade that is being written
}

// spark is a post to come.
type spark struct {
	at     float64
	parent int32
}

func (s *stream) mention(t float64, m mood, author uint64, topic bool, parent int32) {
	u := s.Float64()
	negative := u < m.negative
	positive := !negative && u < m.negative+m.positive
	seen := s.b.miss
	if negative {
		seen = s.b.hit
	}
	p := Post{Minute: int32(t), Parent: parent, Author: author, Topic: topic, Story: s.story, Event: s.event}
	p.Negative = s.Float64() < seen
	liked := .08
	if positive {
		liked = .75
	}
	p.Positive = !p.Negative && s.Float64() < liked
	s.posts = append(s.posts, p)
}

// person is an account that is met once.
func (s *stream) person() uint64 { return s.Uint64() >> 24 }

// cascade is what one post at t0 sets off (a Hawkes process): branching is how many answers a post gets on average while the
// cascade is young. At most limit posts, the earliest.
func (s *stream) cascade(t0, branching float64, m mood, topic float64, limit int) int {
	s.queue = append(s.queue[:0], spark{t0, -1})
	made := 0
	for len(s.queue) > 0 && made < limit {
		now := s.pop()
		if now.at >= float64(s.minutes) {
			continue
		}
		made++
		self := int32(len(s.posts))
		s.mention(now.at, m, s.person(), s.Float64() < topic, now.parent)
		heard := math.Exp(1.2*s.NormFloat64() - .72) // mean 1
		for range s.poisson(branching * heard * math.Exp(-(now.at-t0)/tauM)) {
			at := now.at + s.delay()
			if s.Float64() < min(1, .35+.65*s.b.season(at)/1.5) {
				s.push(spark{at, self})
			}
		}
	}
	return made
}

// push and pop keep the earliest spark on top (a binary heap; container/heap would cost an allocation each).
func (s *stream) push(x spark) {
	q := append(s.queue, x)
	for i := len(q) - 1; i > 0; {
		up := (i - 1) / 2
		if q[up].at <= q[i].at {
			break
		}
		q[up], q[i] = q[i], q[up]
		i = up
	}
	s.queue = q
}

func (s *stream) pop() spark {
	q := s.queue
	top, last := q[0], len(q)-1
	q[0] = q[last]
	q = q[:last]
	for i := 0; ; {
		least := 2*i + 1
		if least >= last {
			break
		}
		if r := least + 1; r < last && q[r].at < q[least].at {
			least = r
		}
		if q[i].at <= q[least].at {
			break
		}
		q[i], q[least] = q[least], q[i]
		i = least
	}
	s.queue = q
	return top
}

// cascades are those of the given beginnings.
func (s *stream) cascades(n int, at func() float64, branching float64, m mood, topic float64) int {
	made := 0
	for range n {
		if t := at(); t < float64(s.minutes) {
			made += s.cascade(t, branching, m, topic, 20000)
		}
	}
	return made
}

// background writes the ordinary weeks: posts at the brand's rhythm on a level that wanders, moods that people catch from each
// other, and natural bursts of the usual mood that nobody labels. gain multiplies the level.
func (s *stream) background(gain func(t float64) float64) {
	b := s.b
	wander, drift := 0.0, 0.0
	rate := b.Daily / 1440 * (1 - b.branching*.8)
	step, pull := b.ouSD*math.Sqrt(2/b.ouTau), 1/b.ouTau
	usual := math.Log(b.Negative / (1 - b.Negative))
	for i := range s.minutes {
		t := float64(i)
		wander += -wander*pull + step*s.NormFloat64()
		drift += -drift/480 + .3*math.Sqrt(2.0/480)*s.NormFloat64()
		for range s.poisson(rate * b.season(t) * math.Exp(wander-b.ouSD*b.ouSD/2) * gain(t)) {
			p := 1 / (1 + math.Exp(-usual-drift))
			p = s.beta(p*6, (1-p)*6) // a cascade shares its mood
			s.cascade(t, b.branching, mood{p, (1 - p) * b.positive}, b.Topic, 400)
		}
	}
	for range s.poisson(b.burstsWeek * float64(s.minutes) / 10080) {
		s.burst()
	}
}

// newStory has what is written next be about something new.
func (s *stream) newStory() {
	s.stories++
	s.story = s.stories
}

// burst is a natural one: its size follows a power law, its mood the brand's.
func (s *stream) burst() {
	b := s.b
	t := s.between(0, float64(s.minutes))
	size := min(max(4, b.Daily*.004/(1-s.Float64())), .25*b.Daily)
	if s.Float64() >= .3+.5*b.season(t) {
		return
	}
	s.newStory()
	defer func() { s.story = 0 }()
	branching := s.between(.2, .75)
	p := s.beta(b.Negative*6, (1-b.Negative)*6)
	width := s.across(1.5, 60)
	topic := b.Topic
	if s.Float64() < .4 {
		topic = s.Float64()
	}
	s.cascades(max(1, int(size*(1-branching))), func() float64 { return t + width*s.ExpFloat64() }, branching, mood{p, (1 - p) * b.positive}, topic)
}
