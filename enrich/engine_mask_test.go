package enrich

import (
	"strings"
	"testing"

	"breakwater/desk"
)

func TestMasked(t *testing.T) {
	t.Parallel()
	m := desk.Mention{Author: desk.Author{Name: "Ana Svensson", Handle: "ana.s@social.example"}}
	for text, want := range map[string]string{
		"never again @acme and @bob@b.example!":                   "never again [person] and [person]!",
		"write to anna.kowalska+x@poczta.example.pl or don't":     "write to [mail] or don't",
		"call +48 600 700 800 or (02) 1234-5678 now":              "call [number] or [number] now",
		"look http://x.example/a?b=c and www.y.example/z":         "look [link] and [link]",
		"it says acme.com/refund?id=17 ok":                        "it says [link] ok",
		"I am Ana, says ana svensson herself; banana":             "I am [person], says [person] herself; banana",
		"the manager Jan Maria Kowalski lied to us":               "the manager [person] lied to us",
		"Erik Lund lied and we all know it":                       "[person] lied and we all know it",
		"so Mrs Smith told me, Pani Anna Nowak też, Pak Budi jug": "so Mrs [person] told me, Pani [person] też, Pak [person] jug",
		"ask u/throwaway_17 about it":                             "ask [person] about it",
		"WORST SERVICE EVER Really The Worst":                     "WORST SERVICE EVER Really The Worst",
		"3 stars, 24 hours, 100%":                                 "3 stars, 24 hours, 100%",
		"לא אחזור לשם, תודה @dana":                                "לא אחזור לשם, תודה [person]",
		"太差了 電話 0912-345-678":                                     "太差了 電話 [number]",
		"a\u202eb\x00c":                                           "abc",
	} {
		m.Text = text
		if got := masked(&m); got != want {
			t.Errorf("%q is sent as %q, want %q", text, got, want)
		}
	}
	m.Text = strings.Repeat("ż", sentBytes)
	if got := masked(&m); len(got) > sentBytes || strings.ContainsRune(got, '\ufffd') {
		t.Errorf("%d bytes are sent", len(got))
	}
	m.Author = desk.Author{Name: "陳大文"}
	if m.Text = "我是陳大文，很失望"; masked(&m) != "我是[person]，很失望" {
		t.Errorf("sent %q", masked(&m))
	}
}
