package enrich

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

func TestBrandCues(t *testing.T) {
	t.Parallel()
	c := NewCueList()
	err := c.Heed(map[int64]int64{1: 10, 2: 20}, []desk.CueList{{BrandID: 10,
		Cues: []desk.OwnCue{
			{Type: "jars", Text: "cracked jar*", Strong: true},
			{Type: "jars", Text: "sharp"},
			{Type: "jars", Text: "lid .. glass"},
			{Type: "boycott", Text: "kavelunded", Lang: "en", Strong: true},
			{Type: "jars", Text: "broken", Strong: true, Off: true},
		},
		Off: []string{"outage"}, Quiet: []desk.QuietCue{{Type: "food_illness", Text: "food poison*"}}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		lang, text string
		monitors   desk.IDs
		want       string
	}{
		{"en", "another cracked jar, great", desk.IDs{1}, "jars"},
		{"he", "cracked jars בבוקר", desk.IDs{1}, "jars"},
		{"en", "no cracked jar in sight", desk.IDs{1}, ""},
		{"en", "it was sharp", desk.IDs{1}, ""},
		{"en", "sharp: under the lid there was glass", desk.IDs{1}, "jars"},
		{"en", "a broken toy", desk.IDs{1}, ""},
		{"en", "we got kavelunded", desk.IDs{1}, "boycott"},
		{"pl", "kavelunded", desk.IDs{1}, ""},
		{"en", "servers are down", desk.IDs{1}, ""},
		{"en", "servers are down", desk.IDs{2}, "outage"},
		{"en", "got food poisoning", desk.IDs{1}, ""},
		{"en", "another cracked jar", desk.IDs{2}, ""},
	} {
		m := desk.Mention{Lang: x.lang, Text: x.text, Monitors: x.monitors}
		m.SetCues(c.Find(&m))
		if got := strings.Join(m.Cues, " "); got != x.want {
			t.Errorf("%s %q for %v shows %q, want %q", x.lang, x.text, x.monitors, got, x.want)
		}
	}

	both := desk.Mention{Lang: "en", Text: "cracked jar, and the servers are down", Monitors: desk.IDs{1, 2}}
	both.SetCues(c.Find(&both))
	if got := [2][]string{both.CuesOf(10), both.CuesOf(20)}; !slices.Equal(got[0], []string{"jars"}) || !slices.Equal(got[1], []string{"outage"}) {
		t.Errorf("of two brands: %v, want jars for one and outage for the other", got)
	}
}

func TestCueFiles(t *testing.T) {
	t.Parallel()
	list := desk.CueList{
		Cues: []desk.OwnCue{{Type: "jars", Text: "cracked, jar*", Strong: true}, {Type: "boycott", Text: "#חרם", Lang: "he", Off: true}},
		Off:  []string{"geopolitics"}, Quiet: []desk.QuietCue{{Type: "outage", Text: "is down", Lang: "en"}},
	}
	for _, format := range CueFormats {
		var b bytes.Buffer
		if err := WriteCues(&b, list, format); err != nil {
			t.Fatal(err)
		}
		got, err := ReadCues(&b)
		if err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		if diff := cmp.Diff(list, got); diff != "" {
			t.Errorf("%s: %s", format, diff)
		}
	}
	semicolons, err := ReadCues(strings.NewReader("\ufefftype;expression;strength\njars;cracked jar;strong\n"))
	if err != nil || len(semicolons.Cues) != 1 || !semicolons.Cues[0].Strong {
		t.Errorf("semicolons: %+v, %v", semicolons, err)
	}
	for file, want := range map[string]string{
		"type,expression\njars,\n":              "Row 1: Write the words to look for.",
		"type,expression\njars,*\n":             "star",
		"type,expression\na b,x\n":              "without spaces",
		"type,word\njars,x\n":                   "no column “word”",
		"hello":                                 "no list of cues",
		"cues:\n- type: jars\n  colour: red\n":  "no list of cues",
		"type,expression,state\njars,x,maybe\n": "The state is",
		"type,expression,language\njars,x,fr\n": "Choose a language",
	} {
		if _, err := ReadCues(strings.NewReader(file)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", file, err, want)
		}
	}
}
