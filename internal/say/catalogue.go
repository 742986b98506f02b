package say

import (
	"embed"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

//go:embed catalogue/*.json
var files embed.FS

// Forms are a sentence's plural forms by CLDR category (one, two, few, many, other); a sentence without plurals has only other.
type Forms map[string]string

// UnmarshalJSON reads a plain string as the one form other.
func (f *Forms) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*f = Forms{"other": s}
		return nil
	}
	return json.Unmarshal(b, (*map[string]string)(f))
}

// Catalogue is a language's translations by English sentence. English has entries only where the singular differs.
func Catalogue(tag string) (map[string]Forms, error) {
	b, err := files.ReadFile("catalogue/" + tag + ".json")
	if err != nil {
		return nil, err
	}
	all := make(map[string]Forms)
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, fmt.Errorf("catalogue %s: %w", tag, err)
	}
	return all, nil
}

type voices struct{ printers map[string]*Printer }

// spoken are all printers, made at the first use. A catalogue is part of the program, so a broken one is a bug.
var spoken = sync.OnceValue(func() voices {
	v := voices{printers: make(map[string]*Printer, len(locales))}
	bundle := i18n.NewBundle(language.English)
	for _, l := range locales {
		p, err := load(bundle, l)
		if err != nil {
			panic(err)
		}
		v.printers[l.tag] = p
	}
	return v
})

func load(bundle *i18n.Bundle, l *locale) (*Printer, error) {
	all, err := Catalogue(l.tag)
	if err != nil {
		return nil, err
	}
	tag := language.Make(l.tag)
	p := &Printer{locale: l, plain: make(map[string]string, len(all)), forms: make(map[string]bool), numbers: message.NewPrinter(tag)}
	for sentence, f := range all {
		if len(f) == 1 {
			p.plain[sentence] = f["other"]
			continue
		}
		p.forms[sentence] = true
		m := &i18n.Message{ID: sentence, One: f["one"], Two: f["two"], Few: f["few"], Many: f["many"], Other: f["other"]}
		if err := bundle.AddMessages(tag, m); err != nil {
			return nil, fmt.Errorf("catalogue %s: %q: %w", l.tag, sentence, err)
		}
	}
	p.plural = i18n.NewLocalizer(bundle, l.tag)
	return p, nil
}
