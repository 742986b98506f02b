package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"breakwater/desk"
	"breakwater/detect/series"
	"breakwater/drill/scene"
	"breakwater/topic"
)

// benchFound has the topics of scenes found from what the posts say, and gives the share of the crises that are found with them.
// The bar is the same as where the topic is known.
func benchFound(seed int64, perKind int, curve bool) float64 {
	if perKind == 0 {
		return 0
	}
	kinds := slices.Concat(scene.Crises, scene.Benign)
	type result struct {
		scene        *scene.Scene
		known, found []float32 // by bucket
		posts        int
	}
	results := make([]result, len(kinds)*perKind)
	began := time.Now()
	each(len(results), func(i int) {
		// A seed of its own: these are not the scenes of the other table again.
		s := scene.MakeOf(kinds[i/perKind], seed+1_000_003, i%perKind, 28, textDaily)
		results[i] = result{s, byBucket(angerKnown(s.Rows(1))), byBucket(angerFound(s, seed)), len(s.Posts)}
		s.Posts = nil
	})
	posts := 0
	for _, r := range results {
		posts += r.posts
	}
	fmt.Printf("\nTopics found from texts in six languages: %d scenes of at most %d posts a day, %d posts read, %.0f s.\n\n",
		len(results), textDaily, posts, time.Since(began).Seconds())
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "breakwater\tbar\tfalse/week\trecall\tlook-alikes paged\tfound p50\tp90\tlow volume\tslow burn p50\t")
	show := func(name string, bar float64, scores func(result) []float32) *scene.Tally {
		var t scene.Tally
		for _, r := range results {
			t.Add(r.scene, scene.Alerts(scores(r), 5, bar))
		}
		fmt.Fprintf(table, "%s\t%.3f\t%.2f\t%.2f\t%.2f\t%.0f\t%.0f\t%.2f\t%.0f\t\n", name, bar, t.FalseWeek(), t.Recall(), t.Paged(),
			t.After(.5), t.After(.9), t.Kinds["low_volume"].Rate(), t.Kinds["slow_burn"].Median())
		return &t
	}
	found := show("topic found", series.AngerStart, func(r result) []float32 { return r.found })
	show("topic known", series.AngerStart, func(r result) []float32 { return r.known })
	for d := -.3; curve && d <= .35; d += .1 {
		show("topic found", series.AngerStart+d, func(r result) []float32 { return r.found })
	}
	table.Flush()
	for _, k := range scene.Crises {
		fmt.Printf("%s %.2f  ", k, found.Kinds[k].Rate())
	}
	fmt.Println()
	return found.Recall()
}

// textDaily is how many posts a day brands with texts have at most: reading is most of the work.
const textDaily = 3000

// listener hears a scene's texts and counts its topics.
type listener struct {
	tracker *topic.Tracker
	counts  []topic.Count
	points  []desk.Point
	talk    []series.Talk
}

// theMonitor is the number under which the tracker hears a scene.
const theMonitor = 1

// angerFound scores the minutes of a scene whose topics are found from its texts.
func angerFound(s *scene.Scene, seed int64) []float32 {
	a, l := newAngry(), &listener{tracker: topic.New(0)}
	minutes := s.Rows(1)
	out := make([]float32, len(minutes))
	var open scene.Row
	next := 0
	post := func(upTo int) bool { // closes the minutes before upTo
		for ; next < upTo; next++ {
			m := &minutes[next]
			open.Total, open.Negative, open.Late, open.Gap = open.Total+m.Total, open.Negative+m.Negative, open.Late+m.Late, open.Gap || m.Gap
			last := next%5 == 4
			if !open.Gap && (m.Negative > 0 || last) {
				out[next] = float32(l.score(a, open, next/5, last))
			}
			if last {
				open = scene.Row{}
			}
		}
		return true
	}
	heard := int64(0)
	for p, say := range s.Texts(seed) {
		post(int(p.Minute))
		heard++
		l.hear(p, say, heard)
	}
	post(len(minutes))
	return out
}

// hear has the tracker hear a post.
func (l *listener) hear(p *scene.Post, say scene.Saying, id int64) {
	m := desk.Mention{
		ID: id, Ref: desk.Ref{Network: "mastodon", NativeID: strconv.FormatInt(id, 10)}, Kind: desk.KindPost, Text: say.Text, Lang: say.Lang,
		Author:    desk.Author{NativeID: strconv.FormatUint(p.Author, 36)},
		Published: time.Unix(sceneStart+int64(p.Minute)*60, 0), Late: p.Late, Monitors: desk.IDs{theMonitor},
	}
	switch {
	case p.Negative:
		m.Mood = desk.Negative
	case p.Positive:
		m.Mood = desk.Positive
	}
	if say.Repost >= 0 {
		m.Kind, m.RepostOf = desk.KindRepost, strconv.FormatInt(int64(say.Repost)+1, 10)
	}
	l.tracker.Add(&m)
}

// score judges a bucket with the topics that are live in it.
func (l *listener) score(a *angry, open scene.Row, bucket int, closed bool) float64 {
	at := time.Unix(sceneStart+int64(bucket)*series.Bucket, 0)
	l.counts = l.tracker.Counts(l.counts[:0], theMonitor, at)
	l.talk = l.talk[:0]
	for _, c := range l.counts {
		t := series.Talk{Topic: strconv.FormatInt(c.Topic, 10), Count: float64(c.Count), Negative: float64(c.Negative)}
		if !a.series.Knows(t.Topic) {
			t.Past = l.past(c.Topic, bucket, min(bucket, topicPast))
		}
		l.talk = append(l.talk, t)
	}
	h, _ := heardOf(open)
	a.bucket = bucket
	return a.judge(h, l.talk, closed)
}

// topicPast is how many buckets a topic that was found just now is counted back.
const topicPast = 36

// past is what the n buckets before this one brought of a topic.
func (l *listener) past(id int64, bucket, n int) []series.Said {
	l.points = l.tracker.Points(l.points[:0], theMonitor, id)
	out := make([]series.Said, n)
	for _, p := range l.points {
		if i := int((p.At.Unix()-sceneStart)/series.Bucket) - bucket + n; i >= 0 && i < n {
			out[i] = series.Said{Count: float64(p.Count), Negative: float64(p.Negative)}
		}
	}
	return out
}
