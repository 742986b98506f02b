package detect

import (
	"cmp"
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
	// topicFor is how long a topic that nobody speaks of is followed.
	topicFor = 3 * 24 * time.Hour
)

// ledger is what detection knows of one monitor after the buckets before at. Stepping it is pure: the same ledger and the same
// bucket give the same verdict and the same ledger, to the bit.
type ledger struct {
	at     time.Time // beginning of the next bucket
	first  time.Time // of the first bucket in which anything came; zero: nothing did yet
	came   float64   // mentions that were learned from
	late   float64   // mentions that came late since: when they are many, a history came in
	brand  series.Brand
	topics []followed // by key
}

// followed is a topic that a ledger follows.
type followed struct {
	key   string
	heard time.Time // the last bucket in which it was spoken of
	heat  series.Heat
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
func newLedger(at time.Time) *ledger { return &ledger{at: at, brand: series.NewBrand()} }

// known reports whether so much was learned that scores mean something.
func (l *ledger) known() bool { return !l.first.IsZero() && l.at.Sub(l.first) >= enough }

// clone is a ledger that goes on apart.
func (l *ledger) clone() *ledger {
	c := *l
	c.topics = slices.Clone(l.topics)
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
	heats := l.follow(&j, t)
	j.scores = l.brand.Step(at, series.Heard{Total: float64(t.Count), Negative: float64(t.Negative), Copies: float64(t.Copies)}, heats)
	j.Mood, j.Volume, j.Bar, j.Told = j.scores.Mood.Value, j.scores.Volume.Value, j.scores.Bar, j.scores.Told
	j.Expected, j.Usual = j.scores.Expected, j.scores.Usual
	for i := range j.Topics {
		k, _ := l.find(j.Topics[i].Topic)
		j.Topics[i].Score = heats[k].Score.Value
		j.topics = append(j.topics, heats[k].Score)
	}
	return j
}

// follow steps the topics, those that nobody spoke of too, and gives the heat of each.
func (l *ledger) follow(j *judged, t taken) []series.Heats {
	heard := t.topics
	for _, h := range heard[:min(len(heard), maxTopics)] {
		i, found := l.find(h.Topic)
		if !found {
			if len(l.topics) == maxTopics {
				l.drop()
				i, _ = l.find(h.Topic)
			}
			l.topics = slices.Insert(l.topics, i, followed{key: h.Topic, heat: series.NewHeat()})
		}
		l.topics[i].heard = j.At
	}
	l.topics = slices.DeleteFunc(l.topics, func(f followed) bool { return j.At.Sub(f.heard) > topicFor })
	heats := make([]series.Heats, len(l.topics))
	for i := range l.topics {
		f, h := &l.topics[i], desk.TopicHeard{}
		if k := slices.IndexFunc(heard, func(h desk.TopicHeard) bool { return h.Topic == f.key }); k >= 0 {
			h = heard[k]
			j.Topics = append(j.Topics, h)
		}
		heats[i] = f.heat.Step(float64(h.Count), float64(h.Negative), float64(t.Count), l.brand.Usual())
	}
	return heats
}

func (l *ledger) find(key string) (int, bool) {
	return slices.BinarySearchFunc(l.topics, key, func(f followed, key string) int { return cmp.Compare(f.key, key) })
}

// drop stops following the topic that was not spoken of for longest.
func (l *ledger) drop() {
	oldest := 0
	for i := range l.topics {
		if l.topics[i].heard.Before(l.topics[oldest].heard) {
			oldest = i
		}
	}
	l.topics = slices.Delete(l.topics, oldest, oldest+1)
}

// worth reports whether a verdict says more than that nothing came.
func (j *judged) worth() bool {
	return j.Told || j.Deaf || j.Heard != desk.Heard{} || len(j.Topics) > 0
}

// bytes is the ledger as it is kept.
func (l *ledger) bytes() []byte {
	b := l.brand.Blob()
	for _, n := range []int64{l.at.Unix(), unix(l.first), int64(l.came), int64(l.late), int64(len(l.topics))} {
		b = binary.AppendVarint(b, n)
	}
	for i := range l.topics {
		f := &l.topics[i]
		b = binary.AppendVarint(b, int64(len(f.key)))
		b = append(b, f.key...)
		b = binary.AppendVarint(b, f.heard.Unix())
		b = append(b, f.heat.Blob()...)
	}
	return b
}

// errLedger says that a kept ledger cannot be read: it is learned again.
var errLedger = errors.New("what was learned is not of this version")

// readLedger reads what bytes wrote.
func readLedger(b []byte) (*ledger, error) {
	brand, b, err := series.ReadBrand(b)
	if err != nil {
		return nil, err
	}
	r := reader{b, false}
	l := &ledger{brand: brand, at: time.Unix(r.int(), 0).UTC(), first: moment(r.int()), came: float64(r.int()), late: float64(r.int())}
	n := r.int()
	for i := int64(0); i < n && !r.bad; i++ {
		f := followed{key: string(r.take(r.int())), heard: time.Unix(r.int(), 0).UTC()}
		if f.heat, r.bytes, err = series.ReadHeat(r.bytes); err != nil {
			return nil, err
		}
		l.topics = append(l.topics, f)
	}
	if r.bad {
		return nil, errLedger
	}
	return l, nil
}

// reader reads numbers and pieces off bytes until there are none left.
type reader struct {
	bytes []byte
	bad   bool
}

func (r *reader) int() int64 {
	v, n := binary.Varint(r.bytes)
	if n <= 0 {
		r.bad = true
		return 0
	}
	r.bytes = r.bytes[n:]
	return v
}

func (r *reader) take(n int64) []byte {
	if n < 0 || n > int64(len(r.bytes)) {
		r.bad = true
		return nil
	}
	p := r.bytes[:n]
	r.bytes = r.bytes[n:]
	return p
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
