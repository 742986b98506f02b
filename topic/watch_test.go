package topic_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/store"
	"breakwater/topic"
)

// bed is a watch on a real store, with one brand and one monitor.
type bed struct {
	*testing.T
	db      *store.DB
	brand   desk.Brand
	monitor desk.Monitor
	n       int
}

func newBed(t *testing.T) *bed {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{Path: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	b := &bed{T: t, db: db}
	b.must(err)
	t.Cleanup(func() { db.Close() })
	act := desk.Act{Who: "desk", Do: "test"}
	b.brand, err = db.ChangeBrand(t.Context(), 0, act, func(x *desk.Brand, out *desk.Out) error {
		x.Name, out.Say = "Kavelund", desk.Say("made")
		return nil
	})
	b.must(err)
	b.monitor, err = db.ChangeMonitor(t.Context(), 0, act, func(m *desk.Monitor, out *desk.Out) error {
		m.BrandID, m.Name, m.Query, out.Say = b.brand.ID, "Kavelund", "kavelund", desk.Say("made")
		return nil
	})
	b.must(err)
	return b
}

func (b *bed) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// kept stores mentions, one every while up to now, and gives the batch as the flow tells it.
func (b *bed) kept(n int, every time.Duration, text func(i int) string) []desk.Batch {
	b.Helper()
	batch := desk.Batch{SourceID: 1}
	now := time.Now().UTC()
	for i := range n {
		b.n++
		at := now.Add(-time.Duration(n-i) * every)
		arrived := at
		if every < time.Minute { // the news
			arrived = now
		}
		batch.Mentions = append(batch.Mentions, desk.Mention{
			Ref: desk.Ref{Network: "mastodon", NativeID: fmt.Sprint(b.n)}, Kind: desk.KindPost, Text: text(i), Lang: "en", Mood: desk.Negative,
			Author: desk.Author{NativeID: fmt.Sprint(b.n), Handle: fmt.Sprint("h", b.n)}, Published: at, Arrived: arrived, Monitors: desk.IDs{b.monitor.ID},
		})
	}
	_, err := b.db.Append(b.Context(), []desk.Batch{batch})
	b.must(err)
	return []desk.Batch{batch}
}

func (b *bed) chat(n int, every time.Duration) []desk.Batch {
	drinks := strings.Fields("latte espresso cortado cocoa mocha americano cappuccino ristretto lungo macchiato")
	return b.kept(n, every, func(i int) string {
		return fmt.Sprintf("kavelund %s and %s", drinks[i%10], drinks[(i*7+i/10)%10])
	})
}

func (b *bed) crisis(n int) []desk.Batch {
	return b.kept(n, 20*time.Second, func(i int) string {
		return fmt.Sprintf("glass shards in my kavelund cup, branch %c%c", 'a'+i%26, 'a'+i/26)
	})
}

// run runs a watch until done.
func (b *bed) run(w *topic.Watch) (done func()) {
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	return func() {
		b.Helper()
		cancel()
		b.must(<-ended)
	}
}

// until waits for what the watch knows.
func (b *bed) until(w *topic.Watch, what string, is func([]desk.Topic) bool) []desk.Topic {
	b.Helper()
	var all []desk.Topic
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		var err error
		all, err = w.List(b.Context(), desk.TopicFilter{BrandID: b.brand.ID})
		b.must(err)
		if is(all) {
			return all
		}
	}
	b.Fatalf("waited for %s; topics: %+v", what, all)
	return nil
}

func oneWith(count int) func([]desk.Topic) bool {
	return func(all []desk.Topic) bool { return len(all) == 1 && all[0].Count == count && all[0].Ended.IsZero() }
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// A new desk learns from what is stored; what then comes is followed; after a stop it goes on where it was, and after a crash
// what came since the last save is read again.
func TestWatchGoesOnAfterAStopAndACrash(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.chat(400, 20*time.Minute) // five days and a half of history
	one := topic.NewWatch(b.db, quiet())
	stop := b.run(one)
	one.Take(b.crisis(8))
	found := b.until(one, "a topic of eight", oneWith(8))[0]
	if !strings.Contains(found.Name, "shards") || found.MonitorID != b.monitor.ID || found.Negative != 8 || len(found.Keys) > 0 {
		t.Errorf("found %+v", found)
	}
	stop()

	two := topic.NewWatch(b.db, quiet())
	stop = b.run(two)
	again := b.until(two, "the same topic after a restart", oneWith(8))[0]
	if again.ID != found.ID || again.Name != found.Name {
		t.Errorf("after a restart %+v, before it %+v", again, found)
	}
	heard := two.Heard(b.monitor.ID, time.Now().Add(-30*time.Minute), time.Now().Add(time.Minute))
	if len(heard) != 1 || heard[0].Count != 8 || heard[0].Negative != 8 {
		t.Errorf("detectors are told %+v", heard)
	}
	b.crisis(5) // kept, and the desk dies before the watch hears of it
	three := topic.NewWatch(b.db, quiet())
	defer b.run(three)()
	if got := b.until(three, "what came before the crash", oneWith(13))[0]; got.ID != found.ID {
		t.Errorf("after a crash %+v, before it %+v", got, found)
	}
	stop()
}

// Mentions name their topics, also when they are read later; deleted texts are forgotten; strangers see nothing.
func TestWatchTellsMentionsTheirTopics(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.chat(400, 20*time.Minute)
	w := topic.NewWatch(b.db, quiet())
	defer b.run(w)()
	batch := b.crisis(8)
	w.Take(batch)
	found := b.until(w, "a topic", oneWith(8))[0]
	page, err := b.db.Mentions(t.Context(), desk.Filter{Monitors: []int64{b.monitor.ID}, Limit: 20})
	b.must(err)
	w.Tell(page.Mentions)
	about := 0
	for _, m := range page.Mentions {
		if len(m.Topics) == 1 && m.Topics[0].ID == found.ID && m.Topics[0].Name == found.Name {
			about++
		} else if len(m.Topics) > 0 || strings.Contains(m.Text, "glass") {
			t.Errorf("%q belongs to %+v", m.Text, m.Topics)
		}
	}
	if about != 8 {
		t.Errorf("%d mentions name their topic, want 8", about)
	}
	if one, err := w.One(t.Context(), found.ID); err != nil || len(one.Points) == 0 {
		t.Errorf("One = %+v, %v", one, err)
	}
	if _, err := w.One(t.Context(), 5); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("a topic that is none: %v", err)
	}
	nobody := desk.WithActor(t.Context(), desk.Actor{})
	if _, err := w.List(nobody, desk.TopicFilter{}); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("List for nobody = %v", err)
	}
	if _, err := w.One(nobody, found.ID); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("One for nobody = %v", err)
	}
	var gone []desk.Ref
	for _, m := range batch[0].Mentions {
		gone = append(gone, m.Ref)
	}
	w.Take([]desk.Batch{{Gone: gone}})
	b.until(w, "no sample of what is gone", func(all []desk.Topic) bool { return len(all) == 1 && len(all[0].Mentions) == 0 })
}
