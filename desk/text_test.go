package desk

import (
	"encoding/json"
	"testing"
)

func TestEnglish(t *testing.T) {
	t.Parallel()
	text := Say("The alert rose to level {level}: {why}", "level", 2, "why", Say("{n} mentions of {monitor}.", "n", 7, "monitor", "{n}"))
	want := "The alert rose to level 2: 7 mentions of {n}."
	b, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	var kept Text
	if err := json.Unmarshal(b, &kept); err != nil {
		t.Fatal(err)
	}
	for _, x := range []Text{text, kept} {
		if got := x.English(); got != want {
			t.Errorf("English = %q, want %q", got, want)
		}
	}
}
