package centre

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"slices"
	"strconv"
	"time"

	"breakwater/internal/ical"
	"breakwater/internal/say"
)

// entry is an update as feeds carry it. Its address names it for good.
type entry struct {
	url, lang, title, text, html string
	at, changed                  time.Time
}

// entries are a page's updates for feeds, newest first; those that were withdrawn are left out.
func (p *Page) entries(lang string, langs []string) (all []entry) {
	for _, u := range p.updates(lang) {
		if !u.Gone.IsZero() {
			continue
		}
		title := cmp.Or(u.Title, say.For(lang, "").T("Update {number}", "number", u.Number))
		e := entry{p.URL + "/" + p.Slug + "/" + named("update-"+strconv.Itoa(u.Number), ".html", lang, langs), u.Lang, title, u.Text, string(prose(u.Text)), u.At, u.At}
		if u.Corrected.After(e.changed) {
			e.changed = u.Corrected
		}
		all = append(all, e)
	}
	return all
}

// feed is a channel of entries in one language.
type feed struct {
	base, home, title, about, lang string // base: address of its folder
	changed                        time.Time
	entries                        []entry
}

// feedFiles are the names of the feeds in a language, with their kinds.
func feedFiles(lang string, langs []string) []link {
	return []link{
		{"application/rss+xml", "RSS", "RSS", named("feed", ".xml", lang, langs)},
		{"application/atom+xml", "Atom", "Atom", named("atom", ".xml", lang, langs)},
		{"application/feed+json", "JSON Feed", "JSON Feed", named("feed", ".json", lang, langs)},
	}
}

// feeds writes the feeds of a folder in one language.
func (w *writer) feeds(dir string, f feed, langs []string) {
	files := feedFiles(f.lang, langs)
	w.put(dir+files[0].Href, "application/rss+xml; charset=utf-8", f.rss(f.base+files[0].Href))
	w.put(dir+files[1].Href, "application/atom+xml; charset=utf-8", f.atom(f.base+files[1].Href))
	w.put(dir+files[2].Href, "application/feed+json; charset=utf-8", f.json(f.base+files[2].Href))
}

type rssLink struct {
	Href string `xml:"href,attr"`
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
}

type rssItem struct {
	Title       string `xml:"title"`
	Link        string `xml:"link"`
	GUID        string `xml:"guid"`
	PubDate     string `xml:"pubDate"`
	Description string `xml:"description"`
}

// rss is RSS 2.0 (rssboard.org/rss-specification).
func (f feed) rss(self string) []byte {
	var items []rssItem
	for _, e := range f.entries {
		items = append(items, rssItem{e.title, e.url, e.url, e.at.UTC().Format(time.RFC1123Z), e.html})
	}
	return xmlOf(struct {
		XMLName xml.Name `xml:"rss"`
		Version string   `xml:"version,attr"`
		Atom    string   `xml:"xmlns:atom,attr"`
		Channel any      `xml:"channel"`
	}{Version: "2.0", Atom: "http://www.w3.org/2005/Atom", Channel: struct {
		Title         string    `xml:"title"`
		Link          string    `xml:"link"`
		Self          rssLink   `xml:"atom:link"`
		Description   string    `xml:"description"`
		Language      string    `xml:"language"`
		LastBuildDate string    `xml:"lastBuildDate,omitempty"`
		TTL           int       `xml:"ttl"` // minutes
		Items         []rssItem `xml:"item"`
	}{f.title, f.home, rssLink{self, "self", "application/rss+xml"}, cmp.Or(f.about, f.title), f.lang, stampOf(f.changed, time.RFC1123Z), 5, items}})
}

