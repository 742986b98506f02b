package centre

import (
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// selfName is a language's name in itself: Deutsch.
func selfName(lang string) string {
	tag, err := language.Parse(lang)
	if err != nil {
		return ""
	}
	return display.Self.Name(tag)
}
