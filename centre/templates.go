package centre

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"mime"
	"slices"
	"strings"
	"sync"
	"time"

	"breakwater/desk"
	"breakwater/internal/say"
)

func (w *writer) html(name, block string, s *sheet) {
	if w.err != nil {
		return
	}
	as := voice{s.Lang, s.zone.String()}
	t := w.tmpl[as]
	if t == nil {
		if t, w.err = templates(s.Lang, s.zone); w.err != nil {
			return
		}
		w.tmpl[as] = t
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, block, s); err != nil {
		w.err = fmt.Errorf("page %s of the crisis centre: %w", name, err)
		return
	}
	w.put(name, "text/html; charset=utf-8", b.Bytes())
}

// parsed are the templates once per language of the desk: a page in another language has its own words in that, and ours in English.
var parsed = sync.OnceValues(func() (map[string]*template.Template, error) {
	all := make(map[string]*template.Template)
	for _, l := range say.Languages() {
		t, err := template.New("").Funcs(funcs(l.Tag, time.UTC)).ParseFS(files, "pages/*.html")
		if err != nil {
			return nil, err
		}
		all[l.Tag] = t
	}
	return all, nil
})

// templates are those of a language, telling times in a zone.
func templates(lang string, zone *time.Location) (*template.Template, error) {
	all, err := parsed()
	if err != nil {
		return nil, err
	}
	t, err := all[say.For(lang, "").Tag()].Clone()
	if err != nil {
		return nil, err
	}
	return t.Funcs(funcs(lang, zone)), nil
}

func funcs(lang string, zone *time.Location) template.FuncMap {
	speak := say.For(lang, "")
	ours := oursIn(lang, speak.Tag())
	return template.FuncMap{
		"t":        func(sentence string, with ...any) any { return ours(speak.T(sentence, with...)) },
		"state":    func(s string) any { return ours(speak.Text(State(s))) },
		"verdict":  func(v string) any { return ours(speak.Text(Verdict(v))) },
		"rich":     rich,
		"prose":    prose,
		"dirOf":    dirOf,
		"iso":      func(at time.Time) string { return at.UTC().Format(time.RFC3339) },
		"when":     func(at time.Time) string { return clock(speak, at.In(zone)) },
		"about":    func(m desk.Media) string { return about(speak, m) },
		"langOr":   func(langs ...string) string { return cmp.Or(langs...) },
		"mediaURL": func(m desk.Media) string { return "../" + mediaName(m) },
	}
}

// oursIn makes of our own words what stands on a page: where the desk does not speak the page's language they are English, and say so, so
// that they are read aloud rightly and do not turn around.
func oursIn(lang, spoken string) func(string) any {
	if primary(lang) == primary(spoken) {
		return func(words string) any { return words }
	}
	return func(words string) any {
		return template.HTML(`<span lang="` + spoken + `" dir="ltr">` + template.HTMLEscapeString(words) + `</span>`) // an attribute takes the words alone
	}
}

// primary is the language of a tag, without script and country.
func primary(tag string) string {
	p, _, _ := strings.Cut(tag, "-")
	return strings.ToLower(p)
}

// clock is a date and time of day with the zone's short name, where it has one: who reads it may be anywhere.
func clock(speak *say.Printer, at time.Time) string {
	said := speak.When(at)
	if zone := at.Format("MST"); !strings.ContainsAny(zone, "+-") {
		said += " " + zone
	}
	return said
}

// mediaName is where a picture lies in a home.
func mediaName(m desk.Media) string { return "media/" + m.Hash + extOf(m.Type) }

// extOf is how the name of a file of a type ends.
func extOf(kind string) string {
	switch kind {
	case "image/jpeg":
		return ".jpg"
	case "image/png", "image/gif", "image/webp", "image/avif":
		return "." + strings.TrimPrefix(kind, "image/")
	case "application/pdf", "application/zip":
		return "." + strings.TrimPrefix(kind, "application/")
	}
	if all, err := mime.ExtensionsByType(kind); err == nil && len(all) > 0 {
		return all[0]
	}
	return ".bin"
}

// SizeIn is how large a file is, as people read it: 34 KB, 1.2 MB.
func SizeIn(speak *say.Printer, bytes int64) string {
	if bytes < 1_000_000 {
		return speak.T("{n} KB", "n", max(1, (bytes+500)/1000))
	}
	return speak.T("{size} MB", "size", float64(bytes/100_000)/10)
}

// about is what a file is, beside its name: PNG · 34 KB · 1200 × 800.
func about(speak *say.Printer, m desk.Media) string {
	parts := []string{m.KindName(), SizeIn(speak, m.Size)}
	if m.Width > 0 {
		parts = append(parts, fmt.Sprintf("%d × %d", m.Width, m.Height))
	}
	return strings.Join(parts, " · ")
}

// dirOf is the direction of a language's script.
func dirOf(lang string) string {
	if slices.Contains([]string{"he", "ar", "fa", "ur", "yi", "ps", "ckb", "dv", "sd", "ug"}, primary(lang)) {
		return "rtl"
	}
	return "ltr"
}

// LangName is a language in itself, as far as we know it.
func LangName(lang string) string {
	for _, l := range say.Languages() {
		if l.Tag == lang {
			return l.Name
		}
	}
	if name := selfName(lang); name != "" {
		return name
	}
	return lang
}
