package approve

import (
	"slices"
	"testing"

	"breakwater/desk"
)

// Advice on the words and the agreement of variants are hints, also for who asks without a console.
func TestHints(t *testing.T) {
	t.Parallel()
	s := desk.Statement{Kind: "ordinary", Variants: []desk.Variant{
		{ID: "v1", Kind: "mastodon", Lang: "en", Text: "We are sorry if anyone was offended. 40 jars are concerned, and the shop stays closed today."},
		{ID: "v2", Kind: "bluesky", Lang: "en", Text: "50 jars are concerned."},
	}}
	checks := func(all []desk.Finding) (names []string) {
		for _, f := range all {
			if f.Weight != desk.FindingHint {
				t.Errorf("%s weighs %s", f.Check, f.Weight)
			}
			names = append(names, f.Check)
		}
		return names
	}
	if got := checks(Hints(s, "")); !slices.Contains(got, "advice.sorry_if") || !slices.Contains(got, "agree") {
		t.Errorf("hints of the statement: %v", got)
	}
	if got := checks(Hints(s, "v2")); slices.Contains(got, "advice.sorry_if") || !slices.Contains(got, "agree") {
		t.Errorf("hints of one variant: %v", got)
	}
}
