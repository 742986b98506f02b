package series

import (
	"bytes"
	"testing"
)

// A state that was written and read in the middle goes on as if nothing had happened, to the bit.
func TestBlob(t *testing.T) {
	t.Parallel()
	counts := invent(9, 6, 12)
	whole, parts := NewBrand(), NewBrand()
	topic, topicParts := NewHeat(), NewHeat()
	for i, n := range counts {
		at := began + int64(i)*Bucket
		h := Heard{Total: n.Total, Negative: n.Negative, Copies: min(n.Total, float64(i%3))}
		if i%97 == 0 {
			saved := append(parts.Blob(), topicParts.Blob()...)
			var err error
			if parts, saved, err = ReadBrand(saved); err != nil {
				t.Fatal(err)
			}
			if topicParts, saved, err = ReadHeat(saved); err != nil || len(saved) != 0 {
				t.Fatal(err, len(saved))
			}
		}
		x := []Heats{topic.Step(n.Topic, n.TopicNegative, n.Total, whole.Usual())}
		y := []Heats{topicParts.Step(n.Topic, n.TopicNegative, n.Total, parts.Usual())}
		v, w := whole.Step(at, h, x), parts.Step(at, h, y)
		if v != w || x[0] != y[0] {
			t.Fatalf("bucket %d: %+v %+v in one go, %+v %+v in parts", i, v, x, w, y)
		}
	}
	if !bytes.Equal(whole.Blob(), parts.Blob()) || !bytes.Equal(topic.Blob(), topicParts.Blob()) {
		t.Error("the states differ at the end")
	}
	if n := len(whole.Blob()); n > 6<<10 {
		t.Errorf("%d bytes of state, want at most 6 KB", n)
	}
	for _, bad := range [][]byte{nil, whole.Blob()[:100], bytes.Repeat([]byte{0xff}, 9000)} {
		if _, _, err := ReadBrand(bad); err == nil {
			t.Errorf("%d bytes of nonsense were read as a state", len(bad))
		}
	}
}

// A copy that looks into the open bucket leaves the original as it was.
func TestCopyIsApart(t *testing.T) {
	t.Parallel()
	b := NewBrand()
	for i, n := range invent(4, 6, 4) {
		at := began + int64(i)*Bucket
		before := b.Blob()
		peek := b
		peek.Step(at, Heard{Total: 500, Negative: 400}, nil)
		if !bytes.Equal(before, b.Blob()) {
			t.Fatalf("bucket %d: a copy changed the original", i)
		}
		b.Step(at, Heard{Total: n.Total, Negative: n.Negative}, nil)
	}
}

func BenchmarkStep(b *testing.B) {
	counts := invent(4, 6, 30)
	s, i := NewBrand(), 0
	for b.Loop() {
		n := counts[i%len(counts)]
		s.Step(began+int64(i)*Bucket, Heard{Total: n.Total, Negative: n.Negative}, nil)
		i++
	}
}
