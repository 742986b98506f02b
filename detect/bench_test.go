package detect

import (
	"testing"
	"time"

	"breakwater/desk"
)

// One look at a monitor that hears thirty mentions a second, half of it negative, and one with the posts looked at too.
func BenchmarkLook(b *testing.B) {
	r := newRadio(b, 3, nil)
	var ms []desk.Mention
	for i := range 60_000 {
		ms = append(ms, r.mention(time.Now().Add(-time.Duration(i)*33*time.Millisecond), desk.Mood(-(i%2)), "they dragged a passenger off the plane, shame on #aurora"))
	}
	r.append(b, ms)
	ctx := b.Context()
	check(b, r.engine.look(ctx, r.monitor.ID, false, time.Now().UTC()))
	w := r.engine.watches[r.monitor.ID]
	b.Run("numbers", func(b *testing.B) {
		for b.Loop() {
			w.sampled = time.Now()
			check(b, r.engine.look(ctx, r.monitor.ID, false, time.Now().UTC()))
		}
	})
	b.Run("posts", func(b *testing.B) {
		for b.Loop() {
			check(b, w.sample(ctx, r.db, time.Now()))
		}
	})
	b.Run("evidence", func(b *testing.B) {
		for b.Loop() {
			check(b, r.engine.tell(ctx, w, detect(w.window(time.Now())), time.Now()))
		}
	})
	b.Run("learn", func(b *testing.B) {
		for b.Loop() {
			_, _, err := keeper{r.db, nil}.learn(ctx, r.monitor.ID, time.Now())
			check(b, err)
		}
	})
}
