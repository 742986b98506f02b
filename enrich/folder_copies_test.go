package enrich

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// madeUp is a text of n made-up words, the same for the same number.
func madeUp(seed uint64, n int, letters []rune, spaced bool) string {
	rnd := rand.New(rand.NewPCG(seed, 5))
	var b strings.Builder
	for i := range n {
		if i > 0 && spaced {
			b.WriteByte(' ')
		}
		word := rand.New(rand.NewPCG(uint64(rnd.IntN(3000)), 6)) // one of 3,000
		for range 2 + word.IntN(7) {
			b.WriteRune(letters[word.IntN(len(letters))])
		}
	}
	return b.String()
}

// Copies that people change when they pass them on are found, and strangers stay apart. `bench understand` measures the same
// on real posts.
func TestFoldFindsChangedCopies(t *testing.T) {
	t.Parallel()
	latin, hebrew := []rune("eeaaiionrtslkdmpg"), []rune("אבגדהוזחטיכלמנסעפצקרשת")
	var han []rune
	for r := rune(0x4E00); r < 0x4E00+1200; r++ {
		han = append(han, r)
	}
	for _, script := range []struct {
		name    string
		letters []rune
		spaced  bool
	}{{"latin", latin, true}, {"hebrew", hebrew, true}, {"han", han, false}} {
		for _, c := range []struct {
			name   string
			change func(string) string
			least  float64
		}{
			{"RT", func(s string) string { return "RT @somebody: " + s }, 1},
			{"tag, emoji, link", func(s string) string { return s + " 😡😡 #boycott https://t.example/x" }, 0.98},
			{"cut", func(s string) string { r := []rune(s); return string(r[:len(r)*3/4]) + "…" }, 0.95},
			{"quoted", func(s string) string { return "omg \"" + s + "\"" }, 0.98},
		} {
			f := NewFolder()
			const n = 400
			var first [n]int64
			strangers := map[int64]bool{}
			for i := range n {
				first[i] = f.Fold(said1("mastodon", fmt.Sprint("a", i), madeUp(uint64(i), 14, script.letters, script.spaced), noon))
				strangers[first[i]] = true
			}
			found := 0
			for i := range n {
				if f.Fold(said1("mastodon", fmt.Sprint("b", i), c.change(madeUp(uint64(i), 14, script.letters, script.spaced)), noon)) == first[i] {
					found++
				}
			}
			if got := float64(found) / n; got < c.least {
				t.Errorf("%s, %s: %.3f of the copies found, want %.2f", script.name, c.name, got, c.least)
			}
			if len(strangers) < n-1 {
				t.Errorf("%s: %d strangers were taken for copies", script.name, n-len(strangers))
			}
		}
	}
}

func TestFoldTakesNoMemory(t *testing.T) {
	f := NewFolder()
	m := said1("mastodon", "1", story, noon)
	m.Author.Handle = "Some.Body@social.example"
	f.Fold(m)
	if n := testing.AllocsPerRun(100, func() { f.Fold(m) }); n > 0.5 { // the pool may be emptied in between
		t.Errorf("Fold allocates %.1f times", n)
	}
}
