package feed

import (
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"golang.org/x/text/language"

	"breakwater/desk"
	"breakwater/internal/plain"
)

// network is where articles live.
const network = "web"

// maxMarkup is the most HTML of one item that is read, in bytes: MaxText of text with generous markup.
const maxMarkup = 8 * desk.MaxText

// maxLine is the most markup of a title or a name that is read, in bytes.
const maxLine = 4 << 10

// document is a feed as it was at one look.
type document struct {
	feed   *gofeed.Feed
	base   *url.URL // links are relative to it
	home   string   // host of the site that the feed is of
	lang   string
	now    time.Time
	shared map[string]bool // links that several items have
	marks  []seenItem      // of the items, in their order
}

func newDocument(f *gofeed.Feed, address string, now time.Time) *document {
	d := &document{feed: f, now: now, lang: langOf(f.Language), shared: map[string]bool{}}
	d.base, _ = url.Parse(address)
	if home := canonical(f.Link, d.base); home != "" {
		d.base, _ = url.Parse(home)
	}
	if d.base != nil {
		d.home = site(d.base.String())
	}
	owner := map[string]itemKey{}
	for _, it := range f.Items {
		link := d.link(it)
		key := keyOf("link", link, it.Title)
		if id := strings.TrimSpace(it.GUID); id != "" {
			key = keyOf("id", id)
		}
		if first, ok := owner[link]; ok && first != key {
			d.shared[link] = true
		}
		owner[link] = key
		d.marks = append(d.marks, seenItem{key: key, said: saidOf(it.Title, it.Content, it.Description, link)})
	}
	return d
}

func (d *document) link(it *gofeed.Item) string {
	for _, l := range append([]string{it.Link}, it.Links...) {
		if c := canonical(l, d.base); c != "" {
			return c
		}
	}
	if c := canonical(it.GUID, nil); c != "" { // an id that is an address (a permalink)
		return c
	}
	return ""
}

// nativeID is the article's address, so that it is one article also when two feeds bring it. Items that have no address
// of their own get one made of the shared address and their key.
func (d *document) nativeID(link string, key itemKey) string {
	u, err := url.Parse(link)
	if err == nil && link != "" && !d.shared[link] && (strings.Trim(u.Path, "/") != "" || u.RawQuery != "") {
		return link
	}
	if link == "" {
		link = d.home
	}
	return link + "#" + hex.EncodeToString(key[:])
}

// mention turns an item with its key into a mention. ok is false when there is nothing in it to read.
func (d *document) mention(it *gofeed.Item, key itemKey) (m desk.Mention, ok bool) {
	markup := it.Content
	if strings.TrimSpace(markup) == "" {
		markup = it.Description
	}
	markup = cut(markup, maxMarkup)
	title, text, linked := line(it.Title), plain.Text, links
	switch it.Custom[literal] {
	case "all":
		text, linked = plain.Literal, func(string, string) []string { return nil }
		fallthrough
	case "title":
		title = oneLine(plain.Literal(cut(it.Title, maxLine)))
	}
	link := d.link(it)
	m = desk.Mention{
		Ref:       desk.Ref{Network: network, NativeID: d.nativeID(link, key)},
		Kind:      desk.KindArticle,
		URL:       link,
		Title:     title,
		Text:      cut(text(markup), desk.MaxText),
		Author:    d.author(it, link),
		Published: d.published(it),
		Links:     linked(markup, link),
		Tags:      tags(it.Categories),
	}
	if m.Author.Handle == d.home {
		m.Lang = d.lang
	}
	return m, m.Title != "" || m.Text != ""
}

// published is the item's own time, or that of its last change, or now. Times that cannot be are now too.
func (d *document) published(it *gofeed.Item) time.Time {
	for _, t := range []*time.Time{it.PublishedParsed, it.UpdatedParsed} {
		if t != nil {
			return desk.Clamp(*t, d.now)
		}
	}
	return d.now.UTC()
}

func dated(it *gofeed.Item) bool { return it.PublishedParsed != nil || it.UpdatedParsed != nil }

// author is the medium: the site that the article stands on. The people who wrote it are in the name.
func (d *document) author(it *gofeed.Item, link string) desk.Author {
	host := site(link)
	if host == "" {
		host = d.home
	}
	name := people(it.Authors)
	if name == "" && host == d.home {
		name = line(d.feed.Title)
	}
	a := desk.Author{NativeID: host, Handle: host, Name: name, Followers: -1, Media: true}
	if host != "" {
		a.URL = "https://" + host
	}
	return a
}

func people(authors []*gofeed.Person) string {
	var names []string
	for _, p := range authors {
		if p == nil || len(names) == 5 {
			continue
		}
		if name := line(p.Name); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

func links(markup, own string) []string {
	var out []string
	for _, l := range plain.Links(markup) {
		if c := canonical(l, nil); c != "" && c != own && !slices.Contains(out, c) && len(out) < 20 {
			out = append(out, c)
		}
	}
	return out
}

func tags(categories []string) []string {
	var out []string
	for _, c := range categories {
		tag := strings.TrimLeft(line(c), "# ")
		if tag != "" && !slices.Contains(out, tag) && len(out) < 20 {
			out = append(out, tag)
		}
	}
	return out
}

// line is the text of a short piece of markup, on one line.
func line(markup string) string {
	return oneLine(plain.Text(cut(markup, maxLine)))
}

func oneLine(s string) string { return strings.ReplaceAll(s, "\n", " ") }

// langOf is the feed's own word on its language, as a hint: en-US is en, zh-TW is zh-Hant. Empty when it says nothing usable.
func langOf(s string) string {
	tag, err := language.Parse(strings.TrimSpace(s))
	if err != nil || tag == language.Und {
		return ""
	}
	base, _ := tag.Base()
	if base.String() == "zh" {
		script, _ := tag.Script()
		return "zh-" + script.String()
	}
	return base.String()
}

// cut is s with at most n bytes, ended at a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
