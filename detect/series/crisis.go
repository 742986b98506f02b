package series

// CrisisStart is the score from which a crisis is told (DETECTION.md 2.5).
const CrisisStart = 1.10

// Crisis is the specified crisis score of one brand with one topic that is known beforehand: more negatives than usual in all,
// or in a topic whose negatives surge as well. Better is what the benches hold against it.
type Crisis struct {
	Share      Share
	topicNeg   Surge
	topicShare Share
}

// NewCrisis makes a brand's series that knows nothing.
func NewCrisis() Crisis {
	return Crisis{Share: NewShare(), topicNeg: NewSurge(3), topicShare: NewTopicShare()}
}

// Counts are what arrived in one bucket.
type Counts struct {
	Total, Negative      float64
	Topic, TopicNegative float64 // of them, with the topic
	Late                 float64 // of Total: own time more than half an hour older
}

// Step takes the bucket that begins at the Unix time at. Late arrivals are taken out of everything in proportion.
func (c *Crisis) Step(at int64, n Counts) float64 {
	keep := 1.0
	if n.Total > 0 {
		keep = 1 - n.Late/n.Total
	}
	total, negative, topic, topicNegative := n.Total*keep, n.Negative*keep, n.Topic*keep, n.TopicNegative*keep
	usual := c.Share.Usual()
	s := c.Share.Step(negative, total)
	t := min(c.topicNeg.Step(at, topicNegative), c.topicShare.StepAgainst(topicNegative, topic, usual))
	if negative <= 0 { // a bucket without a negative never pages
		return 0
	}
	return max(s, t-0.3)
}
