package topic

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
)

var monday = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)

// talker makes ordinary talk of made-up words, the same for the same seed.
type talker struct {
	rnd   *rand.Rand
	zipf  *rand.Zipf
	words []string
	id    int64
}

func newTalker(seed uint64) *talker {
	r := rand.New(rand.NewPCG(seed, 1))
	t := &talker{rnd: r, zipf: rand.NewZipf(r, 1.1, 10, 3999)}
	for range 4000 {
		var b strings.Builder
		for range 2 + r.IntN(3) {
			b.WriteByte("bcdfghklmnprstvz"[r.IntN(16)])
			b.WriteByte("aeiou"[r.IntN(5)])
		}
		t.words = append(t.words, b.String())
	}
	return t
}

// says is a mention of monitor 1 by somebody new.
func (t *talker) says(text string, at time.Time) *desk.Mention {
	t.id++
	m := &desk.Mention{
		Ref: desk.Ref{Network: "mastodon", NativeID: fmt.Sprint(t.id)}, ID: t.id, Text: text, Published: at, Lang: "en", Monitors: []int64{1},
		Author: desk.Author{Handle: fmt.Sprint("h", t.id)},
	}
	m.Fold = m.Key().Fold()
	return m
}

func (t *talker) chat(at time.Time) *desk.Mention {
	var b strings.Builder
	for range 6 + t.rnd.IntN(12) {
		b.WriteString(t.words[t.zipf.Uint64()])
		b.WriteByte(' ')
	}
	m := t.says(b.String(), at)
	if t.rnd.IntN(6) == 0 {
		m.Mood = desk.Negative
	}
	return m
}

// days of perDay mentions go by; each is told of every topic that appears.
func (t *talker) days(tr *Tracker, from time.Time, days, perDay int, found func(at time.Time, d desk.Topic)) time.Time {
	known := map[int64]bool{}
	end := from.AddDate(0, 0, days)
	for at := from; ; {
		at = at.Add(time.Duration(t.rnd.ExpFloat64() * float64(24*time.Hour) / float64(perDay)))
		if !at.Before(end) {
			return end
		}
		tr.Add(t.chat(at))
		for _, d := range tr.Live(1) {
			if !known[d.ID] {
				known[d.ID] = true
				found(at, d)
			}
		}
	}
}

func TestOrdinaryTalkMakesNoTopic(t *testing.T) {
	t.Parallel()
	for _, perDay := range []int{10, 100, 1000} {
		tr, n := New(0), 0
		newTalker(uint64(perDay)).days(tr, monday, 14, perDay, func(at time.Time, d desk.Topic) {
			if n++; n > 1 { // one in two weeks of a monitor comes by chance
				t.Errorf("%d a day: topic %q with %d mentions, score %v at %s", perDay, d.Name, d.Count, d.Score, at)
			}
		})
	}
}

func TestABurstIsFoundWithinAHandful(t *testing.T) {
	t.Parallel()
	for _, perDay := range []int{10, 100, 1000} {
		tr, talk := New(0), newTalker(3)
		at := talk.days(tr, monday, 10, perDay, func(time.Time, desk.Topic) {})
		for n := 1; ; n++ {
			at = at.Add(time.Minute)
			m := talk.says("I got food poisoning at the cafe, "+talk.words[n*7]+" "+talk.words[n*11], at)
			m.Mood = desk.Negative
			tr.Add(m)
			if live := tr.Live(1); len(live) > 0 {
				if d := live[0]; n > 4 || !strings.HasPrefix(d.Name, "food poisoning") || d.Count != n || d.Negative != n || d.People != n {
					t.Errorf("%d a day: after %d posts %+v", perDay, n, d)
				}
				break
			}
			if n == 10 {
				t.Fatalf("%d a day: ten posts about food poisoning make no topic", perDay)
			}
		}
	}
}
