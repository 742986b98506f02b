package series

import "math"

const shareMin = 20.0 // mentions that the usual share rests on at the least

var (
	shareWindows = []int{3, 12, 36, 72} // buckets: 15 minutes, 1, 3 and 6 hours
	shareSD      = []float64{.35, .35, .30, .30}
	shareKeep    = 1 - halving(5*day)
)

// Share is log10 of how many six-hour blocks lie between two times with as many more negatives than this many mentions usually
// carry (DETECTION.md 2.4).
type Share struct {
	windows            []int
	sd0                []float64
	negative, total    float64
	negatives, expects ring
	rarity             []gumbel
}

// NewShare makes a brand's or monitor's series, which begins with three in twenty.
func NewShare() *Share { return newShare(shareWindows, shareSD) }

// NewTopicShare makes a series that is held against its brand's usual share.
func NewTopicShare() *Share { return newShare(shareWindows[:3], []float64{.35, .35, .35}) }

func newShare(windows []int, sd0 []float64) *Share {
	s := &Share{windows: windows, sd0: sd0, negative: 3, total: shareMin, negatives: newRing(windows), expects: newRing(windows)}
	for _, sd := range sd0 {
		s.rarity = append(s.rarity, newGumbel(sd))
	}
	return s
}

// Usual is the usual share of negatives, 0 … 1.
func (s *Share) Usual() float64 { return s.negative / s.total }

// Step takes a bucket's negatives and mentions, and learns its own usual share.
func (s *Share) Step(negative, total float64) float64 {
	m := s.Usual() * total
	out := s.score(negative, m)
	s.negative = (s.negative + min(negative, 2*m+2*math.Sqrt(m+1)+1)) * shareKeep
	s.total = (s.total + total) * shareKeep
	if s.total < shareMin {
		s.negative, s.total = s.negative*shareMin/s.total, shareMin
	}
	return out
}

// StepAgainst takes a bucket's negatives and mentions where the share usual is usual.
func (s *Share) StepAgainst(negative, total, usual float64) float64 {
	return s.score(negative, usual*total)
}

func (s *Share) score(negative, expected float64) float64 {
	const c = 4
	s.negatives.push(s.windows, negative)
	s.expects.push(s.windows, expected)
	out := -99.0
	for k := range s.windows {
		n := s.negatives.sum(k) + c
		out = max(out, s.rarity[k].step(math.Log(n)-math.Log(s.expects.sum(k)+c)-1/math.Sqrt(n), s.sd0[k]))
	}
	return out
}
