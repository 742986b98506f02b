package centre

import (
	"cmp"
	"embed"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"breakwater/desk"
	"breakwater/internal/say"
)

//go:embed pages/*.html pages/*.css
var files embed.FS

// File is one thing that the crisis centre serves.
type File struct {
	Type   string // media type
	Body   []byte
	Status int // 0 is 200
}

// Files are a home's files by their path below it: "index.html", "kettle/he.html". Pages that are dark have none.
func Files(h Home, pages []Page) (map[string]File, error) {
	out := make(map[string]File)
	w := newWriter(out)
	for _, p := range pages {
		switch p.Stage {
		case desk.CentreLive:
			w.page(&p)
		case desk.CentreWithdrawn:
			w.withdrawn(&p)
		}
	}
	w.home(h, pages)
	return out, w.err
}

// Preview is one page of a page's files, as it will look; name is "index.html", "he.html".
func Preview(p Page, name string) (File, error) {
	p.Preview = true
	w := newWriter(make(map[string]File))
	w.page(&p)
	f, ok := w.out[p.Slug+"/"+name]
	if !ok && w.err == nil {
		w.err = desk.ErrNotFound
	}
	return f, w.err
}

// writer gathers files; after the first error it writes nothing more.
type writer struct {
	out  map[string]File
	tmpl map[voice]*template.Template // to escape them anew for each file would take most of the time
	err  error
}

// voice is what templates differ by.
type voice struct{ lang, zone string }

func newWriter(out map[string]File) *writer {
	return &writer{out: out, tmpl: make(map[voice]*template.Template)}
}

func (w *writer) put(name, kind string, body []byte) {
	w.out[name] = File{Type: kind, Body: body}
}

// named is the file of a language: the first language of a page has the plain name.
func named(stem, ext, lang string, langs []string) string {
	if len(langs) > 0 && lang == langs[0] {
		return stem + ext
	}
	if stem == "index" {
		return lang + ext
	}
	return stem + "." + lang + ext
}

// sheet is what the templates show.
type sheet struct {
	Lang, Dir, Title, Description, Brand string
	Canonical, Up, Modified              string
	Picture, PictureAlt                  string // for cards elsewhere: the newest update's
	ZoneName                             string
	NoIndex, Preview                     bool
	Langs                                []langLink
	Feeds                                []link
	Style                                template.CSS
	Data                                 any
	zone                                 *time.Location

	// Of a page.
	TextLang, State, About string
	Changed, Next, Ended   time.Time
	Late                   bool
	Steps                  []step
	Do, Help, Press        []string
	Questions              []desk.CentreQuestion
	Rumours                []desk.CentreRumour
	Heads                  desk.CentreHeads
	Contacts               []desk.CentreContact
	Files                  []fileView
	Latest                 *updateView
	Earlier                []updateView
	Calendar, Notice       string
	Letters                string     // where one subscribes by mail; empty: nowhere
	One                    updateView // of a permalink
	Back, PageTitle, Newer string
	Code                   template.HTML // of a notice
	Short                  string
	Cards                  []card // of a home
}

// langLink leads to the same page in another language.
type langLink struct {
	Lang, Name, Href, URL string
	Here                  bool
}

// link leads to a feed.
type link struct{ Type, Name, Title, Href string }

// step is one of the states, in their order.
type step struct {
	State, Class string // class: past, here, ahead
	Here         bool
}

// updateView is an update with its address.
type updateView struct {
	update
	Href string
}

// card is a page on the home's front.
type card struct {
	State, Title, Lang, Href string
	Changed                  time.Time
}

var style = sync.OnceValue(func() template.CSS {
	b, err := files.ReadFile("pages/style.css")
	if err != nil {
		panic(err) // embedded
	}
	return template.CSS(strings.ReplaceAll(string(b), "\n", ""))
})

func (w *writer) page(p *Page) {
	langs := p.langs()
	for _, lang := range langs {
		s := w.sheet(p, lang, langs, "index")
		s.fill(p, lang, langs)
		w.html(p.Slug+"/"+named("index", ".html", lang, langs), "page", s)
		w.notice(p, lang, langs)
		w.pageFeeds(p, lang, langs)
		for i, u := range p.updates(lang) {
			w.permalink(p, u, i > 0, lang, langs)
		}
	}
}

