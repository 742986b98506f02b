package main

import (
	"breakwater/detect/series"
	"breakwater/drill/scene"
)

// about is what was said of one live topic in a bucket so far.
type about struct {
	id              int64
	count, negative float64
}

// angry is the product's detector on a brand: it judges every minute that brings a negative, on a copy, and learns when the
// bucket closes.
type angry struct {
	brand  series.Anger
	topics map[int64]*series.Heat
	before [36]about // of the whole brand in the last buckets, by bucket: what a topic that is found later is held against
	bucket int
	heats  []series.Heats
}

func newAngry() *angry {
	return &angry{brand: series.NewAnger(), topics: make(map[int64]*series.Heat)}
}

// judge is the score of an open bucket.
func (a *angry) judge(all about, topics []about) float64 {
	a.heats = a.heats[:0]
	for _, t := range topics {
		heat := *a.topics[t.id]
		a.heats = append(a.heats, heat.Step(t.count, t.negative, all.count, a.brand.Usual()))
	}
	brand := a.brand
	return brand.Step(all.negative, all.count, a.heats)
}

// close is the score of a bucket that is over.
func (a *angry) close(all about, topics []about) float64 {
	a.heats = a.heats[:0]
	for _, t := range topics {
		a.heats = append(a.heats, a.topics[t.id].Step(t.count, t.negative, all.count, a.brand.Usual()))
	}
	a.before[a.bucket%len(a.before)] = all
	a.bucket++
	return a.brand.Step(all.negative, all.count, a.heats)
}

// meet begins to keep topics that are new, and drops those that ended. past gives what the last n buckets brought of a topic,
// oldest first; the open one is not among them.
func (a *angry) meet(topics []about, past func(id int64, n int) []about) {
	for _, t := range topics {
		if a.topics[t.id] != nil {
			continue
		}
		heat := series.NewHeat()
		if past != nil {
			n := min(a.bucket, len(a.before))
			for i, p := range past(t.id, n) {
				heat.Step(p.count, p.negative, a.before[(a.bucket-n+i)%len(a.before)].count, a.brand.Usual())
			}
		}
		a.topics[t.id] = &heat
	}
	if len(a.topics) > len(topics) {
		live := make(map[int64]*series.Heat, len(topics))
		for _, t := range topics {
			live[t.id] = a.topics[t.id]
		}
		a.topics = live
	}
}

// angerKnown scores the minutes of a scene whose one topic is known beforehand.
func angerKnown(minutes []scene.Row) []float32 {
	a, out := newAngry(), make([]float32, len(minutes))
	known := []about{{id: 1}}
	a.meet(known, nil)
	for b := 0; b+5 <= len(minutes); b += 5 {
		var open scene.Row
		for i := b; i < b+5; i++ {
			m := &minutes[i]
			open.Total, open.Negative, open.Late = open.Total+m.Total, open.Negative+m.Negative, open.Late+m.Late
			open.Topic, open.TopicNegative, open.Gap = open.Topic+m.Topic, open.TopicNegative+m.TopicNegative, open.Gap || m.Gap
			last := i == b+4
			if open.Gap || m.Negative == 0 && !last {
				continue
			}
			c := counts(open)
			keep := 1.0
			if c.Total > 0 {
				keep = 1 - c.Late/c.Total
			}
			all := about{count: c.Total * keep, negative: c.Negative * keep}
			known[0].count, known[0].negative = c.Topic*keep, c.TopicNegative*keep
			if last {
				out[i] = float32(a.close(all, known))
			} else {
				out[i] = float32(a.judge(all, known))
			}
		}
	}
	return out
}

// byBucket is the highest score of each five minutes.
func byBucket(minutes []float32) []float32 {
	out := make([]float32, len(minutes)/5)
	for i, s := range minutes[:len(out)*5] {
		out[i/5] = max(out[i/5], s)
	}
	return out
}
