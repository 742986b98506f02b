package series

import "math"

// evidence is what is weighed of a bucket: of the whole, and of the whole with one topic of it.
type evidence [28]float64

// Where the parts of evidence begin.
const (
	bothAt  = 0  // by window: the share of negatives and their number both rise, as the lesser of both says
	sizeAt  = 6  // by window: how large what is too much is beside a day of this brand
	topicAt = 12 // the same two of the topic
	rareAt  = 22 // how rare the whole is, the topic, and both together
	brandAt = 25 // what the brand is like: its size, its usual share of negatives, and 1
)

// sizePart is the part of a day's mentions that a size is counted in.
const sizePart = 0.001

// weigh sets the values of the whole and of the topics, and gives the highest.
func (a *Anger) weigh(negative bool, daily float64, topics []Heats) float64 {
	if !negative {
		for i := range topics {
			topics[i].Score.Value = 0
		}
		return 0
	}
	e := a.evidence(daily)
	best := a.value(&e, &moodWeights)
	a.last.Value = best
	for i := range topics {
		t := &topics[i]
		with := e
		with.about(t, a, daily)
		t.Score.Value = a.value(&with, &topicWeights) - t.price
		t.Score.Rare = with[rareAt+2]
		best = max(best, t.Score.Value)
	}
	return best
}

// evidence is that of the whole.
func (a *Anger) evidence(daily float64) (e evidence) {
	u := a.Usual()
	for w := range angerWindows {
		n, m := a.carried(w)
		e[bothAt+w] = both(n, m, u*max(a.sums[2][w], 0))
		e[sizeAt+w] = size(n-m, daily)
	}
	e[rareAt] = max(a.last.Rare, 0)
	e[rareAt+2] = e[rareAt]
	e[brandAt], e[brandAt+1], e[brandAt+2] = math.Log(max(daily, 1)), u, 1
	return e
}

// about adds that of a topic.
func (e *evidence) about(t *Heats, a *Anger, daily float64) {
	for w := range heatWindows {
		n, m := t.negatives[w], t.expects[w]
		e[topicAt+w] = both(n, m, t.part*max(a.sums[2][w], 0))
		e[topicAt+len(heatWindows)+w] = size(n-m, daily)
	}
	rare := max(t.Score.Rare, 0)
	e[rareAt+1] = rare
	e[rareAt+2] = max(a.last.Rare, t.Score.Rare, together*(e[rareAt]+rare))
}

// both is the lesser of how far n negatives exceed what so much talk carries, which counts twice, and what is usual at this hour:
// praise and campaigns bring only the one, a turned mood in a quiet hour only the other.
func both(n, carried, usual float64) float64 {
	const pad = 2
	times := (n + pad) / (carried + pad)
	return math.Log(max(1, min(times*times, (n+pad)/(usual+pad))))
}

// size is the logarithm of how much is too much, in thousandths of a day.
func size(over, daily float64) float64 {
	return math.Log1p(max(over, 0) / (daily*sizePart + 1))
}

// value is the score of evidence; unknown while too little is known of how the whole is.
func (a *Anger) value(e, weights *evidence) float64 {
	if a.last.Rare == unknown {
		return unknown
	}
	sum := 0.0
	for i, x := range e {
		sum += weights[i] * x
	}
	return sum
}

// The weights are those of two logistic regressions on scenes of the seeds 14 to 19: buckets of the first four hours of crises (two
// days of those that creep), against all others, in which the minutes of look-alikes count thirty times. Each is scaled so that
// AngerStart is the bar of the seeds 11 to 13, and so that the steps of sensitivity mean what they meant for rarities alone. What
// the whole shows without a topic is told from a higher bar: it finds fewer crises for each false alert.
var (
	moodWeights = evidence{
		0.0663, 0.0710, 0.0752, 0.0026, 0.0037, 0.0973, // both
		0.0119, 0.0263, 0.0141, 0.0039, 0.0027, 0.0027, // size
		0, 0, 0, 0, 0,
		0, 0, 0, 0, 0,
		0.5998, 0, 0, // rare
		-0.0130, 1.1434, 0.0147,
	}
	topicWeights = evidence{
		0.0074, 0.0242, 0.0340, 0.0781, -0.0276, 0.1261, // both
		-0.0156, 0.0326, 0.0224, -0.0727, -0.0492, -0.0207, // size
		0.2314, 0.1909, 0.0327, 0.1889, -0.2191, // both, of the topic
		-0.1759, -0.0896, 0.1414, -0.1772, 0.5547, // size, of the topic
		0.2896, 0.6559, -0.3313, // rare
		-0.0319, 0.5102, 0.5973,
	}
)