// sheet is what every file of a page has.
func (w *writer) sheet(p *Page, lang string, langs []string, stem string) *sheet {
	base := p.URL + "/" + p.Slug + "/"
	s := &sheet{
		Lang: lang, Dir: dirOf(lang), Title: p.title(lang), Brand: p.Brand.Name, Canonical: base + address(named(stem, ".html", lang, langs)),
		Up: "../", NoIndex: p.NoIndex || p.Preview, Preview: p.Preview, Style: style(), zone: p.Zone,
	}
	s.zoneOf(p.changed())
	if !p.changed().IsZero() {
		s.Modified = p.changed().UTC().Format(time.RFC3339)
	}
	for _, l := range langs {
		name := address(named(stem, ".html", l, langs))
		s.Langs = append(s.Langs, langLink{Lang: l, Name: LangName(l), Href: cmp.Or(name, "./"), URL: base + name, Here: l == lang})
	}
	return s
}

// address is a file's name in links: a folder's front is the folder.
func address(name string) string {
	if name == "index.html" {
		return ""
	}
	return name
}

func (s *sheet) zoneOf(at time.Time) {
	if s.zone == nil {
		s.zone = time.UTC
	}
	if at.IsZero() {
		at = time.Now()
	}
	s.ZoneName = strings.ReplaceAll(s.zone.String(), "_", " ")
	if short := at.In(s.zone).Format("MST"); !strings.ContainsAny(short, "+-") {
		s.ZoneName += " (" + short + ")"
	}
}

// fill puts what a page says into its sheet.
func (s *sheet) fill(p *Page, lang string, langs []string) {
	t := p.text(lang)
	if t.Lang != lang {
		s.TextLang = t.Lang
	}
	s.State, s.About, s.Do, s.Help, s.Press, s.Questions, s.Rumours = p.Centre.State, t.About, t.Do, t.Help, t.Press, t.Questions, t.Rumours
	if t.Lang == lang { // their words are no heads of another language
		s.Heads = t.Heads
	}
	s.Contacts, s.Files = t.Contacts, fileViews(t.Files)
	s.Changed, s.Next, s.Late = p.changed(), p.Next, p.Late
	at := slices.Index(desk.CentreStates, s.State)
	for i, state := range desk.CentreStates {
		s.Steps = append(s.Steps, step{state, [...]string{"past", "here", "ahead"}[1+cmp.Compare(i, at)], i == at})
	}
	for _, u := range p.updates(lang) {
		v := updateView{u, named("update-"+strconv.Itoa(u.Number), ".html", lang, langs)}
		if s.Latest == nil {
			s.Latest = &v
			continue
		}
		s.Earlier = append(s.Earlier, v)
	}
	s.Description = p.description(t, s.Latest)
	if s.Latest != nil {
		s.Picture, s.PictureAlt = p.card(s.Latest.update)
	}
	s.Notice = named("notice", ".html", lang, langs)
	s.Feeds = feedFiles(lang, langs)
	if p.Letters {
		s.Letters = p.Door + "/-/subscribe?page=" + p.Slug + "&lang=" + lang
	}
	if !s.Next.IsZero() {
		s.Calendar = named("next", ".ics", lang, langs)
	}
	s.Data = p.data(lang, s.Canonical)
}

// notice is a page to print and put on a door.
func (w *writer) notice(p *Page, lang string, langs []string) {
	s := w.sheet(p, lang, langs, "notice")
	t := p.text(lang)
	url := p.URL + "/" + p.Slug + "/" + address(named("index", ".html", lang, langs))
	_, s.Short, _ = strings.Cut(url, "://")
	if t.Lang == lang {
		s.Heads = t.Heads
	}
	s.Do, s.Help, s.Changed, s.Code, s.NoIndex = t.Do, t.Help, p.changed(), code(url), true
	w.html(p.Slug+"/"+named("notice", ".html", lang, langs), "notice", s)
}

