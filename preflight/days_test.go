package preflight

import (
	"testing"
	"time"
)

func TestMovableDays(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		day  string
		want []string
	}{
		{"easter-2", []string{"2024-03-29", "2025-04-18", "2026-04-03", "2027-03-26"}},
		{"hebrew-yomkippur", []string{"2023-09-25", "2024-10-12", "2025-10-02", "2026-09-21", "2027-10-11"}},
		{"hebrew-yomhashoah", []string{"2024-05-06", "2025-04-24", "2026-04-14", "2027-05-04"}},
		{"hebrew-yomhazikaron", []string{"2024-05-13", "2025-04-30", "2026-04-21", "2027-05-11"}},
		{"hebrew-tishabav", []string{"2024-08-13", "2025-08-03", "2026-07-23"}},
		{"04-10", []string{"2026-04-10"}},
	} {
		for _, w := range tc.want {
			at, err := time.Parse(time.DateOnly, w)
			if err != nil {
				t.Fatal(err)
			}
			d := mourning{when: tc.day}
			if !d.falls(at) || d.falls(at.AddDate(0, 0, 1)) || d.falls(at.AddDate(0, 0, -1)) {
				t.Errorf("%s does not fall on %s", tc.day, w)
			}
		}
	}
	if n := len(mourningDays()); n < 40 {
		t.Errorf("%d days", n)
	}
}
