package detect

import (
	"math"
	"strings"
	"time"

	"breakwater/desk"
)

// Window is what a detector looks at: one monitor, now and lately, with what is usual for it. It holds values only.
type Window struct {
	Monitor desk.Monitor
	Brand   string // the name of the monitor's brand
	Now     time.Time
	Start   time.Time      // of Minutes[0]
	Minutes []Minute       // without holes; the last one is still open
	Usual   *Usual         // what is usual; nil while less than two days are known
	Posts   []desk.Mention // newest of the last hour, at most 200
	Top     []desk.Mention // newest of the far-reaching voices in the time that Minutes spans, at most 20
	People  map[int]int    // distinct authors in the last so many minutes, for the windows that the monitor's rules ask for

	judged judged // of the open bucket
	known  bool   // so much was learned that judged means something
}

// Minute is what was published in one minute.
type Minute struct {
	Count, Negative, Positive, Copies int32
	Reach                             int64 // followers of all authors, added up
}

// Detector is one way in which something can be unusual. Look is a pure function.
type Detector struct {
	Name string // desk.Signal.Detector
	Help string // what it tells, in one line
	Look func(Window) (desk.Signal, bool)
}

// about names whom a window's talk is about: the monitor, or its brand where the monitor is named after what people say of it or
// after the topic itself.
func (w Window) about(topic string) string {
	same := strings.EqualFold(strings.TrimPrefix(topic, "#"), strings.TrimPrefix(w.Monitor.Name, "#"))
	if w.Brand != "" && (same || w.Monitor.Kind == "hashtag" || w.Monitor.Kind == "campaign") {
		return w.Brand
	}
	return w.Monitor.Name
}

// sum adds up the last n minutes, or all there are.
func (w Window) sum(n int) (s Minute) {
	for _, m := range w.Minutes[max(0, len(w.Minutes)-n):] {
		s.Count += m.Count
		s.Negative += m.Negative
		s.Positive += m.Positive
		s.Copies += m.Copies
		s.Reach += m.Reach
	}
	return s
}

// ends is the moment n minutes before the end of the window.
func (w Window) back(n int) time.Time {
	return w.Start.Add(time.Duration(len(w.Minutes)-n) * time.Minute)
}

// signal is a signal of this window with what all have in common.
func (w Window) signal(strength float64, level desk.Level, why, rule desk.Text) desk.Signal {
	return desk.Signal{MonitorID: w.Monitor.ID, At: w.Now, Strength: strength, Level: level, Why: why, Evidence: desk.Evidence{Rule: rule}}
}

// over is the last minutes in which so much was published as arrived in the given number of buckets: what is fetched every
// quarter of an hour was said before it came.
func (w Window) over(buckets int, arrived float64, figure func(Minute) int32) int {
	minutes := min(buckets*int(bucket/time.Minute), len(w.Minutes))
	for most := min(minutes+maxLag, len(w.Minutes)); minutes < most && float64(figure(w.sum(minutes))) < arrived; {
		minutes++
	}
	return minutes
}

// maxLag is by how many minutes mentions may come after they were said without being late.
const maxLag = 30

// knobs are what a monitor's sensitivity turns.
type knobs struct {
	bar    float64 // how many times the measured bars a score must reach
	floor  float64 // mentions below which nothing is a surge
	rise   float64 // how many times usual at least
	people int     // distinct authors of a cue
	reach  int     // followers of a far-reaching voice
}

var settings = map[string]knobs{
	"low":      {bar: 1.3, floor: 10, rise: 3, people: 5, reach: 500_000},
	"balanced": {bar: 1, floor: 5, rise: 2, people: 3, reach: 100_000},
	"high":     {bar: 0.77, floor: 3, rise: 1.5, people: 2, reach: 25_000},
}

func (w Window) knobs() knobs {
	if k, ok := settings[w.Monitor.Sensitivity]; ok {
		return k
	}
	return settings["balanced"]
}

// percent is a share as people say it.
func percent(part, whole float64) int {
	if whole <= 0 {
		return 0
	}
	return int(math.Round(100 * part / whole))
}

// rounded is a figure with as many digits as people want to read.
func rounded(x float64) float64 {
	if x >= 10 {
		return math.Round(x)
	}
	return math.Round(10*x) / 10
}
