package feed

import (
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"breakwater/desk"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// mentions reads a feed as it came from address at noon.
func mentions(t *testing.T, body, address string) []desk.Mention {
	t.Helper()
	f, err := decode([]byte(body), "")
	if err != nil {
		t.Fatal(err)
	}
	d := newDocument(f, address, noon)
	var out []desk.Mention
	for i, it := range f.Items {
		if m, ok := d.mention(it, d.marks[i].key); ok {
			out = append(out, m)
		}
	}
	return out
}

func TestGoogleAlerts(t *testing.T) {
	t.Parallel()
	got := mentions(t, `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:idx="urn:atom-extension:indexing">
<id>tag:google.com,2005:reader/user/01234/state/com.google/alerts/567</id><title>Google Alert - Nordlys Bakery</title>
<link href="https://www.google.com/alerts/feeds/01234/567" rel="self"/><updated>2026-11-21T11:40:01Z</updated>
<entry><id>tag:google.com,2013:googlealerts/feed:89</id>
<title type="html">Customers call for a boycott of &lt;b&gt;Nordlys&lt;/b&gt; &amp;amp; Co</title>
<link href="https://www.google.com/url?rct=j&amp;sa=t&amp;url=https://www.harbour.example/news/nordlys%3Fid%3D7%26utm_source%3Drss&amp;ct=ga&amp;cd=CAIyGg&amp;usg=AOvVaw"/>
<published>2026-11-21T11:38:45Z</published><updated>2026-11-21T11:38:45Z</updated>
<content type="html">Hundreds of people &lt;b&gt;...&lt;/b&gt; in front of the &lt;b&gt;bakery&lt;/b&gt;&amp;nbsp;...</content>
<author><name></name></author></entry></feed>`, "https://www.google.com/alerts/feeds/01234/567")
	want := []desk.Mention{{
		Ref:       desk.Ref{Network: "web", NativeID: "https://www.harbour.example/news/nordlys?id=7"},
		Kind:      desk.KindArticle,
		URL:       "https://www.harbour.example/news/nordlys?id=7",
		Title:     "Customers call for a boycott of Nordlys & Co",
		Text:      "Hundreds of people ... in front of the bakery ...",
		Author:    desk.Author{NativeID: "harbour.example", Handle: "harbour.example", URL: "https://harbour.example", Followers: -1, Media: true},
		Published: time.Date(2026, 11, 21, 11, 38, 45, 0, time.UTC),
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestArticle(t *testing.T) {
	t.Parallel()
	got := mentions(t, `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Dagens Hamn</title><link>https://www.hamn.example/</link><language>sv-SE</language>
<item><title>Brand på &#xC5;land</title><link>/2026/brand/?utm_source=rss&amp;id=7#top</link><guid isPermaLink="false">hamn-7</guid>
<dc:creator>Åsa Öberg</dc:creator><category>#Brand</category><category>Lokalt</category><category>Lokalt</category>
<pubDate>Sat, 21 Nov 2026 10:00:00 +0200</pubDate><description>Kort.</description>
<content:encoded><![CDATA[<p>Ett <a href="https://other.example/a?fbclid=1">bageri</a> brann.</p><script>track()</script>
<p>Ingen skadades.</p><a href="javascript:x">x</a>]]></content:encoded><enclosure url="https://hamn.example/a.mp3" type="audio/mpeg"/></item>
</channel></rss>`, "https://www.hamn.example/feed")
	want := []desk.Mention{{
		Ref:       desk.Ref{Network: "web", NativeID: "https://www.hamn.example/2026/brand/?id=7"},
		Kind:      desk.KindArticle,
		URL:       "https://www.hamn.example/2026/brand/?id=7",
		Title:     "Brand på Åland",
		Text:      "Ett bageri brann.\nIngen skadades.\nx",
		Author:    desk.Author{NativeID: "hamn.example", Handle: "hamn.example", Name: "Åsa Öberg", URL: "https://hamn.example", Followers: -1, Media: true},
		Published: time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC),
		Links:     []string{"https://other.example/a"},
		Tags:      []string{"Brand", "Lokalt"},
		Lang:      "sv",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestItemsWithoutWhatTheyShouldHave(t *testing.T) {
	t.Parallel()
	got := mentions(t, `{"version":"https://jsonfeed.org/version/1.1","title":"Notes","home_page_url":"https://notes.example","items":[
		{"id":"a","content_text":"no address"},
		{"content_text":"no id","url":"https://notes.example/b"},
		{"id":"c","title":"front page","url":"https://notes.example/"},
		{"id":"d","content_text":"year 0","url":"https://notes.example/d","date_published":"0000-01-01T00:00:00Z"},
		{"id":"e","content_text":"year 9999","url":"https://notes.example/e","date_published":"9999-12-31T23:59:59Z"},
		{"id":"f","content_text":"only changed","url":"https://notes.example/f","date_modified":"2026-11-20T10:00:00Z"},
		{"id":"g","content_text":"bad address","url":"javascript:alert(1)"},
		{"id":"h"},
		{"id":"i","title":"same","url":"https://notes.example/same"},
		{"id":"j","title":"address","url":"https://notes.example/same"}]}`, "https://notes.example/feed.json")
	type row struct{ ID, URL, At string }
	var rows []row
	for _, m := range got {
		rows = append(rows, row{m.NativeID, m.URL, m.Published.Format(time.DateTime)})
	}
	at := noon.Format(time.DateTime)
	want := []row{
		{"notes.example#" + hexKey("a"), "", at},
		{"https://notes.example/b", "https://notes.example/b", at},
		{"https://notes.example/#" + hexKey("c"), "https://notes.example/", at},
		{"https://notes.example/d", "https://notes.example/d", at},
		{"https://notes.example/e", "https://notes.example/e", at},
		{"https://notes.example/f", "https://notes.example/f", "2026-11-20 10:00:00"},
		{"notes.example#" + hexKey("g"), "", at},
		{"https://notes.example/same#" + hexKey("i"), "https://notes.example/same", at},
		{"https://notes.example/same#" + hexKey("j"), "https://notes.example/same", at},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("Notes", got[0].Author.Name, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func TestPlainTextIsNoMarkup(t *testing.T) {
	t.Parallel()
	got := mentions(t, `{"version":"https://jsonfeed.org/version/1.1","title":"Notes","home_page_url":"https://notes.example","items":[
		{"id":"a","title":"<b> in a title","content_text":"Use <script> tags & vector<int>\n\nand &amp; too"},
		{"id":"b","title":"Tom & Anna","content_html":"<p>Use <b>bold</b> &amp; &lt;3</p>","content_text":"other"},
		{"id":"c","summary":"if a <i and b> c"}]}`, "https://notes.example/feed.json")
	want := [][2]string{
		{"<b> in a title", "Use <script> tags & vector<int>\nand &amp; too"},
		{"Tom & Anna", "Use bold & <3"},
		{"", "if a <i and b> c"},
	}
	var have [][2]string
	for _, m := range got {
		have = append(have, [2]string{m.Title, m.Text})
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Error(diff)
	}
}

func hexKey(id string) string {
	const digits = "0123456789abcdef"
	var out []byte
	for _, c := range keyOf("id", id) {
		out = append(out, digits[c>>4], digits[c&15])
	}
	return string(out)
}

func TestCanonical(t *testing.T) {
	t.Parallel()
	base, _ := url.Parse("https://a.example/blog/")
	for _, tc := range []struct{ in, want string }{
		{"https://A.example:443/x?utm_source=rss&id=7&UTM_Medium=m#c", "https://a.example/x?id=7"},
		{"http://a.example:80", "http://a.example/"},
		{"http://a.example:8080/?", "http://a.example:8080/"},
		{"https://ana:sesame@a.example/x", "https://a.example/x"},
		{"post/1?b=2&a=1", "https://a.example/blog/post/1?b=2&a=1"},
		{"//b.example/x", "https://b.example/x"},
		{"https://www.google.com/url?q=https://b.example/%3Fgclid%3D1", "https://b.example/"},
		{"https://www.google.co.il/url?url=https://www.google.com/url?url%3Dhttps://b.example/x", "https://b.example/x"},
		{"https://www.google.com/url?url=javascript:alert(1)", "https://www.google.com/url?url=javascript:alert(1)"},
		{"https://l.facebook.com/l.php?u=https%3A%2F%2Fb.example%2Fx&h=1", "https://b.example/x"},
		{"https://a.example/" + "ä ö", "https://a.example/%C3%A4%20%C3%B6"},
		{"javascript:alert(1)", ""}, {"data:text/html,x", ""}, {"", ""}, {"http://", ""}, {"mailto:a@b.example", ""}, {"http://[::1", ""},
	} {
		if got := canonical(tc.in, base); got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.in, got, tc.want)
		}
	}
}

func TestLangOf(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"en-US": "en", "iw": "he", "he-IL": "he", "zh-TW": "zh-Hant", "zh-CN": "zh-Hans", "zh": "zh-Hans", "in": "id", "pl": "pl", "": "",
		"und": "", "english please": "", " sv ": "sv",
	} {
		if got := langOf(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
