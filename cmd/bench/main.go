// Command bench measures what the product promises: every figure beside its reference in the same run, a table for people,
// and a last line of key=number pairs for scripts.
package main

import (
	"fmt"
	"os"
	"sort"
)

// benches are the measurements by name.
var benches = map[string]func(args []string) error{
	"calls":       benchCalls,
	"centre":      benchCentre,
	"corrections": benchCorrections,
	"cues":        benchCues,
	"demo":        benchDemo,
	"detect":      benchDetect,
	"escalate":    benchEscalate,
	"forecast":    benchForecast,
	"hold":        benchHold,
	"inbox":       benchInbox,
	"journal":     benchJournal,
	"language":    benchLanguage,
	"latency":     benchLatency,
	"match":       benchMatch,
	"pipeline":    benchPipeline,
	"query":       benchQuery,
	"scenarios":   benchScenarios,
	"sentiment":   benchSentiment,
	"series":      benchSeries,
	"understand":  benchUnderstand,
	"replay":      benchReplay,
	"subscribers": benchSubscribers,
}

func main() {
	if len(os.Args) < 2 || benches[os.Args[1]] == nil {
		names := make([]string, 0, len(benches))
		for n := range benches {
			names = append(names, n)
		}
		sort.Strings(names)
		fmt.Fprintf(os.Stderr, "usage: go run ./cmd/bench NAME [flags]\nnames: %v\n", names)
		os.Exit(2)
	}
	if err := benches[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintf(os.Stderr, "bench %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}
