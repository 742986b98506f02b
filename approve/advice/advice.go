// Package advice reads a draft as an old hand would, and says what may read badly: hints with their reasons, never a block.
package advice

import "breakwater/desk"

// Read gives hints about a text of the language and kind of statement.
func Read(lang, kind, text string) []desk.Finding { return nil }
