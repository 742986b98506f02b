package detect

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

func TestEachWord(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{"Boycott #Aurora NOW! https://x.example/a @maria 2026 a", []string{"boycott", "#aurora", "now"}},
		{"don't ‘fly’ with their planes…", []string{"fly", "planes"}},
		{"nie kupujcie biletów", []string{"kupujcie", "biletów"}},
		{"אל תטוסו איתם", []string{"תטוסו", "איתם"}},
		{"抵制航空，退票", []string{"抵制", "制航", "航空", "退票"}},
		{"#抵制航空", []string{"#抵制航空"}},
		{"抵制Aurora", []string{"抵制"}},
		{strings.Repeat("a", 50), nil},
		{"🔥🔥 fire", []string{"fire"}},
	} {
		var got []string
		eachWord(tt.text, func(w string) bool { got = append(got, w); return true })
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("words of %q (-want +got):\n%s", tt.text, diff)
		}
	}
	n := 0
	eachWord(strings.Repeat("word ", 1000), func(string) bool { n++; return n < 7 })
	if n != 7 {
		t.Errorf("%d words after it was told to stop at 7", n)
	}
}

func TestRising(t *testing.T) {
	t.Parallel()
	say := func(n int, text string) (ms []desk.Mention) {
		for range n {
			ms = append(ms, desk.Mention{Text: text})
		}
		return ms
	}
	before := append(say(50, "the coffee was fine"), say(10, "the flight was late")...)
	now := append(say(20, "the flight was late"), say(10, "the passenger was dragged off")...)
	var got []string
	for _, w := range rising(now, pastOf(before), 4) {
		got = append(got, w.Name)
	}
	if diff := cmp.Diff([]string{"dragged", "passenger", "flight", "late"}, got); diff != "" {
		t.Errorf("rising words (-want +got):\n%s", diff)
	}
	if got := rising(now, pastOf(before), 0); len(got) != 0 {
		t.Errorf("none asked for, got %v", got)
	}
	if got := rising(say(1, "one lonely sentence"), past{}, 9); len(got) != 3 {
		t.Errorf("the only mention gives %v, want its three words", got)
	}
}

// The week before is read once for what is asked again soon, anew for another hour, and again after an error.
func TestThePastIsKept(t *testing.T) {
	t.Parallel()
	var p pasts
	reads, fails := 0, true
	read := func() ([]desk.Mention, error) {
		if reads++; fails {
			return nil, context.DeadlineExceeded
		}
		return []desk.Mention{{Text: "kettle"}, {Text: "kettle"}, {Text: "kettle"}}, nil
	}
	f := desk.Filter{BrandID: 1, From: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	if _, err := p.of(f, read); err == nil {
		t.Error("an error is lost")
	}
	fails = false
	for range 2 {
		if got, err := p.of(f, read); err != nil || got.of != 3 || got.counts["kettle"] != 3 {
			t.Errorf("the past: %+v, %v", got, err)
		}
	}
	f.From = f.From.Add(time.Hour)
	if _, err := p.of(f, read); err != nil || reads != 3 {
		t.Errorf("%d readings, %v", reads, err)
	}
}
