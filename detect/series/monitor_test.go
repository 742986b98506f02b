package series

import (
	"bytes"
	"slices"
	"testing"
)

// talk is what live topics bring in an invented bucket: one always lives, one comes with a past and goes again.
func talk(i int, n Counts) []Talk {
	topics := []Talk{{Topic: "7", Count: n.Topic, Negative: n.TopicNegative}}
	if i%500 > 300 {
		topics = append(topics, Talk{Topic: "12", Count: 3, Negative: 2, Past: []Said{{1, 0}, {2, 1}}})
	}
	return topics
}

// A state that was written and read in the middle goes on as if nothing had happened, to the bit.
func TestBlob(t *testing.T) {
	t.Parallel()
	whole, parts := NewMonitor(), NewMonitor()
	for i, n := range invent(9, 6, 12) {
		at := began + int64(i)*Bucket
		h := Heard{Total: n.Total, Negative: n.Negative, Copies: min(n.Total, float64(i%3))}
		if i%97 == 0 {
			var rest []byte
			var err error
			if parts, rest, err = ReadMonitor(append(parts.Blob(), "more"...)); err != nil || string(rest) != "more" {
				t.Fatalf("read a state: %v, %d bytes follow", err, len(rest))
			}
		}
		v, x := whole.Step(at, h, talk(i, n))
		w, y := parts.Step(at, h, talk(i, n))
		if v != w || !slices.Equal(x, y) {
			t.Fatalf("bucket %d: %+v %+v in one go, %+v %+v in parts", i, v, x, w, y)
		}
	}
	if !bytes.Equal(whole.Blob(), parts.Blob()) {
		t.Error("the states differ at the end")
	}
	alone := NewMonitor()
	if n := len(alone.Blob()); n > 6<<10 {
		t.Errorf("%d bytes of state, want at most 6 KB", n)
	}
	for _, bad := range [][]byte{nil, whole.Blob()[:100], bytes.Repeat([]byte{0xff}, 9000), bytes.Repeat([]byte{3, 0, 0, 0, 0, 0, 0, 0}, 2000)} {
		if _, _, err := ReadMonitor(bad); err == nil {
			t.Errorf("%d bytes of nonsense were read as a state", len(bad))
		}
	}
}

// A topic that was found late stands where one stands that was followed from its first post on.
func TestTopicsPast(t *testing.T) {
	t.Parallel()
	early, late := NewMonitor(), NewMonitor()
	var past []Said
	var x, y []Score
	counts := invent(5, 40, 6)
	for i, n := range counts {
		at := began + int64(i)*Bucket
		h := Heard{Total: n.Total, Negative: n.Negative}
		said := Said{}
		if i >= len(counts)-20 {
			said = Said{n.Topic, n.TopicNegative}
		}
		past = append(past, said)
		_, x = early.Step(at, h, []Talk{{Topic: "a", Count: said.Count, Negative: said.Negative}})
		if i < len(counts)-1 {
			late.Step(at, h, nil)
			continue
		}
		_, y = late.Step(at, h, []Talk{{Topic: "a", Count: said.Count, Negative: said.Negative, Past: past[:i]}})
	}
	if x[0].Observed == 0 || y[0].Observed != x[0].Observed || y[0].Buckets != x[0].Buckets {
		t.Errorf("found late: %+v, followed from the start: %+v; want the same negatives in the same window", y[0], x[0])
	}
}

// A copy that looks into the open bucket leaves the original as it was.
func TestCopyIsApart(t *testing.T) {
	t.Parallel()
	b := NewMonitor()
	for i, n := range invent(4, 6, 4) {
		at := began + int64(i)*Bucket
		before := b.Blob()
		peek := b.Clone()
		peek.Step(at, Heard{Total: 500, Negative: 400}, talk(i, n))
		if !bytes.Equal(before, b.Blob()) {
			t.Fatalf("bucket %d: a copy changed the original", i)
		}
		b.Step(at, Heard{Total: n.Total, Negative: n.Negative}, talk(i, n))
	}
}

func BenchmarkStep(b *testing.B) {
	counts := invent(4, 6, 30)
	s, i := NewMonitor(), 0
	for b.Loop() {
		n := counts[i%len(counts)]
		s.Step(began+int64(i)*Bucket, Heard{Total: n.Total, Negative: n.Negative}, nil)
		i++
	}
}
