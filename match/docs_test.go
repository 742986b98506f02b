package match

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// refused are queries that the manual shows because they are not taken.
var refused = map[string]bool{"NOT acme": true, "lang:en": true, "acme OR -park": true}

// TestManual parses every query that docs/queries.md shows in a table.
func TestManual(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../docs/queries.md")
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile("`([^`]+)`")
	n := 0
	for line := range strings.Lines(string(doc)) {
		cells := strings.Split(line, "|")
		if len(cells) != 4 {
			continue
		}
		for _, q := range code.FindAllStringSubmatch(cells[1]+cells[2], -1) {
			text := q[1]
			if strings.HasPrefix(text, "zh-") || len(strings.Trim(text, "<>=")) < 2 || text == "NEAR" {
				continue // a value, not a query
			}
			for _, condition := range []string{"lang:", "followers", "kind:", "-kind:"} {
				if strings.HasPrefix(text, condition) {
					text = "acme " + text // conditions need company
					break
				}
			}
			if _, err := Parse(text); err != nil {
				t.Errorf("%s: %v", text, err)
			}
			n++
		}
	}
	if n < 30 {
		t.Errorf("only %d queries found in the manual", n)
	}
	for q := range refused {
		if _, err := Parse(q); err == nil || !strings.Contains(string(doc), "`"+q+"`") {
			t.Errorf("%s: the manual says that it is refused: %v", q, err)
		}
	}
}
