package outline

import (
	"errors"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// Files that are made to keep the decoder busy for hours are refused in the time that it takes to read them.
func TestAttackYAMLBombs(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]string{
		"nested": strings.Repeat(`{"name":[`, 60_000), "nested lists": strings.Repeat("[", 500_000), "nested over lines": strings.Repeat("[\n", 200_000), "nested in quotes": `["` + strings.Repeat(`a\\",["`, 100_000),
		"dashes": strings.Repeat("- ", 500_000), "questions": strings.Repeat("? ", 500_000), "colons": strings.Repeat(": ", 500_000),
		"repeated": `{` + strings.Repeat(`"name":"x",`, 60_000) + `"name":"x"}`, "repeated keys": "a:\n" + strings.Repeat(" ? a\n", 200_000),
		"references": "a: &a [x]\nb: [" + strings.Repeat("*a,", 1000) + "]", "laughs": "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]",
	} {
		done := make(chan error, 1)
		go func() { done <- Check([]byte(s)) }()
		select {
		case err := <-done:
			if err == nil {
				t.Errorf("%s is taken", name)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%s: still reading", name)
		}
	}
}

func TestCheckTakesOrdinaryFiles(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"cues:\n - type: recall\n   expression: \"[x] {y}\"\n", `{"cues":[{"type":"recall","expression":"a \" [ b"}]}`, "text: |\n " + strings.Repeat("[ ] a task: [\n ", 10), "a: 'it''s [ {'\nb: 1", "",
		"a: " + strings.Repeat("x [ y { z ", 1000),
	} {
		if err := Check([]byte(s)); err != nil && s != "" {
			t.Errorf("%.60q: %v", s, err)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte("cues:\n - type: recall\n   expression: \"[x] {y}\"\n"))
	f.Add([]byte(`{"a":[1,{"b":"c"}]}`))
	f.Add([]byte("a: &a [x]\nb: *a"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 {
			return
		}
		if err := Check(b); err != nil {
			return
		}
		var v any
		if err := yaml.Unmarshal(b, &v); err != nil && errors.Is(err, ErrStrange) {
			t.Error(err)
		}
	})
}
