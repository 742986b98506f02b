package series

import "math"

const shareMin = 20.0 // mentions that the usual share rests on at the least

var (
	shareKeep = 1 - halving(5*day)

	// shareKinds are the windows in buckets (15 minutes, 1, 3 and 6 hours) and the deviations assumed of their extremes: of a
	// whole, and of a topic.
	shareKinds = [2]struct {
		windows []int
		sd0     []float64
	}{
		{[]int{3, 12, 36, 72}, []float64{.35, .35, .30, .30}},
		{[]int{3, 12, 36}, []float64{.35, .35, .35}},
	}
)

// Share is log10 of how many six-hour blocks lie between two times with as many more negatives than this many mentions usually
// carry (DETECTION.md 2.4).
type Share struct {
	kind, i, best      int // of shareKinds; in the rings; the window that stood out most at the last step
	negative, total    float64
	negatives, expects [72]float64 // rings of the longest window
	sums               [2][4]float64
	rarity             [4]gumbel
}

// NewShare makes a brand's or monitor's series, which begins with three in twenty.
func NewShare() Share { return newShare(0) }

// NewTopicShare makes a series that is held against its brand's usual share.
func NewTopicShare() Share { return newShare(1) }

func newShare(kind int) Share {
	s := Share{kind: kind, negative: 3, total: shareMin}
	for k, sd := range shareKinds[kind].sd0 {
		s.rarity[k] = newGumbel(sd)
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
	kind := &shareKinds[s.kind]
	push(s.negatives[:], s.i, kind.windows, s.sums[0][:], negative)
	push(s.expects[:], s.i, kind.windows, s.sums[1][:], expected)
	s.i = (s.i + 1) % len(s.negatives)
	out := -99.0
	for k := range kind.windows {
		n := max(s.sums[0][k], 0) + c
		z := math.Log(n) - math.Log(max(s.sums[1][k], 0)+c) - 1/math.Sqrt(n)
		if rare := s.rarity[k].step(z, kind.sd0[k]); rare > out {
			out, s.best = rare, k
		}
	}
	return out
}

// rise tells of the window that stood out most at the last step.
func (s *Share) rise() (buckets int, observed, expected float64) {
	return shareKinds[s.kind].windows[s.best], max(s.sums[0][s.best], 0), max(s.sums[1][s.best], 0)
}

// possible reports whether places that were read point into the series.
func (s *Share) possible() bool {
	return s.kind >= 0 && s.kind < len(shareKinds) && s.i >= 0 && s.i < len(s.negatives) && s.best >= 0 && s.best < len(shareKinds[s.kind].windows)
}

func (s *Share) walk(b *blob) {
	b.int(&s.kind, &s.i, &s.best)
	b.float(&s.negative, &s.total)
	for _, xs := range [][]float64{s.negatives[:], s.expects[:], s.sums[0][:], s.sums[1][:]} {
		b.floats(xs)
	}
	for k := range s.rarity {
		s.rarity[k].walk(b)
	}
}
