package feed

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"breakwater/desk"
)

func FuzzFeed(f *testing.F) {
	for _, s := range []string{
		`<rss version="2.0"><channel><title>x</title><link>https://a.example</link><item><title>a &amp;lt;b&amp;gt;</title><link>/a</link><guid>1</guid><description>&lt;script&gt;x&lt;/script&gt;</description><pubDate>Sat, 21 Nov 2026 08:00:00 GMT</pubDate></item></channel></rss>`,
		`<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://a.example"><entry><id>1</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><b>a</b></div></title><link href="javascript:x"/><updated>9999-12-31T23:59:59Z</updated></entry></feed>`,
		`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><item rdf:about="x"><title>ok</title></item></rdf:RDF>`,
		`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":7,"content_html":"<p>a<p>b","url":"https://www.google.com/url?url=https://b.example","tags":["#x"],"authors":[{"name":"@a"}]}]}`,
		"<?xml version='1.0' encoding='big5'?><rss><channel><item><title>\xc4\xd1\xa5]</title></item></channel></rss>",
		`<!DOCTYPE rss [<!ENTITY a "b">]><rss/>`, "\xff\xfe<\x00r\x00", "", "{", "<rss><channel><item><title>&#0;&#xD800;</title></item></channel></rss>",
	} {
		f.Add([]byte(s), "text/xml; charset=utf-8")
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		parsed, err := decode(body, contentType)
		if err != nil {
			if !errors.Is(err, desk.ErrBroken) || desk.ProblemOf(err).IsZero() {
				t.Errorf("%q: an error without advice: %v", body, err)
			}
			return
		}
		d := newDocument(parsed, "https://feed.example/feed", noon)
		var all []desk.Mention
		for _, n := range d.news(nil, true) {
			all, _ = n.add(all, nil, 7)
		}
		for _, m := range all {
			if flaw := flawOf(m, len(body)); flaw != "" {
				t.Errorf("%q became %+v: %s", body, m, flaw)
			}
		}
		var c cursor
		c.remember(d.marks, nil)
		if again := d.news(c.seen(), false); len(c.seen()) > 0 && len(again) > 0 {
			t.Errorf("%q: %d items are new again", body, len(again))
		}
	})
}

// flawOf is what makes a mention more dangerous or larger than the feed of size bytes that it came from; empty when nothing does.
func flawOf(m desk.Mention, size int) string {
	for _, s := range append([]string{m.Title, m.Text, m.Author.Name, m.NativeID}, m.Tags...) {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return "not clean UTF-8"
		}
	}
	for _, s := range []string{m.Title, m.Text, m.Author.Name} {
		if utf8.RuneCountInString(s) > size {
			return "larger than the feed"
		}
		for i := 0; i+1 < len(s); i++ {
			if c := s[i+1]; s[i] == '<' && (c == '/' || c == '!' || c == '?' || c|0x20 >= 'a' && c|0x20 <= 'z') {
				return "markup is left"
			}
		}
	}
	for _, link := range append([]string{m.URL, m.Author.URL}, m.Links...) {
		if u, err := url.Parse(link); link != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil) {
			return "a link that is not of the web: " + link
		}
	}
	if m.Published.Before(desk.Earliest) || m.Published.Year() > 2026 || m.NativeID == "" || len(m.Text) > desk.MaxText {
		return "time, id or length"
	}
	return ""
}

func FuzzOPML(f *testing.F) {
	f.Add(`<opml><body><outline text="a"><outline xmlUrl="https://a.example/feed" title="&lt;b&gt;"/></outline></body></opml>`)
	f.Add(`<opml><body><outline text="a" xmlurl="https://a"></outline></outline></body></opml>`)
	f.Add(`<!DOCTYPE x [<!ENTITY a "b">]><opml/>`)
	f.Fuzz(func(t *testing.T, list string) {
		feeds, err := ReadOPML(strings.NewReader(list))
		if err != nil {
			var invalid *desk.Invalid
			if !errors.As(err, &invalid) {
				t.Errorf("%q: an error without advice: %v", list, err)
			}
			return
		}
		var b strings.Builder
		if err := WriteOPML(&b, "again", feeds); err != nil {
			t.Fatalf("%q: %v", list, err)
		}
		again, err := ReadOPML(strings.NewReader(b.String()))
		if err != nil || len(again) != len(feeds) {
			t.Errorf("%q: %d feeds became %d: %v", list, len(feeds), len(again), err)
		}
		for _, o := range feeds {
			if !utf8.ValidString(o.Title+o.Folder) || len(o.URL) > 3*len(list) {
				t.Errorf("%q became %+v", list, o)
			}
		}
	})
}
