package detect

import (
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"breakwater/desk"
	"breakwater/detect/series"
)

const (
	// bucket is the length of what is judged at once.
	bucket = series.Bucket * time.Second
	// maxTopics is how many live topics of a monitor are followed.
	maxTopics = 12
)

// ledger is what detection knows of one monitor after the buckets before at. Stepping it is pure: the same ledger and the same
// bucket give the same verdict and the same ledger, to the bit.
type ledger struct {
	at     time.Time // beginning of the next bucket
	first  time.Time // of the first bucket in which anything came; zero: nothing did yet
	came   float64   // mentions that were learned from
	late   float64   // mentions that came late since: when they are many, a history came in
	series series.Monitor
}

// taken is what came in one bucket.
type taken struct {
	desk.Heard
	topics []desk.TopicHeard
	deaf   bool
}

func (t *taken) empty() bool {
	return t.Heard == desk.Heard{} && len(t.topics) == 0 && !t.deaf
}

// judged is what is made of a bucket: the verdict that is kept, and the scores that signals are made of.
type judged struct {
	desk.Verdict
	scores series.Verdict
	topics []series.Score // of Verdict.Topics
}

// newLedger knows nothing before at.
func newLedger(at time.Time) *ledger { return &ledger{at: at, series: series.NewMonitor()} }

// known reports whether so much was learned that scores mean something.
func (l *ledger) known() bool { return !l.first.IsZero() && l.at.Sub(l.first) >= enough }

// clone is a ledger that goes on apart.
func (l *ledger) clone() *ledger {
	c := *l
	c.series = l.series.Clone()
	return &c
}

// step takes the next bucket.
func (l *ledger) step(monitorID int64, t taken) judged {
	j := judged{Verdict: desk.Verdict{MonitorID: monitorID, At: l.at, Heard: t.Heard, Deaf: t.deaf}}
	at := l.at.Unix()
	l.at = l.at.Add(bucket)
	if t.deaf {
		return j
	}
	if l.first.IsZero() {
		if t.Count == 0 { // a monitor that never heard anything learns nothing from silence
			l.late += float64(t.Late)
			return j
		}
		l.first = j.At
	}
	l.came += float64(t.Count)
	l.late += float64(t.Late)
	talk := make([]series.Talk, len(t.topics))
	for i, h := range t.topics {
		talk[i] = series.Talk{Topic: h.Topic, Count: float64(h.Count), Negative: float64(h.Negative)}
		for _, p := range h.Past {
			talk[i].Past = append(talk[i].Past, series.Said{Count: float64(p[0]), Negative: float64(p[1])})
		}
	}
	j.scores, j.topics = l.series.Step(at, series.Heard{Total: float64(t.Count), Negative: float64(t.Negative), Copies: float64(t.Copies)}, talk)
	j.Mood, j.Volume, j.Bar, j.Told = j.scores.Mood.Value, j.scores.Volume.Value, j.scores.Bar, j.scores.Told
	j.Expected, j.Usual = j.scores.Expected, j.scores.Usual
	j.Topics = slices.Clone(t.topics)
	for i := range j.Topics {
		j.Topics[i].Score = j.topics[i].Value
	}
	return j
}

// worth reports whether a verdict says more than that nothing came.
func (j *judged) worth() bool {
	return j.Told || j.Deaf || j.Heard != desk.Heard{} || len(j.Topics) > 0
}

// bytes is the ledger as it is kept.
func (l *ledger) bytes() []byte {
	b := l.series.Blob()
	for _, n := range []int64{l.at.Unix(), unix(l.first), int64(l.came), int64(l.late)} {
		b = binary.AppendVarint(b, n)
	}
	return b
}

// errLedger says that a kept ledger cannot be read: it is learned again.
var errLedger = errors.New("what was learned is not of this version")

// readLedger reads what bytes wrote.
func readLedger(b []byte) (*ledger, error) {
	m, b, err := series.ReadMonitor(b)
	if err != nil {
		return nil, err
	}
	var n [4]int64
	for i := range n {
		var size int
		if n[i], size = binary.Varint(b); size <= 0 {
			return nil, errLedger
		}
		b = b[size:]
	}
	return &ledger{series: m, at: moment(n[0]), first: moment(n[1]), came: float64(n[2]), late: float64(n[3])}, nil
}

// unix and moment keep the zero time as 0.
func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func moment(s int64) time.Time {
	if s == 0 {
		return time.Time{}
	}
	return time.Unix(s, 0).UTC()
}
