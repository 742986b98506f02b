package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"text/tabwriter"
	"unsafe"

	"breakwater/detect/series"
)

// benchSeries measures how many series the detectors step in a second on one core, and what is kept of each.
func benchSeries(args []string) error {
	flags := flag.NewFlagSet("series", flag.ContinueOnError)
	brands := flags.Int("brands", 10_000, "brands that are stepped in turn: more than any cache holds")
	rounds := flags.Int("rounds", 150, "five-minute buckets of each")
	if err := flags.Parse(args); err != nil {
		return err
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	counts := arrivals(rand.New(rand.NewPCG(1, 2)))
	const monday = 1704067200

	all := make([]series.Monitor, *brands)
	for i := range all {
		all[i] = series.NewMonitor()
	}
	brand := perSecond(*brands, *rounds, func(i, round int) {
		all[i].Step(monday+int64(round)*series.Bucket, counts[(i+31*round)%len(counts)], nil)
	})
	topics := make([]series.Heat, *brands)
	for i := range topics {
		topics[i] = series.NewHeat()
	}
	topic := perSecond(*brands, *rounds, func(i, round int) {
		c := counts[(i+31*round)%len(counts)]
		topics[i].Step(c.Total/8, c.Negative/8, c.Total, 0.15)
	})
	peek := perSecond(*brands, *rounds, func(i, round int) {
		open := all[i].Clone()
		open.Step(monday+int64(*rounds+round)*series.Bucket, counts[(i+31*round)%len(counts)], nil)
	})
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "series\tsteps/s on one core\tbytes in memory\tbytes kept\t\n")
	fmt.Fprintf(table, "brand, bucket closed\t%.0f\t%d\t%d\t\n", brand, unsafe.Sizeof(all[0]), len(all[0].Blob()))
	fmt.Fprintf(table, "brand, open bucket judged\t%.0f\t\t\t\n", peek)
	fmt.Fprintf(table, "topic, bucket closed\t%.0f\t%d\t%d\t\n", topic, unsafe.Sizeof(topics[0]), heatBytes(counts[0]))
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Printf("\n%d brands in turn, %d buckets each. One bucket of five minutes of 10,000 monitors takes %.0f ms.\n", *brands, *rounds, 1e7/brand)
	fmt.Printf("series_per_second=%.0f state_bytes=%d topic_state_bytes=%d\n", brand, unsafe.Sizeof(all[0]), unsafe.Sizeof(topics[0]))
	return nil
}

// heatBytes is by how many bytes the kept state of a monitor grows with a topic.
func heatBytes(h series.Heard) int {
	m := series.NewMonitor()
	without := len(m.Blob())
	m.Step(0, h, []series.Talk{{Topic: "1"}})
	return len(m.Blob()) - without
}

// arrivals are some buckets of very different brands.
func arrivals(r *rand.Rand) []series.Heard {
	all := make([]series.Heard, 4096)
	for i := range all {
		n := float64(r.IntN(4))
		if i%5 == 0 {
			n = float64(r.IntN(300))
		}
		all[i] = series.Heard{Total: n, Negative: float64(int(n * 0.4 * r.Float64())), Copies: float64(int(n * 0.2 * r.Float64()))}
	}
	return all
}

// perSecond is how many steps of n series in turn are made in a second of processor time: what else runs on the machine does not count.
func perSecond(n, rounds int, step func(i, round int)) float64 {
	began := processorTime()
	for round := range rounds {
		for i := range n {
			step(i, round)
		}
	}
	return float64(n*rounds) / (processorTime() - began).Seconds()
}