// description is the page in one or two sentences, for search engines and cards.
func (p *Page) description(t desk.CentreText, latest *updateView) string {
	text := t.About
	if latest != nil && latest.Text != "" {
		text = latest.Text
	}
	return short(text, 200)
}

// card is the whole address of the first picture of an update, for cards elsewhere, and what it shows; empty without one.
func (p *Page) card(u update) (address, alt string) {
	if i := slices.IndexFunc(u.Media, func(m desk.Media) bool { return m.IsImage() }); i >= 0 {
		return p.URL + "/" + mediaName(u.Media[i]), u.Media[i].Alt
	}
	return "", ""
}

// short cuts plain text between words, to n characters at most.
func short(text string, n int) string {
	text = strings.Join(strings.Fields(text), " ")
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	cut := string(runes[:n])
	if i := strings.LastIndexByte(cut, ' '); i > n/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " .,;:") + "…"
}

func (w *writer) permalink(p *Page, u update, older bool, lang string, langs []string) {
	stem := "update-" + strconv.Itoa(u.Number)
	s := w.sheet(p, lang, langs, stem)
	s.One, s.PageTitle, s.Back = updateView{update: u}, s.Title, cmp.Or(address(named("index", ".html", lang, langs)), "./")
	s.Title = cmp.Or(u.Title, say.For(lang, "").T("Update {number}", "number", u.Number))
	s.Description = short(u.Text, 200)
	s.Picture, s.PictureAlt = p.card(u)
	if older {
		s.Newer = s.Back + "#latest"
	}
	w.html(p.Slug+"/"+named(stem, ".html", lang, langs), "permalink", s)
}

func (w *writer) withdrawn(p *Page) {
	langs := p.langs()
	for _, lang := range langs {
		s := w.sheet(p, lang, langs, "index")
		s.NoIndex, s.Ended, s.Title = true, p.Ended, say.For(lang, "").T("This page was taken down")
		name := p.Slug + "/" + named("index", ".html", lang, langs)
		w.html(name, "withdrawn", s)
		f := w.out[name]
		f.Status = 410
		w.out[name] = f
	}
}

// home is the front of a home: what is public now.
func (w *writer) home(h Home, pages []Page) {
	zone := time.UTC
	if z, err := time.LoadLocation(h.Brand.Zone); err == nil {
		zone = z
	}
	langs := []string{}
	var live []*Page
	for i := range pages {
		if pages[i].Stage == desk.CentreLive {
			live = append(live, &pages[i])
		}
		for _, l := range pages[i].langs() {
			if pages[i].Stage == desk.CentreLive && !slices.Contains(langs, l) {
				langs = append(langs, l)
			}
		}
	}
	if len(langs) == 0 {
		langs = []string{cmp.Or(h.Lang, "en")}
	}
	for _, lang := range langs {
		name := address(named("index", ".html", lang, langs))
		s := &sheet{Lang: lang, Dir: dirOf(lang), Title: say.For(lang, "").T("Crisis centre of {brand}", "brand", h.Brand.Name), Brand: h.Brand.Name,
			Canonical: h.URL + "/" + name, Style: style(), zone: zone, NoIndex: true}
		for i := range pages {
			p := &pages[i]
			if p.Stage != desk.CentreLive {
				continue
			}
			s.NoIndex = s.NoIndex && p.NoIndex
			own := p.langs()
			c := card{State: p.Centre.State, Title: p.title(lang), Lang: p.text(lang).Lang, Changed: p.changed(), Href: p.Slug + "/"}
			if slices.Contains(own, lang) {
				c.Href += address(named("index", ".html", lang, own))
			}
			s.Cards = append(s.Cards, c)
		}
		s.zoneOf(time.Time{})
		for _, l := range langs {
			n := address(named("index", ".html", l, langs))
			s.Langs = append(s.Langs, langLink{Lang: l, Name: LangName(l), Href: cmp.Or(n, "./"), URL: h.URL + "/" + n, Here: l == lang})
		}
		s.Feeds = feedFiles(lang, langs)
		w.html(named("index", ".html", lang, langs), "home", s)
		w.homeFeeds(h, live, lang, langs)
	}
	w.summary(h, live)
	w.banners(h, live)
}
