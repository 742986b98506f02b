package main

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"

	"breakwater/desk"
	"breakwater/topic"
)

const (
	topicMonitors = 10_000
	topicMentions = 1_500_000
	topicDays     = 14
)

// printTopics shows what following the topics of ten thousand monitors holds in memory after two weeks in which some hear very
// much and most hear little (Zipf's law), beside the bound, and how fast it is.
func printTopics(posts []desk.Mention) {
	r := rand.New(rand.NewPCG(5, 5))
	z := rand.NewZipf(r, 1.1, 20, topicMonitors-1)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.GC() // what pools held goes at the second
	runtime.ReadMemStats(&before)
	t := topic.New(0)
	start := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	began := cpuTime()
	for i := range topicMentions {
		m := posts[i%len(posts)]
		m.ID, m.NativeID = int64(i+1), fmt.Sprint(i)
		m.Author.Handle = fmt.Sprint(r.IntN(200_000))
		m.Published = start.Add(time.Duration(i) * topicDays * 24 * time.Hour / topicMentions)
		m.Monitors = desk.IDs{int64(z.Uint64() + 1)}
		t.Add(&m)
	}
	took := cpuTime() - began
	runtime.GC()
	runtime.ReadMemStats(&after)
	live := 0
	for _, id := range t.Monitors() {
		live += len(t.Live(id))
	}
	const mib = 1 << 20
	fmt.Printf("\nTopics of %d monitors after %d days and %d mentions: %d MiB as counted, %d MiB of heap; the counts never take more than %d MiB. %d live topics. %.0f mentions/s on one core.\n",
		topicMonitors, topicDays, topicMentions, t.Bytes()/mib, (int64(after.HeapAlloc)-int64(before.HeapAlloc))/mib, topic.Budget/mib, live, topicMentions/took.Seconds())
	runtime.KeepAlive(t)
}
