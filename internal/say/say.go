// Package say speaks to people in their language: it turns the desk's English sentences into English, Hebrew, Polish,
// Indonesian, Traditional Chinese or Swedish, and writes numbers and times the way each of them does.
//
// The English sentence is the key. A sentence without a translation is shown in English, so a new text never breaks a page.
// Values stand in {placeholders}; the one named n selects the plural form by the rules of CLDR.
package say

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Printer speaks one language. It is safe for use by several goroutines.
type Printer struct {
	locale  *locale
	plain   map[string]string // sentences without plural forms
	forms   map[string]bool   // sentences with
	plural  *i18n.Localizer   // chooses among the forms
	numbers *message.Printer
}

// Language is one that the desk speaks.
type Language struct {
	Tag  string // en, he, pl, id, zh-Hant, sv
	Name string // in itself
}

// Languages are those that the desk speaks, English first.
func Languages() []Language {
	all := make([]Language, len(locales))
	for i := range locales {
		all[i] = Language{Tag: locales[i].tag, Name: locales[i].name}
	}
	return all
}

// Known reports whether tag is one of Languages.
func Known(tag string) bool {
	return slices.ContainsFunc(locales, func(l *locale) bool { return l.tag == tag })
}

// For is the printer for somebody who prefers a language, or else for what their browser accepts (an Accept-Language header);
// English when neither is one of ours.
func For(preferred, acceptLanguage string) *Printer {
	if p, ok := spoken().printers[preferred]; ok {
		return p
	}
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(wanted) == 0 {
		return spoken().printers["en"]
	}
	_, i, sure := matcher.Match(wanted...)
	if sure == language.No {
		i = 0
	}
	return spoken().printers[locales[i].tag]
}

var matcher = func() language.Matcher {
	tags := make([]language.Tag, len(locales))
	for i := range locales {
		tags[i] = language.Make(locales[i].tag)
	}
	return language.NewMatcher(tags)
}()

// Tag is the language's name as HTML's lang attribute wants it.
func (p *Printer) Tag() string { return p.locale.tag }

// Dir is ltr or rtl.
func (p *Printer) Dir() string {
	if p.locale.rtl {
		return "rtl"
	}
	return "ltr"
}

// T is the sentence in the printer's language, its placeholders filled from pairs of name and value. Numbers, times,
// durations, sentences and what has a String (a level) among the values are written in that language too.
func (p *Printer) T(sentence string, with ...any) string {
	values := make(map[string]any, len(with)/2)
	for i := 0; i+1 < len(with); i += 2 {
		values[fmt.Sprint(with[i])] = with[i+1]
	}
	return p.fill(p.form(sentence, values["n"]), values)
}

// Sentence is a sentence with its values, as desk.Text is one.
type Sentence interface {
	Parts() (sentence string, with map[string]any)
}

// Text is a sentence in the printer's language, "" for an empty one.
func (p *Printer) Text(t Sentence) string {
	sentence, with := t.Parts()
	if sentence == "" {
		return ""
	}
	return p.fill(p.form(sentence, with["n"]), with)
}

// form is the translated sentence, placeholders still in it.
func (p *Printer) form(sentence string, n any) string {
	if s, ok := p.plain[sentence]; ok {
		return s
	}
	if !p.forms[sentence] {
		return sentence
	}
	if n == nil {
		n = 2 // a plural sentence without its number: any form is better than none
	}
	s, err := p.plural.Localize(&i18n.LocalizeConfig{MessageID: sentence, PluralCount: count(n), TemplateParser: template.IdentityParser{}})
	if err != nil || s == "" {
		return sentence
	}
	return s
}

// count turns n into what go-i18n takes for a count: a whole number where it is one.
func count(n any) any {
	v := reflect.ValueOf(parsed(n))
	switch {
	case v.CanInt():
		return v.Int()
	case v.CanUint():
		return int64(v.Uint()) //nolint:gosec // counts of things stay far below 2^63
	case v.CanFloat() && v.Float() == float64(int64(v.Float())):
		return int64(v.Float())
	case v.CanFloat():
		return fmt.Sprint(v.Float())
	}
	return 2
}

func (p *Printer) fill(s string, values map[string]any) string {
	if len(values) == 0 || !strings.Contains(s, "{") {
		return s
	}
	return placed(s, func(name string) (string, bool) {
		v, ok := values[name]
		if !ok {
			return "", false
		}
		return p.Value(v), true
	})
}

// placed puts values in for a pattern's {names}; what has none stays. It makes nothing that is thrown away: a page has hundreds.
func placed(s string, value func(name string) (string, bool)) string {
	var b strings.Builder
	for {
		from := strings.IndexByte(s, '{')
		if from < 0 {
			break
		}
		to := strings.IndexByte(s[from:], '}')
		if to < 0 {
			break
		}
		if v, ok := value(s[from+1 : from+to]); ok {
			b.WriteString(s[:from])
			b.WriteString(v)
			s = s[from+to+1:]
			continue
		}
		b.WriteString(s[:from+1])
		s = s[from+1:]
	}
	b.WriteString(s)
	return b.String()
}

// Isolates keep a value's direction from tearing the sentence around it apart (Unicode Bidirectional Algorithm, 2.4).
const firstStrong, popIsolate = "\u2068", "\u2069"

// Value writes one value in the printer's language. It knows what JSON makes of values too, because texts are stored as JSON:
// whole floats are whole numbers again, and strings in RFC 3339 are times.
func (p *Printer) Value(v any) string {
	v = parsed(v)
	switch v := v.(type) {
	case nil:
		return ""
	case Sentence:
		return p.Text(v)
	case time.Time:
		return p.When(v)
	case time.Duration:
		return p.Span(v)
	case map[string]any: // a sentence that was JSON
		with, _ := v["with"].(map[string]any)
		sentence, _ := v["say"].(string)
		return p.fill(p.form(sentence, with["n"]), with)
	case fmt.Stringer: // a level
		return p.T(v.String())
	case string:
		return p.word(v)
	}
	switch r := reflect.ValueOf(v); {
	case r.CanInt():
		return p.Number(float64(r.Int()))
	case r.CanUint():
		return p.Number(float64(r.Uint()))
	case r.CanFloat():
		return p.Number(r.Float())
	}
	return p.word(fmt.Sprint(v))
}

// parsed is a value as a number where JSON kept its digits; any other value is itself.
func parsed(v any) any {
	if digits, ok := v.(json.Number); ok {
		if f, err := digits.Float64(); err == nil {
			return f
		}
	}
	return v
}

// word is a string value: a time when it reads as one, otherwise itself, kept apart from a sentence of other direction.
func (p *Printer) word(s string) string {
	if len(s) >= len("2006-01-02T15:04:05Z") && s[4] == '-' {
		if at, err := time.Parse(time.RFC3339, s); err == nil {
			return p.When(at)
		}
	}
	if p.locale.rtl || strings.ContainsFunc(s, rightToLeft) {
		return firstStrong + s + popIsolate
	}
	return s
}

func rightToLeft(r rune) bool { return r >= 0x0590 && r <= 0x08ff || r >= 0xfb1d && r <= 0xfeff }
