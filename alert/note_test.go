package alert

import (
	"strings"
	"testing"
)

// A note says the same in text and HTML, escapes what strangers wrote, and is read in its language's direction.
func TestNote(t *testing.T) {
	t.Parallel()
	n := Note{Lang: "he", Title: "<b>", Lines: []string{"a < b", "second"}, Actions: []Action{{Text: "Take", URL: "https://desk.example/call/x"}}, Link: "javascript:alert(1)", Open: "Open"}
	text, html, err := n.Words()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"a < b\n", "second\n", "Take: https://desk.example/call/x\n", "Open: javascript:alert(1)\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	for _, want := range []string{`dir="rtl"`, "a &lt; b", `href="https://desk.example/call/x"`, ">Take</a>"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %q:\n%s", want, html)
		}
	}
	for _, bad := range []string{"<b>", `href="javascript`} {
		if strings.Contains(html, bad) {
			t.Errorf("the page has %q:\n%s", bad, html)
		}
	}
}
