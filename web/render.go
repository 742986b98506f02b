package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"breakwater/centre"
	"breakwater/desk"
	"breakwater/internal/say"
)

// pages are the parsed templates: every page once per language, because a sentence is translated where it is printed.
// A language is parsed when the first person asks for it.
type pages struct {
	assets assets
	byLang map[string]func() (map[string]*template.Template, error)
}

func loadPages(a assets) (*pages, error) {
	p := &pages{assets: a, byLang: make(map[string]func() (map[string]*template.Template, error))}
	for _, l := range say.Languages() {
		p.byLang[l.Tag] = sync.OnceValues(func() (map[string]*template.Template, error) { return p.parse(say.For(l.Tag, "")) })
	}
	_, err := p.byLang["en"]()
	return p, err
}

// parse reads pages/frame.html, pages/parts and then each page over a copy of them. A page's name is its path: "radar/radar".
func (p *pages) parse(speak *say.Printer) (map[string]*template.Template, error) {
	base, err := template.New("frame").Funcs(p.funcs(speak)).ParseFS(files, "pages/frame.html", "pages/parts/*.html")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(files, "pages/*/*.html")
	if err != nil {
		return nil, err
	}
	all := make(map[string]*template.Template, len(names))
	for _, name := range names {
		if path.Dir(name) == "pages/parts" {
			continue
		}
		t, err := base.Clone()
		if err != nil {
			return nil, err
		}
		if t, err = t.ParseFS(files, name); err != nil {
			return nil, err
		}
		all[strings.TrimSuffix(strings.TrimPrefix(name, "pages/"), ".html")] = t
	}
	return all, nil
}

// page is what every page's struct is: it embeds Frame.
type page interface{ frame() *Frame }

// write executes one block of a page into w: "frame" for the whole, "part" for what htmx swaps in, or a block of its own.
// Nothing is sent when it fails.
func (p *pages) write(w http.ResponseWriter, status int, name, block string, data page) error {
	set, err := p.byLang[data.frame().Lang]()
	if err != nil {
		return err
	}
	t, ok := set[name]
	if !ok {
		return fmt.Errorf("no page %q", name)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, block, data); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "HX-Request")
	w.WriteHeader(status)
	_, err = b.WriteTo(w)
	return err
}

// funcs are what templates may call. Everything that a person reads goes through one of them.
func (p *pages) funcs(speak *say.Printer) template.FuncMap {
	return template.FuncMap{
		"t":        speak.T,
		"text":     speak.Text,
		"num":      func(x any) string { return speak.Number(float(x)) },
		"compact":  func(x any) string { return speak.Compact(float(x)) },
		"percent":  speak.Percent,
		"ratio":    func(x float64) string { return "\u2066×" + speak.Number(x) + "\u2069" },
		"span":     speak.Span,
		"list":     speak.List,
		"ago":      func(at time.Time, zone *time.Location) template.HTML { return moment(speak, at, zone, true) },
		"when":     func(at time.Time, zone *time.Location) template.HTML { return moment(speak, at, zone, false) },
		"clock":    runningClock,
		"day":      speak.Day,
		"word":     func(group, value string) string { return speak.Text(word(group, value)) },
		"network":  networkName,
		"langname": langName,
		"filesize": func(bytes int64) string { return centre.SizeIn(speak, bytes) },
		"icon":     icon,
		"asset":    p.assets.url,
		"level":    func(l desk.Level) template.HTML { return levelChip(speak, l) },
		"id":       func(id int64) string { return fmt.Sprint(id) },
		"draw":     func(c chart) template.HTML { return c.draw(speak) },
		"spark":    spark,
		"gauge":    gauge,
		"facet":    newFacet,
		"choose":   newSelect,
		"pick":     func(name, label, value string) pickView { return pickView{name, label, value} },
		"call":     callAddress,
	}
}

// float is any of Go's numbers.
func float(x any) float64 {
	switch x := x.(type) {
	case int:
		return float64(x)
	case int64:
		return float64(x)
	case float64:
		return x
	}
	return 0
}

// moment is a <time>: how long ago (kept fresh by islands/clock.js) with the exact time to read on it, or the time itself.
func moment(speak *say.Printer, at time.Time, zone *time.Location, relative bool) template.HTML {
	if zone == nil {
		zone = time.UTC
	}
	if at.IsZero() {
		return template.HTML("<span>" + template.HTMLEscapeString(speak.T("never")) + "</span>")
	}
	local := at.In(zone)
	exact := speak.When(local) + " " + local.Format("MST")
	shown, class := speak.When(local), "when"
	if relative {
		shown, class = speak.Ago(at, time.Now()), "ago"
	}
	return template.HTML(fmt.Sprintf(`<time class="%s" datetime="%s" title="%s">%s</time>`, class, at.UTC().Format(time.RFC3339),
		template.HTMLEscapeString(exact), template.HTMLEscapeString(shown)))
}

// runningClock counts from a time to now, or to the end; islands/clock.js keeps it running.
func runningClock(from, end time.Time) template.HTML {
	now, class := time.Now(), "clock"
	if !end.IsZero() {
		now, class = end, "stopped"
	}
	s := int(max(now.Sub(from), 0) / time.Second)
	return template.HTML(fmt.Sprintf(`<time class="%s" dir="ltr" datetime="%s">%02d:%02d:%02d</time>`, class, from.UTC().Format(time.RFC3339), s/3600, s/60%60, s%60))
}

// levelChip shows a level by colour, number and word.
func levelChip(speak *say.Printer, l desk.Level) template.HTML {
	return template.HTML(fmt.Sprintf(`<span class="level level-%d"><b>%d</b> %s</span>`, int(l), int(l), template.HTMLEscapeString(speak.T(l.String()))))
}
