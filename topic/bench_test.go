package topic

import (
	"testing"
	"time"

	"breakwater/desk"
)

// A post of some twelve words, in a monitor that hears a thousand a day.
func BenchmarkAdd(b *testing.B) {
	tr, talk := New(0), newTalker(1)
	talk.days(tr, monday, 3, 1000, func(time.Time, desk.Topic) {})
	posts := make([]*desk.Mention, 4096)
	for i := range posts {
		posts[i] = talk.chat(monday.AddDate(0, 0, 3))
	}
	at := monday.AddDate(0, 0, 3)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m := posts[i%len(posts)]
		at = at.Add(86 * time.Second)
		m.Published = at
		tr.Add(m)
	}
}