type atomEntry struct {
	Lang      string   `xml:"xml:lang,attr,omitempty"`
	ID        string   `xml:"id"`
	Title     string   `xml:"title"`
	Link      rssLink  `xml:"link"`
	Published string   `xml:"published"`
	Updated   string   `xml:"updated"`
	Content   atomText `xml:"content"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

// atom is Atom (RFC 4287).
func (f feed) atom(self string) []byte {
	var entries []atomEntry
	for _, e := range f.entries {
		entries = append(entries, atomEntry{e.lang, e.url, e.title, rssLink{e.url, "alternate", "text/html"}, e.at.UTC().Format(time.RFC3339), e.changed.UTC().Format(time.RFC3339), atomText{"html", e.html}})
	}
	changed := f.changed
	if changed.IsZero() {
		changed = timeless
	}
	return xmlOf(struct {
		XMLName xml.Name    `xml:"feed"`
		NS      string      `xml:"xmlns,attr"`
		Lang    string      `xml:"xml:lang,attr"`
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Author  string      `xml:"author>name"`
		Updated string      `xml:"updated"`
		Links   []rssLink   `xml:"link"`
		Entries []atomEntry `xml:"entry"`
	}{NS: "http://www.w3.org/2005/Atom", Lang: f.lang, ID: self, Title: f.title, Author: f.about, Updated: changed.UTC().Format(time.RFC3339),
		Links: []rssLink{{self, "self", "application/atom+xml"}, {f.home, "alternate", "text/html"}}, Entries: entries})
}

// json is JSON Feed 1.1 (jsonfeed.org/version/1.1).
func (f feed) json(self string) []byte {
	type item struct {
		ID        string `json:"id"`
		URL       string `json:"url"`
		Title     string `json:"title"`
		HTML      string `json:"content_html"`
		Text      string `json:"content_text"`
		Published string `json:"date_published"`
		Modified  string `json:"date_modified"`
		Language  string `json:"language"`
	}
	items := []item{}
	for _, e := range f.entries {
		items = append(items, item{e.url, e.url, e.title, e.html, e.text, e.at.UTC().Format(time.RFC3339), e.changed.UTC().Format(time.RFC3339), e.lang})
	}
	return jsonOf(struct {
		Version  string `json:"version"`
		Title    string `json:"title"`
		Home     string `json:"home_page_url"`
		Self     string `json:"feed_url"`
		Language string `json:"language"`
		Items    []item `json:"items"`
	}{"https://jsonfeed.org/version/1.1", f.title, f.home, self, f.lang, items})
}

func stampOf(at time.Time, layout string) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(layout)
}

// xmlOf writes what only has strings and numbers: it cannot fail.
func xmlOf(v any) []byte {
	b, err := xml.Marshal(v)
	if err != nil {
		panic(err)
	}
	return append([]byte(xml.Header), b...)
}

func jsonOf(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// pageFeeds writes a page's feeds, and the calendar of its next update.
func (w *writer) pageFeeds(p *Page, lang string, langs []string) {
	base := p.URL + "/" + p.Slug + "/"
	w.feeds(p.Slug+"/", feed{base, base + address(named("index", ".html", lang, langs)), p.title(lang), p.Brand.Name, lang, p.changed(), p.entries(lang, langs)}, langs)
	if p.Next.IsZero() {
		return
	}
	e := ical.Event{UID: "next@" + base, Summary: say.For(lang, "").T("Next update") + ": " + p.title(lang), From: p.Next, To: p.Next.Add(15 * time.Minute), About: base}
	var b bytes.Buffer
	if err := ical.Write(&b, p.title(lang), []ical.Event{e}, p.changed(), 15*time.Minute); err != nil {
		w.err = cmp.Or(w.err, err)
		return
	}
	w.put(p.Slug+"/"+named("next", ".ics", lang, langs), "text/calendar; charset=utf-8", b.Bytes())
}

// homeFeeds writes the feeds of all public pages together.
func (w *writer) homeFeeds(h Home, live []*Page, lang string, langs []string) {
	f := feed{h.URL + "/", h.URL + "/" + address(named("index", ".html", lang, langs)), say.For(lang, "").T("Crisis centre of {brand}", "brand", h.Brand.Name), h.Brand.Name, lang, time.Time{}, nil}
	for _, p := range live {
		f.entries = append(f.entries, p.entries(lang, p.langs())...)
		if p.changed().After(f.changed) {
			f.changed = p.changed()
		}
	}
	slices.SortStableFunc(f.entries, func(a, b entry) int { return b.at.Compare(a.at) })
	w.feeds("", f, langs)
}
