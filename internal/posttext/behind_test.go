package posttext

import (
	"strings"
	"testing"
)

func TestAContentWarningCountsWithTheText(t *testing.T) {
	link := "https://kettle.com/" + strings.Repeat("a", 80)
	for _, tc := range []struct {
		network, warning, text string
		length, over           int
		valid                  bool
	}{
		{"mastodon", "", strings.Repeat("a", 500), 500, 0, true},
		{"mastodon", "food", strings.Repeat("a", 496), 500, 0, true},
		{"mastodon", "food", strings.Repeat("a", 497), 501, 496, false},
		{"mastodon", "👩‍👩‍👧", "a", 2, 0, true},
		{"mastodon", link, link, len(link) + 23, 0, true}, // a link is short in the text alone
		{"mastodon", strings.Repeat("a", 600), "a", 601, 0, false},
		{"gotosocial", "food", strings.Repeat("a", 4997), 5001, 4996, false},
		{"bluesky", "food", strings.Repeat("a", 300), 300, 0, true},
		{"email", "food", "a", 1, 0, true},
		{"unheard-of", "food", "a", 1, 0, true},
	} {
		if r := Behind(tc.network, Limits{}, tc.warning, tc.text); r.Length != tc.length || r.Over != tc.over || r.Valid != tc.valid {
			t.Errorf("%s behind %d characters counts %d, over at %d, valid %t; want %d, %d, %t", tc.network, len(tc.warning), r.Length, r.Over, r.Valid, tc.length, tc.over, tc.valid)
		}
	}
}
