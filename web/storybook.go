package web

import (
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"breakwater/desk"
	"breakwater/internal/say"
)

// story is a page in one state.
type story struct {
	page, state string
	make        func(teller) page
}

// name is the story's address below the language.
func (s story) name() string { return s.page + "/" + s.state }

// stories are all pages in the states that hurt.
func stories() []story {
	var all []story
	for _, some := range [][]story{radarStories(), doorStories(), alertStories(), journalStories(), mentionStories(), voiceStories(), roomStories(), assessStories(), setUpStories(), occasionStories(), checkStories(), channelStories(), holdStories(), postStories(), statementStories(), cueStories(), peopleStories(), planStories(), oncallStories(),
		contactStories(), briefingStories(), centreStories(), pressStories(), copyStories(), subscriberStories(), inboxStories(),
	} {
		all = append(all, some...)
	}
	return all
}

// storybook serves the stories.
type storybook struct {
	pages  *pages
	assets assets
}

// Storybook shows every page in the states that hurt, without a desk behind it: /he/radar/radar/storm. ?theme=dark darkens.
func Storybook() (http.Handler, error) {
	a, err := loadAssets(files)
	if err != nil {
		return nil, err
	}
	p, err := loadPages(a)
	if err != nil {
		return nil, err
	}
	b := &storybook{p, a}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", a)
	mux.HandleFunc("GET /{$}", b.contents)
	mux.HandleFunc("GET /centre/{id}/preview/{file...}", previewStory)
	mux.HandleFunc("GET /{lang}/{story...}", b.show)
	return headers(false, mux), nil
}

func (b *storybook) show(w http.ResponseWriter, r *http.Request) {
	for _, s := range stories() {
		if s.name() != r.PathValue("story") || !say.Known(r.PathValue("lang")) {
			continue
		}
		p := s.filled(r.PathValue("lang"))
		p.frame().Theme = r.URL.Query().Get("theme")
		if err := b.pages.write(w, http.StatusOK, s.page, "frame", p); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
		return
	}
	http.NotFound(w, r)
}

// filled is the story's page with its frame filled.
func (s story) filled(lang string) page {
	speak := say.For(lang, "")
	p := s.make(teller{speak: speak, script: lang})
	f := p.frame()
	f.Lang, f.Dir, f.Languages, f.Here = speak.Tag(), speak.Dir(), say.Languages(), "/"
	if f.Area == "" {
		f.Area, _, _ = strings.Cut(s.page, "/")
	}
	if f.Area == "incidents" {
		f.Area = "room"
	}
	return p
}

var contents = template.Must(template.New("").Parse(`<!doctype html><html lang="en" dir="ltr"><meta charset="utf-8"><title>Storybook</title>
<main><h1>Storybook</h1><ul>{{range .}}<li>{{$s := .Name}}{{$s}}{{range .Langs}} <a href="/{{.}}/{{$s}}">{{.}}</a>{{end}} <a href="/en/{{$s}}?theme=dark">dark</a></li>{{end}}</ul></main></html>`))

func (b *storybook) contents(w http.ResponseWriter, _ *http.Request) {
	type line struct {
		Name  string
		Langs []string
	}
	var lines []line
	for _, s := range stories() {
		l := line{Name: s.name()}
		for _, lang := range say.Languages() {
			l.Langs = append(l.Langs, lang.Tag)
		}
		lines = append(lines, l)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := contents.Execute(w, lines); err != nil {
		fmt.Fprint(w, err)
	}
}

// frame is the frame of somebody with a role, who looks at a brand with two live alerts.
func (t teller) frame(role desk.Role) Frame {
	brands := []desk.Brand{{ID: 1, Name: t.brand(), Zone: "Europe/Stockholm"}, {ID: 2, Name: "Northwind Air"}}
	return Frame{SignedIn: true, Who: desk.Actor{Who: "user:1", Name: t.person(0), Role: role}, Brand: brands[0], Brands: brands, Zone: zone(brands[0]), Waiting: 2}
}
