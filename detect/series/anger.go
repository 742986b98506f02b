package series

import "math"

// AngerStart is the score from which Anger is told: fixed on scenes of the seeds 11, 12 and 13 (cmd/bench scenarios -tune), where
// it lets a tenth of a false alert through in a brand's week; lower is more sensitive.
const AngerStart = 1.465

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
)

var (
	angerWindows = []int{3, 12, 36, 72} // 15 minutes, 1, 3 and 6 hours
	heatWindows  = []int{1, 3, 12, 36}  // 5 and 15 minutes, 1 and 3 hours
)

// Anger says how rarely so many negatives come among so many mentions of a brand, in all or about one topic, or both: log10 of how
// many six-hour blocks lie between two such times, by the brand's own extremes.
//
// It differs from Crisis, the specified score, in that both kinds of evidence add up; topics are held against their share of the
// brand's mentions rather than a season of their own, and against at least a third of negatives; and all topics of a brand have
// one law of extremes, so that many live topics do not mean many alerts, and a new one needs no history. On scenes it finds more
// crises at as many false alerts (cmd/bench scenarios). Without any topic it finds less than Share alone would at the same bar:
// what is angry and about nothing in particular is rare, and pays for the rest.
type Anger struct {
	i                  int
	negative, total    float64 // of the last days
	negatives, expects [72]float64
	sums               [2][4]float64
	whole, topics      [4]gumbel
	last               Score // of the whole, at the last step
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

// Step takes a bucket's negatives and mentions, without what came late, and the heats of the brand's live topics in that bucket, of
// which it sets the Score. A bucket in which the collector was down is left out. The score is the highest of the whole and of all
// topics; that of a bucket without a negative is 0.
func (a *Anger) Step(negative, total float64, topics []Heats) float64 {
	push(a.negatives[:], a.i, angerWindows, a.sums[0][:], negative)
	push(a.expects[:], a.i, angerWindows, a.sums[1][:], max(a.Usual(), angerMood)*total)
	a.i = (a.i + 1) % len(a.negatives)
	a.last = Score{Value: unknown}
	for k, w := range angerWindows {
		n, m := max(a.sums[0][k], 0), max(a.sums[1][k], 0)
		if rare := a.whole[k].step(excess(n, m, angerPad), angerSD); rare > a.last.Value {
			a.last = Score{Value: rare, Rare: rare, Buckets: w, Observed: n, Expected: m}
		}
	}
	a.weigh(topics)
	a.learn(negative, total)
	best := a.last.Value
	for i := range topics {
		if negative <= 0 {
			topics[i].Score.Value = 0
		}
		best = max(best, topics[i].Score.Value)
	}
	if negative <= 0 {
		a.last.Value = 0
		return 0
	}
	return best
}

// weigh scores the topics: each by the law of the hottest ones, and together with the whole.
func (a *Anger) weigh(topics []Heats) {
	for i := range topics {
		topics[i].Score = Score{Value: unknown}
	}
	for k, w := range heatWindows {
		law, hottest := a.topics[k], excess(0, 0, heatPad)
		for i := range topics {
			t := &topics[i]
			hottest = max(hottest, t.excess[k])
			if rare := law.rarity(t.excess[k], heatSD); rare > t.Score.Value {
				t.Score = Score{Value: rare, Buckets: w, Observed: t.negatives[k], Expected: t.expects[k]}
			}
		}
		a.topics[k].step(hottest, heatSD)
	}
	for i := range topics {
		s := &topics[i].Score
		s.Value -= topics[i].less
		s.Value = max(s.Value, together*(max(s.Value, 0)+max(a.last.Value, 0)))
		s.Rare = s.Value
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
	for _, xs := range [][]float64{a.negatives[:], a.expects[:], a.sums[0][:], a.sums[1][:]} {
		b.floats(xs)
	}
	for k := range a.whole {
		a.whole[k].walk(b)
		a.topics[k].walk(b)
	}
}

// Heats are by how much the negatives of a topic exceed what is usual, in each of Heat's windows.
type Heats struct {
	Score                      Score // that Anger made of them; its bar is AngerStart
	excess, negatives, expects [4]float64
	less                       float64
}

// Heat is what is kept of one topic of a brand.
type Heat struct {
	i, n                      int     // in the rings; buckets so far
	negative, total           float64 // negatives of the topic, and mentions of the brand, of the last days
	negatives, usual, carried [36]float64
	sums                      [3][4]float64
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
	h := Heats{less: heatLess}
	if t.n++; t.n < day {
		h.less = heatNew
	}
	for k := range heatWindows {
		n, e := max(t.sums[0][k], 0), max(t.sums[1][k], t.sums[2][k], 0)
		h.excess[k], h.negatives[k], h.expects[k] = excess(n, e, heatPad), n, e
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
