package match

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"breakwater/desk"
)

func BenchmarkMatch(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	z := rand.NewZipf(r, 1.1, 6, 19_999)
	words := make([]string, 20_000)
	for i := range words {
		var w strings.Builder
		for range 2 + r.IntN(8) {
			w.WriteRune([]rune("aieozncwrystkłąęóżśmpdu")[r.IntN(23)])
		}
		words[i] = w.String()
	}
	any := func() string { return words[20+r.IntN(9000)] }
	var monitors []desk.Monitor
	for i := range 10_000 {
		monitors = append(monitors, desk.Monitor{ID: int64(i + 1),
			Query: fmt.Sprintf(`(%s OR "%s %s") AND (%s OR %s*) NOT %s`, any(), any(), any(), any(), any()+"a", any())})
	}
	set, err := NewSet(monitors)
	if err != nil {
		b.Fatal(err)
	}
	var posts []desk.Mention
	for range 1000 {
		var t strings.Builder
		for t.Len() < 300 {
			t.WriteString(words[z.Uint64()] + " ")
		}
		posts = append(posts, desk.Mention{Text: t.String()})
	}
	var x Scratch
	var ids []int64
	b.ReportAllocs()
	n, hits, i := 0, 0, 0
	for b.Loop() {
		i++
		ids = set.Match(ids[:0], &posts[i%len(posts)], &x)
		n += len(ids)
		hits += len(x.hits)
	}
	b.ReportMetric(float64(n)/float64(b.N), "answers/op")
	b.ReportMetric(float64(hits)/float64(b.N), "hits/op")
}
