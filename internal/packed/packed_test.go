package packed

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"
)

func entries(n int, seed uint64) []Entry {
	r := rand.New(rand.NewPCG(seed, 1))
	all := make([]Entry, n)
	for i := range all {
		all[i] = Entry{Feature: r.Uint64(), A: int8(r.IntN(255) - 127), B: int8(r.IntN(255) - 127), Rank: r.Float32()}
	}
	return all
}

func TestFindsWhatWasPacked(t *testing.T) {
	t.Parallel()
	all := entries(5000, 1)
	table, kept := Pack(append([]Entry(nil), all...), 10)
	if kept < 4990 {
		t.Fatalf("%d of 5000 kept in 16,384 places", kept)
	}
	m, err := Open(table)
	if err != nil {
		t.Fatal(err)
	}
	wrong := 0
	for _, e := range all {
		if a, b, ok := m.Find(e.Feature); !ok || a != e.A || b != e.B {
			wrong++
		}
	}
	if wrong > 10 { // what shares bucket and fingerprint with something more important
		t.Errorf("%d of 5000 are not found as they were packed", wrong)
	}
	strangers := 0
	for _, e := range entries(100_000, 2) {
		if _, _, ok := m.Find(e.Feature); ok {
			strangers++
		}
	}
	if strangers > 100 {
		t.Errorf("%d of 100,000 strangers are found, want about 8", strangers)
	}
}

func TestSumIsWhatIsFound(t *testing.T) {
	t.Parallel()
	const salt = 0x5DEECE66D
	all := entries(5000, 6)
	table, _ := Pack(append([]Entry(nil), all...), 10)
	m, err := Open(table)
	if err != nil {
		t.Fatal(err)
	}
	var as, bs [256]float32
	for i := range as {
		as[i], bs[i] = float32(i)/7, float32(i)/11
	}
	for _, n := range []int{0, 1, ahead - 1, ahead, ahead + 1, 1000} {
		var features []uint64
		for i := range n {
			features = append(features, all[i*5].Feature^salt^uint64(i%3)) // two in three are strangers
		}
		var a, b float32
		found := int32(0)
		for _, f := range features {
			if x, y, ok := m.Find(f ^ salt); ok {
				a, b, found = a+as[uint8(x)], b+bs[uint8(y)], found+1
			}
		}
		if sa, sb, sf := m.Sum(features, salt, &as, &bs); sa != a || sb != b || sf != found {
			t.Errorf("of %d features: %v %v of %d, want %v %v of %d", n, sa, sb, sf, a, b, found)
		}
	}
}

func TestKeepsTheMostImportant(t *testing.T) {
	t.Parallel()
	all := entries(2000, 3)
	table, kept := Pack(append([]Entry(nil), all...), 4)
	if kept != 16*16 {
		t.Errorf("%d kept, want all 256 places filled", kept)
	}
	m, err := Open(table)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if _, _, ok := m.Find(e.Feature); !ok && e.Rank > 0.97 {
			t.Errorf("a feature of rank %.3f was left out", e.Rank)
		}
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	a := entries(3000, 4)
	b := append([]Entry(nil), a...)
	rand.New(rand.NewPCG(5, 5)).Shuffle(len(b), func(i, j int) { b[i], b[j] = b[j], b[i] })
	x, _ := Pack(a, 6)
	y, _ := Pack(b, 6)
	if !bytes.Equal(x, y) {
		t.Error("the table depends on the order of its entries")
	}
}

func TestOpenRefusesOtherSizes(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 64, 63, 3 * 64, 128 + 1} {
		if _, err := Open(make([]byte, n)); !errors.Is(err, ErrSize) {
			t.Errorf("%d bytes: %v, want ErrSize", n, err)
		}
	}
}
