package web

import (
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/internal/say"
)

// The journal keeps times in UTC; people read them by the brand's clock, like every other time on the page.
func TestTimesInSentencesAreTheBrands(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("brand", 2*60*60)
	at := time.Date(2026, 11, 21, 18, 0, 0, 0, time.UTC)
	for name, v := range map[string]any{"a time": at, "a time that was JSON": at.Format(time.RFC3339)} {
		got := say.For("en", "").Text(inZone(desk.Say("{name} promised by {time}: {text}", "name", "Ana", "time", v, "text", "more"), zone))
		if want := say.For("en", "").When(at.In(zone)); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q in it", name, got, want)
		}
	}
}
