package desk

import "time"

// Heard is what detectors take in of one bucket of time: what arrived in it and was said lately.
type Heard struct {
	Count    int `json:"n"`                // mentions, without those that came late
	Negative int `json:"negative"`         // of Count
	Copies   int `json:"copies,omitempty"` // of Count
	Late     int `json:"late,omitempty"`   // beside Count: said more than half an hour before it came
}

// TopicHeard is the same for one live topic of a monitor.
type TopicHeard struct {
	Topic    string   `json:"topic"` // its key
	Name     string   `json:"name,omitempty"`
	Count    int      `json:"n"`
	Negative int      `json:"negative"`
	Past     [][2]int `json:"past,omitempty"` // count and negative of the buckets before, oldest first, in the first bucket in which it lives
	Score    float64  `json:"score"`          // of its verdict
}

// Verdict is what the detectors made of one closed bucket of a monitor. It is a pure function of the verdicts before it and of
// what it says it heard: replayed, it is the same to the bit. What is corrected later does not change it: it tells what could
// be known then.
type Verdict struct {
	MonitorID int64        `json:"-"`
	At        time.Time    `json:"-"` // the bucket's beginning; it is five minutes long
	Heard     Heard        `json:"heard"`
	Deaf      bool         `json:"deaf,omitempty"` // a source was silent and little came: nothing was learned and nothing judged
	Topics    []TopicHeard `json:"topics,omitempty"`
	Mood      float64      `json:"mood"`           // score of the whole; its bar is series.AngerStart
	Volume    float64      `json:"volume"`         // in the units of Bar
	Bar       float64      `json:"bar"`            // from which Volume is told
	Told      bool         `json:"told,omitempty"` // Volume crossed its bar here, for the first time in a day
	Expected  float64      `json:"expected"`       // mentions in this bucket, by what was known
	Usual     float64      `json:"usual"`          // share of negatives, 0 … 1, by what was known
}

// Learned is what detection knows about a monitor after the buckets before At: its state as bytes.
type Learned struct {
	MonitorID int64
	At        time.Time // beginning of the next bucket
	State     []byte
	Keep      bool // to replay later buckets from; there are several such, and one newest
}
