package detect

import (
	"strings"
	"testing"

	"breakwater/desk"
)

func TestKinds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		hour   Minute
		people int
		late   int
		tide   float64
		want   string // part of what is said
		level  desk.Level
	}{
		{"many people", Minute{Count: 200, Negative: 120}, 150, 0, 0, "", desk.Issue},
		{"few accounts", Minute{Count: 200, Negative: 120}, 12, 0, 0, "12 accounts wrote 200 mentions", desk.Watch},
		{"few mentions of few", Minute{Count: 20, Negative: 12}, 3, 0, 0, "", desk.Issue},
		{"copies", Minute{Count: 200, Negative: 120, Copies: 180}, 170, 0, 0, "20 of 200 posts are in their own words", desk.Watch},
		{"the whole platform", Minute{Count: 25}, 20, 0, 1.6, "about 1.6 times what is usual", desk.Watch},
		{"more than the platform", Minute{Count: 200}, 180, 0, 1.6, "", desk.Issue},
		{"after a gap", Minute{Count: 100, Negative: 60}, 90, 900, 0, "900 older posts", desk.Issue},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := Window{Now: now, Start: now.Add(-59 * 60e9), Minutes: make([]Minute, 60), Usual: &Usual{Level: 15, zone: now.Location()}}
			for i := range w.Usual.Hours {
				w.Usual.Hours[i] = 1
			}
			for i := range w.Usual.Days {
				w.Usual.Days[i] = 1
			}
			w.Minutes[59] = tt.hour
			w.judged.Heard.Late = tt.late
			p := prover{Window: w, tide: tt.tide}
			for _, detector := range []string{"surge", "mood", "voice"} {
				s := desk.Signal{Detector: detector, Level: desk.Issue, Evidence: desk.Evidence{Window: 60, People: tt.people}}
				p.look(&s, p.sum(60), tt.people)
				want, level := tt.want, tt.level
				if detector != "surge" {
					level = desk.Issue
				}
				if detector == "voice" {
					want = ""
				}
				got := s.Evidence.Looks.English()
				if s.Level != level || want == "" && !s.Evidence.Looks.IsZero() || !strings.Contains(got, want) {
					t.Errorf("%s: level %v, looks like %q; want %v, %q", detector, s.Level, got, level, want)
				}
			}
		})
	}
}
