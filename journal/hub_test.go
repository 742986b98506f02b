package journal

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

func entry(n int) desk.Entry { return desk.Entry{Seq: int64(n), Do: "monitor.save"} }

// seen drains what a reader has got so far, in short: e3 is entry 3, t[1 2] a tick, reload.
func seen(r *Reader) (got []string, lastID string) {
	for {
		select {
		case e, ok := <-r.Events():
			if !ok {
				return append(got, "closed"), lastID
			}
			lastID = e.ID
			switch e.Kind {
			case EventEntry:
				got = append(got, fmt.Sprint("e", e.Entry.Seq))
			case EventTick:
				got = append(got, fmt.Sprint("t", e.Monitors))
			default:
				got = append(got, e.Kind)
			}
		default:
			return got, lastID
		}
	}
}

func wants(t *testing.T, r *Reader, want ...string) (lastID string) {
	t.Helper()
	got, lastID := seen(r)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	return lastID
}

func TestHubTellsEverybody(t *testing.T) {
	t.Parallel()
	h := NewHub()
	h.Entry(entry(1))
	a, b := h.Follow(""), h.Follow("")
	h.Entry(entry(2))
	b.Close()
	b.Close()
	h.Entry(entry(3))
	wants(t, a, "e2", "e3")
	wants(t, b, "e2", "closed")
	if n := h.Readers(); n != 1 {
		t.Errorf("%d readers, want one", n)
	}
	h.Close()
	h.Entry(entry(4))
	wants(t, a, "closed")
	wants(t, h.Follow(""), "closed")
}

func TestHubJoinsTicks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := NewHub()
		r := h.Follow("")
		h.Tick([]int64{3, 1})
		h.Tick(nil)
		h.Tick([]int64{1, 2})
		time.Sleep(tickEvery - time.Millisecond)
		synctest.Wait()
		wants(t, r)
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		wants(t, r, "t[1 2 3]")
		h.Tick([]int64{9})
		time.Sleep(tickEvery)
		synctest.Wait()
		wants(t, r, "t[9]")
		time.Sleep(time.Minute) // nothing moves, nothing is told
		synctest.Wait()
		wants(t, r)
	})
}

func TestHubResumes(t *testing.T) {
	t.Parallel()
	h := NewHub()
	r := h.Follow("")
	h.Entry(entry(1))
	first := wants(t, r, "e1")
	r.Close()
	h.Entry(entry(2))
	h.Entry(entry(3))

	r = h.Follow(first)
	h.Entry(entry(4))
	last := wants(t, r, "e2", "e3", "e4")
	wants(t, h.Follow(last))

	for _, id := range []string{"", "nonsense", "0-1", h.run + "-", h.run + "-99", h.run + "--1", NewHub().run + "x-2"} {
		want := []string{"reload"}
		if id == "" {
			want = nil
		}
		t.Run(id, func(t *testing.T) { wants(t, h.Follow(id), want...) })
	}
}

func TestHubForgetsTheOldest(t *testing.T) {
	t.Parallel()
	h := NewHub()
	for n := range kept + 10 {
		h.Entry(entry(n + 1))
	}
	r := h.Follow(h.id(10)) // event 11 is the oldest that is kept
	got, _ := seen(r)
	if len(got) != kept || got[0] != "e11" || got[kept-1] != fmt.Sprint("e", kept+10) {
		t.Errorf("%d events from %s to %s, want all %d that are kept", len(got), got[0], got[len(got)-1], kept)
	}
	wants(t, h.Follow(h.id(9)), "reload")
}

// One who does not read is dropped, with what it had; the others do not notice.
func TestHubDropsTheSlow(t *testing.T) {
	t.Parallel()
	h := NewHub()
	slow, quick := h.Follow(""), h.Follow("")
	for n := range slack + 1 {
		h.Entry(entry(n + 1))
		wants(t, quick, fmt.Sprint("e", n+1))
	}
	got, last := seen(slow)
	if len(got) != slack+1 || got[slack] != "closed" {
		t.Fatalf("%d events, the last %q; want %d and the end", len(got), got[len(got)-1], slack)
	}
	wants(t, h.Follow(last), fmt.Sprint("e", slack+1)) // it comes back and misses nothing
	if n := h.Readers(); n != 2 {
		t.Errorf("%d readers, want two", n)
	}
}

// However many come, readers take a bounded amount of memory; when one goes there is room for another.
func TestHubHasSoManyReaders(t *testing.T) {
	t.Parallel()
	h := NewHub()
	first := h.Follow("")
	for range most - 1 {
		h.Follow("")
	}
	wants(t, h.Follow(""), "closed")
	first.Close()
	wants(t, h.Follow(""))
}
