package web

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/jba/templatecheck"

	"breakwater/internal/htmlcheck"
	"breakwater/internal/say"
)

func book(t *testing.T) *storybook {
	t.Helper()
	a, err := loadAssets(files)
	if err != nil {
		t.Fatal(err)
	}
	p, err := loadPages(a)
	if err != nil {
		t.Fatal(err)
	}
	return &storybook{p, a}
}

// Every page in every state in every language: whole, well made, leading somewhere, and with no stranger's markup alive.
func TestStories(t *testing.T) {
	t.Parallel()
	b := book(t)
	known := addresses(t)
	for _, l := range say.Languages() {
		for _, s := range stories() {
			w := httptest.NewRecorder()
			if err := b.pages.write(w, http.StatusOK, s.page, "frame", s.filled(l.Tag)); err != nil {
				t.Errorf("%s/%s: %v", l.Tag, s.name(), err)
				continue
			}
			p, err := htmlcheck.Parse(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			for _, problem := range p.Problems() {
				t.Errorf("%s/%s: %s", l.Tag, s.name(), problem)
			}
			for _, link := range p.Links() {
				if !known(link) {
					t.Errorf("%s/%s leads to %s, which is no page", l.Tag, s.name(), link)
				}
			}
		}
	}
}

// addresses tells whether an address is one of the console's.
func addresses(t *testing.T) func(string) bool {
	t.Helper()
	c, err := newConsole(Stages{})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	for _, rt := range c.routes() {
		mux.HandleFunc(rt.pattern, func(http.ResponseWriter, *http.Request) {})
	}
	mux.Handle("GET /static/", c.assets)
	return func(link string) bool {
		link, _, _ = strings.Cut(link, "#")
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if _, pattern := mux.Handler(httptest.NewRequest(method, link, nil)); pattern != "" {
				return true
			}
		}
		return false
	}
}

// A template's mistakes show when it is checked against its struct, not when somebody asks for the page at night.
func TestTemplatesFitTheirPages(t *testing.T) {
	t.Parallel()
	b := book(t)
	set, err := b.pages.byLang["en"]()
	if err != nil {
		t.Fatal(err)
	}
	checked := make(map[string]bool)
	for _, s := range stories() {
		if checked[s.page] {
			continue
		}
		checked[s.page] = true
		noShadow(t, s.page, reflect.TypeOf(s.filled("en")))
		fresh, err := set[s.page].Clone()
		if err != nil {
			t.Fatal(err)
		}
		if err := templatecheck.CheckHTML(fresh.Lookup("frame"), s.filled("en")); err != nil {
			t.Errorf("%s against %s: %v", s.page, reflect.TypeOf(s.filled("en")), err)
		}
	}
	for name := range set {
		if !checked[name] {
			t.Errorf("page %s has no story", name)
		}
	}
}

// noShadow names fields of a page that hide those of its frame: the frame would show the page's.
func noShadow(t *testing.T, name string, page reflect.Type) {
	t.Helper()
	if page.Kind() == reflect.Pointer {
		page = page.Elem()
	}
	frame := reflect.TypeFor[Frame]()
	for i := range page.NumField() {
		f := page.Field(i)
		if _, hides := frame.FieldByName(f.Name); hides && !f.Anonymous {
			t.Errorf("%s: %s of %s hides that of its frame", name, f.Name, page)
		}
	}
}

// What htmx swaps in is the part alone.
func TestPartsAreParts(t *testing.T) {
	t.Parallel()
	b := book(t)
	for _, s := range stories() {
		w := httptest.NewRecorder()
		if err := b.pages.write(w, http.StatusOK, s.page, "part", s.filled("en")); err != nil {
			t.Errorf("%s: %v", s.name(), err)
			continue
		}
		if got := w.Body.Bytes(); bytes.Contains(got, []byte("<html")) || !strings.Contains(w.Body.String(), `id="notice"`) {
			t.Errorf("%s: the part is no part: %.80s", s.name(), got)
		}
	}
}
