package chain

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// written is a log of n lines and the head it ends with.
func written(n int) ([]Line, Head) {
	var lines []Line
	prev := ""
	for i := range n {
		l := Line{Seq: int64(i + 1), At: int64(1000 + i), Who: "user:1", Name: "Ana", Act: "note.add", Say: `{"say":"x"}`, Why: fmt.Sprint("because ", i), Prev: prev}
		l.Hash = l.Sum()
		prev, lines = l.Hash, append(lines, l)
	}
	return lines, Head{int64(n), prev}
}

// chained hashes lines anew, as who can write the database would.
func chained(lines []Line, from int) []Line {
	for i := from; i < len(lines); i++ {
		if i > 0 {
			lines[i].Prev = lines[i-1].Hash
		}
		lines[i].Seq = int64(i + 1)
		lines[i].Hash = lines[i].Sum()
	}
	return lines
}

func renumbered(lines []Line) []Line {
	for i := range lines {
		lines[i].Seq = int64(i + 1)
	}
	return lines
}

func found(lines []Line, heads ...Head) []string {
	c := Check{Heads: heads}
	for _, l := range lines {
		c.Next(l)
	}
	var all []string
	for _, f := range c.End() {
		s := fmt.Sprint(f.Seq, " ", f.What)
		if f.Other != 0 {
			s += fmt.Sprint(" ", f.Other)
		}
		all = append(all, s)
	}
	return all
}

// Whatever is done to a line of ten, at the beginning, in the middle and at the end, it is named.
func TestEveryTamperingIsNamed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		do   func([]Line, int) []Line // to line i, from 0
		want func(n int64) []string   // of line n, from 1
		from int64                    // numbers it is tried on; 0: all
		to   int64
	}{
		{"a field is flipped", func(l []Line, i int) []Line { l[i].Why += "!"; return l }, one(Changed), 1, 10},
		{"the hash is flipped", func(l []Line, i int) []Line { l[i].Hash = l[0].Sum()[1:] + "0"; return l }, one(Changed), 1, 10},
		{"the link is flipped", func(l []Line, i int) []Line { l[i].Prev = "00"; return l }, one(Changed), 1, 10},
		{"a field is flipped, and the hash made to fit", func(l []Line, i int) []Line { l[i].Why += "!"; l[i].Hash = l[i].Sum(); return l }, one(Replaced), 1, 9},
		{"the link is flipped, and the hash made to fit", func(l []Line, i int) []Line { l[i].Prev = "00"; l[i].Hash = l[i].Sum(); return l }, one(Replaced), 1, 9},
		{"the newest is replaced", func(l []Line, i int) []Line { l[i].Why += "!"; l[i].Hash = l[i].Sum(); return l }, one(Replaced), 10, 10},
		{"deleted", func(l []Line, i int) []Line { return slices.Delete(l, i, i+1) }, one(Missing), 1, 10},
		{"deleted, and the rest renumbered", func(l []Line, i int) []Line { return renumbered(slices.Delete(l, i, i+1)) }, one(Missing), 1, 8},
		{"inserted, and the rest renumbered", func(l []Line, i int) []Line {
			return renumbered(slices.Insert(l, i, Line{Who: "eve", Prev: "x", Hash: "y"}))
		}, one(Inserted), 1, 9},
		{"inserted with a hash that fits", func(l []Line, i int) []Line {
			x := Line{Who: "eve", Seq: int64(i + 1)}
			if i > 0 {
				x.Prev = l[i-1].Hash
			}
			x.Hash = x.Sum()
			return renumbered(slices.Insert(l, i, x))
		}, one(Inserted), 1, 9},
		{"swapped with the next", func(l []Line, i int) []Line { l[i], l[i+1] = l[i+1], l[i]; return renumbered(l) }, func(n int64) []string {
			return []string{fmt.Sprint(n, " moved ", n+1), fmt.Sprint(n+1, " moved ", n)}
		}, 1, 9},
		{"swapped over a distance", func(l []Line, i int) []Line { l[i], l[i+4] = l[i+4], l[i]; return renumbered(l) }, func(n int64) []string {
			return []string{fmt.Sprint(n, " moved ", n+4), fmt.Sprint(n+4, " moved ", n)}
		}, 1, 6},
		{"everything from here on is hashed anew", func(l []Line, i int) []Line { l[i].Why = "other"; return chained(l, i) }, func(n int64) []string {
			if n <= 9 {
				return []string{"6 rewritten 9"} // the heads tell no more
			}
			return one(Replaced)(n)
		}, 6, 10},
		{"the newest are cut off", func(l []Line, i int) []Line { return l[:i] }, func(n int64) (all []string) {
			for ; n <= 10; n++ {
				all = append(all, fmt.Sprint(n, " missing"))
			}
			return all
		}, 1, 10},
	}
	for _, tt := range tests {
		for n := tt.from; n <= tt.to; n++ {
			lines, head := written(10)
			kept := []Head{{5, lines[4].Hash}, {9, lines[8].Hash}, head}
			got := found(tt.do(lines, int(n-1)), kept...)
			if diff := cmp.Diff(tt.want(n), got); diff != "" {
				t.Errorf("%s, line %d (-want +got):\n%s", tt.name, n, diff)
			}
		}
	}
	lines, head := written(10)
	if got := found(lines, head); got != nil {
		t.Errorf("a whole log: %v", got)
	}
	if got := found(append([]Line{{Seq: 0, Who: "eve"}, {Seq: -3}}, lines...), head); len(got) != 2 {
		t.Errorf("lines before the first: %v", got)
	}
}

func one(what string) func(int64) []string {
	return func(n int64) []string { return []string{fmt.Sprint(n, " ", what)} }
}
