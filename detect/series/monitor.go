package series

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// pastKept is how many buckets before it was found a topic is counted back: the longest of its windows.
const pastKept = 36

// Talk is what was said of one live topic in a bucket.
type Talk struct {
	Topic    string // its key
	Count    float64
	Negative float64
	Past     []Said // of the buckets before this one, oldest first, for a topic that is new; nil: nothing
}

// Said is what was said of a topic in one earlier bucket.
type Said struct{ Count, Negative float64 }

// Monitor is all that is kept of one monitor: its own series, and those of its live topics. Clone it to let a copy go on apart.
type Monitor struct {
	brand  Brand
	n      int               // buckets so far
	whole  [pastKept]float64 // mentions in the last of them, by n
	topics []held            // by key
}

// held is a topic that lives.
type held struct {
	key  string
	heat Heat
}

// NewMonitor makes a series that knows nothing.
func NewMonitor() Monitor { return Monitor{brand: NewBrand()} }

// Clone is a copy that goes on apart.
func (m *Monitor) Clone() Monitor {
	c := *m
	c.topics = slices.Clone(m.topics)
	return c
}

// Step takes the bucket that begins at the Unix time at, and what was said of each live topic in it, also of those of which
// nothing was. A topic that is missing is forgotten. It gives the scores of the topics in their order; the bar of these, and of
// Verdict.Mood, is AngerStart. A bucket in which the collector was down must be left out.
func (m *Monitor) Step(at int64, h Heard, topics []Talk) (Verdict, []Score) {
	part := m.brand.discount(&h)
	m.meet(topics)
	heats := make([]Heats, len(topics))
	for i, t := range topics {
		k, _ := m.find(t.Topic)
		heats[i] = m.topics[k].heat.Step(t.Count*part, t.Negative*part, h.Total, m.brand.Usual())
	}
	m.whole[m.n%pastKept] = h.Total
	m.n++
	v := m.brand.Step(at, h, heats)
	scores := make([]Score, len(topics))
	for i := range heats {
		scores[i] = heats[i].Score
	}
	return v, scores
}

// Expected is how many mentions the bucket that begins at the Unix time at usually has, by what is known now.
func (m *Monitor) Expected(at int64) float64 { return m.brand.Expected(at) }

// meet begins to follow the topics that are new, from what is known of their past, and forgets those that ended.
func (m *Monitor) meet(topics []Talk) {
	for _, t := range topics {
		i, found := m.find(t.Topic)
		if found {
			continue
		}
		f := held{t.Topic, NewHeat()}
		past := t.Past[max(0, len(t.Past)-min(m.n, pastKept)):]
		for k, s := range past {
			f.heat.Step(s.Count, s.Negative, m.whole[(m.n-len(past)+k)%pastKept], m.brand.Usual())
		}
		m.topics = slices.Insert(m.topics, i, f)
	}
	if len(m.topics) > len(topics) {
		m.topics = slices.DeleteFunc(m.topics, func(f held) bool {
			return !slices.ContainsFunc(topics, func(t Talk) bool { return t.Topic == f.key })
		})
	}
}

// Knows reports whether a topic is followed already, so that its past need not be told.
func (m *Monitor) Knows(topic string) bool {
	_, found := m.find(topic)
	return found
}

func (m *Monitor) find(key string) (int, bool) {
	return slices.BinarySearchFunc(m.topics, key, func(f held, key string) int { return cmp.Compare(f.key, key) })
}

// Blob is the state as bytes; ReadMonitor reads them.
func (m *Monitor) Blob() []byte {
	w := &blob{}
	m.walk(w)
	w.bytes = binary.AppendUvarint(w.bytes, uint64(len(m.topics)))
	for i := range m.topics {
		f := &m.topics[i]
		w.bytes = binary.AppendUvarint(w.bytes, uint64(len(f.key)))
		w.bytes = append(w.bytes, f.key...)
		f.heat.walk(w)
	}
	return w.bytes
}

// blobVersion changes whenever a state's bytes mean something else.
const blobVersion = 5

func (m *Monitor) walk(w *blob) {
	version := blobVersion
	w.int(&version, &m.n)
	m.brand.walk(w)
	w.floats(m.whole[:])
	w.short = w.short || version != blobVersion
}

// ReadMonitor reads what Blob wrote and gives the bytes that follow. Bytes of another version are an error: what was learned has
// to be learned again.
func ReadMonitor(bytes []byte) (Monitor, []byte, error) {
	m, r := NewMonitor(), &blob{bytes: bytes, reading: true}
	m.walk(r)
	n := r.uvarint()
	for ; n > 0 && !r.short; n-- {
		f := held{key: string(r.take(r.uvarint())), heat: NewHeat()}
		f.heat.walk(r)
		r.short = r.short || !f.heat.possible()
		m.topics = append(m.topics, f)
	}
	if r.short || m.n < 0 || !m.brand.possible() {
		return NewMonitor(), nil, errBlob
	}
	return m, r.bytes, nil
}
