package desk

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Text is a sentence that is shown in the reader's language: the English sentence is the key of the catalogue, the values
// fill its {placeholders}. It is stored as JSON, so that an alert of last year reads in tomorrow's language.
type Text struct {
	Say  string         `json:"say"`
	With map[string]any `json:"with,omitempty"`
}

// Say makes a Text from a sentence and pairs of placeholder name and value. The value named "n" selects the plural form.
func Say(sentence string, with ...any) Text {
	t := Text{Say: sentence}
	for i := 0; i+1 < len(with); i += 2 {
		if t.With == nil {
			t.With = make(map[string]any, len(with)/2)
		}
		t.With[fmt.Sprint(with[i])] = with[i+1]
	}
	return t
}

// English is the sentence with its values, untranslated.
func (t Text) English() string {
	if len(t.With) == 0 {
		return t.Say
	}
	pairs := make([]string, 0, 2*len(t.With))
	for k, v := range t.With {
		pairs = append(pairs, "{"+k+"}", english(v))
	}
	return strings.NewReplacer(pairs...).Replace(t.Say)
}

// english writes one value. A sentence within a sentence may have been JSON meanwhile.
func english(v any) string {
	switch v := v.(type) {
	case Text:
		return v.English()
	case map[string]any:
		if say, ok := v["say"].(string); ok {
			with, _ := v["with"].(map[string]any)
			return Text{Say: say, With: with}.English()
		}
	}
	return fmt.Sprint(v)
}

// Parts gives the sentence and its values to who translates it.
func (t Text) Parts() (sentence string, with map[string]any) { return t.Say, t.With }

// IsZero reports whether there is nothing to say.
func (t Text) IsZero() bool { return t.Say == "" }

// Secret is a string that prints as *** everywhere, also in JSON and errors.
type Secret string

// String hides the secret.
func (s Secret) String() string { return mask(s) }

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return mask(s) }

// MarshalJSON hides the secret.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(mask(s)) }

// Reveal gives the secret itself, for the one call that needs it.
func (s Secret) Reveal() string { return string(s) }

func mask(s Secret) string {
	if s == "" {
		return ""
	}
	return "***"
}
