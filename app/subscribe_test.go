package app

import (
	"testing"
	"time"

	"breakwater/desk"
)

// A letter is held as its post is: by a hold of its brand, its channel or its words, and not by one that let the crisis team's words
// through to the page, unless STOP was pressed again since.
func TestLettersUnderAHold(t *testing.T) {
	t.Parallel()
	made := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	m := desk.Mailing{BrandID: 1, ChannelID: 5, Made: made, Passes: desk.IDs{9}, Texts: []desk.MailingText{{Lang: "en", Text: "Stop using the kettle."}}}
	for name, c := range map[string]struct {
		hold desk.Hold
		want bool
	}{
		"everything":                     {desk.Hold{ID: 1}, true},
		"its brand":                      {desk.Hold{ID: 1, BrandID: 1}, true},
		"another brand":                  {desk.Hold{ID: 1, BrandID: 2}, false},
		"another channel":                {desk.Hold{ID: 1, ChannelID: 6}, false},
		"a word of it":                   {desk.Hold{ID: 1, Words: []string{"kettle"}}, true},
		"a word that it does not say":    {desk.Hold{ID: 1, Words: []string{"toaster"}}, false},
		"one that let its words through": {desk.Hold{ID: 9, At: made.Add(-time.Minute)}, false},
		"the same, pressed again since":  {desk.Hold{ID: 9, Again: made.Add(time.Minute)}, true},
		"the same, pressed again before": {desk.Hold{ID: 9, Again: made.Add(-time.Minute)}, false},
	} {
		if got := (listeners{}).Held(&m, []desk.Hold{c.hold}); got != c.want {
			t.Errorf("%s: held %t, want %t", name, got, c.want)
		}
	}
}
