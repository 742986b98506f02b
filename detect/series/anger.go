package series

import "math"

// AngerStart is the score from which Anger is told: fixed on scenes of the seeds 11, 12 and 13 (cmd/bench scenarios -tune), where
// it lets 0.13 false alerts through in a brand's week; lower is more sensitive.
const AngerStart = 1.39

// What Anger weighs. Each figure was chosen on the scenes of seeds 11, 12 and 13, none on real data or by brand.
const (
	angerPad  = 2.0  // negatives that are added on both sides, so that few do not count as much
	heatPad   = 3.0  // the same for a topic
	angerMood = 0.20 // share of negatives below which no brand's usual is taken to be
	heatMood  = 0.35 // the same for a topic: a burst of talk that is half as angry as a crisis is no crisis
	together  = 0.75 // of the sum of both scores: the whole and a topic in it are rarely angry together
	angerSD   = 0.33 // assumed of the extremes of the whole
	heatSD    = 0.30 // and of the topics
	heatPrior = 0.005
	heatLess  = 0.1  // what a topic's score is less: there are many of them
	heatNew   = 0.25 // the same in its first day: that it burst is why it was found, and counts once
	heatPrice = 0.10 // what the value of a topic in its first day is less, for the same reason
)

var (
	angerWindows = []int{1, 3, 6, 12, 36, 72} // buckets: 5, 15 and 30 minutes, 1, 3 and 6 hours
	heatWindows  = angerWindows[:5]
	wholeLaws    = [4]int{1, 3, 4, 5} // the windows whose extremes are learned: of the whole,
	heatLaws     = [4]int{0, 1, 3, 4} // and of the topics
)

// Anger says how rarely so many negatives come among so many mentions of a brand, in all or about one topic, or both. Two things
// make the score: how rare the share of negatives is by the brand's own extremes (log10 of how many six-hour blocks lie between two
// such times), and the evidence of weigh.go.
//
// It differs from Crisis, the specified score, in that all kinds of evidence add up; topics are held against their share of the
// brand's mentions rather than a season of their own, and against at least a third of negatives; and all topics of a brand have
// one law of extremes, so that many live topics do not mean many alerts, and a new one needs no history. On scenes it finds more
// crises, and sooner, at as many false alerts (cmd/bench scenarios).
type Anger struct {
	i                           int
	negative, total             float64 // of the last days
	negatives, expects, seasons [72]float64
	sums                        [3][6]float64
	whole, topics               [4]gumbel
	last                        Score // of the whole, at the last step
}

// NewAnger makes a brand's series that knows nothing; it begins with three negatives in twenty.
func NewAnger() Anger {
	a := Anger{negative: 3, total: shareMin}
	for k := range a.whole {
		a.whole[k], a.topics[k] = newGumbel(angerSD), newGumbel(heatSD)
	}
	return a
}

// Usual is the usual share of negatives, 0 … 1.
func (a *Anger) Usual() float64 { return a.negative / a.total }

// Pace is how much is usually said: in this bucket, and in a day.
type Pace struct{ Bucket, Daily float64 }

// Step takes a bucket's negatives and mentions, without what came late, how many mentions are usual, and the heats of the brand's
// live topics in that bucket, of which it sets the Score. A bucket in which the collector was down is left out. The score is the
// highest of the whole and of all topics; that of a bucket without a negative is 0.
func (a *Anger) Step(negative, total float64, usual Pace, topics []Heats) float64 {
	push(a.negatives[:], a.i, angerWindows, a.sums[0][:], negative)
	push(a.expects[:], a.i, angerWindows, a.sums[1][:], max(a.Usual(), angerMood)*total)
	push(a.seasons[:], a.i, angerWindows, a.sums[2][:], usual.Bucket)
	a.i = (a.i + 1) % len(a.negatives)
	a.last = Score{Rare: unknown}
	for k, w := range wholeLaws {
		n, m := a.carried(w)
		if rare := a.whole[k].step(excess(n, m, angerPad), angerSD); rare > a.last.Rare {
			a.last = Score{Rare: rare, Buckets: angerWindows[w], Observed: n, Expected: m}
		}
	}
	a.hold(topics)
	best := a.weigh(negative > 0, usual.Daily, topics)
	a.learn(negative, total)
	return best
}

// carried are the negatives of the whole in a window, and how many as much talk carries.
func (a *Anger) carried(w int) (n, m float64) { return max(a.sums[0][w], 0), max(a.sums[1][w], 0) }

