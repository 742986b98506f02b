package source

import (
	"testing"
	"time"

	"breakwater/desk"
)

// A source that speaks every few minutes by day and not at night is missed after some hours, and not on any ordinary night.
func TestPace(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 2, 7, 0, 0, 0, time.UTC)
	s := desk.Source{Created: start}
	var h desk.Health
	last := start
	for day := range 5 {
		for at := start.AddDate(0, 0, day); at.Before(start.AddDate(0, 0, day).Add(16 * time.Hour)); at = at.Add(4 * time.Minute) {
			if after, ok := silentAfter(s, h, at); ok && at.Sub(last) >= after {
				t.Errorf("called silent on an ordinary day, %s after the last", at.Sub(last))
			}
			learnPace(&h, last, at)
			last = at
		}
	}
	after, ok := silentAfter(s, h, last)
	if !ok || after < 9*time.Hour || after > 14*time.Hour {
		t.Errorf("silent after %s, %v; want half more than a night of eight hours", after, ok)
	}
	if pace := time.Duration(h.Pace * float64(time.Second)); pace < 4*time.Minute || pace > 20*time.Minute {
		t.Errorf("usual pace %s, want some minutes", pace)
	}
	for name, tt := range map[string]struct {
		s    desk.Source
		h    desk.Health
		want time.Duration
	}{
		"set by a person": {desk.Source{SilentAfter: 20, Created: start}, h, 20 * time.Minute},
		"never":           {desk.Source{SilentAfter: -1, Created: start}, h, 0},
		"new":             {desk.Source{Created: last.Add(-time.Hour)}, h, 0},
		"hardly heard":    {desk.Source{Created: start}, desk.Health{Paces: 3, Pace: 60, Lull: 60}, 0},
		"a busy one":      {desk.Source{Created: start}, desk.Health{Paces: 3000, Pace: 2, Lull: 40}, shortest},
	} {
		if got, ok := silentAfter(tt.s, tt.h, last); got != tt.want || ok != (tt.want > 0) {
			t.Errorf("%s: %s, %v; want %s", name, got, ok, tt.want)
		}
	}
}
