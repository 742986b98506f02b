package alert

import (
	"strconv"
	"strings"
	"testing"

	"breakwater/desk"
)

// Every matter is named in the first thousand bytes, however the kinds are mixed: what follows may be cut off by a service.
func TestADigestNamesAllFirst(t *testing.T) {
	t.Parallel()
	var about []desk.Matter
	for i := range 10_000 {
		about = append(about, desk.Matter{About: "alert:" + strconv.Itoa(i+1), Level: desk.Issue, Title: desk.Say("Kind {n}", "n", i%30)})
	}
	n := Digest(english{}, "en", about, "https://desk.example/calls")
	m, err := n.Message("key", desk.Way{}, desk.Issue)
	check(t, err)
	if at := strings.Index(m.Text, "1–10000"); at < 0 || at > 1000 || len(m.Text) > 4000 {
		t.Errorf("all numbers at %d of %d bytes:\n%s", at, len(m.Text), m.Text)
	}
}
