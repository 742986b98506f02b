package main

import (
	"breakwater/detect/series"
	"breakwater/drill/scene"
)

// angry is the product's detector on a scene: it judges every minute that brings a negative, on a copy, and learns when the bucket
// closes.
type angry struct {
	series series.Monitor
	bucket int
}

func newAngry() *angry { return &angry{series: series.NewMonitor()} }

// judge is the highest score of the open bucket, of the whole and of its topics; learn says that the bucket closes with it.
func (a *angry) judge(h series.Heard, topics []series.Talk, learn bool) float64 {
	at := sceneStart + int64(a.bucket)*series.Bucket
	m := &a.series
	if learn {
		a.bucket++
	} else {
		c := m.Clone()
		m = &c
	}
	v, scores := m.Step(at, h, topics)
	best := v.Mood.Value
	for _, s := range scores {
		best = max(best, s.Value)
	}
	return best
}

// angerKnown scores the minutes of a scene whose one topic is known beforehand.
func angerKnown(minutes []scene.Row) []float32 {
	a, out := newAngry(), make([]float32, len(minutes))
	known := []series.Talk{{Topic: "1"}}
	for b := 0; b+5 <= len(minutes); b += 5 {
		a.bucket = b / 5
		var open scene.Row
		for i := b; i < b+5; i++ {
			m := &minutes[i]
			open.Total, open.Negative, open.Late = open.Total+m.Total, open.Negative+m.Negative, open.Late+m.Late
			open.Topic, open.TopicNegative, open.Gap = open.Topic+m.Topic, open.TopicNegative+m.TopicNegative, open.Gap || m.Gap
			last := i == b+4
			if open.Gap || m.Negative == 0 && !last {
				continue
			}
			h, keep := heardOf(open)
			known[0].Count, known[0].Negative = float64(open.Topic)*keep, float64(open.TopicNegative)*keep
			out[i] = float32(a.judge(h, known, last))
		}
	}
	return out
}

// heardOf is a row without what came late, and the part that remains. Scenes do not say how many of the late ones are negative: as
// many as of the others.
func heardOf(r scene.Row) (h series.Heard, keep float64) {
	keep = 1
	if r.Total > 0 {
		keep = 1 - float64(r.Late)/float64(r.Total)
	}
	return series.Heard{Total: float64(r.Total) * keep, Negative: float64(r.Negative) * keep}, keep
}

// byBucket is the highest score of each five minutes.
func byBucket(minutes []float32) []float32 {
	out := make([]float32, len(minutes)/5)
	for i, s := range minutes[:len(out)*5] {
		out[i/5] = max(out[i/5], s)
	}
	return out
}
