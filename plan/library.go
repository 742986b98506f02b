package plan

import (
	"embed"
	"fmt"
	"sync"

	"go.yaml.in/yaml/v3"

	"breakwater/desk"
	"breakwater/internal/say"
)

// libraryFiles are the prepared messages, a file per language.
//
//go:embed library/*.yaml
var libraryFiles embed.FS

// written is a message as a language's file has it.
type written struct {
	Title, Short, Long string
}

// defaultLibrary is read once: a plan without an edition of its own is asked for often.
var defaultLibrary = sync.OnceValue(makeLibrary)

// makeLibrary are the prepared messages in every language that the desk speaks, English first: a short text for any channel
// and, where it matters, a long one for those with room for a page.
func makeLibrary() []desk.Prepared {
	langs := make(map[string]map[string]written)
	for _, l := range say.Languages() {
		texts, err := readLibrary(l.Tag)
		if err != nil {
			panic("plan: library: " + err.Error()) // the files are part of the program, and a test reads them
		}
		langs[l.Tag] = texts
	}
	var all []desk.Prepared
	for _, m := range defaultMessages {
		p := desk.Prepared{ID: m.id, Kind: m.kind, Name: m.title().Say}
		for _, l := range say.Languages() {
			w := langs[l.Tag][m.id]
			if w.Short != "" {
				t := desk.PreparedFor{Lang: l.Tag, Text: w.Short}
				if w.Long == "" {
					t.Title = w.Title
				}
				p.Texts = append(p.Texts, t)
			}
			if w.Long != "" {
				p.Texts = append(p.Texts, desk.PreparedFor{Channel: desk.LongText, Lang: l.Tag, Title: w.Title, Text: w.Long})
			}
		}
		all = append(all, p)
	}
	return all
}

func readLibrary(lang string) (map[string]written, error) {
	b, err := libraryFiles.ReadFile("library/" + lang + ".yaml")
	if err != nil {
		return nil, err
	}
	texts := make(map[string]written)
	if err := yaml.Unmarshal(b, &texts); err != nil {
		return nil, fmt.Errorf("%s: %w", lang, err)
	}
	return texts, nil
}