// hold finds how rare the topics are: each by the law of the hottest ones.
func (a *Anger) hold(topics []Heats) {
	for i := range topics {
		topics[i].Score = Score{Rare: unknown}
	}
	for k, w := range heatLaws {
		law, hottest := a.topics[k], excess(0, 0, heatPad)
		for i := range topics {
			t := &topics[i]
			z := excess(t.negatives[w], t.expects[w], heatPad)
			hottest = max(hottest, z)
			if rare := law.rarity(z, heatSD); rare > t.Score.Rare {
				t.Score = Score{Rare: rare, Buckets: heatWindows[w], Observed: t.negatives[w], Expected: t.expects[w]}
			}
		}
		a.topics[k].step(hottest, heatSD)
	}
	for i := range topics {
		topics[i].Score.Rare -= topics[i].less
	}
}

// excess is the logarithm of n over m, less for small counts.
func excess(n, m, pad float64) float64 {
	return math.Log((n+pad)/(m+pad)) - 1/math.Sqrt(n+pad)
}

// Last is the score of the whole at the last step.
func (a *Anger) Last() Score { return a.last }

func (a *Anger) learn(negative, total float64) {
	m := a.Usual() * total
	a.negative = (a.negative + min(negative, 2*m+2*math.Sqrt(m+1)+1)) * shareKeep
	a.total = (a.total + total) * shareKeep
	if a.total < shareMin {
		a.negative, a.total = a.negative*shareMin/a.total, shareMin
	}
}

func (a *Anger) possible() bool { return a.i >= 0 && a.i < len(a.negatives) }

func (a *Anger) walk(b *blob) {
	b.int(&a.i)
	b.float(&a.negative, &a.total)
	for _, xs := range [][]float64{a.negatives[:], a.expects[:], a.seasons[:], a.sums[0][:], a.sums[1][:], a.sums[2][:]} {
		b.floats(xs)
	}
	for k := range a.whole {
		a.whole[k].walk(b)
		a.topics[k].walk(b)
	}
}

// Heats are the negatives of a topic in each of Heat's windows, and how many are usual.
type Heats struct {
	Score              Score // that Anger made of them; its bar is AngerStart
	negatives, expects [5]float64
	part               float64 // negatives of the topic among all mentions, usually
	less, price        float64
}

// Heat is what is kept of one topic of a brand.
type Heat struct {
	i, n                      int     // in the rings; buckets so far
	negative, total           float64 // negatives of the topic, and mentions of the brand, of the last days
	negatives, usual, carried [36]float64
	sums                      [3][5]float64
}

// NewHeat makes a topic's series that knows nothing: of a thousand mentions of the brand five are assumed to be negative ones
// about the topic.
func NewHeat() Heat { return Heat{negative: heatPrior * shareMin, total: shareMin} }

// Step takes a bucket's mentions and negatives of the topic, all mentions of the brand in it, and the brand's usual share of
// negatives. More than usual are only those beyond both: what the topic usually brings, and what so much talk usually carries.
func (t *Heat) Step(mentions, negative, all, usualShare float64) Heats {
	m := t.negative / t.total * all
	push(t.negatives[:], t.i, heatWindows, t.sums[0][:], negative)
	push(t.usual[:], t.i, heatWindows, t.sums[1][:], m)
	push(t.carried[:], t.i, heatWindows, t.sums[2][:], max(usualShare, heatMood)*mentions)
	t.i = (t.i + 1) % len(t.negatives)
	h := Heats{part: t.negative / t.total, less: heatLess}
	if t.n++; t.n < day {
		h.less, h.price = heatNew, heatPrice
	}
	for k := range heatWindows {
		h.negatives[k], h.expects[k] = max(t.sums[0][k], 0), max(t.sums[1][k], t.sums[2][k], 0)
	}
	t.negative = (t.negative + min(negative, 2*m+2*math.Sqrt(m+1)+1)) * shareKeep
	t.total = (t.total + all) * shareKeep
	if t.total < shareMin {
		t.negative, t.total = t.negative*shareMin/t.total, shareMin
	}
	return h
}

func (t *Heat) possible() bool { return t.i >= 0 && t.i < len(t.negatives) }

func (t *Heat) walk(b *blob) {
	b.int(&t.i, &t.n)
	b.float(&t.negative, &t.total)
	for _, xs := range [][]float64{t.negatives[:], t.usual[:], t.carried[:], t.sums[0][:], t.sums[1][:], t.sums[2][:]} {
		b.floats(xs)
	}
}
