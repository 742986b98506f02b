package store_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/store"
)

// posts makes batches of posts of about a kilobyte that answer one or two of a thousand monitors.
func posts(seed uint64, batches, size int) [][]desk.Batch {
	r := rand.New(rand.NewPCG(seed, 1))
	vocabulary := make([]string, 30000)
	for i := range vocabulary {
		b := make([]byte, 3+r.IntN(9))
		for j := range b {
			b[j] = 'a' + byte(r.IntN(26))
		}
		vocabulary[i] = string(b)
	}
	zipf := rand.NewZipf(r, 1.1, 5, uint64(len(vocabulary)-1))
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	out := make([][]desk.Batch, batches)
	for i := range out {
		b := desk.Batch{SourceID: 1, Cursor: fmt.Sprint(i)}
		for j := range size {
			var s strings.Builder
			for s.Len() < 1000 {
				s.WriteString(vocabulary[zipf.Uint64()])
				s.WriteByte(' ')
			}
			at = at.Add(time.Millisecond)
			m := desk.Mention{Ref: desk.Ref{Network: []string{"mastodon", "bluesky", "feed"}[r.IntN(3)], NativeID: fmt.Sprint(seed, "/", i, "/", j)},
				Kind: desk.KindPost, URL: "https://social.example/@someone/109372843234", Text: s.String(),
				Author:    desk.Author{NativeID: fmt.Sprint(r.IntN(50000)), Handle: fmt.Sprint("person", r.IntN(50000)), Name: "Some Person", Followers: r.IntN(3000)},
				Published: at, Arrived: at.Add(time.Second), Lang: []string{"en", "pl", "he", "sv"}[r.IntN(4)], Mood: desk.Mood(r.IntN(3) - 1),
				Monitors: []int64{int64(1 + r.IntN(1000))}}
			if r.IntN(2) == 0 {
				m.Monitors = append(m.Monitors, 1001)
			}
			b.Mentions = append(b.Mentions, m)
		}
		out[i] = []desk.Batch{b}
	}
	return out
}

// cpu is the processor time that this process has used: on a busy machine the only thing worth measuring.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkAppend(b *testing.B) {
	const size = 1000
	batches := posts(1, b.N/size+1, size)
	db, err := store.Open(b.Context(), store.Config{Path: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	for range 1001 {
		if _, err := db.ChangeMonitor(b.Context(), 0, desk.Act{}, func(m *desk.Monitor, out *desk.Out) error {
			m.BrandID, out.Say = 1, desk.Say("x")
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	ps := make([]*store.Prepared, len(batches))
	start := cpu()
	for i, bs := range batches {
		if ps[i], err = db.Prepare(b.Context(), bs[0]); err != nil {
			b.Fatal(err)
		}
	}
	n := float64(len(batches) * size)
	b.ReportMetric(float64((cpu()-start).Microseconds())/n, "cpu-µs/prepare")
	b.ResetTimer()
	start = cpu()
	for _, p := range ps {
		if _, err := db.Write(b.Context(), []*store.Prepared{p}); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	b.ReportMetric(float64((cpu()-start).Microseconds())/n, "cpu-µs/write")
	b.ReportMetric(n/b.Elapsed().Seconds(), "mentions/s")
}
